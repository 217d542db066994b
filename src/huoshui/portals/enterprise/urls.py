"""Addresses of a firm: applying, following, and what is its own."""

from django.urls import path

from huoshui.portals.enterprise import views, views_apply

app_name = "enterprise"
urlpatterns = [
    path("apply/", views_apply.apply, name="apply"),
    path("apply/check/", views_apply.check, name="check"),
    path("apply/firm/", views_apply.firm, name="firm"),
    path("apply/phone/", views_apply.phone, name="phone"),
    path("apply/proof/", views_apply.proof_page, name="proof"),
    path("apply/need/", views_apply.need, name="need"),
    path("apply/consent/", views_apply.consent, name="consent"),
    path("apply/matches/", views_apply.consent, name="matches"),
    path("apply/send/", views_apply.consent, name="send"),
    path("my/", views.sign_in, name="home"),
    path("my/sign-in/", views.sign_in, name="sign_in"),
]

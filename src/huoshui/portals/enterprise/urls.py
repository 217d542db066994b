"""Addresses of a firm: applying, following, and what is its own."""

from django.urls import path, re_path

from huoshui.portals.enterprise import (
    views,
    views_apply,
    views_bridge,
    views_choose,
    views_complaint,
    views_event,
    views_hall,
    views_my,
    views_own,
    views_standing,
    views_subsidy,
)

app_name = "enterprise"
urlpatterns = [
    path("c/<str:token>", views_apply.scan, name="scan"),
    path("c/<str:token>/", views_apply.scan),
    path("apply/", views_apply.apply, name="apply"),
    path("apply/check/", views_apply.check, name="check"),
    path("apply/firm/", views_apply.firm, name="firm"),
    path("apply/phone/", views_apply.phone, name="phone"),
    path("apply/proof/", views_apply.proof_page, name="proof"),
    path("apply/need/", views_apply.need, name="need"),
    path("apply/consent/", views_apply.consent, name="consent"),
    path("apply/matches/", views_choose.choose, name="matches"),
    path("apply/send/", views_choose.send, name="send"),
    path("my/", views_my.home, name="home"),
    path("my/standing/", views_standing.standing, name="standing"),
    path("my/demands/<int:pk>/", views_my.demand, name="demand"),
    path("my/demands/<int:pk>/withdraw/", views_my.withdraw, name="withdraw"),
    path("my/demands/<int:pk>/move/", views_my.move, name="move"),
    path("my/demands/<int:pk>/rate/", views_my.rate, name="rate"),
    path("my/cases/<int:case>/papers/<slug:kind>/", views_my.paper, name="paper"),
    path("my/cases/<int:case>/papers-done/", views_my.papers_done, name="papers_done"),
    path("my/loans/<int:pk>/", views_my.loan, name="loan"),
    path("my/loans/<int:pk>/bridge/", views_bridge.ask, name="bridge_ask"),
    path("my/bridge/<int:pk>/", views_bridge.bridge, name="bridge"),
    path("my/bridge/<int:pk>/withdraw/", views_bridge.withdraw, name="bridge_withdraw"),
    path("my/subsidies/", views_subsidy.subsidies, name="subsidies"),
    path("my/subsidies/account/", views_subsidy.account, name="subsidy_account"),
    path("my/consents/", views_own.consents, name="consents"),
    path("my/consents/<int:pk>/withdraw/", views_own.withdraw_consent, name="withdraw_consent"),
    path("my/reads/", views_own.reads, name="reads"),
    path("my/data/", views_own.data, name="data"),
    path("my/events/<int:pk>/", views_event.event, name="event"),
    path("my/sign-in/<str:token>/", views_event.sign_in, name="event_sign_in"),
    path("my/hall/", views_hall.hall, name="hall"),
    path("my/hall/<int:pk>/cancel/", views_hall.cancel, name="hall_cancel"),
    path("my/complaints/", views_complaint.mine, name="complaints"),
    path("my/complaints/new/", views_complaint.new, name="complaint_new"),
    path("my/complaints/<int:pk>/", views_complaint.complaint, name="complaint"),
    re_path(
        r"^my/complaints/(?P<pk>\d+)/(?P<act>add_evidence|rate|withdraw)/$", views_complaint.act, name="complaint_act"
    ),
    path("my/firm/", views_own.switch, name="switch"),
    path("my/sign-in/", views.sign_in, name="sign_in"),
]

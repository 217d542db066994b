"""Addresses of a firm: applying, following, and what is its own."""

from django.urls import path

from huoshui.portals.enterprise import views

app_name = "enterprise"
urlpatterns = [
    path("my/", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
]

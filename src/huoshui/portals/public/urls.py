"""Addresses anybody may open."""

from django.urls import path

from huoshui.portals.public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.products, name="products"),
]

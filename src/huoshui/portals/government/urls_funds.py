"""Addresses of the public money in the government portal: bridge fund, books, periods."""

from django.urls import path

from huoshui.portals.government import views_bridge

PATTERNS = [
    path("bridge/", views_bridge.bridges, name="bridges"),
    path("bridge/pay-in/", views_bridge.pay_in, name="bridge_pay_in"),
    path("bridge/<int:pk>/", views_bridge.bridge, name="bridge"),
    path("bridge/<int:pk>/<slug:code>/", views_bridge.bridge_act, name="bridge_act"),
]

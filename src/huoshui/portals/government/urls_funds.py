"""Addresses of the public money in the government portal: overview, books, bridge fund."""

from django.urls import path

from huoshui.portals.government import views_bridge, views_compensation, views_guarantee, views_money

PATTERNS = [
    path("money/", views_money.overview, name="money"),
    path("money/firms/<int:pk>/", views_money.firm_money, name="firm_money"),
    path("money/postings/<int:pk>/", views_money.posting, name="posting"),
    path("money/<str:code>/", views_money.book, name="book"),
    path("money/<str:code>/journal/", views_money.journal, name="journal"),
    path("money/<str:code>/close/", views_money.ask_close, name="ask_close"),
    path("money/<str:code>/close/<int:pk>/<slug:act>/", views_money.end_close, name="end_close"),
    path("money/<str:code>/trial/", views_money.trial, name="trial"),
    path("money/<str:code>/accounts/<str:account>/", views_money.statement, name="statement"),
    path("bridge/", views_bridge.bridges, name="bridges"),
    path("bridge/pay-in/", views_bridge.pay_in, name="bridge_pay_in"),
    path("bridge/<int:pk>/", views_bridge.bridge, name="bridge"),
    path("bridge/<int:pk>/<slug:code>/", views_bridge.bridge_act, name="bridge_act"),
    path("guarantees/", views_guarantee.guarantees, name="guarantees"),
    path("guarantees/<int:pk>/", views_guarantee.guarantee, name="guarantee"),
    path("guarantees/<int:pk>/papers/<int:paper_id>/", views_guarantee.paper, name="guarantee_paper"),
    path("compensation/", views_compensation.claims, name="compensation"),
    path("compensation/<int:pk>/", views_compensation.claim, name="compensation_claim"),
    path("compensation/<int:pk>/papers/<slug:code>/", views_compensation.paper, name="compensation_paper"),
    path("compensation/<int:pk>/<slug:code>/", views_compensation.claim_act, name="compensation_act"),
]

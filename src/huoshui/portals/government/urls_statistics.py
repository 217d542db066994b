"""Addresses of statistics, bulletins and evaluation in the government portal."""

from django.urls import path

from huoshui.portals.government import views_leader

PATTERNS = [
    path("board/", views_leader.board, name="board"),
    path("figures/", views_leader.dictionary, name="measures"),
    path("figures/<slug:code>/", views_leader.figure, name="figure"),
]

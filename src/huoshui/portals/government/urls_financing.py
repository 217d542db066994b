"""Addresses of the taskforce's further work: care, the day's dispatch, groups."""

from django.urls import path

from huoshui.portals.government import views_care

PATTERNS = [
    path("demands/care/", views_care.care, name="care"),
    path("demands/ratings/", views_care.ratings, name="ratings"),
    path("demands/<int:pk>/rating/answer/", views_care.rating_answer, name="rating_answer"),
    path("demands/<int:pk>/care/<int:step>/", views_care.care_done, name="care_done"),
]

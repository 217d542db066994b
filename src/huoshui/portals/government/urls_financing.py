"""Addresses of the taskforce's further work: care, the day's dispatch, groups."""

from django.urls import path

from huoshui.portals.government import views_care, views_dispatch

PATTERNS = [
    path("demands/care/", views_care.care, name="care"),
    path("demands/ratings/", views_care.ratings, name="ratings"),
    path("demands/<int:pk>/rating/answer/", views_care.rating_answer, name="rating_answer"),
    path("demands/<int:pk>/care/<int:step>/", views_care.care_done, name="care_done"),
    path("dispatch/", views_dispatch.runs, name="dispatch_runs"),
    path("dispatch/plan/", views_dispatch.plan, name="dispatch_plan"),
    path("dispatch/<int:pk>/", views_dispatch.run, name="dispatch_run"),
    path("dispatch/<int:pk>/confirm/", views_dispatch.confirm, name="dispatch_confirm"),
    path("dispatch/<int:pk>/drop/", views_dispatch.drop, name="dispatch_drop"),
]

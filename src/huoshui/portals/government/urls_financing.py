"""Addresses of the taskforce's further work: care, the day's dispatch, groups."""

from django.urls import path

from huoshui.portals.government import views_care, views_dispatch, views_group

PATTERNS = [
    path("demands/care/", views_care.care, name="care"),
    path("demands/ratings/", views_care.ratings, name="ratings"),
    path("demands/<int:pk>/rating/answer/", views_care.rating_answer, name="rating_answer"),
    path("demands/<int:pk>/care/<int:step>/", views_care.care_done, name="care_done"),
    path("groups/", views_group.groups, name="groups"),
    path("groups/new/", views_group.group_new, name="group_new"),
    path("groups/<int:pk>/", views_group.group, name="group"),
    path("groups/<int:pk>/members/", views_group.group_members, name="group_members"),
    path("groups/<int:pk>/credit/", views_group.group_credit, name="group_credit"),
    path("groups/<int:pk>/close/", views_group.group_close, name="group_close"),
    path("dispatch/", views_dispatch.runs, name="dispatch_runs"),
    path("dispatch/plan/", views_dispatch.plan, name="dispatch_plan"),
    path("dispatch/<int:pk>/", views_dispatch.run, name="dispatch_run"),
    path("dispatch/<int:pk>/confirm/", views_dispatch.confirm, name="dispatch_confirm"),
    path("dispatch/<int:pk>/drop/", views_dispatch.drop, name="dispatch_drop"),
]

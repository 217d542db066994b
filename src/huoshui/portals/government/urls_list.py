"""Addresses of lists of firms and of runs over the register."""

from django.urls import path

from huoshui.portals.government import views_list, views_screening

PATTERNS = [
    path("lists/", views_list.lists, name="firm_lists"),
    path("lists/new/", views_list.rule, name="firm_list_new"),
    path("lists/<int:pk>/", views_list.firm_list, name="firm_list"),
    path("lists/<int:pk>/rule/", views_list.rule, name="firm_list_rule"),
    path("lists/<int:pk>/make/", views_list.make, name="firm_list_make"),
    path("lists/<int:pk>/push/", views_list.push, name="firm_list_push"),
    path("lists/<int:pk>/leads/", views_list.leads, name="firm_list_leads"),
    path("lists/<int:pk>/waiting/", views_list.waiting, name="firm_list_waiting"),
    path("lists/<int:pk>/<int:number>/<int:firm>/", views_list.evidence, name="firm_list_evidence"),
    path("lists/screening/", views_screening.runs, name="runs"),
    path("lists/screening/<int:pk>/", views_screening.run, name="run"),
    path("lists/screening/<int:pk>/<str:name>", views_screening.result, name="run_file"),
]

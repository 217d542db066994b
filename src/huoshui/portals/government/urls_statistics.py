"""Addresses of statistics, bulletins and evaluation in the government portal."""

from django.urls import path, re_path

from huoshui.portals.government import views_bulletin, views_definition, views_district, views_evaluation, views_leader

PATTERNS = [
    path("board/", views_leader.board, name="board"),
    path("figures/", views_leader.dictionary, name="measures"),
    path("figures/districts/", views_definition.districts, name="district_map"),
    path("figures/districts/change/", views_district.change, name="district_change"),
    path("figures/districts/<str:code>/firms/", views_district.place, name="district_place"),
    path("figures/definitions/<slug:code>/", views_definition.definition, name="definition"),
    path("figures/<slug:code>/", views_leader.figure, name="figure"),
    path("bulletins/", views_bulletin.bulletins, name="bulletins"),
    path("bulletins/new/", views_bulletin.new, name="bulletin_new"),
    path("bulletins/<int:pk>/", views_bulletin.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", views_bulletin.edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/revise/", views_bulletin.revise, name="bulletin_revise"),
    re_path(r"^bulletins/(?P<pk>\d+)/file\.(?P<kind>pdf|xlsx)$", views_bulletin.file, name="bulletin_file"),
    path("bulletins/<int:pk>/<slug:code>/", views_bulletin.act, name="bulletin_act"),
    path("evaluations/", views_evaluation.evaluations, name="evaluations"),
    path("evaluations/new/", views_evaluation.new, name="evaluation_new"),
    path("evaluations/<int:pk>/", views_evaluation.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/banks/<int:bank>/", views_evaluation.result, name="evaluation_result"),
    path("evaluations/<int:pk>/<slug:code>/", views_evaluation.act, name="evaluation_act"),
]

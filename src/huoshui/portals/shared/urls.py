"""Addresses that every portal shares: home by role, language, notices."""

from django.urls import path

from huoshui.portals.shared import views, views_score

app_name = "shared"
urlpatterns = [
    path("home/", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("score-card/", views_score.card, name="score_card"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="read_notices"),
]

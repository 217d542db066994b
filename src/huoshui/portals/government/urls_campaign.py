"""Addresses of visit campaigns and of a visitor's day."""

from django.urls import path

from huoshui.portals.government import views_campaign, views_round

PATTERNS = [
    path("campaigns/", views_campaign.campaigns, name="campaigns"),
    path("campaigns/new/", views_campaign.new, name="campaign_new"),
    path("campaigns/<int:pk>/", views_campaign.campaign, name="campaign"),
    path("campaigns/<int:pk>/firms/", views_campaign.firms, name="campaign_firms"),
    path("campaigns/<int:pk>/firms/hand-over/", views_campaign.hand_over, name="campaign_hand_over"),
    path("campaigns/<int:pk>/close/", views_campaign.close, name="campaign_close"),
    path("campaigns/<int:pk>/sample/", views_campaign.sample, name="campaign_sample"),
    path("campaigns/<int:pk>/sample/<int:check>/", views_campaign.check, name="campaign_check"),
    path("grids/", views_campaign.grids, name="grids"),
    path("grids/edit/", views_campaign.grid, name="grid"),
    path("round/", views_round.day, name="round"),
    path("round/sync/", views_round.sync, name="round_sync"),
    path("round/worker.js", views_round.worker, name="round_worker"),
    path("round/<int:pk>/", views_round.visit, name="round_visit"),
]

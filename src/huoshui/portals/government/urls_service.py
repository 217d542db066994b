"""Addresses of the policy library, complaints, events and the hall."""

from django.urls import path, re_path

from huoshui.portals.government import views_library

PATTERNS = [
    path("policies/", views_library.library, name="policies"),
    path("policies/new/", views_library.edit, name="policy_new"),
    path("policies/<int:pk>/", views_library.edit, name="policy"),
    re_path(r"^policies/(?P<pk>\d+)/(?P<act>publish|repeal)/$", views_library.move, name="policy_move"),
]

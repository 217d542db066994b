"""Addresses of the policy library, complaints, events and the hall."""

from django.urls import path, re_path

from huoshui.portals.government import views_complaint, views_event, views_hall, views_library

PATTERNS = [
    path("policies/", views_library.library, name="policies"),
    path("policies/new/", views_library.edit, name="policy_new"),
    path("policies/<int:pk>/", views_library.edit, name="policy"),
    re_path(r"^policies/(?P<pk>\d+)/(?P<act>publish|repeal)/$", views_library.move, name="policy_move"),
    path("events/", views_event.events, name="events"),
    path("events/new/", views_event.new, name="event_new"),
    path("events/<int:pk>/", views_event.event, name="event"),
    path("events/<int:pk>/firms/<int:line>/answer/", views_event.answer, name="event_answer"),
    path("events/<int:pk>/firms/<int:line>/present/", views_event.present, name="event_present"),
    path("events/<int:pk>/firms/<int:line>/intent/", views_event.intent, name="event_intent"),
    re_path(r"^events/(?P<pk>\d+)/(?P<how>close|cancel)/$", views_event.end, name="event_end"),
    path("hall/", views_hall.hall, name="hall"),
    re_path(r"^hall/(?P<act>draw|call|finish|miss)/$", views_hall.act, name="hall_act"),
    path("hall/stages/", views_hall.stages, name="hall_stages"),
    path("hall/stages/report/", views_hall.stage, name="hall_stage"),
    path("hall/needs/", views_hall.needs, name="quarter_needs"),
    path("hall/needs/report/", views_hall.need, name="quarter_need"),
    path("complaints/", views_complaint.matters, name="complaints"),
    path("complaints/new/", views_complaint.new, name="complaint_new"),
    path("complaints/counts/", views_complaint.counts, name="complaint_counts"),
    path("complaints/<int:pk>/", views_complaint.matter, name="complaint"),
    re_path(
        r"^complaints/(?P<pk>\d+)/(?P<act>accept|ask_evidence|refuse|reply)/$",
        views_complaint.act,
        name="complaint_act",
    ),
]

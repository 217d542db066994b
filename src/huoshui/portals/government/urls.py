"""Addresses of the government portal, administration and audit included."""

from django.urls import path

from huoshui.portals.government import (
    views_approval,
    views_audit,
    views_home,
    views_import,
    views_institution,
    views_people,
    views_policy,
    views_programme,
    views_system,
)

app_name = "gov"
urlpatterns = [
    path("", views_home.home, name="home"),
    # policy
    path("parameters/", views_policy.parameters, name="parameters"),
    path("parameters/<str:path>/", views_policy.parameter, name="parameter"),
    path("calendar/", views_policy.calendar, name="calendar"),
    path("calendar/announce/", views_policy.announce_year, name="announce_year"),
    path("repair-table/", views_policy.repair_table, name="repair_table"),
    path("repair-table/new/", views_policy.repair_measure, name="repair_measure_new"),
    path("repair-table/<slug:code>/", views_policy.repair_measure, name="repair_measure"),
    # catalogue
    path("approvals/", views_approval.waiting, name="approvals"),
    path("products/", views_approval.products, name="products"),
    path("products/<int:pk>/", views_approval.product, name="product"),
    path("programmes/", views_programme.programmes, name="programmes"),
    path("programmes/new/", views_programme.programme_new, name="programme_new"),
    path("programmes/<str:code>/", views_programme.programme, name="programme"),
    path("programmes/<str:code>/v<int:number>/", views_programme.programme, name="programme_version"),
    path("programmes/<str:code>/edit/", views_programme.programme_edit, name="programme_edit"),
    path("programmes/<str:code>/publish/<int:version>/", views_programme.programme_publish, name="programme_publish"),
    path("institutions/", views_institution.institutions, name="institutions"),
    path("institutions/<int:pk>/", views_institution.institution, name="institution"),
    path("branches/<int:pk>/", views_institution.branch, name="branch"),
    # register
    path("imports/", views_import.batches, name="imports"),
    path("imports/new/", views_import.upload, name="import_upload"),
    path("imports/map/<slug:key>/", views_import.mapping, name="import_map"),
    path("imports/progress/<slug:key>/", views_import.progress, name="import_progress"),
    path("imports/<int:pk>/", views_import.batch, name="import_batch"),
    path("imports/<int:pk>/refused/", views_import.refused, name="import_refused"),
    # administration
    path("organisations/", views_people.organisations, name="organisations"),
    path("organisations/new/", views_people.organisation_new, name="organisation_new"),
    path("people/", views_people.people, name="people"),
    path("people/new/", views_people.person_new, name="person_new"),
    path("people/<int:pk>/", views_people.person, name="person"),
    path("people/<int:pk>/<slug:act>/", views_people.person_act, name="person_act"),
    path("system/", views_system.status, name="system"),
    # audit
    path("audit/", views_audit.events, name="audit"),
    path("audit/verify/", views_audit.verify_chain, name="audit_verify"),
    path("audit/trail/", views_audit.trail, name="trail"),
]

"""Addresses of the government portal, administration and audit included."""

from django.urls import path

from huoshui.portals.government import (
    urls_statistics,
    views_approval,
    views_audit,
    views_code,
    views_demand,
    views_firm,
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
    # demands
    path("demands/", views_demand.demands, name="demands"),
    path("demands/declared/", views_demand.declared, name="declared"),
    path("demands/recommended/", views_demand.recommended, name="recommended"),
    path("demands/repairing/", views_demand.repairing, name="repairing"),
    path("demands/stuck/", views_demand.stuck, name="stuck"),
    path("demands/new/", views_firm.demand_new, name="demand_new"),
    path("demands/batch/<slug:name>/", views_demand.batch, name="batch"),
    path("demands/<int:pk>/", views_demand.demand, name="demand"),
    path("demands/<int:pk>/judge/", views_demand.judge, name="demand_judge"),
    path("demands/<int:pk>/repairs/<int:repair>/", views_demand.resolve_repair, name="repair_resolve"),
    path("demands/<int:pk>/cases/<int:case>/recall/", views_demand.recall, name="recall"),
    path("demands/<int:pk>/<slug:code>/", views_demand.act, name="demand_act"),
    # firms, visits, codes
    path("enterprises/", views_firm.enterprises, name="enterprises"),
    path("enterprises/<int:pk>/", views_firm.enterprise, name="enterprise"),
    path("visits/", views_firm.visits, name="visits"),
    path("visits/new/", views_firm.visit_new, name="visit_new"),
    path("codes/", views_code.codes, name="codes"),
    path("codes/new/", views_code.code_new, name="code_new"),
    path("codes/<int:pk>/poster/", views_code.code_poster, name="code_poster"),
    path("codes/<int:pk>/close/", views_code.code_close, name="code_close"),
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
    *urls_statistics.PATTERNS,
]

"""Addresses of the bank portal."""

from django.urls import path

from huoshui.portals.bank import (
    views_branch,
    views_bridge,
    views_case,
    views_claim,
    views_evaluation,
    views_home,
    views_lead,
    views_loan,
    views_product,
)

app_name = "bank"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("cases/", views_case.inbox, name="inbox"),
    path("cases/all/", views_case.cases, name="cases"),
    path("cases/assign/", views_case.assign, name="assign"),
    path("cases/<int:pk>/", views_case.case, name="case"),
    path("cases/<int:pk>/papers/<int:paper_id>/", views_case.paper, name="paper"),
    path("cases/<int:pk>/<slug:act>/", views_case.case_act, name="case_act"),
    path("leads/", views_lead.leads, name="leads"),
    path("leads/<slug:act>/", views_lead.report, name="lead_report"),
    path("claims/", views_claim.claims, name="claims"),
    path("claims/<int:pk>/", views_claim.claim, name="claim"),
    path("loans/", views_loan.loans, name="loans"),
    path("loans/maturing/", views_loan.maturing, name="maturing"),
    path("loans/<int:pk>/", views_loan.loan, name="loan"),
    path("loans/<int:pk>/<slug:act>/", views_loan.loan_act, name="loan_act"),
    path("bridge/", views_bridge.bridges, name="bridges"),
    path("bridge/<int:pk>/", views_bridge.bridge, name="bridge"),
    path("bridge/<int:pk>/<slug:code>/", views_bridge.bridge_act, name="bridge_act"),
    path("repayments/", views_loan.repayments, name="repayments"),
    path("repayments/template/", views_loan.repayments_template, name="repayments_template"),
    path("products/", views_product.products, name="products"),
    path("products/new/", views_product.new_product, name="product_new"),
    path("products/<int:pk>/", views_product.product, name="product"),
    path("products/<int:pk>/v<int:number>/", views_product.product, name="product_version"),
    path("products/<int:pk>/edit/", views_product.edit_product, name="product_edit"),
    path("products/<int:pk>/versions/<int:version>/<slug:act>/", views_product.act_on_product, name="product_act"),
    path("branches/", views_branch.branches, name="branches"),
    path("branches/<int:pk>/", views_branch.branch, name="branch"),
    path("team/", views_branch.team, name="team"),
    path("evaluation/", views_evaluation.evaluations, name="evaluations"),
    path("evaluation/<int:pk>/", views_evaluation.evaluation, name="evaluation"),
]

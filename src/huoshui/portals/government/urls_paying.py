"""Addresses of claims and payments in the government portal."""

from django.urls import path, re_path

from huoshui.portals.government import views_payment, views_settlement, views_statement, views_subsidy

PATTERNS = [
    path("subsidy/", views_subsidy.claims, name="subsidy_claims"),
    path("subsidy/run/", views_subsidy.run, name="subsidy_run"),
    path("subsidy/accept/", views_subsidy.accept_many, name="subsidy_accept_many"),
    path("subsidy/<int:pk>/", views_subsidy.claim, name="subsidy_claim"),
    path("subsidy/<int:pk>/accept/", views_subsidy.accept, name="subsidy_accept"),
    path("subsidy/<int:pk>/reject/", views_subsidy.reject, name="subsidy_reject"),
    path("subsidy/lines/<int:pk>/strike/", views_subsidy.strike, name="subsidy_strike"),
    path("subsidy/lines/<int:pk>/recall/", views_settlement.recall, name="subsidy_recall"),
    path("subsidy/settlement/", views_settlement.chosen, name="settlements"),
    path("subsidy/settlement/<int:fund>/<int:year>/", views_settlement.settlement, name="settlement"),
    path("subsidy/settlement/<int:fund>/advance/", views_settlement.advance, name="subsidy_advance"),
    path("subsidy/settlement/<int:fund>/give-back/", views_settlement.give_back, name="subsidy_give_back"),
    path("subsidy/settlement/<int:fund>/resume/", views_settlement.resume, name="subsidy_resume"),
    path("payments/", views_payment.payments, name="payments"),
    path("payments/batch/<slug:code>/", views_payment.batch, name="payment_batch"),
    path("payments/<int:pk>/", views_payment.payment, name="payment"),
    path("payments/<int:pk>/letter.pdf", views_payment.letter, name="payment_letter"),
    path("payments/<int:pk>/<slug:code>/", views_payment.act, name="payment_act"),
    path("payments/lines/<int:pk>/<slug:code>/", views_payment.line_act, name="payment_line_act"),
    path("payment-files/", views_statement.files, name="payment_files"),
    path("payment-files/make/<int:fund>/", views_statement.make_file, name="payment_file_make"),
    re_path(r"^payment-files/(?P<pk>\d+)\.(?P<kind>csv|xlsx)$", views_statement.download, name="payment_file"),
    path("bank-statements/", views_statement.statements, name="bank_statements"),
    path("bank-statements/new/", views_statement.take_in, name="bank_statement_new"),
    path("bank-statements/left/", views_statement.left, name="statement_left"),
    path("bank-statements/lines/<int:pk>/", views_statement.line, name="statement_line"),
    path("bank-statements/<int:pk>/", views_statement.statement_page, name="bank_statement"),
]

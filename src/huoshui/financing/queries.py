"""What can be asked of visits, demands, cases and loans: one door. Values are frozen; lists are scoped."""

from huoshui.financing.actions_taskforce import precheck
from huoshui.financing.queries_care import (
    CareLine,
    FitLine,
    RatingLine,
    RegistrationLine,
    care,
    care_of,
    fit_of,
    may_care,
    rating_of,
    ratings_to_answer,
    registration_of,
    renewable,
    unregistered,
)
from huoshui.financing.queries_case import (
    Asked,
    CaseView,
    Funnel,
    TaskLine,
    asked,
    branch_code,
    case,
    cases,
    fell_behind,
    funnel,
    inbox,
    late_cases,
    loan,
    loans,
    maturing,
    today,
)
from huoshui.financing.queries_demand import (
    STAGES,
    DemandView,
    Tracking,
    codes,
    demand,
    demands,
    due_repairs,
    papers,
    recontact,
    stuck,
    tracking,
    visits,
)
from huoshui.financing.queries_group import GroupView, InvoiceView, credit_of_demand, group, groups, invoices_of
from huoshui.financing.queries_matching import matches_for
from huoshui.financing.queries_run import PlannedDemand, RunView, run, runs
from huoshui.financing.views import AskedLines, CaseLine, DeadlineView, DecisionView, LoanView, PapersView

__all__ = [
    "CareLine", "FitLine", "RatingLine", "RegistrationLine", "care", "care_of", "fit_of", "may_care", "rating_of",
    "GroupView", "InvoiceView", "credit_of_demand", "group", "groups", "invoices_of", "PlannedDemand", "RunView", "run", "runs", "ratings_to_answer", "registration_of", "renewable", "unregistered",
    "STAGES", "Asked", "AskedLines", "CaseLine", "CaseView", "DeadlineView", "DecisionView", "DemandView", "Funnel",
    "LoanView", "PapersView", "TaskLine", "Tracking", "asked", "branch_code", "case", "cases", "codes", "demand",
    "demands", "due_repairs", "fell_behind", "funnel", "inbox", "late_cases", "loan", "loans", "matches_for", "maturing", "papers",
    "precheck", "recontact", "stuck", "today", "tracking", "visits",
]  # fmt: skip

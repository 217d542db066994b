"""What can be done with visits, demands, cases and loans: one door. Every act is one transaction with its events."""

from huoshui.financing.actions_care import answer_rating, do_aftercare, set_green_channel
from huoshui.financing.actions_case import (
    accept_case,
    ask_papers,
    assign_case,
    assign_cases,
    complete_documents,
    decline_case,
    grant,
    lapse_offer,
    papers_arrived,
    record_contact,
    withdraw_case,
)
from huoshui.financing.actions_chase import age_loans, chase
from huoshui.financing.actions_claim import claim, claimable, open_to_claim
from huoshui.financing.actions_code import ScannedCode, close_code, create_code, scan_code
from huoshui.financing.actions_demand import (
    Submitted,
    enter_demand,
    move_demand,
    rate_case,
    submit_demand,
    withdraw_demand,
)
from huoshui.financing.actions_dispatch import dispatch, dispatch_many, offer_to, recall_case
from huoshui.financing.actions_district import follow_districts
from huoshui.financing.actions_group import (
    InvoiceLine,
    add_members,
    close_group,
    create_group,
    give_credit,
    list_invoices,
)
from huoshui.financing.actions_loan import close_drawing, record_drawdown, record_repayment, sign_contract
from huoshui.financing.actions_paper import add_paper, withdraw_paper
from huoshui.financing.actions_renewal import plan_renewal
from huoshui.financing.actions_run import confirm_run, drop_run, plan_run
from huoshui.financing.actions_taskforce import (
    decline,
    judge,
    judge_all,
    precheck,
    recommend,
    resolve_repair,
    send_to_repair,
)
from huoshui.financing.actions_visit import DemandAsk, Visited, record_visit
from huoshui.financing.batch import BatchResult
from huoshui.financing.registration import complete_registration, submit_registration
from huoshui.financing.repayment_file import ImportResult, import_repayments

__all__ = [
    "BatchResult", "DemandAsk", "ImportResult", "ScannedCode", "Submitted", "Visited", "accept_case", "add_paper", "age_loans", "answer_rating", "complete_registration",
    "InvoiceLine", "add_members", "close_group", "create_group", "give_credit", "list_invoices", "plan_renewal",
    "claim", "claimable", "confirm_run", "do_aftercare", "drop_run", "open_to_claim", "plan_run", "set_green_channel", "submit_registration",
    "ask_papers", "assign_case", "assign_cases", "chase", "close_code", "close_drawing", "complete_documents", "create_code",
    "decline", "decline_case", "dispatch", "dispatch_many", "enter_demand", "follow_districts", "grant", "import_repayments", "judge",
    "judge_all", "lapse_offer", "move_demand", "offer_to", "papers_arrived", "precheck", "rate_case", "recall_case",
    "recommend", "record_contact", "record_drawdown", "record_repayment", "record_visit", "resolve_repair",
    "scan_code", "send_to_repair", "sign_contract", "submit_demand", "withdraw_case", "withdraw_demand",
    "withdraw_paper",
]  # fmt: skip

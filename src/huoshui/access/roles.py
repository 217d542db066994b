"""Roles and what each may do: one table, from which pages, checks and the reference page are made."""

from __future__ import annotations

from enum import StrEnum

from huoshui.kernel.text import Text


class Permission(StrEnum):
    """A kind of thing that somebody may do. Values never change; add, do not rename."""

    # firms
    APPLY = "apply"
    MANAGE_CONSENT = "manage_consent"
    # register
    READ_REGISTER = "read_register"
    IMPORT_REGISTER = "import_register"
    # visits and demands
    PLAN_VISITS = "plan_visits"
    RECORD_VISIT = "record_visit"
    ENTER_DEMAND = "enter_demand"
    READ_DEMANDS = "read_demands"
    JUDGE_DEMANDS = "judge_demands"
    DISPATCH_DEMANDS = "dispatch_demands"
    MANAGE_CODES = "manage_codes"
    # bank cases
    READ_CASES = "read_cases"
    HANDLE_CASES = "handle_cases"
    DECIDE_CREDIT = "decide_credit"
    MANAGE_LOANS = "manage_loans"
    ASSIGN_CASES = "assign_cases"
    MANAGE_CAPACITY = "manage_capacity"
    # catalogue and policy
    EDIT_PRODUCTS = "edit_products"
    APPROVE_PRODUCTS = "approve_products"
    EDIT_PROGRAMMES = "edit_programmes"
    PUBLISH_PROGRAMMES = "publish_programmes"
    EDIT_PARAMETERS = "edit_parameters"
    # lists and policy lab
    MANAGE_LISTS = "manage_lists"
    READ_LISTS = "read_lists"
    USE_POLICY_LAB = "use_policy_lab"
    # public money
    READ_FUNDS = "read_funds"
    SUBMIT_CLAIMS = "submit_claims"
    PREPARE_PAYMENTS = "prepare_payments"
    APPROVE_PAYMENTS = "approve_payments"
    # guarantee
    HANDLE_GUARANTEES = "handle_guarantees"
    APPROVE_GUARANTEES = "approve_guarantees"
    # service
    MANAGE_EVENTS = "manage_events"
    WORK_HALL = "work_hall"
    HANDLE_COMPLAINTS = "handle_complaints"
    EDIT_POLICY_LIBRARY = "edit_policy_library"
    # statistics
    READ_STATISTICS = "read_statistics"
    MANAGE_BULLETINS = "manage_bulletins"
    MANAGE_EVALUATION = "manage_evaluation"
    READ_EVALUATION = "read_evaluation"
    ANSWER_EVALUATION = "answer_evaluation"  # a bank's own score and appeal
    # administration: three separate hands
    ADMINISTER_SYSTEM = "administer_system"
    ADMINISTER_PEOPLE = "administer_people"
    READ_AUDIT = "read_audit"


class Role(StrEnum):
    """What a person is for the platform. Values never change."""

    OWNER = "owner"
    VISITOR = "visitor"
    TASKFORCE_OFFICER = "taskforce_officer"
    TASKFORCE_LEAD = "taskforce_lead"
    OFFICE = "office"  # the city's financial office: products, programmes, parameters
    FINANCE_OFFICER = "finance_officer"
    FINANCE_CHECKER = "finance_checker"
    LEADER = "leader"
    ACCOUNT_MANAGER = "account_manager"
    BRANCH_LEAD = "branch_lead"
    BANK_HEAD = "bank_head"
    GUARANTEE_OFFICER = "guarantee_officer"
    GUARANTEE_LEAD = "guarantee_lead"
    SERVICE_DESK = "service_desk"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    AUDITOR = "auditor"


_P = Permission
_CASEWORK = {_P.READ_CASES, _P.HANDLE_CASES, _P.READ_LISTS, _P.SUBMIT_CLAIMS, _P.READ_EVALUATION}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset({_P.APPLY, _P.MANAGE_CONSENT}),
    Role.VISITOR: frozenset({_P.RECORD_VISIT, _P.ENTER_DEMAND, _P.READ_REGISTER}),
    Role.TASKFORCE_OFFICER: frozenset(
        {
            _P.PLAN_VISITS,
            _P.RECORD_VISIT,
            _P.ENTER_DEMAND,
            _P.READ_REGISTER,
            _P.READ_DEMANDS,
            _P.JUDGE_DEMANDS,
            _P.DISPATCH_DEMANDS,
        }
        | {_P.MANAGE_CODES, _P.READ_LISTS, _P.READ_STATISTICS, _P.HANDLE_COMPLAINTS, _P.MANAGE_EVENTS}
    ),
    Role.TASKFORCE_LEAD: frozenset(
        {
            _P.PLAN_VISITS,
            _P.RECORD_VISIT,
            _P.ENTER_DEMAND,
            _P.READ_REGISTER,
            _P.READ_DEMANDS,
            _P.JUDGE_DEMANDS,
            _P.DISPATCH_DEMANDS,
        }
        | {_P.MANAGE_CODES, _P.READ_LISTS, _P.READ_STATISTICS, _P.HANDLE_COMPLAINTS, _P.MANAGE_EVENTS}
        | {_P.MANAGE_BULLETINS}
    ),
    Role.OFFICE: frozenset(
        {_P.READ_REGISTER, _P.IMPORT_REGISTER, _P.READ_DEMANDS, _P.APPROVE_PRODUCTS, _P.EDIT_PROGRAMMES}
        | {_P.PUBLISH_PROGRAMMES, _P.EDIT_PARAMETERS, _P.MANAGE_LISTS, _P.READ_LISTS, _P.USE_POLICY_LAB}
        | {_P.READ_STATISTICS, _P.MANAGE_BULLETINS, _P.MANAGE_EVALUATION, _P.READ_EVALUATION, _P.MANAGE_CODES}
        | {_P.HANDLE_COMPLAINTS, _P.MANAGE_EVENTS, _P.EDIT_POLICY_LIBRARY, _P.DISPATCH_DEMANDS, _P.READ_FUNDS}
    ),
    Role.FINANCE_OFFICER: frozenset(
        {_P.READ_FUNDS, _P.PREPARE_PAYMENTS, _P.EDIT_PROGRAMMES, _P.USE_POLICY_LAB, _P.READ_STATISTICS}
    ),
    Role.FINANCE_CHECKER: frozenset(
        {_P.READ_FUNDS, _P.APPROVE_PAYMENTS, _P.PUBLISH_PROGRAMMES, _P.USE_POLICY_LAB, _P.READ_STATISTICS}
    ),
    Role.LEADER: frozenset({_P.READ_STATISTICS, _P.READ_FUNDS, _P.READ_EVALUATION}),
    Role.ACCOUNT_MANAGER: frozenset(_CASEWORK | {_P.DECIDE_CREDIT, _P.MANAGE_LOANS}),
    Role.BRANCH_LEAD: frozenset(_CASEWORK | {_P.DECIDE_CREDIT, _P.MANAGE_LOANS, _P.ASSIGN_CASES, _P.MANAGE_CAPACITY}),
    Role.BANK_HEAD: frozenset(
        {_P.READ_CASES, _P.ASSIGN_CASES, _P.EDIT_PRODUCTS, _P.MANAGE_CAPACITY, _P.READ_LISTS, _P.READ_EVALUATION}
        | {_P.ANSWER_EVALUATION}
    ),
    Role.GUARANTEE_OFFICER: frozenset({_P.HANDLE_GUARANTEES, _P.READ_EVALUATION}),
    Role.GUARANTEE_LEAD: frozenset({_P.HANDLE_GUARANTEES, _P.APPROVE_GUARANTEES, _P.READ_EVALUATION}),
    Role.SERVICE_DESK: frozenset(
        {_P.READ_REGISTER, _P.ENTER_DEMAND, _P.READ_DEMANDS, _P.WORK_HALL, _P.HANDLE_COMPLAINTS}
    ),
    Role.SYSTEM_ADMIN: frozenset({_P.ADMINISTER_SYSTEM}),
    Role.SECURITY_ADMIN: frozenset({_P.ADMINISTER_PEOPLE}),
    Role.AUDIT_ADMIN: frozenset({_P.READ_AUDIT}),
    Role.AUDITOR: frozenset(
        {_P.READ_AUDIT, _P.READ_REGISTER, _P.READ_DEMANDS, _P.READ_FUNDS, _P.READ_STATISTICS, _P.READ_EVALUATION}
    ),
}

ROLE_LABELS: dict[Role, Text] = {
    Role.OWNER: Text("企业用户", "firm's owner"),
    Role.VISITOR: Text("走访人员", "visitor"),
    Role.TASKFORCE_OFFICER: Text("专班工作人员", "taskforce officer"),
    Role.TASKFORCE_LEAD: Text("专班负责人", "taskforce lead"),
    Role.OFFICE: Text("市级金融办", "city financial office"),
    Role.FINANCE_OFFICER: Text("财政经办", "finance officer"),
    Role.FINANCE_CHECKER: Text("财政复核", "finance checker"),
    Role.LEADER: Text("分管领导", "city leader"),
    Role.ACCOUNT_MANAGER: Text("客户经理", "account manager"),
    Role.BRANCH_LEAD: Text("网点负责人", "branch lead"),
    Role.BANK_HEAD: Text("银行总行管理", "bank head office"),
    Role.GUARANTEE_OFFICER: Text("担保经办", "guarantee officer"),
    Role.GUARANTEE_LEAD: Text("担保审批", "guarantee approver"),
    Role.SERVICE_DESK: Text("大厅窗口", "service desk"),
    Role.SYSTEM_ADMIN: Text("系统管理员", "system administrator"),
    Role.SECURITY_ADMIN: Text("安全管理员", "security administrator"),
    Role.AUDIT_ADMIN: Text("审计管理员", "audit administrator"),
    Role.AUDITOR: Text("审计人员", "auditor"),
}

# 等保: system, security and audit administration are held by different people
SEPARATE_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return every permission that any of *roles* grants."""
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))

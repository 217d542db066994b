"""The bank's cases and loans, declared as lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.purposes import PURPOSES
from huoshui.financing import queries
from huoshui.financing.actions_claim import ClaimLine
from huoshui.financing.actions_loan import CLASS_NAMES
from huoshui.financing.actions_renewal import PLANS
from huoshui.financing.clocks import KIND_NAMES
from huoshui.financing.referral_lifecycle import STATE_NAMES, UNDECIDED_STATES, State
from huoshui.kernel import clock
from huoshui.portals.bank.assigning import CHOICE_SECONDS, AssignForm, officers
from huoshui.portals.bank.lists import own_products
from huoshui.portals.bank.names import Names
from huoshui.portals.shared.product_table import name_of
from huoshui.portals.shared.tables import Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, DateFilter, Filter, TextFilter
from huoshui.registry import queries as registry

TONES = {
    State.OFFERED: "blue",
    State.ACCEPTED: "azure",
    State.CONTACTED: "azure",
    State.PAPERS_OWED: "yellow",
    State.COMPLETE: "cyan",
    State.GRANTED: "green",
    State.CONTRACTED: "green",
    State.LENDING: "green",
    State.LENT: "green",
    State.DECLINED: "red",
    State.WITHDRAWN: "secondary",
    State.RECALLED: "red",
    State.SETTLED: "secondary",
}
CLASS_TONES = {"normal": "green", "watch": "yellow", "substandard": "orange", "doubtful": "red", "loss": "red"}
YES = (("1", _("是")),)


def case_columns(names: Names) -> tuple[Column, ...]:
    """Return what every list of cases shows."""
    return (
        Column("number", _("编号"), "demand.number", sort="demand__number", link=_case),
        Column("firm", _("企业"), names),
        Column("district", _("区县"), _district, sort="district_code", shown=False),
        Column("amount", _("金额"), "demand.amount", "money", sort="demand__amount"),
        Column("term", _("期限"), "demand.term_months", "months", sort="demand__term_months"),
        Column("purpose", _("用途"), _purpose, shown=False),
        Column("state", _("状态"), _state, "status", sort="state"),
    )


def _district(row: Any) -> Any:
    return registry.district_name(row.district_code)


def _case(row: Any) -> str:
    return reverse("bank:case", args=[row.pk])


def _purpose(row: Any) -> Any:
    code = row.demand.purpose
    return PURPOSES[code].name if code in PURPOSES else code


def _state(row: Any) -> Any:
    return STATE_NAMES[State(row.state)], TONES[State(row.state)]


def _due(row: Any) -> Any:
    return (row.due_at, row.state == State.PAPERS_OWED) if row.due_at else None


def case_filters(actor: Actor, *extra: Filter) -> tuple[Filter, ...]:
    """Return what every list of cases can be narrowed by."""
    states = [(state.value, words) for state, words in STATE_NAMES.items()]
    return (
        TextFilter("q", _("编号"), fields=("demand__number",)),
        ChoiceFilter("state", _("状态"), choices=states),
        ChoiceFilter("branch", _("网点"), "branch_id", choices=lambda: _branches(actor)),
        ChoiceFilter(
            "officer", _("客户经理"), "officer_id", choices=lambda: [(str(pk), name) for pk, name in officers(actor)]
        ),
        ChoiceFilter("product", _("产品"), "product_id", choices=lambda: _products(actor)),
        AmountFilter("amount", _("金额"), "demand__amount"),
        *extra,
    )


def _branches(actor: Actor) -> list[tuple[str, Any]]:
    return [(str(view.org_id), view.name) for view in catalogue.branches() if view.path.startswith(actor.org_path)]


def _products(actor: Actor) -> list[tuple[str, Any]]:
    """Return the bank's products to filter by; a new one may be missing here for CHOICE_SECONDS."""
    named = cache.get_or_set(
        f"bank:products:{actor.org_path}",
        lambda: [(str(row.pk), name_of(row)) for row in own_products(actor)],
        CHOICE_SECONDS,
    )
    return named or []


def inbox(actor: Actor) -> Table:
    """Return what waits for the bank, the first due first."""
    rows = queries.inbox(actor).select_related("demand", "bank", "branch", "officer", "product")
    form = AssignForm(officers=officers(actor)) if actor.may(Permission.ASSIGN_CASES) else None
    names = Names(actor, rows)
    return Table(
        name="inbox",
        title=_("收件箱"),
        rows=rows,
        see=names.see,
        columns=(
            *case_columns(names),
            Column("due", _("到期"), _due, "deadline", sort="due_at"),
            Column("what", _("该做什么"), lambda row: KIND_NAMES.get(row.due_kind or "", ""), sort="due_kind"),
            Column("product", _("产品"), lambda row: name_of(row.product), sort="product__name"),
            Column("officer", _("客户经理"), "officer.name", sort="officer__name"),
            Column("branch", _("网点"), "branch.name", sort="branch__name", shown=False),
        ),
        filters=case_filters(
            actor,
            DateFilter("due", _("到期日"), "due_at", moment=True),
            ChoiceFilter("late", _("已超时"), choices=YES, narrow=_late),
        ),
        default_sort="due",
        tie="pk",
        batches=(Batch("assign", _("指派客户经理"), reverse("bank:assign"), form=form),) if form else (),
        lead=_("按到期时间排列；等企业补材料的停表，排在最后。"),
        empty=Empty(_("收件箱已清空"), _("新派来的需求会按到期时间排在这里。"), reverse("bank:cases"), _("看全部案件")),
    )


def _late(rows: QuerySet[Any], _value: str) -> QuerySet[Any]:
    return rows.filter(due_at__lt=clock.now(), state__in=UNDECIDED_STATES)


def cases(actor: Actor) -> Table:
    """Return every case, closed ones included."""
    rows = queries.cases(actor).select_related("demand", "bank", "branch", "officer", "product")
    names = Names(actor, rows)
    return Table(
        name="cases",
        title=_("全部案件"),
        rows=rows,
        see=names.see,
        columns=(
            *case_columns(names),
            Column("offered", _("派来时间"), "offered_at", "minute", sort="offered_at"),
            Column("decided", _("决定时间"), "decided_at", "minute", sort="decided_at"),
            Column("product", _("产品"), lambda row: name_of(row.product), sort="product__name"),
            Column("officer", _("客户经理"), "officer.name", sort="officer__name"),
            Column("branch", _("网点"), "branch.name", sort="branch__name", shown=False),
        ),
        filters=case_filters(actor, DateFilter("offered", _("派来时间"), "offered_at", moment=True)),
        default_sort="-offered",
        empty=Empty(_("还没有案件"), _("派来的需求会出现在这里。")),
    )


def loans(actor: Actor, *, within: int | None = None) -> Table:
    """Return the bank's loans; *within* days those that mature soon."""
    rows = queries.loans(actor) if within is None else queries.maturing(actor, within)
    names = Names(actor, rows)
    return Table(
        name="loans",
        title=_("贷款") if within is None else _("即将到期的贷款"),
        rows=rows,
        see=names.see,
        columns=(
            Column("contract", _("合同编号"), "contract_no", sort="contract_no", link=_loan),
            Column("firm", _("企业"), names),
            Column("principal", _("合同金额"), "principal", "money", sort="principal"),
            Column("balance", _("余额"), "balance", "money", sort="balance"),
            Column("gap", _("未放款"), lambda row: row.principal - row.drawn, "money"),
            Column("rate", _("年利率"), "rate_ppm", "pct", sort="rate_ppm"),
            Column("matures", _("到期日"), "matures_on", "day", sort="matures_on"),
            Column("plan", _("到期安排"), lambda row: PLANS.get(row.renewal_plan, ""), shown=within is not None),
            Column("overdue", _("逾期天数"), "overdue_days", "count", sort="overdue_days"),
            Column("class", _("五级分类"), _class, "status", sort="five_class"),
            Column("state", _("状态"), _loan_state, "status", sort="state"),
        ),
        filters=(
            TextFilter("q", _("合同编号"), fields=("contract_no",)),
            ChoiceFilter("state", _("状态"), choices=tuple(LOAN_STATES.items())),
            ChoiceFilter("class", _("五级分类"), "five_class", choices=tuple(CLASS_NAMES.items())),
            ChoiceFilter("overdue", _("逾期"), choices=YES, narrow=lambda rows, _v: rows.filter(overdue_days__gt=0)),
            DateFilter("matures", _("到期日"), "matures_on"),
            AmountFilter("balance", _("余额")),
        ),
        default_sort="matures",
        empty=Empty(_("没有贷款"), _("登记合同后贷款会出现在这里。")),
    )


LOAN_STATES: dict[str, Any] = {"signed": _("已签约"), "active": _("在贷"), "settled": _("已结清")}


def _loan(row: Any) -> str:
    return reverse("bank:loan", args=[row.pk])


def _class(row: Any) -> Any:
    return CLASS_NAMES[row.five_class], CLASS_TONES[row.five_class]


def _loan_state(row: Any) -> Any:
    return LOAN_STATES[row.state], "green" if row.state == "active" else "secondary"


def to_claim(lines: Sequence[ClaimLine]) -> Table:
    """Return what may be claimed now, as a file holds it."""
    return Table(
        name="claims",
        title=_("抢单"),
        rows=lines,
        columns=(
            Column("number", _("编号")),
            Column("district", _("区县")),
            Column("amount", _("金额"), format="money"),
            Column("term", _("期限"), "term_months"),
            Column("purpose", _("用途")),
            Column("until", _("截止"), format="minute"),
            Column("left", _("还可对接"), format="count"),
        ),
        key="number",
    )

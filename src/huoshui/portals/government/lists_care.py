"""Lists of the taskforce's care: firms without a loan, low ratings."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.financing import queries
from huoshui.financing.actions_care import STEPS
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter
from huoshui.registry import queries as registry


def _demand(row: Any) -> str:
    return reverse("gov:demand", args=[row.demand_id])


def _shared() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), "demand.number", sort="demand__number", link=_demand),
        Column("firm", _("企业"), "demand.enterprise.name", sort="demand__enterprise__name_pinyin"),
        Column("district", _("区县"), lambda row: registry.district_name(row.demand.district_code)),
        Column("amount", _("金额"), "demand.amount", "money", sort="demand__amount"),
    )


def care(actor: Actor) -> Table:
    """Return the open steps for firms without a loan, the first due first."""
    return Table(
        name="care",
        title=_("未获贷跟进"),
        rows=queries.care(actor),
        columns=(
            *_shared(),
            Column("step", _("该做什么"), lambda row: STEPS[row.step], sort="step"),
            Column("day", _("第几天"), "day", "count", sort="day"),
            Column("due", _("到期"), "due_on", "deadline", sort="due_on"),
            Column("adviser", _("负责人"), "adviser.name", sort="adviser__name"),
        ),
        filters=(
            TextFilter("q", _("编号"), fields=("demand__number",)),
            ChoiceFilter("step", _("该做什么"), choices=tuple(STEPS.items())),
            DateFilter("due", _("到期日"), "due_on"),
        ),
        default_sort="due",
        lead=_("每户未获贷企业都有一名负责人：先由另一位同事复核，再按天数回访。"),
        empty=Empty(_("没有待跟进的企业"), _("企业未获贷后会自动排到这里。")),
    )


def ratings(actor: Actor) -> Table:
    """Return the low ratings that wait for an answer."""
    return Table(
        name="ratings",
        title=_("低分评价"),
        rows=queries.ratings_to_answer(actor),
        columns=(
            *_shared(),
            Column("stars", _("星级"), "stars", "count", sort="stars"),
            Column("comment", _("评价"), "comment"),
            Column("due", _("应答复"), "answer_due_on", "deadline", sort="answer_due_on"),
        ),
        filters=(TextFilter("q", _("编号"), fields=("demand__number",)),),
        default_sort="due",
        empty=Empty(_("没有待答复的低分评价"), _("企业打低分后会自动转到这里回访。")),
    )

"""The bank's leads from lists, declared: best fit first, names masked until the firm agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.portals.bank.lists import own_products
from huoshui.portals.bank.names import Names
from huoshui.portals.shared.choices import district_choices, text_choices
from huoshui.portals.shared.product_table import name_of
from huoshui.portals.shared.sectors import SECTORS
from huoshui.portals.shared.tables import Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter
from huoshui.registry import queries as registry
from huoshui.registry.views import SIZES
from huoshui.screening import queries_list as queries
from huoshui.screening import queries_score
from huoshui.screening.lead_lifecycle import REASONS, STATE_NAMES, Act, State

TONES = {
    State.NEW: "blue",
    State.INVITED: "azure",
    State.CONTACTED: "cyan",
    State.APPLIED: "green",
    State.REFUSED: "red",
    State.WITHDRAWN: "secondary",
    State.RECALLED: "orange",
}


class NoteForm(forms.Form):
    """A word to a report."""

    use_required_attribute = False
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


class RefusalForm(NoteForm):
    """Why nothing came of it."""

    reason_code = forms.ChoiceField(label=_("原因"), choices=text_choices(REASONS, empty="—"))


class Scores:
    """The grades of a page's firms, where the city shows scores to banks; of firms that let the bank read enough."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.shown = actor, queries_score.shown_to(actor)
        self.found: dict[int, Any] = {}

    def see(self, rows: Sequence[Any]) -> None:
        """Look up the scores of a page."""
        if self.shown:
            self.found = queries_score.assessments(self.actor, [row.enterprise_id for row in rows])

    def __call__(self, row: Any) -> str:
        """Return grade and points of a row's firm."""
        scored = self.found.get(row.enterprise_id)
        return f"{scored.grade.code} {scored.points}" if scored else "—"


def leads(actor: Actor) -> Table:
    """Return what was handed to the bank, the firms that most products fit first."""
    rows = queries.leads(actor).annotate(answer_by=queries.ANSWER_BY)
    names, scores = Names(actor, rows), Scores(actor)

    def see(page: Sequence[Any]) -> None:
        names.see(page)
        scores.see(page)

    return Table(
        name="leads",
        title=_("名单线索"),
        rows=rows,
        see=see,
        columns=_columns(actor, names, scores),
        filters=(
            ChoiceFilter(
                "state", _("状态"), choices=tuple((state.value, words) for state, words in STATE_NAMES.items())
            ),
            ChoiceFilter(
                "product",
                _("产品"),
                "product_id",
                choices=lambda: [(str(row.pk), name_of(row)) for row in own_products(actor)],
            ),
            ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
            ChoiceFilter(
                "sector",
                _("行业"),
                choices=tuple(SECTORS.items()),
                narrow=lambda rows, v: rows.filter(industry_code__startswith=v),
            ),
            ChoiceFilter("size", _("规模"), "size_class", choices=tuple(SIZES.items())),
            DateFilter("due", _("反馈期限"), "answer_by"),
            DateFilter("pushed", _("推送时间"), "pushed_at", moment=True),
        ),
        default_sort="-fits",
        batches=_acts() if actor.may(Permission.HANDLE_CASES) else (),
        lead=_(
            "企业名称和资料在企业同意授权后才显示。请先请企业授权或电话联系，再反馈结果；推送名单不代表企业已申请。到期未反馈的企业收回，改推其他银行。"
        ),
        empty=Empty(_("还没有线索"), _("首贷续贷服务中心按区县、产品和网点接单能力推送名单后会出现在这里。")),
    )


def _why(row: Any) -> str:
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    joint = ", " if language == "en" else "、"
    return joint.join(words[language] for words in row.why)


def _columns(actor: Actor, names: Names, scores: Scores) -> tuple[Column, ...]:
    return (
        Column("firm", _("企业"), names),
        Column(
            "state",
            _("状态"),
            lambda row: (STATE_NAMES[State(row.state)], TONES[State(row.state)]),
            "status",
            sort="state",
        ),
        Column("due", _("反馈期限"), "answer_by", "day", sort="answer_by"),
        Column("fits", _("符合本行产品"), "fits", "count", sort="fits"),
        *((Column("score", _("评分"), scores),) if scores.shown else ()),
        Column("product", _("首选产品"), lambda row: name_of(row.product), sort="product__name"),
        Column("amount", _("最高额度"), "amount_max", "money", sort="amount_max"),
        Column("rate", _("年利率"), "rate_ppm", "pct", sort="rate_ppm"),
        Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
        Column("sector", _("行业"), lambda row: SECTORS.get(row.industry_code[:1], ""), "words"),
        Column("size", _("规模"), lambda row: SIZES.get(row.size_class), sort="size_class", shown=False),
        Column("why", _("列入依据"), _folded, export=_why),
        Column("list", _("名单"), "edition.definition.name", shown=False),
        Column(
            "branch",
            _("网点"),
            lambda row: name_of(row.branch),
            "words",
            sort="branch__name",
            shown=not actor.may(Permission.HANDLE_CASES),
        ),
        Column("pushed", _("推送时间"), "pushed_at", "minute", sort="pushed_at"),
        Column("reason", _("未对接原因"), lambda row: REASONS.get(row.reason_code), shown=False),
        Column("officer", _("客户经理"), "officer.name", shown=False),
        Column("note", _("备注"), "note", "words", shown=False),
    )


def _folded(row: Any) -> Any:
    """Return the reasons behind a tap: they are long, and much the same from firm to firm."""
    if not row.why:
        return ""
    heading = gettext("%(n)s 项") % {"n": len(row.why)}
    return format_html("<details><summary>{}</summary>{}</details>", heading, _why(row))


def _acts() -> tuple[Batch, ...]:
    def at(act: Act) -> str:
        return reverse("bank:lead_report", args=[act.value])

    return (
        Batch("invite", _("请企业授权"), at(Act.INVITE), tone="primary"),
        Batch("contact", _("已联系"), at(Act.CONTACT), form=NoteForm(prefix=Act.CONTACT.value)),
        Batch("apply", _("已申请"), at(Act.APPLY), form=NoteForm(prefix=Act.APPLY.value)),
        Batch("refuse", _("未能对接"), at(Act.REFUSE), form=RefusalForm(prefix=Act.REFUSE.value)),
    )

"""Lists of firms by rule, their members, leads and runs, declared as tables."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.product_table import name_of
from huoshui.portals.shared.sectors import SECTORS
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter
from huoshui.registry import queries as registry
from huoshui.registry.views import SIZES
from huoshui.screening import queries_list as queries
from huoshui.screening import queries_waiting
from huoshui.screening.lead_lifecycle import REASONS, STATE_NAMES, State
from huoshui.screening.left_over import OBSTACLES, Why
from huoshui.screening.list_kinds import KINDS, SCHEDULES
from huoshui.screening.queries_list import EditionView

LEAD_TONES = {
    State.NEW: "blue",
    State.INVITED: "azure",
    State.CONTACTED: "cyan",
    State.APPLIED: "green",
    State.REFUSED: "red",
    State.WITHDRAWN: "secondary",
    State.RECALLED: "orange",
}


def firm_lists(actor: Actor) -> Table:
    """Return every list with its newest edition."""
    last = queries.newest(actor)
    manages = actor.may(Permission.MANAGE_LISTS)
    return Table(
        name="lists",
        title=_("企业名单"),
        rows=list(queries.definitions(actor)),
        columns=(
            Column("name", _("名单"), _name, sort="name", link=lambda row: reverse("gov:firm_list", args=[row.pk])),
            Column("kind", _("类型"), lambda row: KINDS[row.kind], sort="kind"),
            Column("count", _("户数"), lambda row: _count(actor, last.get(row.pk)), "count"),
            Column("came", _("新增"), lambda row: _of(last.get(row.pk), "came"), "count"),
            Column("went", _("移出"), lambda row: _of(last.get(row.pk), "went"), "count"),
            Column("number", _("期数"), "last_number", "count", sort="last_number"),
            Column("as_of", _("截至"), lambda row: _of(last.get(row.pk), "as_of"), "day"),
            Column("schedule", _("更新"), lambda row: SCHEDULES[row.schedule]),
            Column("source", _("数据来源"), "source", "words"),
        ),
        filters=(
            TextFilter("q", _("名单或来源"), fields=("name", "source")),
            ChoiceFilter("kind", _("类型"), choices=tuple(KINDS.items())),
        ),
        tie="pk",
        actions=(
            Action(_("新建名单"), reverse("gov:firm_list_new")),
            Action(_("全库筛查"), reverse("gov:runs"), "filter", primary=False),
        )
        if manages
        else (),
        lead=_("名单由规则从登记库快照生成，每期冻结：规则版本、快照和进出差异都可复核。"),
        empty=Empty(_("还没有名单"), _("由市级金融办设立名单，按期自动生成。")),
    )


def _name(row: Any) -> str:
    return said(Text(row.name, row.name_en))


def _count(actor: Actor, edition: Any) -> int | None:
    return queries.count_for(actor, edition) if edition else None


def _of(edition: Any, field: str) -> Any:
    return getattr(edition, field) if edition else None


def members(actor: Actor, page: EditionView, *, change: str) -> Table:
    """Return the firms of an edition; *change*: only those that came ("in") or went ("out")."""
    rows = queries.members(actor, page.list_id, page.number, change=change)
    actions = []
    if page.pushed:
        actions = [Action(_("推送情况"), reverse("gov:firm_list_leads", args=[page.list_id]), "send", primary=False)]
    if actor.may(Permission.MANAGE_LISTS) and page.number == page.last_number:
        if page.pushed:
            actions.insert(0, Action(_("推送给银行"), reverse("gov:firm_list_push", args=[page.list_id]), "send"))
        actions.append(Action(_("修改规则"), reverse("gov:firm_list_rule", args=[page.list_id]), "edit", primary=False))
    return Table(
        name=f"list-{page.code}-{page.number}",
        title=_("%(name)s 第 %(n)s 期") % {"name": said(page.name), "n": page.number},
        rows=rows,
        columns=(
            *_of_firm(page),
            Column("since", _("列入期"), "since", "count"),
            Column("until", _("最后一期"), "until", "count", shown=False),
        ),
        filters=(
            TextFilter("q", _("名称、拼音首字母或信用代码"), search=registry.named),
            ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
            ChoiceFilter("sector", _("行业"), choices=tuple(SECTORS.items()), narrow=_sector),
            ChoiceFilter("size", _("规模"), "size_class", choices=tuple(SIZES.items())),
            ChoiceFilter(
                "change",
                _("与上期比"),
                choices=(("in", _("新增")), ("out", _("移出"))),
                narrow=lambda rows, _value: rows,
            ),
        ),
        default_sort="",
        tie="id",
        many=True,
        actions=tuple(actions),
        empty=Empty(_("本期没有企业"), _("规则没有选中本区县的企业，或数据尚未到位。")),
    )


def _sector(rows: QuerySet[Any], letter: str) -> QuerySet[Any]:
    return rows.filter(industry_code__startswith=letter)


def _of_firm(page: EditionView) -> tuple[Column, ...]:
    """Who a firm of a list is, as every table of its firms shows it."""
    return (
        Column("name", _("企业"), "enterprise.name", link=lambda row: _evidence(page, row)),
        Column("uscc", _("统一社会信用代码"), "enterprise.uscc"),
        Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
        Column("sector", _("行业"), lambda row: SECTORS.get(row.industry_code[:1], "")),
        Column("size", _("规模"), lambda row: SIZES.get(row.size_class)),
    )


def _evidence(page: EditionView, row: Any) -> str:
    return reverse("gov:firm_list_evidence", args=[page.list_id, page.number, row.enterprise_id])


def leads(actor: Actor, page: EditionView) -> Table:
    """Return the leads of a list with what the banks reported."""
    return Table(
        name=f"leads-{page.code}",
        title=_("%(name)s：推送情况") % {"name": said(page.name)},
        rows=queries.leads(actor, list_id=page.list_id).select_related("enterprise"),
        columns=(
            Column(
                "firm",
                _("企业"),
                "enterprise.name",
                link=lambda row: reverse("gov:enterprise", args=[row.enterprise_id]),
            ),
            Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
            Column("bank", _("银行"), lambda row: name_of(row.bank), sort="bank__name"),
            Column("branch", _("网点"), lambda row: name_of(row.branch), sort="branch__name"),
            Column("product", _("产品"), lambda row: name_of(row.product), sort="product__name"),
            Column("state", _("状态"), lead_state, "status", sort="state"),
            Column("reason", _("未对接原因"), lambda row: REASONS.get(row.reason_code)),
            Column("pushed", _("推送时间"), "pushed_at", "minute", sort="pushed_at"),
            Column("due", _("反馈期限"), "due_on", "day", sort="due_on"),
            Column("edition", _("期数"), "edition.number", "count"),
            Column("note", _("备注"), "note", "words", shown=False),
        ),
        filters=(
            ChoiceFilter(
                "state", _("状态"), choices=tuple((state.value, words) for state, words in STATE_NAMES.items())
            ),
            ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
            ChoiceFilter("reason", _("未对接原因"), "reason_code", choices=tuple(REASONS.items())),
            ChoiceFilter("stage", _("办到"), choices=tuple(queries.STAGES.items()), narrow=queries.reached),
            DateFilter("pushed", _("推送时间"), "pushed_at", moment=True),
        ),
        default_sort="-pushed",
        actions=(Action(_("返回名单"), reverse("gov:firm_list", args=[page.list_id]), "chevron-left", primary=False),),
        empty=Empty(_("还没有推送"), _("在名单页预览并推送给银行后，银行的反馈会出现在这里。")),
    )


def waiting(actor: Actor, page: EditionView) -> Table:
    """Return the firms of a list that no bank can take now."""
    return Table(
        name=f"waiting-{page.code}",
        title=_("%(name)s：暂无银行能接") % {"name": said(page.name)},
        rows=queries_waiting.waiting(actor, page.list_id),
        columns=(
            *_of_firm(page),
            Column("reason", _("原因"), lambda row: OBSTACLES[Why(row.reason)].name, sort="reason"),
            Column("since", _("自"), "since", "day", sort="since"),
        ),
        filters=(
            TextFilter("q", _("名称、拼音首字母或信用代码"), search=registry.named),
            ChoiceFilter(
                "reason", _("原因"), "reason", choices=tuple((why.value, each.name) for why, each in OBSTACLES.items())
            ),
            ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
            ChoiceFilter("sector", _("行业"), choices=tuple(SECTORS.items()), narrow=_sector),
            ChoiceFilter("size", _("规模"), "size_class", choices=tuple(SIZES.items())),
        ),
        default_sort="",
        tie="id",
        many=True,
        actions=(Action(_("返回名单"), reverse("gov:firm_list", args=[page.list_id]), "chevron-left", primary=False),),
        lead=_("推送时没有银行能接的企业；网点有了余量、产品放宽后，平台自动接着推送。"),
        empty=Empty(_("没有企业在等"), _("推送过的企业都有银行能接。")),
    )


def lead_state(row: Any) -> Any:
    """Return a lead's state in words and colour."""
    return STATE_NAMES[State(row.state)], LEAD_TONES[State(row.state)]

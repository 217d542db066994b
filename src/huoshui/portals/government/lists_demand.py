"""Demands, declared as lists: declared, recommended, stuck, being mended, all; visits, codes and firms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue.purposes import PURPOSES
from huoshui.financing import queries
from huoshui.financing.actions_code import KINDS as CODE_KINDS
from huoshui.financing.actions_visit import OUTCOMES
from huoshui.financing.ask import CHANNELS
from huoshui.financing.demand_lifecycle import STATE_NAMES, State
from huoshui.kernel.text import Text
from huoshui.portals.government.batches import bare
from huoshui.portals.government.forms import DeclineForm, RepairForm
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.tables import Action, Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, DateFilter, Filter, TextFilter
from huoshui.registry import queries as registry
from huoshui.registry.views import KINDS, SIZES, STATUSES

TONES = {
    State.DRAFT: "secondary",
    State.DECLARED: "blue",
    State.REPAIRING: "yellow",
    State.RECOMMENDED: "azure",
    State.DISPATCHED: "blue",
    State.GRANTED: "green",
    State.LENT: "green",
    State.CLOSED: "secondary",
}


def demand_columns(*extra: Column) -> tuple[Column, ...]:
    """Return the columns that every list of demands has, then *extra*."""
    return (
        Column("number", _("编号"), sort="number", link=lambda row: reverse("gov:demand", args=[row.pk])),
        Column("firm", _("企业"), "enterprise.name", sort="enterprise__name_pinyin"),
        Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
        Column("amount", _("金额"), "amount", "money", sort="amount"),
        Column("term", _("期限"), "term_months", "months", sort="term_months"),
        Column(
            "purpose", _("用途"), lambda row: PURPOSES[row.purpose].name if row.purpose in PURPOSES else row.purpose
        ),
        *extra,
    )


def _state_column() -> Column:
    return Column(
        "state", _("状态"), lambda row: (STATE_NAMES[State(row.state)], TONES[State(row.state)]), "status", sort="state"
    )


def demand_filters(*extra: Filter) -> tuple[Filter, ...]:
    """Return the filters that every list of demands has, then *extra*."""
    return (
        TextFilter("q", _("企业或编号"), fields=("enterprise__name", "number", "enterprise__uscc")),
        ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
        ChoiceFilter("channel", _("来源"), choices=tuple(CHANNELS.items())),
        AmountFilter("amount", _("金额")),
        *extra,
    )


def declared(actor: Actor) -> Table:
    """Return the declared list, the oldest first, with its batches."""
    return Table(
        name="declared",
        title=_("申报清单"),
        rows=queries.demands(actor, state=State.DECLARED),
        columns=demand_columns(
            Column("channel", _("来源"), lambda row: CHANNELS.get(row.channel, row.channel)),
            Column("declared", _("申报时间"), "declared_at", "minute", sort="declared_at"),
        ),
        filters=demand_filters(DateFilter("declared", _("申报时间"), "declared_at", moment=True)),
        default_sort="declared",
        batches=_judging() if actor.may(Permission.JUDGE_DEMANDS) else (),
        lead=_("逐条核对五项标准；系统已按数据预判，符合的可以成批推荐，可修复的转入修复并写明问题、部门和措施。"),
        empty=Empty(
            _("申报清单已清空"),
            _("新的申报会出现在这里。可以安排走访，或代企业填报需求。"),
            reverse("gov:visit_new"),
            _("记走访"),
        ),
    )


def _judging() -> tuple[Batch, ...]:
    return (
        Batch(
            "judge",
            _("按预判通过五项标准"),
            reverse("gov:batch", args=["judge"]),
            confirm=_("只采纳数据能说明的预判；数据不足的标准仍需人工判断。"),
        ),
        Batch("recommend", _("推荐"), reverse("gov:batch", args=["recommend"]), "primary"),
        Batch("repair", _("转入修复"), reverse("gov:batch", args=["repair"]), form=bare(RepairForm())),
        Batch("decline", _("不予推荐"), reverse("gov:batch", args=["decline"]), "danger", form=bare(DeclineForm())),
    )


def recommended(actor: Actor) -> Table:
    """Return the recommended list: what waits to be dispatched."""
    return Table(
        name="recommended",
        title=_("推荐清单"),
        rows=queries.demands(actor, state=State.RECOMMENDED),
        columns=demand_columns(
            Column("recommended", _("推荐时间"), "recommended_at", "minute", sort="recommended_at"),
            Column("claim", _("抢单截止"), "grab_until", "minute", sort="grab_until", shown=False),
        ),
        filters=demand_filters(),
        default_sort="recommended",
        batches=_dispatching() if actor.may(Permission.DISPATCH_DEMANDS) else (),
        lead=_("派单依次看：企业自己的选择、现有贷款行、产品匹配、网点接单能力。打开一条可预览派给谁、为什么。"),
        empty=Empty(
            _("没有等待派单的需求"), _("推荐通过的需求会出现在这里。"), reverse("gov:declared"), _("看申报清单")
        ),
    )


def _dispatching() -> tuple[Batch, ...]:
    return (
        Batch("dispatch", _("自动派单"), reverse("gov:batch", args=["dispatch"]), "primary"),
        Batch("claim", _("开放抢单"), reverse("gov:batch", args=["claim"])),
    )


def repairing(actor: Actor) -> Table:
    """Return what is being mended."""
    return Table(
        name="repairing",
        title=_("修复中"),
        rows=queries.demands(actor, state=State.REPAIRING),
        columns=demand_columns(Column("declared", _("申报时间"), "declared_at", "day", sort="declared_at")),
        filters=demand_filters(),
        default_sort="declared",
        empty=Empty(_("没有正在修复的需求"), _("申报清单里转入修复的会出现在这里，修复后自动回到申报清单。")),
    )


_LOANS = (("first", _("首贷")), ("credit", _("信用贷款")))


def _with_loan(rows: Any, kind: str) -> Any:
    """Return the demands with a loan of the kind that money was drawn from."""
    wanted: dict[str, dict[str, Any]] = {
        "first": {"referrals__loan__first_loan": True},
        "credit": {"referrals__loan__collateral": "credit"},
    }
    return rows.filter(referrals__loan__drawn__gt=0, **wanted[kind]).distinct()


def demands(actor: Actor) -> Table:
    """Return every demand the actor may see."""
    states = [(state.value, words) for state, words in STATE_NAMES.items() if state is not State.DRAFT]
    return Table(
        name="demands",
        title=_("全部需求"),
        rows=queries.demands(actor),
        columns=demand_columns(
            _state_column(),
            Column("channel", _("来源"), lambda row: CHANNELS.get(row.channel, row.channel)),
            Column("declared", _("申报时间"), "declared_at", "day", sort="declared_at"),
            Column("granted", _("授信时间"), "granted_at", "day", sort="granted_at", shown=False),
            Column("lent", _("放款时间"), "lent_at", "day", sort="lent_at", shown=False),
            Column("uscc", _("统一社会信用代码"), "enterprise.uscc", shown=False),
        ),
        filters=demand_filters(
            ChoiceFilter("state", _("状态"), choices=states),
            DateFilter("declared", _("申报时间"), "declared_at", moment=True),
            DateFilter("recommended", _("推荐时间"), "recommended_at", moment=True),
            DateFilter("granted", _("授信时间"), "granted_at", moment=True),
            DateFilter("lent", _("放款时间"), "lent_at", moment=True),
            ChoiceFilter("loan", _("贷款"), choices=_LOANS, narrow=_with_loan),
        ),
        default_sort="-declared",
        empty=Empty(_("还没有需求"), _("企业扫码、网上申请，或工作人员代填之后会出现在这里。")),
    )


def codes(actor: Actor) -> Table:
    """Return loan codes with what came of them."""
    return Table(
        name="codes",
        title=_("贷款码"),
        rows=queries.codes(actor),
        columns=(
            Column("label", _("名称"), sort="label", link=lambda row: reverse("gov:code_poster", args=[row.pk])),
            Column("kind", _("类型"), lambda row: CODE_KINDS.get(row.kind, row.kind), sort="kind"),
            Column(
                "district",
                _("区县"),
                lambda row: registry.district_name(row.district_code) if row.district_code else "",
            ),
            Column("scans", _("扫码次数"), "scans", "count", sort="scans"),
            Column("asked", _("带来的需求"), "asked", "count", sort="asked"),
            Column("granted", _("已授信"), "granted", "count", sort="granted"),
            Column("lent", _("已放款"), "lent", "count", sort="lent"),
            Column(
                "active",
                _("状态"),
                lambda row: (_("在用"), "green") if row.active else (_("停用"), "secondary"),
                "status",
            ),
            Column("created", _("生成时间"), "created_at", "day", sort="created_at"),
        ),
        filters=(
            TextFilter("q", _("名称"), fields=("label",)),
            ChoiceFilter("kind", _("类型"), choices=tuple(CODE_KINDS.items())),
        ),
        default_sort="-created",
        actions=(Action(_("新建贷款码"), reverse("gov:code_new")),),
        lead=_("打开一条即可打印海报。每个码带着张贴地点，扫码和由此产生的需求分别计数。"),
        empty=Empty(
            _("还没有贷款码"),
            _("为市场、网点、大厅各生成一个，印成海报张贴。"),
            reverse("gov:code_new"),
            _("新建贷款码"),
        ),
    )


def visits(actor: Actor) -> Table:
    """Return visits, the latest first."""
    reads, records = actor.may(Permission.READ_DEMANDS), actor.may(Permission.RECORD_VISIT)
    return Table(
        name="visits",
        title=_("走访"),
        rows=queries.visits(actor),
        columns=(
            Column(
                "firm",
                _("企业"),
                "enterprise.name",
                link=lambda row: reverse("gov:enterprise", args=[row.enterprise_id]),
            ),
            Column("on", _("走访日期"), "visited_on", "day", sort="visited_on"),
            Column("outcome", _("走访结果"), lambda row: OUTCOMES.get(row.outcome, row.outcome), sort="outcome"),
            Column("note", _("情况记录"), "note", "words"),
            Column("follow", _("下次回访"), "follow_up_on", "day", sort="follow_up_on"),
            Column("visitor", _("走访人"), "visitor.name"),
            Column(
                "demand",
                _("需求"),
                "demand.number",
                link=lambda row: reverse("gov:demand", args=[row.demand_id]) if row.demand_id and reads else "",
            ),
        ),
        filters=(
            TextFilter("q", _("企业"), fields=("enterprise__name",)),
            ChoiceFilter("outcome", _("走访结果"), choices=tuple(OUTCOMES.items())),
            DateFilter("on", _("走访日期"), "visited_on"),
            DateFilter("follow", _("下次回访"), "follow_up_on"),
        ),
        default_sort="-on",
        actions=(Action(_("记走访"), reverse("gov:visit_new")),) if records else (),
        empty=Empty(
            _("还没有走访记录"),
            _("找到企业，一分钟记完；有需求的当场生成申报。"),
            reverse("gov:visit_new") if records else "",
            _("记走访") if records else "",
        ),
    )


def enterprises(actor: Actor) -> Table:
    """Return the firms of the actor's area."""
    return Table(
        name="enterprises",
        title=_("企业"),
        rows=registry.enterprises(actor),
        columns=(
            Column("name", _("名称"), sort="name_pinyin", link=lambda row: reverse("gov:enterprise", args=[row.pk])),
            Column("uscc", _("统一社会信用代码"), sort="uscc"),
            Column("kind", _("类型"), lambda row: KINDS.get(row.kind, row.kind)),
            Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
            Column("industry", _("行业代码"), "industry_code", sort="industry_code"),
            Column("size", _("规模"), lambda row: SIZES.get(row.size_class)),
            Column(
                "status",
                _("登记状态"),
                lambda row: (STATUSES[row.status], "green" if row.status == "active" else "secondary"),
                "status",
            ),
            Column("since", _("成立日期"), "established_on", "day", sort="established_on"),
        ),
        filters=(
            TextFilter(
                "q",
                _("名称、拼音首字母或信用代码"),
                search=lambda rows, text: rows & registry.enterprises(actor, text=text),
            ),
            ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
            ChoiceFilter("kind", _("类型"), choices=tuple(KINDS.items())),
            ChoiceFilter("status", _("登记状态"), choices=tuple(STATUSES.items())),
            ChoiceFilter("size", _("规模"), "size_class", choices=tuple(SIZES.items())),
        ),
        default_sort="name",
        tie="id",
        empty=Empty(_("没有企业"), _("导入经营主体名单后会出现在这里。")),
    )


STUCK_KINDS: dict[str, Text] = {
    "accept": Text("银行未按时受理", "Bank late to accept"),
    "contact": Text("银行未按时联系", "Bank late to contact"),
    "decide": Text("银行未按时决定", "Bank late to decide"),
    "judge": Text("申报超过审核时限", "Not judged in time"),
    "dispatch": Text("推荐后没有派出", "Not dispatched"),
    "contract": Text("授信后没有签约", "Not signed"),
}
_WAITING = {State.DECLARED: "judge", State.RECOMMENDED: "dispatch", State.GRANTED: "contract"}


def stuck_kind(row: Any) -> str:
    """Return why a demand does not move: a key of STUCK_KINDS."""
    return row.late_kind or _WAITING.get(State(row.state), "decide")


def stuck(actor: Actor) -> Table:
    """Return what does not move, by reason, the longest late first."""
    return Table(
        name="stuck",
        title=_("卡点案件"),
        rows=queries.stuck(actor),
        columns=demand_columns(
            _state_column(),
            Column("why", _("卡在哪里"), lambda row: (STUCK_KINDS[stuck_kind(row)], "red"), "status"),
            Column("since", _("应办时间"), "late_since", "deadline", sort="late_since"),
        ),
        filters=demand_filters(
            ChoiceFilter("why", _("卡在哪里"), choices=tuple(STUCK_KINDS.items()), narrow=_stuck_by)
        ),
        default_sort="since",
        lead=_("银行超时、没有派出、授信未签约都在这里。打开一条可以催办、改派或请企业换一家银行。"),
        empty=Empty(_("没有卡点案件"), _("各环节都在时限内。")),
    )


def _stuck_by(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    waiting = {name: state for state, name in _WAITING.items()}
    if kind in waiting:
        return rows.filter(late_kind__isnull=True, state=waiting[kind])
    return rows.filter(late_kind=kind)

"""A bank's complaints and events, declared as lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.service import complaints
from huoshui.service import queries_complaint as matters
from huoshui.service import queries_event as events
from huoshui.service.actions_event import EVENT_STATES, KINDS
from huoshui.statistics import cards, spans
from huoshui.statistics import queries as figures
from huoshui.statistics.evaluation_lifecycle import STATE_NAMES, State

_EVENT_TONES = {"open": "blue", "closed": "green", "cancelled": "secondary"}


def complaints_of(actor: Actor) -> Table:
    """Return complaints about the actor's bank, what waits first. Of whom is said on the page of each."""
    return Table(
        name="bank-complaints",
        title=_("对本机构的投诉"),
        rows=matters.matters(actor),
        columns=(
            Column("number", _("编号"), link=lambda row: reverse("bank:complaint", args=[row.pk]), sort="number"),
            Column("kind", _("类型"), lambda row: complaints.KINDS[row.kind], sort="kind"),
            Column("words", _("事情经过"), lambda row: row.words[:60], "words"),
            Column("state", _("状态"), lambda row: (complaints.STATES[row.state], "red" if row.escalated else "blue"),
                   "status", sort="state"),
            Column("due", _("答复期限"), "due_on", "day", sort="due_on"),
            Column("owner", _("承办人"), "owner.name"),
            Column("stars", _("满意度"), "satisfaction", "count", sort="satisfaction"),
        ),
        filters=(
            TextFilter("q", _("编号或内容"), fields=("number", "words")),
            ChoiceFilter("state", _("状态"), choices=text_choices(complaints.STATES)),
        ),
        lead=_("政府受理后转来的投诉；说明情况后由承办人答复企业，结果计入机构评价。"),
        empty=Empty(_("没有投诉"), _("企业投诉本机构并经受理后，会出现在这里。")),
    )  # fmt: skip


def events_of(actor: Actor) -> Table:
    """Return the events that the actor's bank takes part in."""
    own = [one.id for one in offices.organisations() if actor.org_path and actor.org_path.startswith(one.path)]
    return Table(
        name="bank-events",
        title=_("对接活动"),
        rows=events.with_bank(tuple(own)),
        columns=(
            Column("title", _("活动名称"), "title", sort="title"),
            Column("kind", _("活动类型"), lambda row: KINDS[row.kind], sort="kind"),
            Column("starts", _("时间"), "starts_at", "minute", sort="starts_at"),
            Column("place", _("地点"), "place", "words"),
            Column("state", _("状态"), lambda row: (EVENT_STATES[row.state], _EVENT_TONES[row.state]), "status"),
            Column("firms", _("报名企业"), "firms", "count", sort="firms"),
            Column("came", _("已签到"), "came", "count", sort="came"),
            Column("lent", _("后来放款（户）"), "lent", "count", sort="lent"),
        ),
        filters=(
            TextFilter("q", _("名称或地点"), fields=("title", "place")),
            ChoiceFilter("kind", _("活动类型"), choices=text_choices(KINDS)),
            ChoiceFilter("state", _("状态"), choices=text_choices(EVENT_STATES)),
        ),
        lead=_("本机构参加的活动；现场登记的需求派到本机构后在收件箱办理。"),
        empty=Empty(_("还没有活动"), _("各区县办活动时邀请本机构，会出现在这里。")),
    )


def evaluations(actor: Actor) -> Table:
    """Return the evaluations that the actor's bank takes part in."""
    return Table(
        name="bank-evaluations",
        title=_("本行评价"),
        rows=figures.rounds(actor),
        columns=(
            Column("card", _("评价表"), lambda row: cards.card_of(row.card).name, link=_evaluation),
            Column("span", _("评价期"), lambda row: spans.span_to(row.kind, row.last).name, sort="last"),
            Column("state", _("阶段"), lambda row: STATE_NAMES[State(row.state)], "status", sort="state"),
            Column("self", _("自评截止"), "self_score_until", "day", sort="self_score_until"),
            Column("appeal", _("申诉截止"), "appeal_until", "day", sort="appeal_until"),
        ),
        filters=(
            ChoiceFilter("state", _("阶段"), choices=[(state.value, name) for state, name in STATE_NAMES.items()]),
        ),
        tie="-id",
        empty=Empty(_("还没有评价"), _("市级金融办发起评价后会通知您，先自评，再看复核结果。")),
    )


def _evaluation(row: Any) -> str:
    return reverse("bank:evaluation", args=[row.pk])

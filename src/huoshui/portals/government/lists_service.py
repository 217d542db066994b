"""Complaints and the documents of the policy library, declared as lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter
from huoshui.service import complaints, hall
from huoshui.service import queries_complaint as queries
from huoshui.service import queries_hall as halls
from huoshui.service import queries_policy as library

STATES = (("draft", _("草稿")), ("published", _("已发布")), ("repealed", _("已废止")))
_STATE_TONES = {"draft": "yellow", "published": "green", "repealed": "secondary"}
_STAGE_TONES = {"done": "green", "papers": "yellow"}
_TONES = {"evidence": "yellow", "received": "blue", "accepted": "blue", "answered": "green"}


def complaints_of(actor: Actor) -> Table:
    """Return complaints, what waits first."""
    return Table(
        name="complaints",
        title=_("投诉与异议"),
        rows=queries.matters(actor),
        columns=(
            Column("number", _("编号"), link=lambda row: reverse("gov:complaint", args=[row.pk]), sort="number"),
            Column("kind", _("类型"), lambda row: complaints.KINDS[row.kind], sort="kind"),
            Column("firm", _("企业"), lambda row: row.enterprise.name if row.enterprise else row.contact),
            Column("target", _("针对机构"), "target.name", sort="target__name"),
            Column("words", _("事情经过"), lambda row: row.words[:60], "words"),
            Column("state", _("状态"), _state, "status", sort="state"),
            Column("due", _("答复期限"), "due_on", "day", sort="due_on"),
            Column("owner", _("承办人"), "owner.name", sort="owner__name"),
            Column("stars", _("满意度"), "satisfaction", "count", sort="satisfaction"),
        ),
        filters=(
            TextFilter("q", _("编号或内容"), fields=("number", "words", "enterprise__name")),
            ChoiceFilter("state", _("状态"), choices=text_choices(complaints.STATES)),
            ChoiceFilter("kind", _("类型"), choices=text_choices(complaints.KINDS)),
        ),
        actions=(
            Action(_("登记来电"), reverse("gov:complaint_new")),
            Action(_("按机构统计"), reverse("gov:complaint_counts"), "table", primary=False),
        ),
        lead=_("排在最前的最先到期；逾期未办自动上报区县、市级。"),
        empty=Empty(_("没有投诉"), _("企业提出后会出现在这里；来电来访的，点“登记来电”。")),
    )


def policies() -> Table:
    """Return documents of the policy library."""
    return Table(
        name="policies",
        title=_("政策文件库"),
        rows=library.documents(),
        columns=(
            Column("title", _("文件名称"), link=lambda row: reverse("gov:policy", args=[row.pk]), sort="title"),
            Column("number", _("文号"), sort="number"),
            Column("issuer", _("发布单位"), sort="issuer"),
            Column("issued", _("发布日期"), "issued_on", "day", sort="issued_on"),
            Column(
                "state", _("状态"), lambda row: (dict(STATES)[row.state], _STATE_TONES[row.state]), "status", "state"
            ),
            Column("asked", _("问答"), "asked", "count", sort="asked"),
        ),
        filters=(
            TextFilter("q", _("名称或文号"), fields=("title", "number")),
            ChoiceFilter("state", _("状态"), choices=STATES),
            DateFilter("issued", _("发布日期"), "issued_on"),
        ),
        default_sort="-issued",
        actions=(Action(_("写一份"), reverse("gov:policy_new")),),
        empty=Empty(
            _("还没有文件"),
            _("写一份，或用 huoshui import policies 成批导入。"),
            reverse("gov:policy_new"),
            _("写一份"),
        ),
    )


def stages_of(actor: Actor) -> Table:
    """Return where firms stand by the hall's newest report."""
    reports = actor.may(Permission.WORK_HALL)
    return Table(
        name="hall-stages",
        title=_("企业办理进度"),
        rows=halls.stages(actor),
        columns=(
            Column("firm", _("企业"), "enterprise.name", sort="enterprise__name_pinyin"),
            Column("bank", _("银行"), "bank.name", sort="bank__name"),
            Column("stage", _("办到哪一步"), lambda row: (hall.STAGES[row.stage], _STAGE_TONES.get(row.stage, "blue")),
                   "status", sort="stage"),
            Column("note", _("说明"), "note", "words"),
            Column("at", _("登记时间"), "reported_at", "minute", sort="reported_at"),
            Column("by", _("登记人"), "reported_by.name"),
        ),
        filters=(
            TextFilter("q", _("企业"), fields=("enterprise__name",)),
            ChoiceFilter("stage", _("办到哪一步"), choices=text_choices(hall.STAGES)),
        ),
        default_sort="-at",
        actions=(Action(_("登记进度"), reverse("gov:hall_stage")),) if reports else (),
        lead=_("大厅登记的最新进度，企业在手机上看得到。"),
        empty=Empty(_("还没有登记进度"), _("企业来大厅办理时，登记办到哪一步、在哪家银行。")),
    )  # fmt: skip


def _state(row: Any) -> Any:
    return (complaints.STATES[row.state], "red" if row.escalated and row.waits else _TONES.get(row.state, "secondary"))

"""The list of dispatch plans."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.financing import queries
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter

STATES = {
    "preview": (_("待确认"), "yellow"),
    "done": (_("已派出"), "green"),
    "dropped": (_("已放弃"), "secondary"),
}


def runs(actor: Actor) -> Table:
    """Return the plans, newest first."""
    return Table(
        name="dispatch_runs",
        title=_("批量派单"),
        rows=queries.runs(actor),
        columns=(
            Column("made", _("生成时间"), "made_at", "minute", sort="made_at",
                   link=lambda row: reverse("gov:dispatch_run", args=[row.pk])),
            Column("state", _("状态"), lambda row: STATES[row.state], "status", sort="state"),
            Column("places", _("派单数"), lambda row: len(row.lines), "count"),
            Column("unplaced", _("派不出"), lambda row: len(row.unplaced), "count"),
            Column("gain", _("比逐笔派单多得分"), lambda row: row.objective - row.greedy_objective, "count"),
            Column("by", _("经办人"), "made_by.name"),
        ),
        filters=(ChoiceFilter("state", _("状态"), choices=tuple((code, words) for code, (words, _t) in STATES.items())),),
        default_sort="-made",
        lead=_("把推荐清单里的需求一次排好：企业的选择优先，网点不超能力，中小机构有份额，总匹配最优。先看方案，再确认派出。"),
        empty=Empty(_("还没有派单方案"), _("点“生成方案”，看过再确认。")),
    )  # fmt: skip

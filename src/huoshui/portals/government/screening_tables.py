"""Runs over the whole register and what their rules found, declared as tables."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter
from huoshui.screening import queries_run as queries

RUN_TONES = {"queued": "blue", "running": "azure", "done": "green", "failed": "red"}


def runs(actor: Actor) -> Table:
    """Return the runs over the whole register."""
    return Table(
        name="runs",
        title=_("全库筛查"),
        rows=queries.runs(actor),
        columns=(
            Column(
                "as_of", _("截至"), "as_of", "day", sort="as_of", link=lambda row: reverse("gov:run", args=[row.pk])
            ),
            Column(
                "state",
                _("状态"),
                lambda row: (queries.RUN_STATES[row.state], RUN_TONES[row.state]),
                "status",
                sort="state",
            ),
            Column("done", _("进度"), lambda row: f"{row.rows_done:,} / {row.snapshot.rows:,}"),
            Column("rules", _("规则"), "rules", "count"),
            Column("seconds", _("用时（秒）"), _seconds),
            Column("snapshot", _("快照"), lambda row: row.snapshot.sha256[:12]),
            Column("manifest", _("运行清单"), lambda row: row.manifest_sha256[:12]),
            Column("finished", _("完成时间"), "finished_at", "minute", sort="finished_at"),
            Column("message", _("说明"), "message", "words"),
        ),
        filters=(
            ChoiceFilter("state", _("状态"), choices=tuple(queries.RUN_STATES.items())),
            DateFilter("as_of", _("截至")),
        ),
        default_sort="",
        tie="-id",
        lead=_("每晚把登记库存成快照，逐户对照全部产品、政策和名单；同样的快照和规则得到同样的结果，中断后自动续跑。"),
        empty=Empty(_("还没有运行过"), _("每天夜里自动运行；也可以现在发起一次。")),
    )


def _seconds(row: Any) -> str:
    taken = (row.manifest or {}).get("seconds", {}).get("all")
    return f"{taken:.2f}" if taken is not None else "—"


def rule_counts(actor: Actor, held: Any, district: str) -> Table:
    """Return what each rule of the run *held* found, in *district* or in the whole city."""
    return Table(
        name=f"screening-{held.pk}",
        title=_("全库筛查结果 %(day)s") % {"day": held.as_of},
        rows=queries.rule_counts(actor, held.pk, district=district),
        columns=(
            Column("name", _("规则"), lambda row: said(row.name), sort="code"),
            Column("kind", _("类型"), lambda row: said(queries.KINDS[row.kind]), sort="kind"),
            Column("owner", _("机构或文号"), lambda row: said(row.owner)),
            Column("yes", _("符合"), "yes", "count", sort="yes"),
            Column("share", _("占比"), lambda row: f"{row.share:.1%}", sort="share"),
            Column("change", _("比上次"), _change),
            Column("no", _("不符合"), "no", "count", sort="no"),
            Column("unknown", _("数据不足"), "unknown", "count", sort="unknown"),
            Column("code", _("规则编号"), "code", shown=False),
        ),
        filters=(
            TextFilter("q", _("规则或机构"), fields=("name.zh", "name.en", "owner.zh", "owner.en")),
            ChoiceFilter("kind", _("类型"), choices=tuple(queries.KINDS.items())),
            # rows are counted in the district already
            ChoiceFilter("district", _("区县"), choices=district_choices, narrow=lambda rows, _code: rows),
        ),
        default_sort="-yes",
        tie="code",
        key="code",
        lead=_(
            "每户对每条规则有三种结论：符合、不符合、数据不足。三者之和等于全部户数；名单成册时还要剔除排除名单上的企业。"
        ),
        empty=Empty(_("还没有结果"), _("筛查完成后，每条规则的户数会出现在这里。")),
    )


def _change(row: queries.RuleCount) -> str:
    return "—" if row.before is None else f"{row.yes - row.before:+,}"

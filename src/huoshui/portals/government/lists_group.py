"""The list of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.financing import queries
from huoshui.financing.actions_group import KINDS
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.registry import queries as registry


def own_districts(actor: Actor, choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the districts the actor may open groups for."""
    return [(code, name) for code, name in choices if code and code.startswith(actor.district)]


def groups(actor: Actor) -> Table:
    """Return the groups, newest first."""
    may = actor.may(Permission.DISPATCH_DEMANDS)
    return Table(
        name="groups",
        title=_("集群需求"),
        rows=queries.groups(actor),
        columns=(
            Column("name", _("名称"), "name", sort="name", link=lambda row: reverse("gov:group", args=[row.pk])),
            Column("kind", _("类型"), lambda row: KINDS[row.kind], sort="kind"),
            Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
            Column("members", _("需求数"), "members", "count", sort="members"),
            Column("asked", _("需求金额"), lambda row: row.asked or 0, "money", sort="asked"),
            Column("lent", _("已放款笔数"), "lent_count", "count", sort="lent_count"),
            Column("credit", _("专项授信"), lambda row: getattr(getattr(row, "credit", None), "amount", 0), "money"),
            Column("closes", _("截止日期"), "closes_on", "day", sort="closes_on"),
        ),
        filters=(
            TextFilter("q", _("名称"), fields=("name", "number")),
            ChoiceFilter("kind", _("类型"), choices=tuple(KINDS.items())),
        ),
        default_sort="-members",
        actions=(Action(_("新建集群需求"), reverse("gov:group_new"), "plus", True),) if may else (),
        lead=_("一个市场、一条街、一个产业镇或一条供应链一起申请：一个贷款码、一套共用材料、一笔专项授信。"),
        empty=Empty(_("还没有集群需求"), _("为市场、商业街、产业镇或供应链建立一个，商户扫码即加入。")),
    )

"""Campaigns, their firms, and grids, declared as lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.financing.actions_visit import OUTCOMES
from huoshui.portals.government.forms_campaign import HandOverForm
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.tables import Action, Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter
from huoshui.service import queries_campaign as queries

STATES = (("open", _("进行中")), ("closed", _("已结束")))
YES_NO = (("1", _("是")), ("0", _("否")))


def campaigns(actor: Actor) -> Table:
    """Return campaigns, the latest first."""
    plans = actor.may(Permission.PLAN_VISITS) and len(actor.district) == 6
    return Table(
        name="campaigns",
        title=_("走访行动"),
        rows=queries.campaigns(actor),
        columns=(
            Column("name", _("名称"), link=lambda row: reverse("gov:campaign", args=[row.pk]), sort="name"),
            Column("first", _("开始日"), "first_day", "day", sort="first_day"),
            Column("last", _("结束日"), "last_day", "day", sort="last_day"),
            Column("state", _("状态"), _state, "status", sort="state"),
            Column("firms", _("应走访"), "firms", "count", sort="firms"),
            Column("visited", _("已走访"), "visited", "count", sort="visited"),
            Column("share", _("进度"), _share, "pct"),
        ),
        filters=(
            TextFilter("q", _("名称"), fields=("name",)),
            ChoiceFilter("state", _("状态"), choices=STATES),
            DateFilter("first", _("开始日"), "first_day"),
        ),
        default_sort="-first",
        actions=(
            Action(_("发起走访行动"), reverse("gov:campaign_new")),
            Action(_("网格"), reverse("gov:grids"), "layout-grid", primary=False),
        )
        if plans
        else (),
        lead=_("先划网格、定负责人，再按条件选企业；每户自动排进走访人员当天的路线。"),
        empty=Empty(
            _("还没有走访行动"),
            _("选定要走访的企业和日期，系统按网格分给走访人员。"),
            reverse("gov:campaign_new") if plans else "",
            _("发起走访行动") if plans else "",
        ),
    )


def firms(actor: Actor, row: Any) -> Table:
    """Return the firms of one campaign."""
    plans = actor.may(Permission.PLAN_VISITS) and row.state == "open"
    form = HandOverForm(actor=actor) if plans else None
    return Table(
        name="campaign-firms",
        title=_("走访名单"),
        rows=queries.targets(actor, row.pk),
        columns=(
            Column("firm", _("企业"), "enterprise.name", link=_firm_page(actor), sort="enterprise__name_pinyin"),
            Column("address", _("地址"), "enterprise.address", "words"),
            Column("grid", _("网格"), "grid.name", sort="grid__code"),
            Column("visitor", _("走访人员"), "visitor.name", sort="visitor__name"),
            Column("on", _("走访日期"), "visit.visited_on", "day", sort="visit__visited_on"),
            Column("outcome", _("走访结果"), _outcome, sort="visit__outcome"),
        ),
        filters=(
            TextFilter("q", _("企业"), fields=("enterprise__name", "enterprise__address")),
            TextFilter("grid", _("网格"), fields=("grid__name",)),
            ChoiceFilter("outcome", _("走访结果"), "visit__outcome", choices=text_choices(OUTCOMES)),
            ChoiceFilter("reached", _("走到哪一步"), choices=_steps, narrow=_reached),
            ChoiceFilter("done", _("已走访"), choices=YES_NO, narrow=_done),
        ),
        default_sort="grid",
        batches=(Batch("hand_over", _("改派"), reverse("gov:campaign_hand_over", args=[row.pk]), form=form),)
        if form
        else (),
        empty=Empty(_("没有符合条件的企业"), _("清除筛选条件再看。")),
    )


def grids(actor: Actor) -> Table:
    """Return the grids of the district."""
    plans = actor.may(Permission.PLAN_VISITS)
    return Table(
        name="grids",
        title=_("网格"),
        rows=queries.grids(actor),
        columns=(
            Column("code", _("编号"), link=_grid_page if plans else None, sort="code"),
            Column("name", _("名称"), "name", sort="name"),
            Column("street", _("街道（乡镇）"), sort="street"),
            Column("words", _("包含的路名"), lambda row: "、".join(row.words), "words"),
            Column("keeper", _("负责人"), "keeper.name", sort="keeper__name"),
        ),
        filters=(TextFilter("q", _("名称"), fields=("name", "street", "code")),),
        default_sort="code",
        actions=(Action(_("划网格"), reverse("gov:grid")),) if plans else (),
        empty=Empty(
            _("还没有划网格"), _("写上路名和负责人，地址含这条路的企业就归他走访。"), reverse("gov:grid"), _("划网格")
        ),
    )


def _state(row: Any) -> Any:
    return (dict(STATES)[row.state], "green" if row.state == "open" else "secondary")


def _share(row: Any) -> int | None:
    return round(row.visited * 1_000 / row.firms) * 1_000 if row.firms else None


def _outcome(row: Any) -> Any:
    return OUTCOMES[row.visit.outcome] if row.visit else None


def _steps() -> list[tuple[str, str]]:
    return [(code, said(name)) for code, (name, _on) in queries.REACHED.items()]


def _reached(rows: Any, value: str) -> Any:
    return rows.filter(queries.REACHED[value][1])


def _done(rows: Any, value: str) -> Any:
    return rows.filter(visit__isnull=value == "0")


def _firm_page(actor: Actor) -> Any:
    if not actor.may(Permission.READ_REGISTER):
        return None
    return lambda row: reverse("gov:enterprise", args=[row.enterprise_id])


def _grid_page(row: Any) -> str:
    return f"{reverse('gov:grid')}?code={row.code}"

"""The bank's lists, declared: products, branches, people. Cases and loans are in lists_case.py."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries
from huoshui.catalogue.offers import BranchView
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.product_table import product_columns, product_filters
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import TextFilter
from huoshui.registry import queries as registry


def head_of(actor: Actor) -> str:
    """Return the path of the bank that the actor's branch belongs to."""
    return "/".join(actor.org_path.split("/")[:2]) + "/"


def own_products(actor: Actor) -> Any:
    """Return the rows of the bank's own products, with their versions."""
    rows = queries.products(actor).filter(institution__organisation__path__startswith=head_of(actor))
    return rows.prefetch_related("versions")


def products(actor: Actor) -> Table:
    """Return the bank's own products."""
    edits = actor.may(Permission.EDIT_PRODUCTS)
    return Table(
        name="products",
        title=_("产品"),
        rows=own_products(actor),
        columns=product_columns(lambda row: reverse("bank:product", args=[row.pk]), bank=False),
        filters=product_filters(),
        default_sort="code",
        actions=(Action(_("新建产品"), reverse("bank:product_new")),) if edits else (),
        empty=Empty(_("还没有产品"), _("新建一个产品，提交市级金融办审核后上架，企业才能匹配到。")),
    )


def branches(actor: Actor) -> Table:
    """Return the branches below the actor's place in the bank."""
    rows = [view for view in queries.branches() if view.path.startswith(actor.org_path)]
    return Table(
        name="branches",
        title=_("网点接单能力"),
        rows=rows,
        columns=(
            Column("name", _("网点"), sort="name", link=lambda row: reverse("bank:branch", args=[row.org_id])),
            Column("districts", _("服务区县"), _districts, "words"),
            Column("capacity", _("每周可接"), "weekly_capacity", "count", sort="weekly_capacity"),
            Column("paused", _("状态"), _taking, "status"),
            Column("contact", _("联系人"), "contact"),
        ),
        filters=(TextFilter("q", _("网点"), fields=("name",)),),
        default_sort="name",
        key="org_id",
        lead=_("派单时不超过每周可接数；忙不过来就暂停，到期自动恢复，企业会被派给其他网点。"),
        empty=Empty(_("还没有网点"), _("网点由市级金融办登记服务区县后出现在这里。")),
    )


def _districts(view: BranchView) -> str:
    return "、".join(said(registry.district_name(code)) for code in view.districts)


def _taking(view: BranchView) -> Any:
    if view.paused:
        return _("暂停至 %(day)s") % {"day": view.paused_until}, "yellow"
    return _("正常接单"), "green"


def team(actor: Actor) -> Table:
    """Return the people below the actor's place in the bank."""
    return Table(
        name="team",
        title=_("团队"),
        rows=list(access.people(access.people_of(actor))),
        columns=(
            Column("name", _("姓名"), sort="name"),
            Column("organisation", _("所在机构"), "organisation_name", sort="organisation_name"),
            Column("roles", _("角色"), lambda row: "、".join(said(label) for _role, label in row.roles)),
            Column(
                "active",
                _("账号"),
                lambda row: (_("正常"), "green") if row.active else (_("已停用"), "secondary"),
                "status",
            ),
            Column("last", _("最近登录"), "last_sign_in", "minute", sort="last_sign_in"),
        ),
        filters=(TextFilter("q", _("姓名或机构"), fields=("name", "organisation_name")),),
        default_sort="organisation",
        key="id",
        lead=_("添加人员和角色由本平台的安全管理员办理。"),
    )

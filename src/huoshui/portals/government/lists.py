"""The offices' lists, declared: organisations, people, products, institutions, imports. Demands are in lists_demand.py."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries, queries_schemes
from huoshui.catalogue.schemes import KINDS
from huoshui.kernel.text import Text
from huoshui.portals.government.forms_people import LEVELS, ORGANISATION_KINDS
from huoshui.portals.government.imports_page import SOURCES, STATES
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.product_table import product_columns, product_filters
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.registry import imports as register_imports
from huoshui.registry import queries as registry

INSTITUTION_KINDS: dict[str, Text] = {
    "state_bank": Text("国有大型银行", "State bank"),
    "joint_stock_bank": Text("股份制银行", "Joint-stock bank"),
    "city_bank": Text("城市商业银行", "City bank"),
    "rural_bank": Text("农村金融机构", "Rural institution"),
    "village_bank": Text("村镇银行", "Village bank"),
    "policy_bank": Text("政策性银行", "Policy bank"),
    "guarantor": Text("政府性融资担保机构", "Public guarantor"),
}


def organisations(actor: Actor) -> Table:
    """Return every organisation, parents before children."""
    kinds, levels = dict(ORGANISATION_KINDS), dict(LEVELS)
    return Table(
        name="organisations",
        title=_("机构"),
        rows=list(access.organisations(active=None)),
        columns=(
            Column("name", _("名称"), sort="name"),
            Column("code", _("机构代码"), sort="code"),
            Column("kind", _("类型"), lambda row: kinds.get(row.kind, row.kind)),
            Column("level", _("层级"), lambda row: levels.get(row.level, row.level)),
            Column(
                "district",
                _("管辖区域"),
                lambda row: said(registry.district_name(row.district_code)) if row.district_code else "",
            ),
            Column(
                "active",
                _("状态"),
                lambda row: (_("在用"), "green") if row.active else (_("停用"), "secondary"),
                "status",
            ),
        ),
        filters=(
            TextFilter("q", _("名称或代码"), fields=("name", "code")),
            ChoiceFilter("kind", _("类型"), choices=ORGANISATION_KINDS),
            ChoiceFilter("level", _("层级"), choices=LEVELS),
        ),
        key="id",
        actions=(Action(_("添加机构"), reverse("gov:organisation_new")),),
    )


def people(actor: Actor) -> Table:
    """Return members of staff."""
    return Table(
        name="people",
        title=_("人员"),
        rows=list(access.people(access.people_of(actor))),
        columns=(
            Column("name", _("姓名"), sort="name", link=lambda row: reverse("gov:person", args=[row.id])),
            Column("username", _("用户名"), sort="username"),
            Column("organisation", _("所在机构"), "organisation_name", sort="organisation_name"),
            Column("roles", _("角色"), lambda row: "、".join(said(label) for _role, label in row.roles)),
            Column(
                "factors",
                _("第二因素"),
                lambda row: (_("已绑定"), "green") if row.factors else (_("未绑定"), "yellow"),
                "status",
            ),
            Column("active", _("账号"), _account, "status"),
            Column("last", _("最近登录"), "last_sign_in", "minute", sort="last_sign_in"),
        ),
        filters=(TextFilter("q", _("姓名、用户名或机构"), fields=("name", "username", "organisation_name")),),
        default_sort="organisation",
        key="id",
        actions=(Action(_("添加人员"), reverse("gov:person_new")),),
    )


def _account(row: Any) -> Any:
    if row.locked_until:
        return _("锁定中"), "red"
    return (_("正常"), "green") if row.active else (_("已停用"), "secondary")


def products(actor: Actor) -> Table:
    """Return every product."""
    return Table(
        name="products",
        title=_("产品"),
        rows=queries.products(actor).prefetch_related("versions"),
        columns=product_columns(lambda row: reverse("gov:product", args=[row.pk]), bank=True),
        filters=product_filters(banks=_banks),
        default_sort="code",
        empty=Empty(_("还没有产品"), _("银行提交的产品审核通过后出现在这里。")),
    )


def _banks() -> list[tuple[str, Any]]:
    return [(str(view.org_id), view.name) for view in queries.institutions()]


def waiting_versions(actor: Actor) -> Table:
    """Return the versions that wait for a decision, oldest first."""
    return Table(
        name="approvals",
        title=_("产品审核"),
        rows=queries.waiting_versions(actor),
        columns=(
            Column(
                "name",
                _("产品"),
                "product.name",
                sort="product__name",
                link=lambda row: reverse("gov:product", args=[row.product_id]),
            ),
            Column(
                "bank",
                _("银行"),
                "product.institution.organisation.name",
                sort="product__institution__organisation__name",
            ),
            Column("number", _("版本"), "number", "count"),
            Column("amount", _("最高额度"), "amount_max", "money", sort="amount_max"),
            Column("from", _("生效日期"), "valid_from", "day", sort="valid_from"),
            Column("submitted", _("提交时间"), "submitted_at", "minute", sort="submitted_at"),
        ),
        filters=(
            TextFilter("q", _("产品或银行"), fields=("product__name", "product__institution__organisation__name")),
        ),
        default_sort="submitted",
        actions=(Action(_("全部产品"), reverse("gov:products"), icon="list", primary=False),),
        empty=Empty(
            _("没有待审核的产品"), _("银行提交新产品或新版本后会出现在这里。"), reverse("gov:products"), _("看全部产品")
        ),
    )


def institutions(actor: Actor) -> Table:
    """Return banks and guarantors."""
    return Table(
        name="institutions",
        title=_("金融机构"),
        rows=list(queries.institutions()),
        columns=(
            Column("name", _("名称"), sort="name", link=lambda row: reverse("gov:institution", args=[row.org_id])),
            Column("kind", _("类型"), lambda row: INSTITUTION_KINDS.get(row.kind, row.kind), sort="kind"),
            Column("branches", _("网点"), "branches", "count", sort="branches"),
            Column("products", _("在架产品"), "products", "count", sort="products"),
            Column("small", _("小型机构"), lambda row: _("是") if row.small else ""),
            Column("phone", _("电话"), "phone"),
        ),
        filters=(TextFilter("q", _("名称"), fields=("name",)),),
        default_sort="name",
        key="org_id",
    )


def programmes(actor: Actor) -> Table:
    """Return public schemes with the version in force."""
    return Table(
        name="programmes",
        title=_("政策项目"),
        rows=queries_schemes.schemes(actor),
        columns=(
            Column("name", _("名称"), sort="name", link=lambda row: reverse("gov:programme", args=[row.code])),
            Column("code", _("代码"), sort="code"),
            Column("kind", _("类型"), lambda row: KINDS[row.kind], sort="kind"),
            Column("document", _("现行文号"), "current.document_no"),
            Column("from", _("生效日期"), "current.valid_from", "day", sort="current.valid_from"),
            Column("to", _("失效日期"), "current.valid_to", "day"),
            Column(
                "newest",
                _("最新版本"),
                lambda row: _programme_state(row.versions[0]) if row.versions else None,
                "status",
            ),
        ),
        filters=(
            TextFilter("q", _("名称或代码"), fields=("name", "code")),
            ChoiceFilter("kind", _("类型"), choices=tuple(KINDS.items())),
        ),
        default_sort="code",
        key="code",
        actions=(Action(_("新建政策项目"), reverse("gov:programme_new")),)
        if actor.may(Permission.EDIT_PROGRAMMES)
        else (),
    )


def _programme_state(version: Any) -> Any:
    return version.state_name, {"draft": "yellow", "published": "green"}.get(version.state, "secondary")


def imports(actor: Actor) -> Table:
    """Return the files that were taken in, newest first."""
    sources = dict(SOURCES)
    return Table(
        name="imports",
        title=_("数据导入"),
        rows=register_imports.batches(actor, limit=200),
        columns=(
            Column("file", _("文件"), "file_name", link=lambda row: reverse("gov:import_batch", args=[row.id])),
            Column("source", _("来源"), lambda row: sources.get(row.source, row.source)),
            Column("state", _("状态"), _batch_state, "status"),
            Column("rows", _("行数"), "rows", "count", sort="rows"),
            Column("created", _("新增"), "created", "count"),
            Column("changed", _("更新"), "changed", "count"),
            Column("unchanged", _("无变化"), "unchanged", "count"),
            Column("refused", _("退回"), "refused", "count", sort="refused"),
            Column("started", _("开始"), "started_at", "minute", sort="started_at"),
        ),
        filters=(
            TextFilter("q", _("文件名"), fields=("file_name",)),
            ChoiceFilter("source", _("来源"), choices=SOURCES),
        ),
        default_sort="-started",
        key="id",
        actions=(Action(_("导入文件"), reverse("gov:import_upload")),),
        empty=Empty(
            _("还没有导入过"),
            _("导入经营主体名单或部门数据，系统会逐行核对。"),
            reverse("gov:import_upload"),
            _("导入文件"),
        ),
    )


def _batch_state(row: Any) -> Any:
    if row.dry_run and row.state == "done":
        return _("试运行"), "secondary"
    return STATES.get(row.state, STATES["failed"])

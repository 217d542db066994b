"""What may be had on a day, from whom, and how a product came to its terms."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import criteria, lifecycle, terms
from huoshui.catalogue.freshness import kept
from huoshui.catalogue.lifecycle import Act, State
from huoshui.catalogue.models import Branch, Institution, Product, ProductVersion
from huoshui.catalogue.offers import BranchView, Fee, InstitutionView, Offer, covers
from huoshui.catalogue.queries_policy import parameter, reference_rate_view
from huoshui.catalogue.scoping import shown
from huoshui.kernel import clock, money, rates
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a product: its *terms* as a bank writes them, where it stands and what the reader may do with it."""

    id: int
    number: int
    state: State
    state_name: Text
    seen_version: int
    terms: Mapping[str, Any]
    rate_text: Text
    valid_from: dt.date
    valid_to: dt.date | None
    withdrawn_on: dt.date | None
    submitted_by: str
    submitted_at: dt.datetime | None
    decided_by: str
    decided_at: dt.datetime | None
    decision_note: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product with its versions, newest first. *offered*: the version in force today, if any."""

    id: int
    code: str
    name: Text
    bank_id: int
    bank_name: Text
    bank_kind: str
    versions: tuple[VersionView, ...]
    offered: VersionView | None


def limits() -> terms.Limits:
    """Return what no product may exceed today."""
    return terms.Limits(
        amount_max=parameter("demand.max_amount"),
        term_max_months=parameter("demand.max_term_months"),
        rate_ceiling_pct=parameter("loan.rate_ceiling_pct"),
        guarantee_fee_max_pct=parameter("guarantee.max_fee_pct"),
    )


def offered_products(on: dt.date | None = None, *, district: str | None = None) -> tuple[Offer, ...]:
    """Return what may be had on *on* (today), by code; with *district*, only what is served there by a branch that works.

    Criteria are parsed and rates resolved once and kept until a table changes, in whatever process.
    """
    day = on or clock.today()
    if district is None:
        return kept(("products", "branches", "rates"), ("offers", day), lambda: _offers(day))
    return kept(("products", "branches", "rates"), ("offers", day, district), lambda: _served(day, district))


def offer(product_id: int, on: dt.date | None = None) -> Offer | None:
    """Return the terms of one product in force on *on* (today), or None."""
    return next((found for found in offered_products(on) if found.product_id == product_id), None)


def branches_serving(bank_id: int, district: str, on: dt.date | None = None) -> list[BranchView]:
    """Return the branches of a bank that serve *district* (every one where empty), by code; paused ones are marked."""
    return [view for view in _branches(on) if view.bank_id == bank_id and (not district or district in view.districts)]


def branch(org_id: int, on: dt.date | None = None) -> BranchView | None:
    """Return the branch that is organisation *org_id*, or None."""
    return next((view for view in _branches(on) if view.org_id == org_id), None)


def branches(on: dt.date | None = None) -> tuple[BranchView, ...]:
    """Return every branch, by code."""
    return _branches(on)


def institutions(kind: str | None = None) -> tuple[InstitutionView, ...]:
    """Return banks and guarantors with the number of their branches and of products offered today, by code."""
    found = kept(("products", "branches"), ("institutions", clock.today()), _institutions)
    return tuple(view for view in found if kind is None or view.kind == kind)


def products(actor: Actor, *, filters: Mapping[str, Any] | None = None) -> QuerySet[Product]:
    """Return the products *actor* may see, by institution and code.

    *filters*: ``q`` (name, code or bank), ``bank`` (id), ``kind`` (of institution), ``state`` (of any version),
    ``district``, ``collateral``. Firms and the public see what is offered; a bank sees its own and what is offered.
    """
    rows = shown(actor, Product.objects.select_related("institution__organisation"))
    given = {name: value for name, value in (filters or {}).items() if value}
    for name, condition in _FILTERS.items():
        if name in given:
            rows = rows.filter(condition(given[name]))
    return rows.distinct().order_by("institution__organisation__code", "code")


def product(actor: Actor, product_id: int) -> ProductView:
    """Return a product with the versions *actor* may see. Raises DomainError (product_unknown) where there is none."""
    rows = shown(actor, Product.objects.select_related("institution__organisation"))
    found = rows.filter(pk=product_id).distinct().first()
    if found is None:
        said = Text("没有这个产品，或您无权查看。", "There is no such product for you.")
        raise DomainError("product_unknown", said, field="product_id", value=product_id)
    return _product_view(actor, found)


def waiting_versions(actor: Actor) -> QuerySet[ProductVersion]:
    """Return the submitted versions that *actor* may decide on, oldest first."""
    rows = ProductVersion.objects.filter(state=State.SUBMITTED).select_related("product__institution__organisation")
    if not actor.may(Permission.APPROVE_PRODUCTS):
        return rows.none()
    return rows.order_by("submitted_at")


_FILTERS: dict[str, Any] = {
    "q": lambda text: (
        Q(name__icontains=text) | Q(code__icontains=text) | Q(institution__organisation__name__icontains=text)
    ),
    "bank": lambda bank: Q(institution_id=bank),
    "kind": lambda kind: Q(institution__kind=kind),
    "state": lambda state: Q(versions__state=state),
    "collateral": lambda code: Q(versions__collateral__contains=[code]),
    "district": lambda code: Q(versions__districts=[]) | Q(versions__districts__contains=[code]),
}


def _offers(day: dt.date) -> tuple[Offer, ...]:
    areas: dict[int, set[str]] = {}
    for row in Branch.objects.all():
        areas.setdefault(row.institution_id, set()).update(row.districts)
    rows = ProductVersion.objects.filter(state__in=[State.APPROVED, State.WITHDRAWN], valid_from__lte=day)
    rows = rows.exclude(valid_to__lt=day).exclude(withdrawn_on__lte=day)
    rows = rows.select_related("product__institution__organisation").order_by("product__code")
    found = (_offer(row, day, areas.get(row.product.institution_id, set())) for row in rows)
    return tuple(made for made in found if made is not None)


def _served(day: dt.date, district: str) -> tuple[Offer, ...]:
    working = {view.bank_id for view in _branches(day) if district in view.districts and not view.paused}
    branchless = {found.bank_id for found in offered_products(day)} - {view.bank_id for view in _branches(day)}
    return tuple(
        found
        for found in offered_products(day)
        if covers(found.districts, district) and found.bank_id in working | branchless
    )


def _offer(row: ProductVersion, day: dt.date, area: set[str]) -> Offer | None:
    rate = _rate(row, day)
    if rate is None:
        log.error("product version %s is not offered: no reference rate %s on %s", row.pk, row.rate_kind, day)
        return None
    product, bank = row.product, row.product.institution
    return Offer(
        product_id=product.pk,
        version_id=row.pk,
        code=product.code,
        kind="guarantee" if bank.kind == Institution.Kind.GUARANTOR else "loan",
        name=Text(product.name, product.name_en or product.name),
        summary=Text(row.summary, row.summary_en or row.summary),
        bank_id=bank.pk,
        bank_name=_org_name(bank.organisation),
        bank_kind=bank.kind,
        bank_small=bank.small,
        amount_min=Fen(row.amount_min),
        amount_max=Fen(row.amount_max),
        term_min_months=row.term_min_months,
        term_max_months=row.term_max_months,
        rate_pct=rate[0],
        rate_text=rate_text(row, rate),
        rate_as_of=rate[1],
        methods=tuple(row.methods),
        collateral=tuple(row.collateral),
        papers=tuple(row.papers),
        fees=tuple(_fee(fee) for fee in row.fees),
        criteria=criteria.read(row.criteria),
        districts=tuple(row.districts) or tuple(sorted(area)),
        exclusive_to=row.exclusive_to,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _rate(row: ProductVersion, day: dt.date) -> tuple[Decimal, dt.date | None] | None:
    """Return the yearly rate on *day* and the day of the reference rate behind it; never below zero."""
    if row.rate_ppm is not None:
        return rates.from_ppm(row.rate_ppm), None
    base = reference_rate_view(row.rate_kind, day)
    if base is None:
        return None
    floating = rates.reference_plus(base.rate_pct, basis_points=row.spread_bp or 0)
    return max(floating, Decimal(0)), base.effective_on


def rate_text(row: ProductVersion, rate: tuple[Decimal, dt.date | None] | None) -> Text:
    """Return the rate in words: "3.85%" or "1 年期 LPR + 45 个基点 = 3.45%（2026-08-20 公布）"."""
    if row.rate_ppm is not None:
        return Text(
            f"固定 {rates.rate_text(rates.from_ppm(row.rate_ppm))}%",
            f"fixed, {rates.rate_text(rates.from_ppm(row.rate_ppm))} %",
        )
    spread = row.spread_bp or 0
    sign, years = ("−" if spread < 0 else "+"), row.rate_kind[4]
    zh, en = f"{years} 年期 LPR {sign} {abs(spread)} 个基点", f"{years}-year LPR {sign} {abs(spread)} bp"
    if rate is None:
        return Text(zh, en)
    return Text(
        f"{zh} = {rates.rate_text(rate[0])}%（{rate[1]} 公布）",
        f"{en} = {rates.rate_text(rate[0])} % (published {rate[1]})",
    )


def _fee(raw: Mapping[str, Any]) -> Fee:
    return Fee(
        name=Text(raw["name"], raw.get("name_en") or raw["name"]),
        payer=raw["payer"],
        payee=raw["payee"],
        when=raw["when"],
        pct=Decimal(raw["pct"]) if raw.get("pct") else None,
        amount=money.parse_yuan(raw["amount"]) if raw.get("amount") else None,
        security=raw.get("security", ""),
    )


def _branches(on: dt.date | None) -> tuple[BranchView, ...]:
    day = on or clock.today()
    return kept(("products", "branches"), ("branches", day), lambda: _load_branches(day))


def _load_branches(day: dt.date) -> tuple[BranchView, ...]:
    rows = Branch.objects.select_related("organisation", "institution__organisation").order_by("organisation__code")
    return tuple(
        BranchView(
            org_id=row.pk,
            path=row.organisation.path,
            name=_org_name(row.organisation),
            bank_id=row.institution_id,
            bank_name=_org_name(row.institution.organisation),
            districts=tuple(row.districts),
            weekly_capacity=row.weekly_capacity,
            paused=row.paused_until is not None and day <= row.paused_until,
            paused_until=row.paused_until,
            address=row.address,
            contact=row.contact,
            small=row.institution.small,
        )
        for row in rows
        if row.organisation.active
    )


def _institutions() -> tuple[InstitutionView, ...]:
    offered: dict[int, int] = {}
    for found in offered_products():
        offered[found.bank_id] = offered.get(found.bank_id, 0) + 1
    rows = Institution.objects.select_related("organisation").annotate(branch_count=Count("branches"))
    return tuple(
        InstitutionView(
            org_id=row.pk,
            path=row.organisation.path,
            name=_org_name(row.organisation),
            kind=row.kind,
            kind_name=terms.INSTITUTION_KINDS[row.kind],
            small=row.small,
            summary=row.summary,
            phone=row.phone,
            branches=row.branch_count,
            products=offered.get(row.pk, 0),
        )
        for row in rows.order_by("organisation__code")
    )


def _org_name(organisation: Any) -> Text:
    return Text(organisation.name, organisation.name_en or organisation.name)


def _product_view(actor: Actor, row: Product) -> ProductView:
    bank = row.institution
    rows = row.versions.select_related("submitted_by", "decided_by").order_by("-number")
    own = actor.kind == "system" or (bool(actor.org_path) and bank.organisation.path.startswith(actor.org_path))
    inside = own or actor.may(Permission.APPROVE_PRODUCTS) or actor.may(Permission.READ_AUDIT)
    views = tuple(_version_view(actor, row, version) for version in rows if inside or version.state == State.APPROVED)
    return ProductView(
        id=row.pk,
        code=row.code,
        name=Text(row.name, row.name_en or row.name),
        bank_id=bank.pk,
        bank_name=_org_name(bank.organisation),
        bank_kind=bank.kind,
        versions=views,
        offered=next((view for view in views if _in_force(view)), None),
    )


def _in_force(view: VersionView) -> bool:
    today = clock.today()
    return (
        view.state == State.APPROVED and view.valid_from <= today and (view.valid_to is None or today <= view.valid_to)
    )


def _version_view(actor: Actor, product_row: Product, row: ProductVersion) -> VersionView:
    facts = lifecycle.Facts(product_row.institution.organisation.path, row.submitted_by_id)
    return VersionView(
        id=row.pk,
        number=row.number,
        state=State(row.state),
        state_name=lifecycle.STATE_NAMES[State(row.state)],
        seen_version=row.version,
        terms=terms.written(product_row.name, product_row.name_en, row),
        rate_text=rate_text(row, _rate(row, max(row.valid_from, clock.today()))),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        withdrawn_on=row.withdrawn_on,
        submitted_by=row.submitted_by.name if row.submitted_by else "",
        submitted_at=row.submitted_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
        decision_note=row.decision_note,
        acts=lifecycle.available(State(row.state), actor=actor, facts=facts),
    )

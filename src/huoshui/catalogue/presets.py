"""The shipped tables in the database: calendar, reference rates, repair table, programmes; and the demo city's banks.

Installing twice changes nothing, and what a city has edited since is left as it is.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from huoshui.access import actions as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import authority, freshness, schemes, shipped, terms
from huoshui.catalogue.actions_policy import install_calendar
from huoshui.catalogue.models import (
    Branch,
    Institution,
    Product,
    ProductVersion,
    Programme,
    ProgrammeVersion,
    ReferenceRate,
    RepairMeasure,
)
from huoshui.kernel import clock, rates


@transaction.atomic
def install(actor: Actor) -> dict[str, int]:
    """Write the shipped tables where rows are missing; return how many rows of each were written."""
    authority.require(actor, Permission.EDIT_PARAMETERS)
    counts = {
        "calendar": install_calendar(),
        "rates": _rates(),
        "repairs": _repairs(),
        "programmes": _programmes(),
    }
    if any(counts.values()):
        audit.record(actor, "CATALOGUE_INSTALLED", ("catalogue", "presets"), facts={"counts": counts})
        freshness.forget()
    return counts


@transaction.atomic
def install_demo(actor: Actor) -> dict[str, int]:
    """Write the invented banks, guarantors and products of the demo city where they are missing; return how many."""
    authority.require(actor, Permission.APPROVE_PRODUCTS)
    data = shipped.demo()
    known = set(Institution.objects.values_list("organisation__code", flat=True))
    missing = [row for row in data["institutions"] if row["code"] not in known]
    for row in missing:
        _institution(actor, row)
    counts = {"institutions": len(missing), "products": _products(actor, data["products"])}
    if any(counts.values()):
        audit.record(actor, "CATALOGUE_INSTALLED", ("catalogue", "demo"), facts={"counts": counts})
        freshness.forget()
    return counts


def _rates() -> int:
    known = set(ReferenceRate.objects.values_list("kind", "effective_on"))
    rows = [
        ReferenceRate(kind=kind, effective_on=day, rate_ppm=rates.to_ppm(rate), source=source)
        for kind, published in shipped.rates().items()
        for day, rate, source in published
        if (kind, day) not in known
    ]
    ReferenceRate.objects.bulk_create(rows)
    return len(rows)


def _repairs() -> int:
    known = set(RepairMeasure.objects.values_list("code", flat=True))
    rows = [RepairMeasure(**row) for row in shipped.repair_measures() if row["code"] not in known]
    RepairMeasure.objects.bulk_create(rows)
    return len(rows)


def _programmes() -> int:
    known = set(Programme.objects.values_list("code", flat=True))
    missing = [row for row in shipped.programmes() if row["code"] not in known]
    for row in missing:
        names = {name: row[name] for name in ("code", "kind", "name", "name_en")}
        programme = Programme.objects.create(**names)
        ProgrammeVersion.objects.create(
            programme=programme, number=1, state="published", published_at=clock.now(), **schemes.columns(row)
        )
    return len(missing)


def _institution(actor: Actor, row: dict[str, Any]) -> None:
    guarantor = row["kind"] == Institution.Kind.GUARANTOR
    kind = "guarantor" if guarantor else "bank"
    head = access.create_organisation(
        actor, code=row["code"], name=row["name"], name_en=row["name_en"], kind=kind, level="head"
    )
    bank = Institution.objects.create(
        organisation_id=head, kind=row["kind"], small=row["small"], summary=row["summary"]
    )
    for place in row["branches"]:
        names = {name: place[name] for name in ("code", "name", "name_en")}
        office = access.create_organisation(actor, kind=kind, level="branch", parent_id=head, **names)
        facts = {name: place[name] for name in ("districts", "weekly_capacity", "address", "contact")}
        Branch.objects.create(organisation_id=office, institution=bank, **facts)


def _products(actor: Actor, rows: list[dict[str, Any]]) -> int:
    known = set(Product.objects.values_list("code", flat=True))
    banks = dict(Institution.objects.values_list("organisation__code", "organisation_id"))
    missing = [row for row in rows if row["code"] not in known]
    now = clock.now()
    made = Product.objects.bulk_create(
        Product(
            institution_id=banks[row["institution"]],
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            created_at=now,
        )
        for row in missing
    )
    versions = ProductVersion.objects.bulk_create(
        _version(product, row, now) for product, row in zip(made, missing, strict=True)
    )
    for version in versions:
        facts = {"name": version.product.name, "number": 1, "valid_from": version.valid_from.isoformat()}
        topic = f"product:{version.product_id}"
        audit.record(actor, "PRODUCT_APPROVED", ("product_version", version.pk), topic=topic, facts=facts)
    return len(made)


def _version(product: Product, row: dict[str, Any], now: dt.datetime) -> ProductVersion:
    return ProductVersion(
        product=product, number=1, state="approved", drafted_at=now, decided_at=now, **terms.columns(row)
    )

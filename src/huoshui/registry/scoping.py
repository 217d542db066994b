"""Which firms, consents and corrections an actor may see; the database's row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.kernel import clock
from huoshui.registry.models import Consent, Correction, Enterprise, Representative

_WHOLE_CITY = ("auditor", "operator")  # kinds of organisation without a district of their own


def ancestors(org_path: str) -> list[str]:
    """Return the paths of an organisation and of everything above it: "/1/7/" → ["/1/7/", "/1/"]."""
    parts = [part for part in org_path.split("/") if part]
    return ["/" + "/".join(parts[:upto]) + "/" for upto in range(len(parts), 0, -1)]


def within(district: str, *, path: str = "") -> dict[str, str]:
    """Return the filter for firms whose district code begins with *district*.

    A range and not LIKE: row security keeps LIKE away from the index, as it might tell what it compares.
    """
    column = f"{path}district_code"
    if len(district) == 6:
        return {column: district}
    return {f"{column}__gte": district, f"{column}__lt": district + "z"}  # "z" lies behind every digit


def enterprises(actor: Actor, rows: QuerySet[Any], *, path: str = "") -> QuerySet[Any]:
    """Narrow *rows* to firms the actor may see; *path* leads from the row to the firm ("enterprise__").

    Owners: their own. Government: its district. Auditors and the operator: all. Banks and guarantors: those that let
    them read.
    """
    if actor.kind == "owner":
        return rows.filter(**{f"{path}id__in": actor.enterprise_ids})
    if not _may_read(actor):
        return rows.none()
    if actor.org_kind in _WHOLE_CITY:
        return rows
    if actor.org_kind == "government":
        return rows.filter(**within(actor.district, path=path)) if actor.district else rows
    return rows.filter(**{f"{path}id__in": readable_by(actor.org_path)})


def _may_read(actor: Actor) -> bool:
    return actor.org_kind in ("bank", "guarantor") or actor.may(Permission.READ_REGISTER)


def readable_by(org_path: str) -> QuerySet[Any]:
    """Return the ids of firms with an open consent to the organisation at *org_path* or one above it."""
    today = clock.today()
    found = Consent.objects.filter(reader_path__in=ancestors(org_path), withdrawn_at__isnull=True, until__gte=today)
    return found.values("enterprise_id")


def consents(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow consents to those of firms the actor may see, for readers those given to them."""
    if actor.org_kind in ("bank", "guarantor"):
        return rows.filter(reader_path__in=ancestors(actor.org_path))
    return enterprises(actor, rows, path="enterprise__")


def _of_firm(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return enterprises(actor, rows, path="enterprise__")


def install() -> None:
    """Register the scopes of the package's tables."""
    register(Enterprise, enterprises)
    register(Consent, consents)
    register(Correction, _of_firm)
    register(Representative, _of_firm)

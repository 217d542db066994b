"""Registers that a district was dissolved or split, and lets everything that goes by district follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.catalogue import actions as catalogue
from huoshui.financing import actions as financing
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.registry.actions import Moved, Part
from huoshui.screening import actions_lead
from huoshui.statistics.models import DistrictChange


def change_district(actor: Actor, *, district: str, on: dt.date, document_no: str, parts: Sequence[Part]) -> Moved:
    """Dissolve a district from *on*, move its firms, let its branches serve what follows it, and keep it for the tables.

    What is under way with those firms goes on where they are now; both offices are told. Raises Refused with every problem, DomainError (not_allowed) for others than the city's financial office.
    """
    codes = [part.code for part in parts]
    with transaction.atomic():
        done = registry.dissolve_district(actor, district=district, on=on, document_no=document_no, parts=parts)
        catalogue.follow_district(actor, old=district, new=codes)
        _follow(actor)
        DistrictChange.objects.create(
            district_code=district, on=on, document_no=document_no.strip(), parts=codes, moved=done.moved,
            stay=done.stay, registered_by_id=actor.person_id, registered_at=clock.now(),
        )  # fmt: skip
    return done


def place_firms(actor: Actor, *, district: str, parts: Sequence[Part]) -> Moved:
    """Move firms still under a dissolved district by (more) street names, and what is under way with them."""
    with transaction.atomic():
        done = registry.place_firms(actor, district=district, parts=parts)
        _follow(actor)
    return done


def _follow(actor: Actor) -> None:
    financing.follow_districts(actor)
    actions_lead.follow_districts()

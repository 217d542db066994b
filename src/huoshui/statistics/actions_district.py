"""Registers that a district was dissolved or split, and lets everything that goes by district follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.catalogue import actions as catalogue
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.registry.actions import Moved, Part
from huoshui.statistics.models import DistrictChange


def change_district(actor: Actor, *, district: str, on: dt.date, document_no: str, parts: Sequence[Part]) -> Moved:
    """Dissolve a district from *on*, move its firms, let its branches serve what follows it, and keep it for the tables.

    Raises Refused with every problem, DomainError (not_allowed) for others than the city's financial office.
    """
    codes = [part.code for part in parts]
    with transaction.atomic():
        done = registry.dissolve_district(actor, district=district, on=on, document_no=document_no, parts=parts)
        catalogue.follow_district(actor, old=district, new=codes)
        DistrictChange.objects.create(
            district_code=district, on=on, document_no=document_no.strip(), parts=codes, moved=done.moved,
            stay=done.stay, registered_by_id=actor.person_id, registered_at=clock.now(),
        )  # fmt: skip
    return done

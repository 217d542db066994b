"""Takes in the outlines of the city's districts from a file of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.statistics import maps
from huoshui.statistics.models import Boundary


def take_in_boundaries(actor: Actor, *, text: str, source: str) -> int:
    """Replace the outlines by those of a GeoJSON file; returns how many districts it had.

    *source*: where they come from; a map shown to the public in China needs an approved map number (审图号) in it.
    Raises DomainError (not_allowed, boundaries_unreadable).
    """
    if not actor.may(Permission.MANAGE_EVALUATION):
        said = Text("只有市级金融办可以导入边界。", "Only the city's financial office takes in boundaries.")
        raise DomainError("not_allowed", said)
    known = {each.code for each in registry.districts(settings.CITY["code"])}
    found = maps.read_geojson(text, known=known)
    with transaction.atomic():
        Boundary.objects.all().delete()
        Boundary.objects.bulk_create(
            Boundary(district_code=code, rings=rings, source=source[:120], taken_in_at=clock.now())
            for code, rings in found.items()
        )
        record(
            actor, "BOUNDARIES_TAKEN_IN", ("map", settings.CITY["code"]), facts={"count": len(found), "source": source}
        )
    return len(found)

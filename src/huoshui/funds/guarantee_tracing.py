"""What the postings of a payout and its recoveries are about: the guarantee, its firm, and the other postings."""

from __future__ import annotations

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.funds import queries_overview
from huoshui.funds.models.guarantee import Guarantee
from huoshui.funds.queries_overview import Subject
from huoshui.kernel.money import human
from huoshui.kernel.text import Text


def install() -> None:
    """Make payouts traceable."""
    queries_overview.trace("guarantee:", _about)
    queries_overview.of_firm(_of_firm)


def _about(actor: Actor, source: str) -> Subject | None:
    number = source.split(":")[1]
    row = scope(actor, Guarantee.objects.filter(pk=int(number))).first() if number.isdigit() else None
    return None if row is None else _subject(row)


def _of_firm(actor: Actor, enterprise_id: int) -> list[Subject]:
    rows = scope(actor, Guarantee.objects.filter(enterprise_id=enterprise_id, posting__isnull=False))
    return [_subject(row) for row in rows.order_by("pk")]


def _subject(row: Guarantee) -> Subject:
    backs = row.recoveries.filter(posting__isnull=False).order_by("pk").values_list("posting_id", flat=True)
    said = human(row.payout)
    return Subject(
        Text(f"担保代偿 {row.number}，{said.zh}", f"Guarantee payout {row.number}, {said.en}"),
        "gov:guarantee",
        row.pk,
        row.enterprise_id,
        (*((row.posting_id,) if row.posting_id else ()), *backs),
    )

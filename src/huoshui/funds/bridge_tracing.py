"""What the bridge fund's postings are about: the advance, its firm, and every other posting of the same money."""

from __future__ import annotations

from django.db.models import Sum

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.funds import bridge_books, queries_overview
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.funds.queries_overview import Subject
from huoshui.kernel.money import human
from huoshui.kernel.text import Text


def install() -> None:
    """Make the fund's postings traceable."""
    queries_overview.trace("bridge:", _about)
    queries_overview.moved_by(bridge_books.BOOK, _moved)
    queries_overview.of_firm(_of_firm)


def _about(actor: Actor, source: str) -> Subject | None:
    number = source.split(":")[1]
    row = scope(actor, BridgeAdvance.objects.filter(pk=int(number))).first() if number.isdigit() else None
    return None if row is None else _subject(row)


def _of_firm(actor: Actor, enterprise_id: int) -> list[Subject]:
    rows = scope(actor, BridgeAdvance.objects.filter(enterprise_id=enterprise_id, advance_posting__isnull=False))
    return [_subject(row) for row in rows.order_by("pk")]


def _subject(row: BridgeAdvance) -> Subject:
    legs = (row.advance_posting_id, row.repaid_posting_id, row.renewed_posting_id)
    backs = row.returns.order_by("pk").values_list("posting_id", flat=True)
    said = human(row.amount)
    return Subject(
        Text(f"应急周转 {row.number}，{said.zh}", f"Bridge advance {row.number}, {said.en}"),
        "gov:bridge",
        row.pk,
        row.enterprise_id,
        (*(leg for leg in legs if leg), *backs),
    )


def _moved(code: str) -> int:
    """Return the loans (fen) that were renewed with the fund's money."""
    rows = BridgeAdvance.objects.filter(advance_posting__isnull=False)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)

"""What can be asked of public money for the leader's page: every fund's performance, read from its books and payments."""

from __future__ import annotations

from collections.abc import Iterable

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.funds import queries_bridge, queries_overview, queries_payment
from huoshui.funds.queries_overview import FundLine
from huoshui.statistics.public_money import Performance, Spent, performance
from huoshui.statistics.spans import Span

BRIDGE = "bridge"


def money(actor: Actor, span: Span) -> list[Performance]:
    """Return every fund with its figures as far as *actor* may see public money; turnover is that of *span*."""
    if not actor.may(Permission.READ_FUNDS):
        return []
    return [performance(_spent(actor, line, span)) for line in queries_overview.funds()]


def _spent(actor: Actor, line: FundLine, span: Span) -> Spent:
    revolving = line.code == BRIDGE
    turnover = queries_bridge.fund_usage(actor, first=span.start, last=span.last).turnover if revolving else None
    firms = None if revolving else _firms(actor, line.code)
    return Spent(
        line.code, line.name, line.paid_in, line.paid, line.recovered, line.left, line.moved, firms, turnover, revolving
    )


def _firms(actor: Actor, code: str) -> int:
    rows = queries_payment.payments(actor, state="paid").filter(fund__code=code.partition(":")[2])
    return len(_known(rows.values_list("enterprise_id", "lines__enterprise_id")))


def _known(pairs: Iterable[tuple[int | None, int | None]]) -> set[int]:
    return {firm for pair in pairs for firm in pair if firm is not None}

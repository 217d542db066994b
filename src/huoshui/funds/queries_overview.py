"""Every fund in one view, from its books: money in, held, promised, paid, back, left; and where a yuan went.

What the books hold is read from the ledger alone, so a figure here is a balance there. What a posting is about is told by
the part of the package that made it: each registers the beginning of its sources (``trace``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from huoshui.access.actor import Actor
from huoshui.funds import bridge_books
from huoshui.funds.fund_forecast import Flow, Forecast, forecast
from huoshui.funds.fund_layers import layers
from huoshui.funds.models.paying import Fund
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.ledger import queries as ledger
from huoshui.ledger.queries import AccountView, BookView, MonthLine

FUND = "fund:"  # books of funds that pay claims; the bridge fund's money only turns over
CLAIMS = frozenset({"bank", "appropriated", "paid", "recovered", "free", "committed"})  # accounts of such a fund


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund now, fen. *out*: with banks and firms, to come back. *left*: neither spent, promised nor held.

    *moved*: what it set in motion (loans, fen) where that is known.
    """

    code: str
    name: Text
    paid_in: int
    cash: int
    held: int
    promised: int
    paid: int
    recovered: int
    out: int
    left: int
    moved: int | None
    closed_through: dt.date | None
    subsidy: bool = False

    @property
    def per_yuan(self) -> Decimal | None:
        """Return loans moved for each yuan paid or promised, one decimal; of subsidies only, the others secure loans."""
        gone = self.paid - self.recovered + self.bound
        if not self.subsidy or not self.moved or gone <= 0:
            return None
        return (Decimal(self.moved) / gone).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def reach(self) -> int | None:
        """Return the loans (fen) that all the money paid in will have moved at the pace so far; None where unknown."""
        each = self.per_yuan
        return None if each is None else int(each * self.paid_in)

    @property
    def leverage(self) -> Decimal | None:
        """Return loans moved over money paid in, two decimals; None where either is unknown."""
        if not self.moved or not self.paid_in:
            return None
        return (Decimal(self.moved) / self.paid_in).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def bound(self) -> int:
        """Return what is kept for somebody, fen: a claim that is about to be paid is promised and held, and counts once."""
        return max(self.held, self.promised)

    @property
    def used_pct(self) -> Decimal:
        """Return the share that is bound or gone, percent with one decimal; money that came back to turn again is not gone."""
        used = self.bound + (self.out if self.code == bridge_books.BOOK else self.paid)
        whole = used + self.left
        return (Decimal(used) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal(0)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a posting is about: words, the page's name and id to open, and the firm it reached."""

    what: Text
    page: str
    id: int
    enterprise_id: int | None
    postings: tuple[int, ...] = ()


Tracer = Callable[[Actor, str], Subject | None]
_TRACERS: dict[str, Tracer] = {}
_MOVED: dict[str, Callable[[str], int]] = {}
_OF_FIRM: list[Callable[[Actor, int], list[Subject]]] = []


def trace(prefix: str, tracer: Tracer) -> None:
    """Let *tracer* (actor, source) say what postings are about whose source begins with *prefix*; from ready()."""
    _TRACERS[prefix] = tracer


def moved_by(prefix: str, count: Callable[[str], int]) -> None:
    """Let *count* (book code) return the loans (fen) that a fund moved whose book's code begins with *prefix*."""
    _MOVED[prefix] = count


def of_firm(find: Callable[[Actor, int], list[Subject]]) -> None:
    """Let *find* (actor, enterprise) return what a firm had of public money; from ready()."""
    _OF_FIRM.append(find)


def funds() -> list[FundLine]:
    """Return every fund that has books, by code."""
    return [line for book in ledger.all_books() if (line := _line(book)) is not None]


def fund(code: str) -> FundLine | None:
    """Return the fund whose book is *code*; None where there is none."""
    book = ledger.book(code)
    return None if book is None else _line(book)


def flows(code: str, *, last: dt.date | None = None) -> list[MonthLine]:
    """Return the fund's bank account month by month; debits came in, credits went out."""
    found = next((view for view in ledger.accounts(code) if view.code == "bank"), None)
    return [] if found is None else ledger.months(found.id, last=last or clock.today())


def used_up(line: FundLine) -> Forecast:
    """Return when the fund will be used up if it goes on as in the last full year; what is lent comes back for good."""
    if line.code == bridge_books.BOOK:
        return Forecast(0, None, None)
    paid_in = next((view.id for view in ledger.accounts(line.code) if view.code == "appropriated"), None)
    given = {} if paid_in is None else {
        month.first: month.credit - month.debit for month in ledger.months(paid_in, last=clock.today())
    }  # fmt: skip
    lines = [Flow(one.first, one.credit, one.debit - given.get(one.first, 0)) for one in flows(line.code)]
    return forecast(lines, left=line.left, today=clock.today())


def about(actor: Actor, source: str) -> Subject | None:
    """Return what the posting with *source* is about, where a part of the package knows."""
    found = max((prefix for prefix in _TRACERS if source.startswith(prefix)), key=len, default=None)
    return None if found is None else _TRACERS[found](actor, source)


def firm_money(actor: Actor, enterprise_id: int) -> list[Subject]:
    """Return everything a firm had of public money, as far as *actor* sees."""
    return [subject for find in _OF_FIRM for subject in find(actor, enterprise_id)]


@dataclass(frozen=True, slots=True)
class Way:
    """A part of a posting's money (fen) and the posting at its other end."""

    posting_id: int
    on: dt.date
    text: str
    amount: int


def money_of(code: str, posting_id: int) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """Return where a posting's money on the fund's account came from, and what it was used for; first in, first out."""
    bank = next((view.id for view in ledger.accounts(code) if view.code == "bank"), None)
    if bank is None:
        return (), ()
    lines = list(ledger.statement(bank, first=dt.date.min + dt.timedelta(days=1), last=dt.date.max))
    known = {line.posting_id: line for line in lines}
    found = list(layers((line.posting_id, line.debit - line.credit) for line in lines))
    came = [(one.source, one.amount) for one in found if one.use == posting_id]
    went = [(one.use, one.amount) for one in found if one.source == posting_id]
    first, second = (
        tuple(Way(number, known[number].on, known[number].text, amount) for number, amount in part)
        for part in (came, went)
    )
    return first, second


def _line(book: BookView) -> FundLine | None:
    accounts = {view.code: view for view in ledger.accounts(book.code)}
    if book.code == bridge_books.BOOK:
        return _bridge(book, accounts)
    if book.code.startswith(FUND) and accounts.keys() >= CLAIMS:
        return _claims(book, accounts)
    return None


def _bridge(book: BookView, at: dict[str, AccountView]) -> FundLine:
    sent = next((row for row in ledger.trial_balance(book.code, as_of=dt.date.max) if row.code == "sent"), None)
    paid, out = (sent.debit if sent else 0), sum(at[code].amount for code in bridge_books.OUT.values())
    return FundLine(
        code=book.code,
        name=Text(book.name, book.name_en or book.name),
        paid_in=at["capital"].amount,
        cash=at["bank"].amount,
        held=at["bank"].held,
        promised=0,
        paid=paid,
        recovered=paid - out,
        out=out,
        left=at["bank"].free,
        moved=_moved(book.code),
        closed_through=book.closed_through,
    )


def _claims(book: BookView, at: dict[str, AccountView]) -> FundLine:
    advanced = sum(view.amount for code, view in at.items() if code.startswith("advance:"))
    return FundLine(
        code=book.code,
        name=Text(book.name, book.name_en or book.name),
        paid_in=at["appropriated"].amount,
        cash=at["bank"].amount,
        held=at["bank"].held,
        promised=at["committed"].amount,
        paid=at["paid"].amount,
        recovered=at["recovered"].amount,
        out=advanced,
        left=at["free"].free,
        moved=_moved(book.code),
        closed_through=book.closed_through,
        subsidy=Fund.objects.filter(book__code=book.code, kind="subsidy").exists(),
    )


def _moved(code: str) -> int | None:
    found = max((prefix for prefix in _MOVED if code.startswith(prefix)), key=len, default=None)
    return None if found is None else _MOVED[found](code)

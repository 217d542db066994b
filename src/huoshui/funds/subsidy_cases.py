"""From the loan book to the cases of a claim: which loans a programme takes, under which version, with which facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import ProgrammeView
from huoshui.catalogue.schemes import subsidy_terms, year_cap
from huoshui.financing import queries as financing
from huoshui.funds.models.subsidy import SubsidyLine
from huoshui.funds.subsidy_line import Case, Line, Span, reckon
from huoshui.kernel import clock
from huoshui.kernel.periods import add_months
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules import firm
from huoshui.rules.firm import Verdict

REASONS: dict[str, Text] = {
    "not_drawn": Text("贷款尚未发放", "Not drawn yet"),
    "no_version": Text("发放日不在政策有效期内", "Drawn outside the programme's time"),
    "purpose": Text("贷款用途不在贴息范围", "Its purpose is not subsidised"),
    "collateral": Text("担保方式不在贴息范围", "Its security is not subsidised"),
    "criteria": Text("企业不符合政策条件", "The firm does not meet the conditions"),
    "unknown": Text("企业条件信息不全", "Facts about the firm are missing"),
    "flow": Text("这项政策不由您申报", "Others claim under this programme"),
    "no_days": Text("期内没有可贴息的天数", "No day of the period counts"),
    "not_paid_yet": Text("期内利息尚未支付", "No interest is paid yet"),
    "central": Text("已享受另一项中央贴息", "Another central subsidy is paid on it"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A loan with the version it is under and its line, or the reason why it earns nothing."""

    loan: Any
    version: ProgrammeView | None
    line: Line | None
    reason: str = ""
    anomalies: tuple[str, ...] = ()


def reckon_loans(loans: QuerySet[Any], *, programme: str, first: dt.date, end: dt.date) -> list[Found]:
    """Return every loan of *loans* with its line for the days, before the budget; in order of their first drawdown."""
    rows = list(loans.prefetch_related("drawdowns", "repayments", "instalments").order_by("starts_on", "id"))
    book = _Book(rows, programme, first, end)
    return [book.look(loan) for loan in rows]


class _Book:
    """What is read once for all loans of a claim; remembers what the firm's earlier loans used of its caps."""

    def __init__(self, rows: Sequence[Any], programme: str, first: dt.date, end: dt.date) -> None:
        self.programme, self.first, self.end = programme, first, end
        ids = [row.pk for row in rows]
        firms = {row.enterprise_id for row in rows}
        self.facts = registry.facts_of_many(firms)
        self.versions: dict[dt.date, ProgrammeView | None] = {}
        self.by_loan: dict[int, list[SubsidyLine]] = {}
        self.used: dict[int, list[Span]] = {}
        self.granted: dict[int, int] = {}
        self.in_year: dict[int, int] = {}
        before = SubsidyLine.objects.filter(state="open").select_related("claim", "programme_version__programme")
        for line in before.filter(loan_id__in=ids):
            self.by_loan.setdefault(line.loan_id, []).append(line)
        for line in before.filter(enterprise_id__in=firms, claim__programme_code=programme):
            self.used.setdefault(line.enterprise_id, []).extend(read_spans(line.spans))
        sums = SubsidyLine.objects.filter(enterprise_id__in=firms, claim__programme_code=programme, state="open")
        for owner, amount, queued in sums.values_list("enterprise_id").annotate(Sum("amount"), Sum("queued")):
            self.granted[owner] = int(amount) + int(queued)
        year = SubsidyLine.objects.filter(
            enterprise_id__in=firms, state="open", claim__first_day__year=first.year
        ).values_list("enterprise_id")
        for owner, amount, queued in year.annotate(Sum("amount"), Sum("queued")):
            self.in_year[owner] = int(amount) + int(queued)

    def look(self, loan: Any) -> Found:
        """Return the loan's line, or why it has none."""
        version = self._version(loan)
        reason = self._against(loan, version)
        if reason or version is None:
            return Found(loan, version, None, reason or "no_version")
        terms = subsidy_terms(version.terms)
        line = reckon(self._case(loan, version), terms)
        if line is None or not line.spans or line.full == 0:
            return Found(loan, version, None, "no_days")
        if not line.granted and line.cuts[-1][0] == "interest_paid":
            return Found(loan, version, None, "not_paid_yet")  # its days stay open for a later claim
        self.used.setdefault(loan.enterprise_id, []).extend(line.spans)
        for sums in (self.granted, self.in_year):
            sums[loan.enterprise_id] = sums.get(loan.enterprise_id, 0) + line.granted
        return Found(loan, version, line, "", tuple(_anomalies(loan, line)))

    def _version(self, loan: Any) -> ProgrammeView | None:
        """Return the version of the loan's first claim, else the one in force when it was first drawn."""
        if loan.starts_on is None:
            return None
        day = loan.starts_on
        if day not in self.versions:
            known = (one for one in catalogue.published_programmes("subsidy", on=day) if one.code == self.programme)
            self.versions[day] = next(known, None)
        return self.versions[day]

    def _against(self, loan: Any, version: ProgrammeView | None) -> str:
        if loan.starts_on is None:
            return "not_drawn"
        if version is None:
            return "no_version"
        terms = version.terms
        before = self.by_loan.get(loan.pk, [])
        if terms.get("central") and any(self._other_central(line) for line in before):
            return "central"
        if terms.get("purposes") and loan.purpose not in terms["purposes"]:
            return "purpose"
        if terms.get("collateral") and loan.collateral not in terms["collateral"]:
            return "collateral"
        verdict = firm.evaluate(version.criteria, self.facts.get(loan.enterprise_id, {}), as_of=loan.starts_on)
        return {Verdict.YES: "", Verdict.NO: "criteria"}.get(verdict, "unknown")

    def _other_central(self, line: SubsidyLine) -> bool:
        return bool(line.programme_version.terms.get("central")) and line.claim.programme_code != self.programme

    def _case(self, loan: Any, version: ProgrammeView) -> Case:
        paid = sum(row.interest for row in loan.repayments.all() if row.paid_on <= self.end)
        others = [line for line in self.by_loan.get(loan.pk, []) if line.claim.programme_code != self.programme]
        own = [line for line in self.by_loan.get(loan.pk, []) if line.claim.programme_code == self.programme]
        stacking = set(version.terms.get("stacks_with") or [])
        exclusive = [line for line in others if line.claim.programme_code not in stacking]
        shared = [
            line for line in others if line.claim.programme_code in stacking and _meets(line, self.first, self.end)
        ]
        cap, year = subsidy_terms(version.terms).firm_cap_left, year_cap(version.terms)
        return Case(
            moves=_moves(loan),
            rate_pct=from_ppm(loan.rate_ppm), first=max(self.first, loan.starts_on), end=self.end,
            programme_ends=_programme_end(version), starts_on=loan.starts_on, overdue_from=_overdue_from(loan),
            taken=tuple((one.start, one.end) for line in [*exclusive, *own] for one in read_spans(line.spans)),
            used=tuple(self.used.get(loan.enterprise_id, [])),
            other_pct=sum((line.applied_pct for line in shared), Decimal(0)),
            interest_paid=paid - sum(line.amount + line.queued for line in [*own, *others]),
            firm_left=None if cap is None else cap - self.granted.get(loan.enterprise_id, 0),
            year_left=None if year is None else year - self.in_year.get(loan.enterprise_id, 0),
        )  # fmt: skip


def at_most(line: SubsidyLine) -> int:
    """Return the most that a line's days can bear by the loan's record of today, fen; *line*'s loan with all its moves.

    Other schemes and the firm's caps are left aside: what is paid above this was paid wrongly in any case.
    """
    loan, version = line.loan, line.programme_version
    case = Case(
        moves=_moves(loan), rate_pct=from_ppm(loan.rate_ppm), first=line.first_day, end=line.end_day,
        starts_on=loan.starts_on, overdue_from=_overdue_from(loan),
    )  # fmt: skip
    made = reckon(case, subsidy_terms(version.terms))
    return made.granted if made else 0


def _moves(loan: Any) -> tuple[tuple[dt.date, int], ...]:
    draws = [(row.drawn_on, row.amount) for row in loan.drawdowns.all()]
    back = [(row.paid_on, -row.principal) for row in loan.repayments.all() if row.principal]
    return tuple(sorted([*draws, *back], key=lambda move: move[0]))


def _meets(line: SubsidyLine, first: dt.date, end: dt.date) -> bool:
    return line.first_day < end and first < line.end_day


def _programme_end(version: ProgrammeView) -> dt.date | None:
    """Return the day after the programme's last, where days beyond it earn nothing (the terms may say otherwise)."""
    if version.valid_to is None or version.terms.get("runs_on"):
        return None
    return version.valid_to + dt.timedelta(days=1)


def _overdue_from(loan: Any) -> dt.date | None:
    """Return the day the loan first fell behind: the subsidy stops there for good, whether it was cured or not."""
    now = clock.today() - dt.timedelta(days=loan.overdue_days) if loan.overdue_days else None
    first = financing.fell_behind(loan, clock.today())
    return min((day for day in (now, first) if day), default=None)


def _anomalies(loan: Any, line: Line) -> Iterable[str]:
    names = {name for name, _ in line.cuts}
    yield from (name for name in ("overdue", "interest_paid", "firm_cap", "year_cap", "other_days") if name in names)
    if loan.five_class not in ("normal", "watch"):
        yield "class"
    if loan.renewal_of_id is not None:
        yield "renewal"
    if loan.starts_on and loan.matures_on and loan.matures_on <= add_months(loan.starts_on, 1):
        yield "short"


ANOMALIES: dict[str, Text] = {
    "overdue": Text("贷款逾期，逾期后不贴息", "Overdue: no subsidy from then on"),
    "interest_paid": Text("已付利息少于应贴金额", "Less interest was paid than the subsidy"),
    "firm_cap": Text("达到单户上限", "The firm's cap is reached"),
    "year_cap": Text("全年各项贴息合计达到上限", "The firm's cap for the year over all schemes is reached"),
    "other_days": Text("部分天数已在其他贴息中享受", "Some days are subsidised elsewhere"),
    "class": Text("五级分类为不良", "Classified as non-performing"),
    "renewal": Text("续贷，请核对是否重复贴息", "A renewal: check for double subsidy"),
    "short": Text("期限不足一个月", "Shorter than a month"),
}


def read_spans(stored: Iterable[Sequence[Any]]) -> list[Span]:
    """Return spans as the pure module knows them."""
    return [Span(dt.date.fromisoformat(start), dt.date.fromisoformat(end), amount, eligible) for start, end, amount, eligible in stored]  # fmt: skip


def write_spans(spans: Iterable[Span]) -> list[list[Any]]:
    """Return spans as they are stored."""
    return [[one.start.isoformat(), one.end.isoformat(), one.amount, one.eligible] for one in spans]


def shares_of(version: ProgrammeView) -> Mapping[str, Decimal]:
    """Return who bears the subsidy, in percent."""
    return {name: Decimal(share) for name, share in (version.terms.get("shares") or {}).items()}

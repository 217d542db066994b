"""What a firm may have: offers it qualifies for by all-in cost, offers one step away, and public schemes. Pure.

Three-valued like the rules: an offer whose criteria are not *known* to hold is never an option. It is *near* when one thing
alone stands against it: a fact that fails or is missing, or one term of the request. Same inputs, same answer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from huoshui.catalogue import schemes
from huoshui.catalogue.offers import Offer, ProgrammeView, covers
from huoshui.catalogue.terms import COLLATERAL
from huoshui.financing.cost import Cost, Grant, price
from huoshui.kernel import money, rates
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.rules import firm, words
from huoshui.rules.facts import Kind
from huoshui.rules.firm import Verdict
from huoshui.rules.tree import Atom, Node

# a firm does not change its kind, size, place, trade or past for a loan: failing here is no "near miss"
LASTING = frozenset({"kind", "district_code", "industry_code", "size_class", "has_loan_history"})
# these can always be had: a loan on good name, and a public guarantee asked for with the loan
ALWAYS_OPEN = frozenset({"credit", "guarantee"})
BASIS_POINT = Decimal("0.01")
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """What the firm asks for: fen, months, a code of purposes.py, what it can pledge or mortgage, its district."""

    amount: Fen
    term_months: int
    purpose: str
    collateral: tuple[str, ...] = ()
    district: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """An offer the firm qualifies for: what it would cost, why, and how much of the request it covers (fen)."""

    offer: Offer
    cost: Cost
    why: tuple[Text, ...]
    amount_possible: Fen
    covers_ask: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing in the way: what is asked for, what is so now, and what to do.

    *subject*: a fact's code, or ``amount``, ``term``, ``collateral`` of the request. *missing*: the fact is not known.
    *mark*: where steps on the same subject differ only in degree, the degree; else what exactly is asked for.
    """

    subject: str
    missing: bool
    requirement: Text
    now: Text
    remedy: Text | None
    atom: Atom | None = None
    mark: Any = None


@dataclass(frozen=True, slots=True)
class Near:
    """An offer one step away. *steps* are alternatives: any one of them opens it."""

    offer: Offer
    steps: tuple[Step, ...]

    @property
    def failing(self) -> tuple[Text, ...]:
        """Return what does not fit, in words."""
        return tuple(step.requirement for step in self.steps if not step.missing)

    @property
    def missing(self) -> tuple[Text, ...]:
        """Return what is not known, in words."""
        return tuple(step.requirement for step in self.steps if step.missing)

    @property
    def remedy(self) -> Text | None:
        """Return what to do about the first step that something can be done about."""
        return next((step.remedy for step in self.steps if step.remedy), None)


@dataclass(frozen=True, slots=True)
class Advice:
    """One improvement and the offers (codes, in order) it would open. *atom*: the condition that opens all of them.

    *asked*: the improvement alone, for pages that count more than offers.
    """

    subject: str
    missing: bool
    words: Text
    opens: tuple[str, ...]
    remedy: Text | None
    atom: Atom | None = None
    asked: Text = Text("", "")

    @property
    def count(self) -> int:
        """Return how many offers it opens."""
        return len(self.opens)


@dataclass(frozen=True, slots=True)
class SchemeFit:
    """A public scheme or guarantee and how the firm stands to it.

    *verdict*: YES it fits; UNKNOWN where facts are missing; NO where one step would do. *applies*: it serves this request.
    """

    code: str
    kind: str
    name: Text
    benefit: Text
    summary: Text
    document_no: str
    verdict: Verdict
    applies: bool
    why: tuple[Text, ...]
    steps: tuple[Step, ...]
    programme: ProgrammeView | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Matches:
    """Everything found for one request on one day."""

    options: tuple[Option, ...]
    near: tuple[Near, ...]
    groups: tuple[Advice, ...]
    schemes: tuple[SchemeFit, ...]


def match(
    offers: Sequence[Offer],
    programmes: Sequence[ProgrammeView],
    facts: Facts,
    ask: Ask,
    on: dt.date,
    *,
    remedies: Mapping[str, Text] | None = None,
    day_count: DayCount = DayCount.ACTUAL_360,
) -> Matches:
    """Return what the firm with *facts* (typed, by code) may have for *ask* on *on*.

    *options* by effective yearly rate after subsidy, then the larger amount, then code. *near* by contract rate. *groups*:
    the improvement that opens most first. *schemes*: fitting ones first. *remedies*: what to do about a fact (the repair
    table), before the dictionary's own words. Offers not served in the district of *ask* are left out.
    """
    finder = _Finder(facts, ask, on, remedies or {}, day_count)
    loans = [offer for offer in offers if offer.kind == "loan" and covers(offer.districts, ask.district)]
    fits = [finder.scheme(programme) for programme in programmes]
    guarantees = [finder.guarantee(offer) for offer in offers if offer.kind == "guarantee"]
    granted = [fit for fit in fits if fit and fit.verdict is Verdict.YES and fit.applies]
    found = [finder.offer(offer, granted) for offer in loans]
    near = sorted((one for one in found if isinstance(one, Near)), key=lambda one: (one.offer.rate_pct, one.offer.code))
    return Matches(
        options=tuple(sorted((one for one in found if isinstance(one, Option)), key=_rank)),
        near=tuple(near),
        groups=advice(near),
        schemes=tuple(sorted((fit for fit in (*fits, *guarantees) if fit), key=_scheme_rank)),
    )


def stands(
    criteria: Node, facts: Facts, on: dt.date, *, remedies: Mapping[str, Text] | None = None
) -> tuple[Verdict, tuple[Step, ...]]:
    """Return how the firm with *facts* stands to any rule on *on*, and the single steps each of which would open it."""
    nothing_asked = Ask(Fen(0), 0, "")
    finder = _Finder(facts, nothing_asked, on, remedies or {}, DayCount.ACTUAL_360)
    verdict = firm.explain(criteria, facts, as_of=on).verdict
    return verdict, () if verdict is Verdict.YES else finder.steps(criteria)


def advice(near: Sequence[Near]) -> tuple[Advice, ...]:
    """Return the improvements that open offers, the one that opens most first; a near miss counts under each step."""
    gathered: defaultdict[tuple[Any, ...], list[tuple[Step, str]]] = defaultdict(list)
    for one in near:
        for step in one.steps:
            gathered[_group(step)].append((step, one.offer.code))
    found = [_ADVISERS.get(_sort(steps[0][0]), _one_advice)(steps) for steps in gathered.values()]
    return tuple(sorted(found, key=lambda each: (-each.count, each.subject, each.words.zh)))


def _rank(option: Option) -> tuple[Decimal, int, str]:
    return option.cost.rate_after_pct, -option.amount_possible, option.offer.code


_SCHEME_KINDS = ("subsidy", "preferential", "bridge", "guarantee", "compensation")


def _scheme_rank(fit: SchemeFit) -> tuple[bool, int, int, str]:
    useful = fit.verdict is Verdict.YES and fit.applies
    order = (Verdict.YES, Verdict.UNKNOWN, Verdict.NO).index(fit.verdict)
    return not useful, order, _SCHEME_KINDS.index(fit.kind), fit.code


@dataclass(frozen=True, slots=True)
class _Finder:
    """The firm, its request and the day, for judging one offer or scheme after another."""

    facts: Facts
    ask: Ask
    on: dt.date
    remedies: Mapping[str, Text]
    day_count: DayCount

    def offer(self, offer: Offer, granted: Sequence[SchemeFit]) -> Option | Near | None:
        """Return the offer as an option, as a near miss, or not at all."""
        asked = list(self._asked(offer))
        trace = firm.explain(offer.criteria, self.facts, as_of=self.on)
        if trace.verdict is Verdict.YES:
            if not asked:
                return self._option(offer, trace, granted)
            return Near(offer, (asked[0],)) if len(asked) == 1 else None
        steps = () if asked else self.steps(offer.criteria)
        return Near(offer, steps) if steps else None

    def scheme(self, programme: ProgrammeView) -> SchemeFit | None:
        """Return how the firm stands to a programme; None where more than a step is missing."""
        benefit = schemes.benefit(programme.kind, programme.terms)
        purposes = programme.terms.get("purposes") or ()
        fit = self._fit(programme.criteria, programme.code, programme.kind, programme.name, benefit, programme.summary)
        applies = not purposes or self.ask.purpose in purposes
        return fit and replace(fit, document_no=programme.document_no, applies=applies, programme=programme)

    def guarantee(self, offer: Offer) -> SchemeFit | None:
        """Return how the firm stands to a guarantor's product."""
        top = money.human(offer.amount_max)
        rate = rates.rate_text(offer.rate_pct)
        zh = f"{offer.bank_name.zh}担保最高 {top.zh}，年费率 {rate}%"
        benefit = Text(zh, f"{offer.bank_name.en} guarantees up to {top.en} at {rate} % a year")
        fit = self._fit(offer.criteria, offer.code, "guarantee", offer.name, benefit, offer.summary)
        applies = covers(offer.districts, self.ask.district) and offer.amount_min <= self.ask.amount <= offer.amount_max
        return fit and replace(fit, applies=applies, offer=offer)

    def _fit(self, criteria: Node, code: str, kind: str, name: Text, benefit: Text, summary: Text) -> SchemeFit | None:
        trace = firm.explain(criteria, self.facts, as_of=self.on)
        fits = trace.verdict is Verdict.YES
        steps = () if fits else self.steps(criteria)
        if trace.verdict is Verdict.NO and not steps:
            return None
        if trace.verdict is Verdict.UNKNOWN:
            steps = steps or tuple(self._step(leaf.node, missing=True) for leaf in firm.missing(trace))
        why = _reasons(trace) if fits else ()
        return SchemeFit(code, kind, name, benefit, summary, "", trace.verdict, True, why, steps)

    def _option(self, offer: Offer, trace: firm.Trace, granted: Sequence[SchemeFit]) -> Option:
        amount = Fen(min(self.ask.amount, offer.amount_max))
        collateral = self._security(offer)
        assert collateral, "an offer without a security the firm has is a near miss"
        discount = sum(_discount(fit, offer) for fit in granted)
        cost = price(
            amount,
            rate_pct=max(offer.rate_pct - BASIS_POINT * discount, Decimal(0)),
            method=offer.methods[0],
            months=self.ask.term_months,
            start=self.on,
            collateral=collateral,
            fees=offer.fees,
            grants=[grant for fit in granted if (grant := _grant(fit, collateral))],
            day_count=self.day_count,
        )
        return Option(offer, cost, _reasons(trace), amount, covers_ask=amount == self.ask.amount)

    def _security(self, offer: Offer) -> str:
        """Return the first of the offer's securities that the firm has or can always get; empty for none."""
        has = ALWAYS_OPEN | set(self.ask.collateral)
        return next((code for code in offer.collateral if code in has), "")

    def _asked(self, offer: Offer) -> Iterator[Step]:
        """Yield what in the request itself does not fit the offer."""
        ask = self.ask
        if ask.amount < offer.amount_min:
            least, now = money.human(offer.amount_min), money.human(ask.amount)
            said = Text(f"金额不低于 {least.zh}", f"an amount of at least {least.en}")
            yield Step("amount", False, said, now, _raise_amount(least), mark=offer.amount_min)
        if not offer.term_min_months <= ask.term_months <= offer.term_max_months:
            yield _term_step(offer, ask)
        if not self._security(offer):
            names = [COLLATERAL[code] for code in offer.collateral]
            said = Text("提供" + "或".join(n.zh for n in names), "security: " + " or ".join(n.en for n in names))
            yield Step("collateral", False, said, Text("未提供", "none"), _COLLATERAL_REMEDY, mark=offer.collateral)

    def steps(self, criteria: Node) -> tuple[Step, ...]:
        """Return the single facts each of which would open *criteria*; what no firm can change is left out."""
        return tuple(
            self._step(obstacle.atom, missing=obstacle.missing or obstacle.value is None)
            for obstacle in firm.obstacles(criteria, self.facts, as_of=self.on)
            if obstacle.missing or not _lasting(obstacle)
        )

    def _step(self, atom: Any, *, missing: bool) -> Step:
        fact = atom.fact
        remedy = self.remedies.get(fact.code) or fact.remedy
        now = words.value(fact, self.facts.get(fact.code))
        if missing:
            supply = Text(f"补充“{fact.label.zh}”", f"supply “{fact.label.en}”")
            return Step(fact.code, True, supply, now, remedy, atom)
        if firm.evaluate(atom, self.facts, as_of=self.on) is Verdict.YES:  # it stands under "not"
            return Step(fact.code, False, _turned(atom), now, remedy)
        return Step(fact.code, False, words.requirement(atom), now, remedy, atom, mark=atom.value)


def _lasting(obstacle: firm.Obstacle) -> bool:
    """Return whether no firm can remove *obstacle*: its kind, its age when it is too old, knowledge that is there."""
    atom = obstacle.atom
    if obstacle.value is None:  # asked to be known, and it is not: that can be supplied
        return atom.op == "missing"
    return atom.fact.code in LASTING or atom.op in ("months_since<=", "known", "missing")


def _turned(atom: Atom) -> Text:
    """Return what is asked where *atom* must not hold."""
    if isinstance(atom.value, bool):
        return words.requirement(replace(atom, value=not atom.value))
    asked = words.requirement(atom)
    return Text(f"不属于：{asked.zh}", f"not: {asked.en}")


def _reasons(trace: firm.Trace) -> tuple[Text, ...]:
    """Return each condition that carries the verdict with the value that was read, once."""
    said = [_reason(leaf) for leaf in firm.passing(trace)]
    return tuple(dict.fromkeys(said))


def _reason(leaf: firm.Trace) -> Text:
    assert isinstance(leaf.node, Atom)
    if leaf.verdict is Verdict.NO:
        return _turned(leaf.node)
    asked, read = words.requirement(leaf.node), words.value(leaf.node.fact, leaf.value)
    plain = leaf.node.fact.kind is Kind.FLAG or leaf.node.op in ("=", "known", "missing", "has")
    return asked if plain else Text(f"{asked.zh}（实际 {read.zh}）", f"{asked.en} (it is {read.en})")


def _discount(fit: SchemeFit, offer: Offer) -> int:
    """Return the basis points that a preferential programme takes off the offer's rate."""
    if fit.kind != "preferential" or fit.programme is None or offer.code not in fit.programme.terms["products"]:
        return 0
    return int(fit.programme.terms["discount_bp"])


def _grant(fit: SchemeFit, collateral: str) -> Grant | None:
    if fit.kind != "subsidy" or fit.programme is None:
        return None
    terms = fit.programme.terms
    if terms.get("collateral") and collateral not in terms["collateral"]:
        return None
    return Grant(
        code=fit.code,
        name=fit.name,
        terms=schemes.subsidy_terms(terms),
        central=bool(terms.get("central")),
        stacks_with=frozenset(terms.get("stacks_with") or ()),
    )


_COLLATERAL_REMEDY = Text(
    "如有房产、设备或知识产权，可在申请中勾选。", "If you own property, equipment or patents, say so in the request."
)


def _raise_amount(least: Text) -> Text:
    return Text(f"把金额提高到 {least.zh} 即可申请。", f"Ask for {least.en} or more.")


def _term_step(offer: Offer, ask: Ask) -> Step:
    short = ask.term_months < offer.term_min_months
    bound = offer.term_min_months if short else offer.term_max_months
    said = (
        Text(f"期限不短于 {bound} 个月", f"a term of at least {bound} months")
        if short
        else Text(f"期限不超过 {bound} 个月", f"a term of at most {bound} months")
    )
    now = Text(f"{ask.term_months} 个月", f"{ask.term_months} months")
    remedy = Text(f"把期限改为 {bound} 个月即可申请。", f"Ask for {bound} months.")
    return Step("term_short" if short else "term_long", False, said, now, remedy, mark=bound)


# how steps on one subject go together: by the greatest or the least mark, by a grade that serves most, or one by one
_RISING = (">=", ">", "months_since>=")
_FALLING = ("<=", "<")


def _sort(step: Step) -> str:
    if step.missing:
        return "missing"
    if step.atom is None:
        return {"amount": "rising", "term_short": "rising", "term_long": "falling"}.get(step.subject, "exact")
    if step.atom.op in _RISING:
        return "rising"
    if step.atom.op in _FALLING:
        return "falling"
    return "grade" if step.atom.fact.kind is Kind.GRADE and step.atom.op == "in" else "exact"


def _group(step: Step) -> tuple[Any, ...]:
    """Return the key under which steps are one improvement."""
    sort = _sort(step)
    return (step.subject, sort) if sort != "exact" else (step.subject, sort, step.requirement.zh)


Gathered = list[tuple[Step, str]]


def _made(step: Step, asked: Text, opens: Sequence[str]) -> Advice:
    count = len(opens)
    said = Text(f"{asked.zh}可再打开 {count} 个产品", f"{asked.en}: opens {count} more")
    return Advice(step.subject, step.missing, said, tuple(opens), step.remedy, step.atom, asked)


def _codes(steps: Gathered) -> list[str]:
    return sorted({code for _, code in steps})


def _one_advice(steps: Gathered) -> Advice:
    return _made(steps[0][0], steps[0][0].requirement, _codes(steps))


def _greatest(steps: Gathered) -> Advice:
    top = max((step for step, _ in steps), key=lambda step: step.mark)
    return _made(top, top.requirement, _codes(steps))


def _least(steps: Gathered) -> Advice:
    low = min((step for step, _ in steps), key=lambda step: step.mark)
    return _made(low, low.requirement, _codes(steps))


def _grade(steps: Gathered) -> Advice:
    """Return the advice to reach the grade that opens most offers; of equals the one easiest to reach (the lowest)."""
    step = steps[0][0]
    assert step.atom is not None, "a grade is a fact's"
    fact = step.atom.fact
    serves = Counter(grade for one, _ in steps for grade in one.mark)
    best = min(serves, key=lambda grade: (-serves[grade], fact.values.index(grade) if grade in fact.values else 0))
    shown = words.value(fact, best)
    asked = Text(f"{fact.label.zh}达到 {shown.zh} ", f"{fact.label.en} {shown.en}")
    return _made(step, asked, _codes([(one, code) for one, code in steps if best in one.mark]))


_ADVISERS: dict[str, Callable[[Gathered], Advice]] = {"rising": _greatest, "falling": _least, "grade": _grade}

"""What a firm may have today and which single step would open more: products and schemes together, by the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huoshui.access.actor import Actor
from huoshui.catalogue.queries import parameter
from huoshui.financing import queries as financing
from huoshui.financing.matching import Ask, Matches, SchemeFit, Step
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.rules.firm import Verdict
from huoshui.rules.tree import Atom
from huoshui.screening.queries_firm import ListFit, lists_for

USUAL_PURPOSE = "working_capital"
SECURITIES = ("credit", "guarantee")  # open to every firm
MOST_SAID = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """One step and what it opens, by name. *missing*: the platform lacks the fact; supplying it may be enough."""

    subject: str
    asked: Text
    missing: bool
    remedy: Text | None
    products: tuple[Text, ...] = ()
    schemes: tuple[Text, ...] = ()
    lists: tuple[Text, ...] = ()
    atom: Atom | None = None

    @property
    def count(self) -> int:
        """Return how much it opens."""
        return len(self.products) + len(self.schemes) + len(self.lists)

    @property
    def opens(self) -> Text:
        """Return what it opens in numbers: “7 个产品、1 项政策、1 个名单”."""
        zh, en = [], []
        for number, counted, one, many in (
            (len(self.products), "个产品", "product", "products"),
            (len(self.schemes), "项政策", "scheme", "schemes"),
            (len(self.lists), "个名单", "list", "lists"),
        ):
            if number:
                zh.append(f"{number} {counted}")
                en.append(f"{number} {one if number == 1 else many}")
        return Text("、".join(zh), ", ".join(en))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a firm stands to everything there is, for one request."""

    ask: Ask
    matches: Matches
    schemes: int
    openings: tuple[Opening, ...]
    lists: tuple[Text, ...] = ()

    @property
    def sentence(self) -> Text:
        """Return it in one breath: “您符合 12 个产品、3 项政策；税务等级达到 B，再打开 7 个产品；……”."""
        products = len(self.matches.options)
        parts = [Text(f"您符合 {products} 个产品、{self.schemes} 项政策", _have(products, self.schemes))]
        for opening in self.openings[:MOST_SAID]:
            asked, opens = opening.asked, opening.opens
            parts.append(
                Text(f"{asked.zh.strip()}，再打开 {opens.zh}", f"{asked.en.strip()} would open {opens.en} more")
            )
        return Text("；".join(part.zh for part in parts) + "。", "; ".join(part.en for part in parts) + ".")


def _have(products: int, schemes: int) -> str:
    first = f"{products} product{'' if products == 1 else 's'}"
    return f"You qualify for {first} and {schemes} scheme{'' if schemes == 1 else 's'}"


def standing(actor: Actor, enterprise_id: int) -> Standing:
    """Return how the firm stands to its last request, or to a usual one where it never asked."""
    last = financing.demands(actor, enterprise=enterprise_id).order_by("-pk").first()
    ask = (
        Ask(Fen(last.amount), last.term_months, last.purpose, tuple(last.collateral or SECURITIES), "")
        if last
        else Ask(
            Fen(parameter("matching.usual_amount")), parameter("matching.usual_months"), USUAL_PURPOSE, SECURITIES, ""
        )
    )
    matches = financing.matches_for(actor, enterprise_id=enterprise_id, ask=ask)
    return stand(ask, matches, lists_for(actor, enterprise_id=enterprise_id, products=len(matches.options)))


def stand(ask: Ask, matches: Matches, lists: Sequence[ListFit] = ()) -> Standing:
    """Return the standing that *matches* and *lists* show."""
    fitting = sum(fit.verdict is Verdict.YES and fit.applies for fit in matches.schemes)
    on = tuple(fit.name for fit in lists if fit.verdict is Verdict.YES)
    return Standing(ask, matches, fitting, openings(matches, lists), on)


def openings(matches: Matches, lists: Sequence[ListFit] = ()) -> tuple[Opening, ...]:
    """Return the single steps that open products, schemes or lists, the one that opens most first.

    A scheme counts where the step alone is known to be enough; a guarantee is a scheme here.
    """
    names = {near.offer.code: near.offer.name for near in matches.near}
    found = [
        Opening(
            each.subject, each.asked, each.missing, each.remedy, tuple(names[c] for c in each.opens), atom=each.atom
        )
        for each in matches.groups
    ]
    for fit in matches.schemes:
        for step in _alone(fit):
            _credit(found, step, replace(_step_alone(step), schemes=(fit.name,)))
    for listed in lists:
        for step in listed.steps:
            _credit(found, step, replace(_step_alone(step), lists=(listed.name,)))
    return tuple(sorted(found, key=lambda each: (-each.count, each.subject, each.asked.zh)))


def _alone(fit: SchemeFit) -> tuple[Step, ...]:
    if not fit.applies or fit.verdict is Verdict.YES:
        return ()
    sure = fit.verdict is Verdict.NO or len(fit.steps) == 1
    return fit.steps if sure else ()


def _step_alone(step: Step) -> Opening:
    return Opening(step.subject, step.requirement, step.missing, step.remedy, atom=step.atom)


def _credit(found: list[Opening], step: Step, made: Opening) -> None:
    """Add what *step* opens to the step that opens it too; a fact that fails in another way is a step of its own."""
    for at, opening in enumerate(found):
        if opening.subject == step.subject and opening.missing == step.missing and _enough(opening, step):
            schemes, lists = (tuple(dict.fromkeys(both)) for both in _joined(opening, made))
            found[at] = replace(opening, schemes=schemes, lists=lists)
            return
    found.append(made)


def _joined(one: Opening, other: Opening) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    return (*one.schemes, *other.schemes), (*one.lists, *other.lists)


def _enough(opening: Opening, step: Step) -> bool:
    """Return whether who does what *opening* asks has also done what *step* asks."""
    if step.missing or opening.asked == step.requirement:
        return True
    mine, other = opening.atom, step.atom
    if mine is None or other is None or mine.op != other.op:
        return False
    if mine.op == "in":
        return set(mine.value) <= set(other.value)
    rising = mine.op in (">", ">=", "months_since>=")
    falling = mine.op in ("<", "<=")
    return bool((rising and mine.value >= other.value) or (falling and mine.value <= other.value))

"""What a rule in the making does to the register, as the page beside it shows: counts, who moves, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django_htmx.http import trigger_client_event

from huoshui.access.actor import Actor
from huoshui.catalogue.queries import parameter
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.sectors import SECTORS
from huoshui.registry import queries as registry
from huoshui.rules.facts import FactDictionary
from huoshui.screening import queries_lab
from huoshui.screening.lab import Effect, GroupLine
from huoshui.screening.lab_snapshot import Ground

ROUND = 10  # a bank's counts are rounded down to tens, so that two rules do not single out one firm
MOST_LACKING = 6


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One group of firms in words. *share*: who qualify after, in percent of the largest group, for the bar beside it."""

    name: str
    line: GroupLine
    share: int


@dataclass(frozen=True, slots=True)
class MovedTable:
    """Who gains and loses by one property of firms."""

    title: str
    lines: tuple[MovedLine, ...]


@dataclass(frozen=True, slots=True)
class LackingLine:
    """A missing fact in words, and the department that has it."""

    name: str
    unknown: int
    opens: int
    source: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the panel shows. *state*: ready, no_snapshot, problems (the rule is not whole yet). *lines*: what is wrong."""

    state: str
    effect: Effect | None = None
    ground: Ground | None = None
    tables: tuple[MovedTable, ...] = ()
    lacking: tuple[LackingLine, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def net(self) -> int:
        """Return by how many firms more (or fewer) qualify than before."""
        effect = self.effect
        return effect.after[0] - effect.before[0] if effect and effect.before else 0

    @property
    def fewer(self) -> int:
        """Return by how many firms fewer qualify."""
        return -self.net


@dataclass(frozen=True, slots=True)
class Rough:
    """Counts for a bank: rounded down to tens; None where so few firms qualify that the count is withheld."""

    state: str
    yes: int | None = None
    no: int | None = None
    unknown: int | None = None
    limit: int = 0
    ground: Ground | None = None
    lines: tuple[str, ...] = ()


def trial(
    actor: Actor, tree: dict[str, Any], wrong: Iterable[object] = (), *, base: dict[str, Any] | None = None
) -> Trial:
    """Return the panel for *tree* beside *base*; *wrong*: what the editor already found, shown at its rows."""
    found = _tried(actor, tree, wrong, base)
    if isinstance(found, str):
        return Trial(found)
    if isinstance(found, DomainError):
        return Trial("problems", lines=_said(found))
    effect, ground = found
    facts = registry.dictionary()
    return Trial("ready", effect, ground, _tables(effect, facts), _lacking(effect, facts))


def rough(actor: Actor, tree: dict[str, Any], wrong: Iterable[object] = ()) -> Rough:
    """Return counts of *tree* coarse enough for a bank: totals only, rounded, small ones withheld."""
    found = _tried(actor, tree, wrong, None)
    if isinstance(found, str):
        return Rough(found)
    if isinstance(found, DomainError):
        return Rough("problems", lines=_said(found))
    effect, ground = found
    limit = int(parameter("statistics.small_cell"))
    yes, no, unknown = (None if 0 < count < limit else count // ROUND * ROUND for count in effect.after)
    return Rough("ready", yes, no, unknown, limit, ground)


def _tried(
    actor: Actor, tree: dict[str, Any], wrong: Iterable[object], base: dict[str, Any] | None
) -> tuple[Effect, Ground] | str | DomainError:
    if any(True for _ in wrong):
        return "problems"
    try:
        return queries_lab.effect(actor, tree, base) or "no_snapshot"
    except DomainError as refusal:
        return refusal


def _said(refusal: DomainError) -> tuple[str, ...]:
    return tuple(said(Text(problem.said("zh"), problem.said("en"))) for problem in refusal.problems)


def _tables(effect: Effect, facts: FactDictionary) -> tuple[MovedTable, ...]:
    unknown = gettext("未掌握")
    sizes = facts["size_class"].names

    def named(names: Callable[[str], Text | None]) -> Callable[[str | None], str]:
        return lambda code: unknown if code is None else said(names(code) or Text(code, code))

    return (
        _table(gettext("区县"), effect.districts, named(registry.district_name)),
        _table(gettext("行业"), effect.sectors, named(SECTORS.get)),
        _table(gettext("规模"), effect.sizes, named(sizes.get)),
    )


def _table(title: str, lines: tuple[GroupLine, ...], name: Callable[[str | None], str]) -> MovedTable:
    most = max((max(line.before, line.after) for line in lines), default=0) or 1
    ordered = sorted(lines, key=lambda line: (line.name is None, -(line.gain + line.lose), -line.after))
    return MovedTable(title, tuple(MovedLine(name(line.name), line, line.after * 100 // most) for line in ordered))


def _lacking(effect: Effect, facts: FactDictionary) -> tuple[LackingLine, ...]:
    return tuple(
        LackingLine(
            said(facts[each.fact].label),
            each.unknown,
            each.opens,
            said(facts.sources.get(facts[each.fact].source, Text("", ""))),
        )
        for each in effect.lacking[:MOST_LACKING]
    )


class Editor(Protocol):
    """What an editor of criteria gives its page."""

    def context(self) -> dict[str, Any]: ...


def answer_edit(request: ActingRequest, command: str, whole: str, editor: Editor) -> HttpResponse:
    """Return what one command of an editor asks for: the panel, the criteria, or without scripts the *whole* page."""
    if not request.htmx:
        return render(request, whole, editor.context())
    if command == "count":
        context = editor.context()
        return render(request, context["panel"], context)
    answer = render(request, "criteria/editor.html", editor.context())
    return trigger_client_event(answer, "criteria", after="settle")


def quiet(form: forms.Form, **made: Any) -> forms.Form:
    """Return *form* as it was typed, without judging what is still being written. *made*: what its making needs."""
    shown = type(form)(**made)
    shown.initial = {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    return shown

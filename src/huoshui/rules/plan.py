"""Rules made ready for a whole register: each distinct atom once, ``not`` pushed down to the atoms. Pure; no numpy."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from huoshui.rules.firm import Rule
from huoshui.rules.tree import All, Atom, Node, Not, atoms

_AFFIRMED = {"!=": "=", "not_in": "in", "missing": "known"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """An atom's *slot* in the plan, affirmed or denied. *alone*: its atom stands nowhere else in the rule, so that
    turning the leaf turns the atom. *atom*: which of the rule's own atoms it is."""

    slot: int
    affirmed: bool
    atom: int = field(compare=False)
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Every (*every* true) or one of the parts must hold."""

    every: bool
    parts: tuple[Part, ...]


Part = Leaf | Group


@dataclass(frozen=True, slots=True)
class Program:
    """A rule's criteria over the plan's slots. *repeated*: its atoms that stand more than once. *chain*: the parts that
    must all hold, the ones that most rules share first, so that rules with the same beginning share its bitmaps."""

    root: Part
    repeated: tuple[int, ...] = ()
    chain: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Rules in order of code, with the distinct atoms they read; a rule outside its validity has no program: all NO.

    *ranking*: places of the rules in order of preference (lower rate, then larger amount, then code). *order*: (place,
    parts shared with the one before) of the rules with a program, such that neighbours share the longest beginnings.
    """

    codes: tuple[str, ...]
    programs: tuple[Program | None, ...]
    slots: tuple[Atom, ...]
    ranking: tuple[int, ...]
    order: tuple[tuple[int, int], ...]
    as_of: dt.date

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the codes of the facts that are read, in order."""
        return tuple(sorted({atom.fact.code for atom in self.slots}))


def plan(rules: Iterable[Rule], *, as_of: dt.date) -> Plan:
    """Return the plan of *rules* for *as_of*."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    slots: dict[tuple[object, ...], int] = {}
    kept: list[Atom] = []
    programs = _chained([_program(r.criteria, slots, kept) if r.valid_on(as_of) else None for r in ordered])
    codes = tuple(rule.code for rule in ordered)
    return Plan(codes, programs, tuple(kept), _ranking(ordered), _order(programs), as_of)


def leaves(part: Part) -> Iterator[Leaf]:
    """Yield every leaf of *part*."""
    if isinstance(part, Leaf):
        yield part
    else:
        for below in part.parts:
            yield from leaves(below)


def _chained(programs: list[Program | None]) -> tuple[Program | None, ...]:
    shared = Counter(part for program in programs if program for part in _all_of(program.root))

    def chained(program: Program) -> Program:
        chain = sorted(_all_of(program.root), key=lambda part: (isinstance(part, Group), -shared[part], _mark(part)))
        return replace(program, chain=tuple(chain))

    return tuple(chained(program) if program else None for program in programs)


def _all_of(root: Part) -> tuple[Part, ...]:
    return root.parts if isinstance(root, Group) and root.every else (root,)


def _order(programs: Sequence[Program | None]) -> tuple[tuple[int, int], ...]:
    marks = {at: [_mark(part) for part in program.chain] for at, program in enumerate(programs) if program}
    ordered = sorted(marks, key=lambda at: marks[at])
    before: Sequence[object] = ()
    found = []
    for at in ordered:
        same = (one == other for one, other in zip(before, marks[at], strict=False))
        found.append((at, sum(1 for _ in takewhile(bool, same))))
        before = marks[at]
    return tuple(found)


def _mark(part: Part) -> tuple[int, ...]:
    """A sortable name: leaves by slot, groups after them by their leaves."""
    if isinstance(part, Leaf):
        return (part.slot, part.affirmed, part.alone)
    return (1 << 30, part.every, *(number for leaf in leaves(part) for number in _mark(leaf)))


def _ranking(rules: Sequence[Rule]) -> tuple[int, ...]:
    def preference(place: int) -> tuple[object, ...]:
        rule = rules[place]
        amount = -1 if rule.max_amount is None else rule.max_amount
        return (rule.rate_pct is None, rule.rate_pct or 0, -amount, rule.code)

    return tuple(sorted(range(len(rules)), key=preference))


def _program(criteria: Node, slots: dict[tuple[object, ...], int], kept: list[Atom]) -> Program:
    standing = Counter(_key(atom) for atom in atoms(criteria))
    numbers = {key: number for number, key in enumerate(standing)}

    def leaf(atom: Atom, affirmed: bool) -> Leaf:
        plain = Atom(atom.fact, _AFFIRMED.get(atom.op, atom.op), atom.value)
        slot = slots.setdefault(_key(plain), len(kept))
        if slot == len(kept):
            kept.append(plain)
        key = _key(atom)
        return Leaf(slot, affirmed == (plain.op == atom.op), numbers[key], standing[key] == 1)

    def part(node: Node, affirmed: bool) -> Part:
        if isinstance(node, Atom):
            return leaf(node, affirmed)
        if isinstance(node, Not):
            return part(node.child, not affirmed)
        every = isinstance(node, All) == affirmed
        return _grouped(every, [part(child, affirmed) for child in node.children])

    repeated = tuple(numbers[key] for key, times in standing.items() if times > 1)
    return Program(part(criteria, True), repeated)


def _grouped(every: bool, parts: list[Part]) -> Part:
    """Join a group into its parent of the same kind; a group of one is that one. Leaves first: they are cheapest."""
    flat: list[Part] = []
    for each in parts:
        flat += each.parts if isinstance(each, Group) and each.every == every else (each,)
    if len(flat) == 1:
        return flat[0]
    return Group(every, tuple(sorted(flat, key=lambda each: isinstance(each, Group))))


def _key(atom: Atom) -> tuple[object, ...]:
    return (atom.fact.code, atom.op, atom.value)

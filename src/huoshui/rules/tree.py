"""Criteria trees: all, any, not, and atoms over facts. Reading one names every problem at once. Pure.

Contract: a node is ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` or ``{"fact", "op", "value"}``; money in 元 as text,
dates ISO, whole calendar months for ``months_since``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import parse_yuan
from huoshui.kernel.text import Text
from huoshui.rules.facts import Fact, Kind

MAX_DEPTH = 32  # a form shows four levels; deeper trees come from machines gone wrong
MAX_ATOMS = 2_000
LARGEST = 2**63 - 1

ORDERED = ("=", "!=", "<", "<=", ">", ">=", "between")
CHOSEN = ("=", "!=", "in", "not_in")
PRESENCE = ("known", "missing")

# which operators a kind of fact understands; what a form offers and what a reader accepts
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.MONEY: (*ORDERED, *PRESENCE),
    Kind.NUMBER: (*ORDERED, "in", "not_in", *PRESENCE),
    Kind.FLAG: ("=", "!=", *PRESENCE),
    Kind.DATE: (*ORDERED, "months_since>=", "months_since<=", *PRESENCE),
    Kind.CODE: (*CHOSEN, "starts_with", *PRESENCE),
    Kind.GRADE: (*CHOSEN, *PRESENCE),
    Kind.LABELS: ("has", *PRESENCE),
    Kind.TEXT: (*CHOSEN, "starts_with", *PRESENCE),
}


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition on one fact. *value* is typed: fen, Decimal, bool, date, text, months (int), or a tuple of these."""

    fact: Fact
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class All:
    """Every child must hold."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801  "Any" is typing's
    """One child must hold."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The child must not hold."""

    child: Node


Node = All | Any_ | Not | Atom


def parse(tree: object, facts: Mapping[str, Fact]) -> Node:
    """Return the node that *tree* (as read from JSON) describes. Raises Refused with every problem, each with its path."""
    reader = _Reader(facts)
    node = reader.node(tree, "criteria", 1)
    if reader.problems:
        raise Refused(reader.problems)
    assert node is not None, "a tree without problems has a node"
    return node


def to_json(node: Node) -> dict[str, Any]:
    """Return *node* as JSON values; ``parse`` of the result gives the same node."""
    if isinstance(node, All):
        return {"all": [to_json(child) for child in node.children]}
    if isinstance(node, Any_):
        return {"any": [to_json(child) for child in node.children]}
    if isinstance(node, Not):
        return {"not": to_json(node.child)}
    written: dict[str, Any] = {"fact": node.fact.code, "op": node.op}
    return written if node.op in PRESENCE else {**written, "value": _written(node.fact.kind, node.op, node.value)}


def atoms(node: Node) -> Iterator[Atom]:
    """Yield every atom of *node*, in reading order; one that stands twice comes twice."""
    if isinstance(node, Atom):
        yield node
    elif isinstance(node, Not):
        yield from atoms(node.child)
    else:
        for child in node.children:
            yield from atoms(child)


def facts_of(node: Node) -> frozenset[str]:
    """Return the codes of the facts that *node* reads."""
    return frozenset(atom.fact.code for atom in atoms(node))


class _Reader:
    """Walks a tree once, typing values and collecting problems instead of stopping at the first."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.problems: list[Problem] = []
        self.atoms = 0

    def node(self, tree: object, path: str, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            return self._wrong("too_deep", f"嵌套超过{MAX_DEPTH}层", f"is nested deeper than {MAX_DEPTH} levels", path)
        if not isinstance(tree, dict) or not tree:
            return self._wrong("not_a_node", "不是条件", "is not a condition", path, tree)
        if "fact" in tree:
            return self._atom(tree, path)
        if len(tree) != 1 or (key := next(iter(tree))) not in ("all", "any", "not"):
            return self._wrong(
                "unknown_node", "应为 all、any、not 或单个条件", "must be all, any, not or a condition", path
            )
        if key == "not":
            child = self.node(tree["not"], f"{path}.not", depth + 1)
            return Not(child) if child else None
        return self._group(key, tree[key], path, depth)

    def _group(self, key: str, given: object, path: str, depth: int) -> Node | None:
        if not isinstance(given, list) or not given:
            return self._wrong("empty_group", "没有任何条件", "has no condition", f"{path}.{key}")
        children = []
        for place, part in enumerate(given):
            if self.atoms > MAX_ATOMS:
                break
            children.append(self.node(part, f"{path}.{key}[{place}]", depth + 1))
        whole = tuple(child for child in children if child)
        return All(whole) if key == "all" else Any_(whole)

    def _atom(self, tree: dict[str, Any], path: str) -> Node | None:
        self.atoms += 1
        if self.atoms > MAX_ATOMS:
            if self.atoms == MAX_ATOMS + 1:
                self._wrong("too_many", f"条件超过{MAX_ATOMS}个", f"has more than {MAX_ATOMS} conditions", "criteria")
            return None
        if extra := sorted(tree.keys() - {"fact", "op", "value"}):
            return self._wrong("unknown_field", f"有未知字段 {extra}", f"has unknown fields {extra}", path)
        fact = self.facts.get(tree["fact"]) if isinstance(tree["fact"], str) else None
        if fact is None:
            return self._wrong(
                "unknown_fact", f"引用了未知数据项“{tree['fact']}”", f"names the unknown fact “{tree['fact']}”", path
            )
        op = tree.get("op")
        if op not in OPERATORS[fact.kind]:
            allowed = " ".join(OPERATORS[fact.kind])
            return self._wrong(
                "wrong_operator",
                f"“{fact.label.zh}”不支持“{op}”，可用：{allowed}",
                f"“{fact.label.en}” has no “{op}”; use: {allowed}",
                path,
                op,
            )
        if op in PRESENCE:
            return Atom(fact, op)
        return self._valued(fact, op, tree.get("value"), path)

    def _valued(self, fact: Fact, op: str, given: object, path: str) -> Node | None:
        try:
            return Atom(fact, op, _typed(fact, op, given))
        except (ValueError, TypeError, DomainError, InvalidOperation):
            return self._wrong(
                "wrong_value",
                f"“{fact.label.zh}”的值“{given}”不正确",
                f"“{fact.label.en}” cannot be compared with “{given}”",
                path,
                given,
            )

    def _wrong(self, code: str, zh: str, en: str, path: str, value: object = None) -> Node | None:
        self.problems.append(Problem(code, Text(f"{path} {zh}。", f"{path} {en}."), path, value))
        return None


def _typed(fact: Fact, op: str, given: object) -> Any:
    if op.startswith("months_since"):
        return _whole(given)
    read = _READ[fact.kind]
    if op in ("in", "not_in"):
        if not isinstance(given, list) or not given:
            raise ValueError("a list is needed")
        return tuple(sorted({_among(fact, read(value)) for value in given}))
    if op == "between":
        if not isinstance(given, list) or len(given) != 2:
            raise ValueError("two ends are needed")
        low, high = read(given[0]), read(given[1])
        if low > high:
            raise ValueError("the ends are in the wrong order")
        return (low, high)
    return read(given) if op == "starts_with" else _among(fact, read(given))


def _among(fact: Fact, value: Any) -> Any:
    if fact.values and value not in fact.values:
        raise ValueError("not a known value")
    return value


def _whole(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 12_000:
        raise ValueError("a whole number of months is needed")
    return given


def _number(given: object) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ValueError("a number is needed")
    number = Decimal(str(given))
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError("a finite number is needed")
    return number


def _flag(given: object) -> bool:
    if not isinstance(given, bool):
        raise ValueError("true or false is needed")
    return given


def _date(given: object) -> dt.date:
    if not isinstance(given, str) or len(given) != 10:
        raise ValueError("a date is needed")
    return dt.date.fromisoformat(given)


def _text(given: object) -> str:
    if not isinstance(given, str) or not given:
        raise ValueError("text is needed")
    return given


_READ: dict[Kind, Callable[[object], Any]] = {
    Kind.MONEY: lambda given: parse_yuan(given, field="value", negative=True),
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.CODE: _text,
    Kind.GRADE: _text,
    Kind.LABELS: _text,
    Kind.TEXT: _text,
}


def _written(kind: Kind, op: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_written(kind, "=", part) for part in value]
    if op.startswith("months_since") or isinstance(value, bool | str):
        return value
    if kind is Kind.MONEY:
        sign, fen = ("-", -value) if value < 0 else ("", value)
        return f"{sign}{fen // 100}.{fen % 100:02d}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if value == value.to_integral_value() else str(value)

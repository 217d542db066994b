"""A criteria tree as form fields: what a person adds, changes and removes, with or without JavaScript.

A tree (see the rule language in `rules`) becomes nested rows; the posted fields become rows again; `to_tree` gives the tree
back, or every problem with the row it is in. A `not` is a tick on its row, so nobody reads a doubled negation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

ROOT = "r"
ROW_LIMIT = 60  # more belongs into two products, and the page stays below its size
DEPTH_LIMIT = 5
LARGEST = 2**63 - 1  # fen and numbers are kept in 64 bits
WAN = Decimal(10_000)  # people type money in 万元, trees hold 元
VALUELESS = frozenset({"known", "missing"})
MANY = frozenset({"in", "not_in"})
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FactField:
    """What the editor must know of a fact: *kind* is money, number, date, flag, code, grade or labels."""

    code: str
    label: str
    kind: str
    group: str = ""
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    stems: tuple[tuple[str, str], ...] = ()  # beginnings of codes that have a name: the city, its districts


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as typed; *values* are texts in the unit people use (money in 万元)."""

    path: str
    fact: str = ""
    op: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by all or any."""

    path: str
    kind: str = "all"
    children: tuple[Row | Group, ...] = ()
    negated: bool = False
    is_group: bool = True
    cut: str = ""  # "too_many" or "too_deep": more was sent than the form takes


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: a code the page words, and the value read."""

    path: str
    code: str
    value: str = ""


Node = Row | Group

_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "between")
_LISTED = ("=", "!=", "in", "not_in")
_PRESENCE = ("known", "missing")
OPERATORS: dict[str, tuple[str, ...]] = {
    "money": (*_ORDERED, *_PRESENCE),
    "number": (*_ORDERED, *_PRESENCE),
    "date": ("months_since>=", "months_since<=", *_ORDERED, *_PRESENCE),
    "flag": ("=", *_PRESENCE),
    "code": (*_LISTED, "starts_with", *_PRESENCE),
    "grade": (*_LISTED, *_PRESENCE),
    "labels": ("has", *_PRESENCE),
}


def operators(field: FactField | None) -> tuple[str, ...]:
    """Return the operators that make sense for a fact, the usual one first."""
    return OPERATORS.get(field.kind, OPERATORS["number"]) if field else ()


def from_tree(tree: Tree, facts: Mapping[str, FactField]) -> Group:
    """Return the rows of a criteria tree; a lone condition is put into a group of one."""
    node = _read(tree, ROOT, facts)
    if isinstance(node, Group):
        return node
    return Group(ROOT, "all", (_renumber(node, f"{ROOT}-0"),))


def _read(tree: Tree, path: str, facts: Mapping[str, FactField]) -> Node:
    negated = False
    while "not" in tree:
        tree, negated = tree["not"], not negated
    for kind in ("all", "any"):
        if kind in tree:
            children = tuple(_read(child, f"{path}-{i}", facts) for i, child in enumerate(tree[kind]))
            return Group(path, kind, children, negated)
    fact, op, value = str(tree.get("fact", "")), str(tree.get("op", "")), tree.get("value")
    given = value if isinstance(value, list) else [] if value is None else [value]
    field = facts.get(fact)
    return Row(path, fact, op, tuple(_shown(item, field, op) for item in given), negated)


def _shown(value: object, field: FactField | None, op: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if field and field.kind == "money" and not op.startswith("months"):
        return format((Decimal(str(value)) / WAN).normalize(), "f")
    return str(value)


def from_post(data: Mapping[str, Any], path: str = ROOT) -> Group:
    """Return the rows that a posted form holds. *data*: a QueryDict; unknown and missing fields become empty rows."""
    node = _posted(data, path, 0)
    return node if isinstance(node, Group) else Group(path, "all", (_renumber(node, f"{path}-0"),))


def _posted(data: Mapping[str, Any], path: str, depth: int) -> Node:
    negated = bool(data.get(f"{path}.not"))
    if f"{path}.kind" not in data:
        values = (
            tuple(data.getlist(f"{path}.value")) if hasattr(data, "getlist") else tuple(data.get(f"{path}.value", ()))
        )
        return Row(path, str(data.get(f"{path}.fact", "")), str(data.get(f"{path}.op", "")), values, negated)
    count = str(data.get(f"{path}.n", "0"))
    sent = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 0
    deep = depth >= DEPTH_LIMIT
    children = () if deep else tuple(_posted(data, f"{path}-{i}", depth + 1) for i in range(min(sent, ROW_LIMIT)))
    cut = "too_deep" if deep and sent else "too_many" if sent > ROW_LIMIT else ""
    return Group(path, "any" if data.get(f"{path}.kind") == "any" else "all", children, negated, cut=cut)


def edited(group: Group, command: str) -> Group:
    """Return *group* after one command: "add:PATH", "group:PATH", "remove:PATH"; anything else leaves it as it is."""
    verb, _, path = command.partition(":")
    if verb == "remove" and path != ROOT:
        return _root(_without(group, path))
    if verb in ("add", "group") and sum(1 for _ in rows(group)) < ROW_LIMIT:
        new: Node = Row("") if verb == "add" else Group("", "any", (Row(""),))
        return _root(_with(group, path, new))
    return group


def _root(group: Group) -> Group:
    node = _renumber(group, ROOT)
    assert isinstance(node, Group)
    return node


def _with(group: Group, path: str, new: Node) -> Group:
    if group.path == path:
        return replace(group, children=(*group.children, new))
    children = tuple(_with(child, path, new) if isinstance(child, Group) else child for child in group.children)
    return replace(group, children=children)


def _without(group: Group, path: str) -> Group:
    kept = tuple(child for child in group.children if child.path != path)
    return replace(group, children=tuple(_without(c, path) if isinstance(c, Group) else c for c in kept))


def _renumber(node: Node, path: str) -> Node:
    if isinstance(node, Row):
        return replace(node, path=path)
    children = tuple(_renumber(child, f"{path}-{i}") for i, child in enumerate(node.children))
    return replace(node, path=path, children=children)


def rows(node: Node) -> Iterator[Row]:
    """Yield every condition, in reading order."""
    if isinstance(node, Row):
        yield node
        return
    for child in node.children:
        yield from rows(child)


def to_tree(group: Group, facts: Mapping[str, FactField]) -> tuple[Tree, tuple[RowProblem, ...]]:
    """Return the tree of *group* and every problem in it; the tree may be stored only when there is none."""
    problems: list[RowProblem] = []
    return _written(group, facts, problems), tuple(problems)


def _written(node: Node, facts: Mapping[str, FactField], problems: list[RowProblem]) -> Tree:
    if isinstance(node, Group):
        if node.cut or not node.children:
            problems.append(RowProblem(node.path, node.cut or "empty_group"))
        tree: Tree = {node.kind: [_written(child, facts, problems) for child in node.children]}
    else:
        tree = _atom(node, facts, problems)
    return {"not": tree} if node.negated else tree


def _atom(row: Row, facts: Mapping[str, FactField], problems: list[RowProblem]) -> Tree:
    field = facts.get(row.fact)
    if field is None:
        problems.append(RowProblem(row.path, "no_fact" if not row.fact else "unknown_fact", row.fact))
        return {}
    if row.op not in operators(field):
        problems.append(RowProblem(row.path, "no_operator", row.op))
        return {}
    if row.op in VALUELESS:
        return {"fact": row.fact, "op": row.op}
    typed = [text.strip() for text in row.values if text.strip()]
    wanted = 2 if row.op == "between" else 1
    if len(typed) < wanted:
        problems.append(RowProblem(row.path, "no_value"))
        return {}
    try:
        values = [_value(text, field, row.op) for text in typed]
    except OverflowError:
        problems.append(RowProblem(row.path, "too_large", "、".join(typed)))
        return {}
    except (ValueError, InvalidOperation):
        problems.append(RowProblem(row.path, f"not_{field.kind}", "、".join(typed)))
        return {}
    if row.op == "between" and _key(values[0], field) > _key(values[1], field):
        problems.append(RowProblem(row.path, "between_order", "、".join(typed)))
    listed = row.op in MANY or row.op == "between"
    return {"fact": row.fact, "op": row.op, "value": values if listed else values[0]}


def _value(text: str, field: FactField, op: str) -> Any:
    if op.startswith("months_since"):
        return _whole(text)
    if field.kind == "money":
        return format(_within(_decimal(text) * WAN, Decimal(LARGEST) / 100).quantize(Decimal("0.01")), "f")
    if field.kind == "number":
        number = _within(_decimal(text), Decimal(LARGEST))
        return int(number) if number == number.to_integral_value() else format(number, "f")
    if field.kind == "flag":
        return {"true": True, "false": False}[text] if text in ("true", "false") else _bad()
    if field.kind == "date":
        return date.fromisoformat(text).isoformat()
    return text


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else _bad()


def _decimal(text: str) -> Decimal:
    number = Decimal(text.replace(",", "").replace("，", ""))
    return number if number.is_finite() else _bad()


def _within(number: Decimal, largest: Decimal) -> Decimal:
    if abs(number) > largest:
        raise OverflowError
    return number


def _bad() -> Any:
    raise ValueError


def _key(value: Any, field: FactField) -> Any:
    return Decimal(str(value)) if field.kind in ("money", "number") else value

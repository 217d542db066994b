"""The benchmark's rules in the languages of its peers: SQL, numpy for OpenFisca, zen, Polars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from huoshui.rules.facts import Kind
from huoshui.rules.spans import outside, spans
from huoshui.rules.tree import All, Atom, Node, Not

Said = Callable[[Atom], str]
ORDERED = (Kind.MONEY, Kind.NUMBER, Kind.DATE)


def text(node: Node, atom: Said, *, all_: str = " AND ", any_: str = " OR ", not_: str = "NOT ({})") -> str:
    """Return *node* in a language with these connectives."""
    if isinstance(node, Atom):
        return atom(node)
    if isinstance(node, Not):
        return not_.format(text(node.child, atom, all_=all_, any_=any_, not_=not_))
    parts = [text(child, atom, all_=all_, any_=any_, not_=not_) for child in node.children]
    return "(" + (all_ if isinstance(node, All) else any_).join(parts) + ")"


def limits(atom: Atom, as_of: dt.date, fractional: frozenset[str], *, both: str = " AND ", name: str = "{}") -> str:
    """Return an atom on an ordered column as comparisons; dates are days, money is fen."""
    column = name.format(atom.fact.code)
    ((low, high),) = spans(atom, as_of=as_of, whole=atom.fact.code not in fractional)
    parts = [f"({column} >= {low})"] if low is not None else []
    parts += [f"({column} <= {high})"] if high is not None else []
    assert not outside(atom), "the generator asks for no unequal number"
    return "(" + both.join(parts) + ")"


def sql(atom: Atom, as_of: dt.date, fractional: frozenset[str], has: str) -> str:
    """Return an atom as SQL; *has*: how a list is asked for a label."""
    column, value = f'"{atom.fact.code}"', atom.value
    if atom.fact.kind in ORDERED:
        return limits(atom, as_of, fractional, name='"{}"')
    if atom.fact.kind is Kind.FLAG:
        return f"({column} = {value})"
    if atom.op == "has":
        return has.format(column=column, label=value)
    if atom.op == "starts_with":
        return f"starts_with({column}, '{value}')"
    names = ", ".join(f"'{each}'" for each in (value if isinstance(value, tuple) else (value,)))
    return f"({column} {'NOT IN' if atom.op in ('!=', 'not_in') else 'IN'} ({names}))"


def zen(atom: Atom, as_of: dt.date, fractional: frozenset[str]) -> str:
    """Return an atom as a zen expression."""
    column, value = atom.fact.code, atom.value
    if atom.fact.kind in ORDERED:
        return limits(atom, as_of, fractional, both=" and ")
    if atom.fact.kind is Kind.FLAG:
        return f"({column} == {str(value).lower()})"
    if atom.op == "has":
        return f"contains({column}, '{value}')"
    if atom.op == "starts_with":
        return f"startsWith({column}, '{value}')"
    names = ", ".join(f"'{each}'" for each in (value if isinstance(value, tuple) else (value,)))
    inside = f"({column} in [{names}])"
    return f"not({inside})" if atom.op in ("!=", "not_in") else inside


def numpy(atom: Atom, as_of: dt.date, fractional: frozenset[str], codes: dict[str, list[str]]) -> str:
    """Return an atom as numpy over OpenFisca's inputs: names are numbers there, a label is a flag of its own."""
    fact, value = atom.fact.code, atom.value
    if atom.fact.kind in ORDERED:
        return limits(atom, as_of, fractional, both=" & ", name="f('{}')")
    if atom.fact.kind is Kind.FLAG:
        return f"(f('{fact}') == {value})"
    if atom.op == "has":
        return f"f('labels_{LABEL_NUMBERS[value]}')"
    wanted = value if isinstance(value, tuple) else (value,)
    if atom.op == "starts_with":
        accepted = [at for at, name in enumerate(codes[fact]) if name.startswith(value)]
    else:
        accepted = [at for at, name in enumerate(codes[fact]) if name in wanted]
    inside = f"np.isin(f('{fact}'), {accepted})"
    return f"(~{inside})" if atom.op in ("!=", "not_in") else inside


LABEL_NUMBERS = {
    name: at for at, name in enumerate(("专精特新", "高新技术", "科技型中小企业", "涉农", "绿色", "老字号"))
}


def polars(
    node: Node, as_of: dt.date, fractional: frozenset[str], atom: Callable[..., pl.Expr] | None = None
) -> pl.Expr:
    """Return *node* as an expression; Polars follows Kleene's logic by itself."""
    if isinstance(node, Atom):
        return (atom or polars_atom)(node, as_of, fractional)
    if isinstance(node, Not):
        return ~polars(node.child, as_of, fractional, atom)
    parts = [polars(child, as_of, fractional, atom) for child in node.children]
    return pl.all_horizontal(parts) if isinstance(node, All) else pl.any_horizontal(parts)


def polars_atom(atom: Atom, as_of: dt.date, fractional: frozenset[str]) -> pl.Expr:
    """Return an atom as an expression over typed columns."""
    column, value = pl.col(atom.fact.code), atom.value
    if atom.fact.kind in ORDERED:
        ((low, high),) = spans(atom, as_of=as_of, whole=atom.fact.code not in fractional)
        parts = [column >= low] if low is not None else []
        parts += [column <= high] if high is not None else []
        return parts[0] if len(parts) == 1 else parts[0] & parts[1]
    if atom.fact.kind is Kind.FLAG:
        return column if value else ~column
    if atom.op == "has":
        return column.list.contains(value)
    if atom.op == "starts_with":
        return column.cat.starts_with(value)
    if atom.op in ("=", "!="):
        return column == value if atom.op == "=" else column != value
    inside = column.is_in(list(value))
    return inside if atom.op == "in" else ~inside


def key(atom: Atom) -> tuple[Any, ...]:
    """Return what makes an atom distinct."""
    return (atom.fact.code, atom.op, atom.value)

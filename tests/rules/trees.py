"""Generated criteria trees and firms with gaps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from huoshui.rules.facts import Fact, Kind, shipped

FACTS = shipped()
BY_KIND = {kind: [fact for fact in FACTS.values() if fact.kind is kind] for kind in Kind}
AS_OF = dt.date(2026, 11, 21)

amounts = st.integers(-(10**6), 10**6) | st.sampled_from([0, 2**62, -(2**62), 2**63 - 1])
days = st.dates(dt.date(1990, 1, 1), dt.date(2026, 12, 31))
codes = st.sampled_from(["A", "A03", "A0313", "C", "C33", "140105", "140106", "1401"])


def _yuan(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def _ordered(draw: Any, written: st.SearchStrategy[Any]) -> tuple[str, Any]:
    op = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "between"]))
    if op != "between":
        return op, draw(written)
    return op, [draw(written), draw(written)]


@st.composite
def money_atoms(draw: Any) -> dict[str, Any]:
    op, value = _ordered(draw, amounts)
    fact = draw(st.sampled_from(BY_KIND[Kind.MONEY]))
    if op == "between":
        return {"fact": fact.code, "op": op, "value": [_yuan(part) for part in sorted(value)]}
    return {"fact": fact.code, "op": op, "value": _yuan(value)}


@st.composite
def number_atoms(draw: Any) -> dict[str, Any]:
    op, value = _ordered(draw, st.integers(0, 50))
    fact = draw(st.sampled_from(BY_KIND[Kind.NUMBER]))
    return {"fact": fact.code, "op": op, "value": sorted(value) if op == "between" else value}


@st.composite
def date_atoms(draw: Any) -> dict[str, Any]:
    fact = draw(st.sampled_from(BY_KIND[Kind.DATE]))
    if draw(st.booleans()):
        op = draw(st.sampled_from(["months_since>=", "months_since<="]))
        return {"fact": fact.code, "op": op, "value": draw(st.integers(0, 60))}
    op, value = _ordered(draw, days)
    written = sorted(value) if op == "between" else value
    return {
        "fact": fact.code,
        "op": op,
        "value": [d.isoformat() for d in written] if op == "between" else written.isoformat(),
    }


@st.composite
def chosen_atoms(draw: Any) -> dict[str, Any]:
    fact = draw(st.sampled_from(BY_KIND[Kind.CODE] + BY_KIND[Kind.GRADE]))
    values = st.sampled_from(fact.values) if fact.values else codes
    ops = ["=", "!=", "in", "not_in"] + (["starts_with"] if fact.kind is Kind.CODE else [])
    op = draw(st.sampled_from(ops))
    many = st.lists(values, min_size=1, max_size=3)
    return {"fact": fact.code, "op": op, "value": draw(many if op in ("in", "not_in") else values)}


flag_atoms = st.builds(
    lambda fact, op, value: {"fact": fact.code, "op": op, "value": value},
    st.sampled_from(BY_KIND[Kind.FLAG]),
    st.sampled_from(["=", "!="]),
    st.booleans(),
)
label_atoms = st.builds(
    lambda value: {"fact": "labels", "op": "has", "value": value}, st.sampled_from(["专精特新", "高新技术", "绿色"])
)
presence_atoms = st.builds(
    lambda fact, op: {"fact": fact, "op": op}, st.sampled_from(list(FACTS)), st.sampled_from(["known", "missing"])
)
atoms = st.one_of(money_atoms(), number_atoms(), date_atoms(), chosen_atoms(), flag_atoms, label_atoms, presence_atoms)
trees = st.recursive(
    atoms,
    lambda below: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(below, min_size=1, max_size=4)),
        st.builds(lambda parts: {"any": parts}, st.lists(below, min_size=1, max_size=4)),
        st.builds(lambda part: {"not": part}, below),
    ),
    max_leaves=10,
)


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    return {
        Kind.MONEY: amounts,
        Kind.NUMBER: st.integers(0, 50).map(Decimal),
        Kind.FLAG: st.booleans(),
        Kind.DATE: days,
        Kind.CODE: st.sampled_from(fact.values) if fact.values else codes,
        Kind.GRADE: st.sampled_from(fact.values or ("?",)),
        Kind.LABELS: st.frozensets(st.sampled_from(["专精特新", "高新技术", "绿色", "涉农"])),
        Kind.TEXT: st.text(max_size=5),
    }[fact.kind]


firms = st.fixed_dictionaries({}, optional={code: _values(fact) for code, fact in FACTS.items()})

"""Rules and firms from a seed: every kind of fact, every operator, gaps, edges of 64 bits, and columns in odd shapes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from huoshui.kernel.text import Text
from huoshui.rules.facts import Fact, FactDictionary, Kind, shipped
from huoshui.rules.tree import OPERATORS

AS_OF = dt.date(2026, 2, 28)
_EXTRA = [
    Fact("motto", Text("口号", "motto"), Kind.TEXT),
    Fact("share", Text("占比", "share"), Kind.NUMBER, "%"),
    Fact("licence_until", Text("许可到期", "licence until"), Kind.DATE),
]
FACTS = FactDictionary([*shipped().values(), *_EXTRA], shipped().sources)
USED = (
    "kind", "district_code", "industry_code", "established_on", "registered_capital", "size_class", "labels",
    "premises_registered", "tax_grade", "tax_paid_last_year", "revenue_last_year", "debt_ratio", "dishonest",
    "employees", "loan_balance", "motto", "share", "licence_until",
)  # fmt: skip
_LARGE = [0, 1, -1, 99, 100, 10_000_000, 9_999_999, 10_000_001, 2**53, 2**53 + 1, 2**63 - 1, -(2**63) + 1]
_CODES = ["A", "A03", "A0313", "C", "C33", "C331", "140105", "140106", "140181", "1401", "专"]
_LABELS = ["专精特新", "高新技术", "绿色", "涉农"]
_NUMBERS = ["0", "0.1", "0.3", "1", "7", "69.99", "70", "70.01", "12.5", "0.30000000000000004", "100"]
_DAYS = [dt.date(2025, 2, 28), dt.date(2025, 2, 27), dt.date(2025, 3, 1), dt.date(2024, 2, 29), dt.date(2025, 8, 31)]


def _day(random: Random) -> dt.date:
    return (
        random.choice(_DAYS) if random.random() < 0.5 else dt.date(1990, 1, 1) + dt.timedelta(random.randrange(14000))
    )


def _yuan(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def _fen(random: Random) -> int:
    return random.choice(_LARGE) if random.random() < 0.6 else random.randrange(-1000, 20_000_000)


def wanted(random: Random, fact: Fact) -> tuple[Any, Any]:
    """Return a value for a rule, as JSON writes it and as it sorts."""
    if fact.kind is Kind.MONEY:
        return _yuan(fen := _fen(random)), fen
    if fact.kind is Kind.NUMBER:
        return (text := random.choice(_NUMBERS)), Decimal(text)
    if fact.kind is Kind.DATE:
        return (day := _day(random)).isoformat(), day
    if fact.kind is Kind.FLAG:
        return (flag := random.random() < 0.5), flag
    name = random.choice(fact.values or (_LABELS if fact.kind is Kind.LABELS else _CODES))
    return name, name


def atom(random: Random) -> dict[str, Any]:
    fact = FACTS[random.choice(USED)]
    op = random.choice(OPERATORS[fact.kind])
    if op in ("known", "missing"):
        return {"fact": fact.code, "op": op}
    if op.startswith("months_since"):
        value: Any = random.choice([0, 1, 6, 11, 12, 13, 24, 120, 12_000])
    elif op in ("in", "not_in"):
        value = [wanted(random, fact)[0] for _ in range(random.randint(1, 4))]
    elif op == "between":
        pair = sorted((wanted(random, fact) for _ in range(2)), key=lambda each: each[1])
        value = [each[0] for each in pair]
    else:
        value = wanted(random, fact)[0]
    return {"fact": fact.code, "op": op, "value": value}


def tree(random: Random, atoms: list[dict[str, Any]], depth: int = 0) -> dict[str, Any]:
    """Return a tree; *atoms* seen before come again, so that some stand twice in one rule."""
    if depth >= 5 or random.random() < 0.15 + 0.15 * depth:
        if not atoms or random.random() < 0.75:
            atoms.append(atom(random))
        return random.choice(atoms) if random.random() < 0.3 else atoms[-1]
    if random.random() < 0.2:
        return {"not": tree(random, atoms, depth + 1)}
    return {random.choice(["all", "any"]): [tree(random, atoms, depth + 1) for _ in range(random.randint(1, 4))]}


def held(random: Random, fact: Fact) -> Any:
    """Return a firm's value of *fact*, as the one-firm evaluator reads it."""
    if fact.kind is Kind.MONEY:
        return _fen(random)
    if fact.code in ("share", "debt_ratio"):
        return float("nan") if random.random() < 0.1 else float(random.choice(_NUMBERS))
    if fact.kind is Kind.NUMBER:
        return random.choice([0, 1, 7, 70, 100, 2**40])
    if fact.kind is Kind.LABELS:
        return [each for each in _LABELS if random.random() < 0.3]
    return wanted(random, fact)[1]


def firms(random: Random, number: int, *, gaps: float | None = None) -> list[dict[str, Any]]:
    """Return *number* firms; each fact has its own share of gaps, some all, some none."""
    share = {code: gaps if gaps is not None else random.choice([0.0, 0.1, 0.5, 1.0]) for code in USED}
    return [{code: held(random, FACTS[code]) for code in USED if random.random() >= share[code]} for _ in range(number)]


def arrow_type(random: Random, fact: Fact) -> pa.DataType:
    """Return one of the types in which a column of *fact* may come."""
    names = [
        pa.string(),
        pa.large_string(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.string()),
    ]
    return {
        Kind.MONEY: pa.int64(),
        Kind.NUMBER: pa.float64() if fact.code in ("share", "debt_ratio") else pa.int64(),
        Kind.DATE: pa.date32(),
        Kind.FLAG: pa.bool_(),
        Kind.LABELS: random.choice([pa.list_(pa.string()), pa.large_list(pa.string())]),
    }.get(fact.kind) or random.choice(names)


def batch(random: Random, rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Return *rows* as one record batch, sometimes a slice of a longer one, sometimes all-null columns without a type."""
    before = random.choice([0, 0, 1, 7, 64])
    padded = firms(random, before) + rows
    columns = {}
    for code in USED:
        values = [firm.get(code) for firm in padded]
        empty = all(value is None for value in values) and random.random() < 0.5
        kind = pa.null() if empty else arrow_type(random, FACTS[code])
        columns[code] = (
            pa.array(values, pa.string()).cast(kind) if pa.types.is_dictionary(kind) else pa.array(values, kind)
        )
    columns["uscc"] = pa.array([f"F{number:07d}" for number in range(len(padded))])
    return pa.RecordBatch.from_pydict(columns).slice(before)

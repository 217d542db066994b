"""Firms and rules for the screening benchmark, the same for every run of a seed.

    python bench/generate.py FIRMS.parquet RULES.json [--firms 580000] [--rules 500] [--seed 20261121]

40 facts with realistic gaps, firms in district order; rules shaped like products, schemes and lists: exclusions that
most share, a threshold or two, a choice of grade, label or trade, often a district; about 300 distinct atoms.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from huoshui.rules.facts import Fact, Kind, shipped

SEED = 20261121
AS_OF = "2026-11-21"
ROW_GROUP = 65_536  # measured: reads as fast as larger ones and keeps a reader's memory small
DISTRICTS = ("140105", "140106", "140107", "140108", "140109", "140110", "140121", "140122", "140123", "140181")
LEFT_OUT = {"premises_verified", "annual_report_filed", "serious_violation", "order_amount_12m", "lender_count",
            "core_firm_supplier", "farm_land_mu"}  # fmt: skip
FACTS = {code: fact for code, fact in shipped().items() if code not in LEFT_OUT}
INDUSTRIES = [f"{section}{number:02d}{part}{low}" for section, first, last in
              (("A", 1, 5), ("C", 13, 43), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62), ("I", 63, 65), ("O", 80, 82))
              for number in range(first, last + 1) for part in range(1, 5) for low in range(1, 4)]  # fmt: skip
LABELS = ("专精特新", "高新技术", "科技型中小企业", "涉农", "绿色", "老字号")
GAPS = {"tax": 0.12, "social": 0.2, "credit": 0.05, "utilities": 0.3, "trading": 0.45, "customs": 0.6, "land": 0.5,
        "science": 0.25, "environment": 0.35, "market": 0.02, "court": 0.01, "emergency": 0.03}  # fmt: skip
NEVER_MISSING = {"district_code", "kind", "status", "dishonest"}


def batches(firms: int, seed: int = SEED) -> Iterator[pa.RecordBatch]:
    """Yield the firms in row groups, in district order."""
    rng = np.random.default_rng(seed)
    weights = np.array([13, 16, 12, 13, 11, 10, 8, 6, 4, 7]) / 100
    district = np.repeat(
        np.arange(len(DISTRICTS)), np.diff(np.append(0, np.round(np.cumsum(weights) * firms)).astype(int))
    )
    for start in range(0, firms, ROW_GROUP):
        rows = min(ROW_GROUP, firms - start)
        yield _batch(rng, start, district[start : start + rows])


def _batch(rng: np.random.Generator, start: int, district: np.ndarray) -> pa.RecordBatch:
    rows = len(district)
    columns: dict[str, pa.Array] = {"uscc": _codes(start, rows)}
    columns["district_code"] = _names(district.astype(np.int32), DISTRICTS, np.zeros(rows, bool))
    size = rng.normal(0, 1, rows)  # larger firms pay more tax, employ more and borrow more
    for code, fact in FACTS.items():
        if code != "district_code":
            gaps = rng.random(rows) < (0 if code in NEVER_MISSING else GAPS[fact.source])
            columns[code] = _column(rng, fact, size, gaps)
    return pa.RecordBatch.from_pydict(columns)


def _codes(start: int, rows: int) -> pa.Array:
    number = np.char.zfill((np.arange(start, start + rows) * 7919 % 10**9).astype(str), 9)
    return pa.array(np.char.add(np.char.add("91140100M", number), ""))


def _column(rng: np.random.Generator, fact: Fact, size: np.ndarray, gaps: np.ndarray) -> pa.Array:
    rows = len(size)
    if fact.kind is Kind.MONEY:
        middle = {"property_value": 14.5, "electricity_12m": 9.5, "tax_paid_last_year": 10}.get(fact.code, 13)
        fen = np.exp(middle + 1.3 * size + rng.normal(0, 0.8, rows)).astype(np.int64) * 100 + rng.integers(0, 100, rows)
        fen[rng.random(rows) < (0.85 if fact.code == "loan_balance" else 0.1)] = 0
        return pa.array(fen, mask=gaps)
    if fact.kind is Kind.NUMBER:
        if fact.unit == "%":
            return pa.array(np.round(rng.beta(3, 3, rows) * 100, 2), mask=gaps)
        if fact.unit in ("次", "件", "天"):
            return pa.array(rng.poisson(0.08, rows) * rng.integers(1, 30, rows), mask=gaps)
        top = 12 if fact.unit == "个月" else 200
        return pa.array(np.clip(np.exp(1.8 + size * 0.8), 0, top).astype(np.int64), mask=gaps)
    if fact.kind is Kind.FLAG:
        share = 0.9 if fact.code in ("premises_registered", "permit_valid") else 0.08
        share = 0.07 if fact.code == "has_loan_history" else share
        return pa.array(rng.random(rows) < share, mask=gaps)
    if fact.kind is Kind.DATE:
        return pa.array((20_700 - rng.exponential(2_600, rows)).astype(np.int32), pa.int32(), mask=gaps).cast(
            pa.date32()
        )
    if fact.kind is Kind.LABELS:
        return _labels(rng, rows, gaps)
    names = fact.values or tuple(INDUSTRIES)
    weights = {"status": [0.93, 0.04, 0.03], "tax_grade": [0.05, 0.1, 0.35, 0.35, 0.15]}.get(fact.code)
    return _names(rng.choice(len(names), rows, p=weights).astype(np.int32), names, gaps)


def _names(indices: np.ndarray, names: tuple[str, ...], gaps: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32(), mask=gaps), pa.array(list(names)))


def _labels(rng: np.random.Generator, rows: int, gaps: np.ndarray) -> pa.Array:
    carried = rng.random((rows, len(LABELS))) < np.array([0.01, 0.015, 0.03, 0.08, 0.03, 0.005])
    carried[gaps] = False
    offsets = pa.array(np.append(0, np.cumsum(carried.sum(axis=1))), pa.int32(), mask=np.append(gaps, False))
    return pa.ListArray.from_arrays(offsets, pa.array(np.array(LABELS)[np.nonzero(carried)[1]]))


def write_firms(path: Path, firms: int, seed: int = SEED) -> None:
    """Write the firms; measured: LZ4 reads twice as fast as Zstandard, dictionaries pay for names only."""
    made = batches(firms, seed)
    first = next(made)
    named = [field.name for field in first.schema if pa.types.is_dictionary(field.type)] + ["labels.list.element"]
    with pq.ParquetWriter(path, first.schema, compression="lz4", use_dictionary=named) as writer:
        writer.write_batch(first, row_group_size=ROW_GROUP)
        for batch in made:
            writer.write_batch(batch, row_group_size=ROW_GROUP)


def _atom(fact: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": fact, "op": op} if value is None else {"fact": fact, "op": op, "value": value}


EXCLUSIONS = [
    _atom("status", "=", "active"), _atom("dishonest", "=", False), _atom("tax_arrears", "=", False),
    _atom("abnormal_operation", "=", False), _atom("wage_arrears", "=", False), _atom("social_security_arrears", "=", False),
    {"not": _atom("safety_violation", "=", True)}, _atom("max_overdue_days", "<=", 30), _atom("open_lawsuits", "<=", 2),
]  # fmt: skip


def _threshold(random: Random) -> dict[str, Any]:
    money = [code for code, fact in FACTS.items() if fact.kind is Kind.MONEY]
    counts = [code for code, fact in FACTS.items() if fact.kind is Kind.NUMBER and fact.unit not in ("次", "件", "天")]
    if random.random() < 0.7:
        yuan = random.choice([50_000, 100_000, 200_000, 300_000, 500_000, 1_000_000, 2_000_000, 5_000_000])
        return _atom(random.choice(money), random.choice([">=", ">=", ">="]), f"{yuan}.00")
    code = random.choice(counts)
    if FACTS[code].unit == "%":
        return _atom(code, "<=" if code == "debt_ratio" else ">=", random.choice([30, 40, 50, 60, 70]))
    return _atom(code, ">=", random.choice([3, 6, 10, 12] if FACTS[code].unit == "个月" else [3, 5, 10, 20, 50]))


def _choice(random: Random) -> dict[str, Any]:
    makers = [
        lambda: _atom("tax_grade", "in", random.choice([["A"], ["A", "B"], ["A", "B", "M"]])),
        lambda: _atom("labels", "has", random.choice(LABELS)),
        lambda: _atom("industry_code", "starts_with", random.choice(["A", "C", "C3", "F", "G", "H", "I", "C13", "F51"])),
        lambda: _atom("kind", random.choice(["=", "!="]), random.choice(FACTS["kind"].values)),
        lambda: _atom("size_class", "in", random.choice([["micro"], ["micro", "small"], ["small", "medium"]])),
        lambda: _atom("environment_grade", "not_in", ["red", "black"]),
        lambda: _atom("established_on", "months_since>=", random.choice([12, 24, 36, 60])),
        lambda: _atom("has_loan_history", "=", random.random() < 0.3),
    ]  # fmt: skip
    return random.choice(makers)()


def _criteria(random: Random) -> dict[str, Any]:
    """One rule in twelve is broad (an inclusive product), the others ask for four or five things at once."""
    parts = random.sample(EXCLUSIONS, random.randint(2, 5))
    if random.random() < 1 / 12:
        return {"all": [*parts, _threshold(random)]}
    if random.random() < 0.6:
        parts.append(_atom("district_code", "in", sorted(random.sample(DISTRICTS, random.choice([1, 1, 2, 3])))))
    parts += [_choice(random) for _ in range(3)]
    parts += [_threshold(random) for _ in range(random.randint(1, 2))]
    if random.random() < 0.4:
        parts.append({"any": [_choice(random), _threshold(random)]})
    return {"all": parts}


def rules(number: int = 500, seed: int = SEED) -> dict[str, Any]:
    """Return *number* rules as a rules file holds them."""
    random = Random(seed)
    return {
        "rules": [
            {
                "code": f"P{place:04d}", "name": f"Product {place}", "source": "bench", "valid_from": "2026-01-01",
                "valid_to": None, "rate_pct": f"{random.randrange(290, 690, 5) / 100:.2f}",
                "max_amount": f"{random.choice([30, 50, 100, 200, 300, 500, 1000])}0000.00", "criteria": _criteria(random),
            }
            for place in range(1, number + 1)
        ]
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("firms_file", type=Path)
    parser.add_argument("rules_file", type=Path)
    parser.add_argument("--firms", type=int, default=580_000)
    parser.add_argument("--rules", type=int, default=500)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    write_firms(asked.firms_file, asked.firms, asked.seed)
    asked.rules_file.write_text(json.dumps(rules(asked.rules, asked.seed), ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()

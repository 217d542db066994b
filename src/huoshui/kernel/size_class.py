"""Size class of a firm for statistics: large, medium, small or micro.

Source: 国家统计局《统计上大中小微型企业划分办法（2017）》(国统字〔2017〕213号), table in data/sme_size_2017.csv. Intervals are
closed at the lower end. A class needs *all* its lower limits, else the firm falls one class, again and again; so the
class is the lowest that any single figure gives. A revision becomes a second table under its own rule name.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

DEFAULT_RULE = "2017"
RULES = {"2017": "sme_size_2017.csv"}
FACTS = ("employees", "revenue_wan", "assets_wan")
KINDS = ("company", "individual_business", "cooperative")

# GB/T 4754-2017: the first and last two-digit division of each section
_SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79),
    "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
_CODE = re.compile(r"([A-T]?)([0-9]{0,4})")


class SizeClass(StrEnum):
    """The four classes, from the largest."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


LABELS = {
    SizeClass.LARGE: Text("大型", "Large"),
    SizeClass.MEDIUM: Text("中型", "Medium"),
    SizeClass.SMALL: Text("小型", "Small"),
    SizeClass.MICRO: Text("微型", "Micro"),
}
_FROM_SMALLEST = tuple(reversed(SizeClass))


@dataclass(frozen=True, slots=True)
class Line:
    """One industry of the table: its codes, and for each fact the lower limits of large, medium and small."""

    name: str
    codes: tuple[str, ...]
    limits: Mapping[str, tuple[Decimal, Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, or None with the facts that would be needed; None with no fact: the industry is not classified."""

    size: SizeClass | None
    unknown: tuple[str, ...] = ()


def classify(
    industry: str | None,
    *,
    employees: int | Decimal | None,
    revenue_wan: int | Decimal | None,
    assets_wan: int | Decimal | None,
    kind: str = "company",
    rule: str = DEFAULT_RULE,
) -> Verdict:
    """Return the size class; revenue and assets in 万元, None = unknown.

    An individual business is micro (the lending statistics' convention). A missing figure only matters where it could
    change the class: one figure below the micro limit settles it. Raises DomainError (industry_code, size_rule).
    """
    table = _table(rule)
    if kind == "individual_business":
        return Verdict(SizeClass.MICRO)
    if industry is None:
        return Verdict(None, ("industry",))
    lines = _lines_for(table, industry)
    if not lines or lines == [None]:
        return Verdict(None)
    if len(lines) > 1 or lines[0] is None:
        return Verdict(None, ("industry",))
    return _judge(lines[0], {"employees": employees, "revenue_wan": revenue_wan, "assets_wan": assets_wan})


def line_of(industry: str, *, rule: str = DEFAULT_RULE) -> Line | None:
    """Return the table's line for a GB/T 4754 code, or None where there is none or the code is too short to tell."""
    lines = _lines_for(_table(rule), industry)
    return lines[0] if len(lines) == 1 else None


def _judge(line: Line, facts: Mapping[str, int | Decimal | None]) -> Verdict:
    missing = tuple(fact for fact in FACTS if fact in line.limits and facts[fact] is None)
    known = [_reached(limits, facts[fact]) for fact, limits in line.limits.items() if facts[fact] is not None]
    lowest = min(known, default=len(SizeClass))
    if missing and lowest > 0:
        return Verdict(None, missing)
    return Verdict(_FROM_SMALLEST[lowest])


def _reached(limits: tuple[Decimal, Decimal, Decimal], value: int | Decimal | None) -> int:
    assert value is not None
    return sum(value >= limit for limit in limits)


def _lines_for(table: tuple[Line, ...], industry: str) -> list[Line | None]:
    """Return the lines that firms under *industry* may fall on; None among them stands for "not classified"."""
    leaves = _leaves(industry)
    found: list[Line | None] = []
    for leaf in leaves:
        line = next((line for line in table if _covers(line, leaf)), None)
        if line not in found:
            found.append(line)
    return found


def _covers(line: Line, leaf: tuple[str, str]) -> bool:
    section, digits = leaf
    return any(code == section or (code.isdigit() and digits.startswith(code)) for code in line.codes)


def _leaves(industry: str) -> list[tuple[str, str]]:
    """Return section and digits of every three-digit group under *industry* that the table may tell apart."""
    found = _CODE.fullmatch(industry.strip().upper())
    letter, digits = found.groups() if found else ("", "")
    if not (letter or len(digits) >= 2) or (letter and len(digits) == 1):
        raise _industry_error(industry)
    divisions = [int(digits[:2])] if digits else list(range(_SECTIONS[letter][0], _SECTIONS[letter][1] + 1))
    section = next((key for key, (first, last) in _SECTIONS.items() if first <= divisions[0] <= last), None)
    if section is None or (letter and letter != section):
        raise _industry_error(industry)
    if len(digits) > 2:
        return [(section, digits)]
    return [(section, f"{division:02d}{third}") for division in divisions for third in _THIRD.get(division, "0")]


# The table tells three-digit groups apart only inside these divisions; elsewhere one stands for all.
_THIRD = {59: "1234569", 70: "12349"}


def _industry_error(industry: str) -> DomainError:
    return DomainError(
        "industry_code",
        Text(f"“{industry}”不是国民经济行业代码（GB/T 4754）。", f"“{industry}” is not an industry code (GB/T 4754)."),
        field="industry",
        value=industry,
        remedy=Text(
            "请填写门类字母加数字，如 C1311，或只填数字，如 5123。",
            "Write a letter with digits, such as C1311, or digits, such as 5123.",
        ),
    )


def _table(rule: str) -> tuple[Line, ...]:
    if rule not in RULES:
        raise DomainError(
            "size_rule",
            Text(
                f"没有划型标准“{rule}”，现有：{'、'.join(RULES)}。",
                f"There is no size rule “{rule}”; there is {', '.join(RULES)}.",
            ),
            field="rule",
            value=rule,
        )
    return _read(RULES[rule])


@functools.cache
def _read(name: str) -> tuple[Line, ...]:
    lines: dict[str, tuple[str, tuple[str, ...], dict[str, tuple[Decimal, Decimal, Decimal]]]] = {}
    with (Path(__file__).parent / "data" / name).open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            entry = lines.setdefault(row["line"], (row["industry"], tuple(row["codes"].split()), {}))
            entry[2][row["fact"]] = (
                Decimal(row["small_from"]),
                Decimal(row["medium_from"]),
                Decimal(row["large_from"]),
            )
    return tuple(Line(*entry) for entry in lines.values())

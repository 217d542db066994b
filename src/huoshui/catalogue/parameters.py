"""Policy values: what ships with the platform, how a value is read and what a city may set. Pure.

Each value has a path, a type, a unit, a default and the document it comes from (data/parameters.json). Types: ``int``,
``decimal`` (percent or multiple), ``money`` (元 as a string, fen in code), ``time`` ("17:30"), ``text`` (one of its
choices) and ``int_list``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from huoshui.kernel import money
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text

FILE = Path(__file__).parent / "data" / "parameters.json"
LONGEST_LIST = 12
CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")

Value = int | Decimal | str | list[int]


class UnknownParameter(DomainError):
    """A path that no shipped policy value has: a mistake in the code or in a file, never a default."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "unknown_parameter",
            Text(f"没有名为“{path}”的政策参数。", f"There is no policy value called “{path}”."),
            field="path",
            value=path,
            remedy=Text("请从参数清单中选择。", "Choose one from the list."),
        )


@dataclass(frozen=True, slots=True)
class Specification:
    """What a policy value is: its type, unit, shipped default and source, and the limits of what may be set."""

    path: str
    type: str
    unit: str
    default: Any
    source: str
    label: Text
    help: Text
    minimum: Any = None
    maximum: Any = None
    choices: tuple[str, ...] = ()


@cache
def shipped() -> Mapping[str, Specification]:
    """Return every policy value of the shipped file by path, in the file's order."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["parameters"]
    return {row["path"]: _specification(row) for row in rows}


def specification(path: str) -> Specification:
    """Return what *path* is. Raises UnknownParameter."""
    try:
        return shipped()[path]
    except KeyError:
        raise UnknownParameter(path) from None


def read(spec: Specification, raw: Any) -> Value:
    """Return *raw* (as stored: JSON) typed: int, Decimal, fen, "HH:MM", a choice, or a list of ints."""
    if spec.type == "decimal":
        return Decimal(raw)
    if spec.type == "money":
        return money.parse_yuan(raw)
    if spec.type == "int_list":
        return [int(item) for item in raw]
    return int(raw) if spec.type == "int" else str(raw)


def from_text(spec: Specification, given: Any) -> Any:
    """Return *given* as it is stored: text that an officer wrote becomes a number or a list where the type asks for one.

    What cannot be read is returned as it is, for ``problem_of`` to name.
    """
    if not isinstance(given, str) or spec.type not in ("int", "int_list"):
        return str(given) if isinstance(given, Decimal) else given
    pieces = [piece for piece in re.split(r"[,，、\s]+", given.strip()) if piece]
    numbers = [int(piece) if re.fullmatch(r"-?\d+", piece) else piece for piece in pieces]
    return numbers if spec.type == "int_list" else (numbers[0] if len(numbers) == 1 else given)


def problem_of(spec: Specification, raw: Any) -> Problem | None:
    """Return what is wrong with *raw* as a value of *spec*, or None."""
    said = _JUDGES[spec.type](spec, raw)
    if said is None:
        return None
    return Problem("parameter_value", said, field=spec.path, value=raw, remedy=_remedy(spec))


def _specification(row: dict[str, Any]) -> Specification:
    label, explained = row["label"], row["help"]
    return Specification(
        path=row["path"],
        type=row["type"],
        unit=row["unit"],
        default=row["default"],
        source=row["source"],
        label=Text(label["zh"], label["en"]),
        help=Text(explained["zh"], explained["en"]),
        minimum=row.get("minimum"),
        maximum=row.get("maximum"),
        choices=tuple(row.get("choices", ())),
    )


def _judge_int(spec: Specification, raw: Any) -> Text | None:
    if isinstance(raw, bool) or not isinstance(raw, int):
        return Text("需要整数。", "A whole number is needed.")
    return _judge_range(spec, Decimal(raw))


def _judge_decimal(spec: Specification, raw: Any) -> Text | None:
    try:
        value = Decimal(raw) if isinstance(raw, str) else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        return Text('需要写成字符串的小数，例如 "3.45"。', 'A decimal written as a string is needed, such as "3.45".')
    return _judge_range(spec, value)


def _judge_money(spec: Specification, raw: Any) -> Text | None:
    try:
        amount = money.parse_yuan(raw)
    except DomainError as refusal:
        return refusal.text
    return None if amount > 0 else Text("金额必须大于零。", "The amount must be above zero.")


def _judge_time(spec: Specification, raw: Any) -> Text | None:
    if isinstance(raw, str) and CLOCK.match(raw):
        return None
    return Text("需要 24 小时制时间，例如 17:30。", "A time of day is needed, such as 17:30.")


def _judge_text(spec: Specification, raw: Any) -> Text | None:
    return None if raw in spec.choices else Text("不在可选值中。", "It is not one of the choices.")


def _judge_list(spec: Specification, raw: Any) -> Text | None:
    if not isinstance(raw, list) or not 1 <= len(raw) <= LONGEST_LIST:
        return Text("需要 1 至 12 个整数。", "One to twelve whole numbers are needed.")
    if wrong := next((said for item in raw if (said := _judge_int(spec, item))), None):
        return wrong
    if len(raw) != len(spec.default) and spec.path == "five_class.limits":
        return Text("需要三个天数，依次为次级、可疑、损失。", "Three numbers of days are needed.")
    ordered = sorted(set(raw), reverse=spec.default[0] > spec.default[-1])
    return None if raw == ordered else Text("需要按顺序排列且不重复。", "They must be in order, without repeats.")


def _judge_range(spec: Specification, value: Decimal) -> Text | None:
    low, high = spec.minimum, spec.maximum
    if (low is not None and value < Decimal(low)) or (high is not None and value > Decimal(high)):
        return Text(f"应在 {low} 到 {high} 之间。", f"It must lie between {low} and {high}.")
    return None


_JUDGES: dict[str, Callable[[Specification, Any], Text | None]] = {
    "int": _judge_int,
    "decimal": _judge_decimal,
    "money": _judge_money,
    "time": _judge_time,
    "text": _judge_text,
    "int_list": _judge_list,
}


def _remedy(spec: Specification) -> Text:
    default = spec.default
    return Text(f"{spec.label.zh}的默认值是 {default}。", f"The shipped value of “{spec.label.en}” is {default}.")

"""A rules file: reading one names every problem of every rule at once. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import parse_yuan
from huoshui.kernel.text import Text
from huoshui.rules.facts import Fact, FactDictionary, read_fact
from huoshui.rules.firm import Rule
from huoshui.rules.tree import parse

T = TypeVar("T")

MAX_RULES = 20_000
_FIELDS = {"code", "name", "source", "valid_from", "valid_to", "rate_pct", "max_amount", "criteria", "programme"}
_TERMS = {"take_up_pct", "loan_amount", "cost_pct", "budget"}


@dataclass(frozen=True, slots=True)
class Programme:
    """What a programme's money does: of the firms that qualify *take_up_pct* borrow *loan_amount* (fen) on average;
    the public cost is *cost_pct* of what is lent, at most *budget* (fen)."""

    take_up_pct: Decimal
    loan_amount: int
    cost_pct: Decimal
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Rules in order of code, and the amounts of those that are programmes."""

    rules: tuple[Rule, ...]
    programmes: Mapping[str, Programme]


def read_book(content: bytes, facts: Mapping[str, Fact]) -> Book:
    """Return the rules in a file's *content*. Raises Refused with every problem of every rule."""
    reader = _Book(facts)
    given = reader.entries(_json(content, "rules"))
    for place, entry in enumerate(given):
        reader.rule(entry, place)
    reader.doubles()
    if reader.problems:
        raise Refused(reader.problems)
    return Book(tuple(sorted(reader.rules, key=lambda rule: rule.code)), reader.programmes)


def read_facts(content: bytes) -> FactDictionary:
    """Return the fact dictionary in a file's *content*, written as the shipped one. Raises DomainError."""
    given = _json(content, "facts")
    try:
        sources = {code: Text(*names) for code, names in given.get("sources", {}).items()}
        return FactDictionary(map(read_fact, given["facts"]), sources)
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise DomainError(
            "bad_facts",
            Text(f"数据字典文件有误：{problem!r}。", f"The fact dictionary is not in order: {problem!r}."),
            field="facts",
            remedy=Text("请按随附字典的格式填写。", "Write it as the shipped dictionary is written."),
        ) from None


def _json(content: bytes, field: str) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        said = Text("文件不是 UTF-8 编码。", "The file is not UTF-8.")
    except RecursionError:
        said = Text("文件嵌套过深。", "The file is nested too deeply.")
    except ValueError as problem:
        said = Text(f"文件不是 JSON：{problem}。", f"The file is not JSON: {problem}.")
    raise DomainError("not_json", Text(f"{field}：{said.zh}", f"{field}: {said.en}"), field=field)


class _Book:
    """Reads rule after rule and collects what is wrong with each."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.problems: list[Problem] = []
        self.rules: list[Rule] = []
        self.programmes: dict[str, Programme] = {}
        self.codes: Counter[str] = Counter()

    def entries(self, given: Any) -> list[Any]:
        entries = given.get("rules") if isinstance(given, dict) else None
        if not isinstance(entries, list) or not entries:
            self._wrong("no_rules", "rules", "应为至少一条规则的列表", "must be a list of at least one rule")
            return []
        if len(entries) > MAX_RULES:
            self._wrong("too_many_rules", "rules", f"规则超过{MAX_RULES}条", f"has more than {MAX_RULES} rules")
            return []
        return entries

    def rule(self, entry: Any, place: int) -> None:
        path = f"rules[{place}]"
        if not isinstance(entry, dict):
            return self._wrong("not_a_rule", path, "不是规则", "is not a rule", entry)
        code = self._code(entry, path)
        path = code or path
        if unknown := sorted(entry.keys() - _FIELDS):
            self._wrong("unknown_field", path, f"有未知字段 {unknown}", f"has unknown fields {unknown}")
        start, end = self._date(entry, "valid_from", path), self._date(entry, "valid_to", path)
        if start and end and start > end:
            self._wrong(
                "dates_reversed", f"{path}.valid_to", "早于生效日期", "lies before valid_from", entry["valid_to"]
            )
        rate, amount = self._rate(entry, path), self._amount(entry, path)
        programme = self._programme(entry, path)
        criteria = self._criteria(entry, path)
        if code and criteria is not None:
            name, source = str(entry.get("name") or code), str(entry.get("source") or "")
            self.rules.append(Rule(code, name, criteria, source, start, end, rate, amount))
            if programme:
                self.programmes[code] = programme
        return None

    def doubles(self) -> None:
        for code, times in self.codes.items():
            if times > 1:
                self._wrong(
                    "duplicate_code", code, f"规则代码重复了{times}次", f"stands {times} times as a rule's code"
                )

    def _code(self, entry: dict[str, Any], path: str) -> str | None:
        code = entry.get("code")
        if not isinstance(code, str) or not code.strip() or len(code) > 64:
            self._wrong("no_code", f"{path}.code", "应为 1 至 64 个字符", "must be text of 1 to 64 characters", code)
            return None
        self.codes[code] += 1
        return code

    def _criteria(self, entry: dict[str, Any], path: str) -> Any:
        try:
            return parse(entry.get("criteria"), self.facts)
        except Refused as refusal:
            self.problems += [_under(path, problem) for problem in refusal.problems]
            return None

    def _date(self, entry: dict[str, Any], field: str, path: str) -> dt.date | None:
        return self._read(entry, field, path, _date, "应为日期，如 2026-01-01", "must be a date such as 2026-01-01")

    def _rate(self, entry: dict[str, Any], path: str) -> Decimal | None:
        return self._read(entry, "rate_pct", path, _percent, "应为百分数，如 “3.45”", "must be percent, such as “3.45”")

    def _amount(self, entry: dict[str, Any], path: str) -> int | None:
        return self._read(entry, "max_amount", path, _fen, "应为金额（元）", "must be an amount in yuan")

    def _programme(self, entry: dict[str, Any], path: str) -> Programme | None:
        given = entry.get("programme")
        if given is None:
            return None
        path = f"{path}.programme"
        if not isinstance(given, dict) or given.keys() - _TERMS:
            self._wrong("bad_programme", path, f"只能有 {sorted(_TERMS)}", f"may have only {sorted(_TERMS)}", given)
            return None
        take_up = self._read(given, "take_up_pct", path, _percent, "应为百分数", "must be percent", needed=True)
        loan = self._read(given, "loan_amount", path, _fen, "应为金额（元）", "must be an amount in yuan", needed=True)
        cost = self._read(given, "cost_pct", path, _percent, "应为百分数", "must be percent", needed=True)
        budget = self._read(given, "budget", path, _fen, "应为金额（元）", "must be an amount in yuan")
        if take_up is None or loan is None or cost is None:
            return None
        return Programme(take_up, loan, cost, budget)

    def _read(
        self,
        entry: dict[str, Any],
        field: str,
        path: str,
        read: Callable[[Any], T],
        zh: str,
        en: str,
        *,
        needed: bool = False,
    ) -> T | None:
        given = entry.get(field)
        if given is None and not needed:
            return None
        try:
            return read(given)
        except (ValueError, TypeError, InvalidOperation, DomainError):
            self._wrong("wrong_value", f"{path}.{field}", zh, en, given)
            return None

    def _wrong(self, code: str, path: str, zh: str, en: str, value: object = None) -> None:
        shown = "" if value is None else f"（{str(value)[:60]}）"
        shown_en = "" if value is None else f" (“{str(value)[:60]}”)"
        self.problems.append(Problem(code, Text(f"{path} {zh}{shown}。", f"{path} {en}{shown_en}."), path, value))


def _under(path: str, problem: Problem) -> Problem:
    text = Text(f"{path} {problem.text.zh}", f"{path} {problem.text.en}")
    return Problem(problem.code, text, f"{path}.{problem.field}", problem.value, problem.remedy, problem.facts)


def _date(given: Any) -> dt.date:
    if not isinstance(given, str) or len(given) != 10:
        raise ValueError("a date is needed")
    return dt.date.fromisoformat(given)


def _percent(given: Any) -> Decimal:
    if not isinstance(given, str):
        raise ValueError("percent is written as text")
    rate = Decimal(given)
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise ValueError("percent lies between 0 and 100")
    return rate


def _fen(given: Any) -> int:
    return parse_yuan(given)

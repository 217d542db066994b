"""Atoms and values in words a shop owner reads: “上年纳税额不低于 10万元”. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.kernel.money import human
from huoshui.kernel.text import Text
from huoshui.rules.facts import Fact, Kind
from huoshui.rules.tree import All, Any_, Atom, Node, Not

UNKNOWN = Text("未掌握", "not known")
YES, NO = Text("是", "yes"), Text("否", "no")

_PATTERNS: dict[str, Text] = {
    "=": Text("{label}为{value}", "{label} is {value}"),
    "!=": Text("{label}不为{value}", "{label} is not {value}"),
    "<": Text("{label}低于{value}", "{label} below {value}"),
    "<=": Text("{label}不超过{value}", "{label} at most {value}"),
    ">": Text("{label}高于{value}", "{label} above {value}"),
    ">=": Text("{label}不低于{value}", "{label} at least {value}"),
    "in": Text("{label}为{value}之一", "{label} is one of {value}"),
    "not_in": Text("{label}不属于{value}", "{label} is none of {value}"),
    "between": Text("{label}在{value}之间", "{label} between {value}"),
    "has": Text("具有“{value}”{label}", "{label} include {value}"),
    "starts_with": Text("{label}属于{value}", "{label} within {value}"),
    "months_since>=": Text("{label}满{value}个月", "{label}: at least {value} months ago"),
    "months_since<=": Text("{label}不超过{value}个月", "{label}: at most {value} months ago"),
    "known": Text("已掌握{label}", "{label} is known"),
    "missing": Text("未掌握{label}", "{label} is not known"),
}
UNITS: dict[str, Text] = {
    "元": Text("元", "yuan"),
    "次": Text("次", "times"),
    "件": Text("件", "items"),
    "户": Text("户", "customers"),
    "人": Text("人", "people"),
    "家": Text("家", "lenders"),
    "天": Text("天", "days"),
    "个月": Text("个月", "months"),
    "亩": Text("亩", "mu"),
}
# a flag reads better without “is yes”
_FLAGS: dict[tuple[str, bool], Text] = {
    ("=", True): Text("{label}", "{label}: yes"),
    ("=", False): Text("无{label}", "{label}: no"),
    ("!=", True): Text("无{label}", "{label}: no"),
    ("!=", False): Text("{label}", "{label}: yes"),
}
OPERATORS: dict[str, Text] = {
    "=": Text("等于", "is"),
    "!=": Text("不等于", "is not"),
    "<": Text("低于", "below"),
    "<=": Text("不超过", "at most"),
    ">": Text("高于", "above"),
    ">=": Text("不低于", "at least"),
    "in": Text("为其中之一", "is one of"),
    "not_in": Text("不在其中", "is none of"),
    "between": Text("介于", "between"),
    "has": Text("包含", "includes"),
    "starts_with": Text("属于", "within"),
    "months_since>=": Text("距今至少（月）", "at least so many months ago"),
    "months_since<=": Text("距今不超过（月）", "at most so many months ago"),
    "known": Text("已掌握", "is known"),
    "missing": Text("未掌握", "is not known"),
}


def requirement(atom: Atom) -> Text:
    """Return what *atom* asks for, as a sentence without its full stop."""
    label = atom.fact.label
    if isinstance(atom.value, bool):
        return _FLAGS[atom.op, atom.value].format(label=label)
    return _PATTERNS[atom.op].format(label=label, value=_wanted(atom))


def value(fact: Fact, read: Any) -> Text:
    """Return a fact's value as people read it: money in 万元, dates ISO, flags in words, “not known” for None."""
    if read is None:
        return UNKNOWN
    if isinstance(read, bool):
        return YES if read else NO
    if fact.kind is Kind.MONEY:
        return human(read)
    if isinstance(read, dt.date):
        return Text(read.isoformat(), read.isoformat())
    if isinstance(read, tuple | list | set | frozenset):
        parts = "、".join(sorted(map(str, read))) or "—"
        return Text(parts, parts.replace("、", ", "))
    if isinstance(read, str) and read in fact.names:
        return fact.names[read]
    said = unit(fact)
    return Text(f"{read}{said.zh}", f"{read}{said.en}" if said.en == "%" else f"{read} {said.en}".strip())


def unit(fact: Fact) -> Text:
    """Return the unit that a fact is counted in; one that a city invented stands as it wrote it."""
    return UNITS.get(fact.unit, Text(fact.unit, fact.unit))


def sentence(node: Node) -> Text:
    """Return the whole tree as one sentence: 且 between all, 或 between any, 非 before not."""
    if isinstance(node, Atom):
        return requirement(node)
    if isinstance(node, Not):
        return Text("不满足（{x}）", "not ({x})").format(x=sentence(node.child))
    parts = [_bracketed(child) for child in node.children]
    zh, en = ("，且", " and ") if isinstance(node, All) else ("，或", " or ")
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def _bracketed(node: Node) -> Text:
    if isinstance(node, All | Any_) and len(node.children) > 1:
        return Text("（{x}）", "({x})").format(x=sentence(node))
    return sentence(node)


def _wanted(atom: Atom) -> Text:
    if atom.value is None:
        return Text("", "")
    if atom.op.startswith("months_since"):
        return Text(str(atom.value), str(atom.value))
    if atom.op == "between":
        low, high = (value(atom.fact, end) for end in atom.value)
        return Text("{low}至{high}", "{low} and {high}").format(low=low, high=high)
    if atom.op in ("in", "not_in"):
        shown = [value(atom.fact, part) for part in atom.value]
        return Text("、".join(part.zh for part in shown), ", ".join(part.en for part in shown))
    return value(atom.fact, atom.value)

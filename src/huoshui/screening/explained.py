"""One verdict on one firm of a file, as a tree: what each condition asks, what was read, how it came out. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from huoshui.kernel.money import yuan_text
from huoshui.kernel.text import Text
from huoshui.rules import words
from huoshui.rules.facts import Kind
from huoshui.rules.firm import OUTSIDE_VALIDITY, Rule, Trace, Verdict, explain, is_near_miss, judge, obstacles
from huoshui.rules.tree import All, Atom, Not, to_json

VERDICTS = {
    Verdict.YES: Text("符合", "yes"),
    Verdict.NO: Text("不符合", "no"),
    Verdict.UNKNOWN: Text("尚不能判断", "unknown"),
}
_MARKS = {Verdict.YES: "✓", Verdict.NO: "✗", Verdict.UNKNOWN: "?"}
_GROUPS = {All: Text("以下全部满足", "all of"), Not: Text("以下不成立", "not")}
_ANY = Text("以下任一满足", "any of")


def verdict_of(rule: Rule, facts: Mapping[str, Any], *, as_of: dt.date) -> dict[str, Any]:
    """Return the verdict of *rule* on a firm with everything behind it, as JSON values."""
    trace = explain(rule.criteria, facts, as_of=as_of)
    valid = rule.valid_on(as_of)
    said = judge(rule, facts, as_of=as_of)
    standing = obstacles(rule.criteria, facts, as_of=as_of) if valid else []
    return {
        "rule": rule.code,
        "name": rule.name,
        "source": rule.source,
        "as_of": as_of.isoformat(),
        "verdict": said.name.lower(),
        "reason": None if valid else OUTSIDE_VALIDITY.en,
        "near_miss": valid and is_near_miss(rule.criteria, facts, as_of=as_of),
        "alone_in_the_way": [
            {**to_json(each.atom), "missing": each.missing, "requirement": words.requirement(each.atom).zh}
            for each in standing
        ],
        "tree": _json(trace),
    }


def lines(rule: Rule, facts: Mapping[str, Any], *, as_of: dt.date, language: str = "zh") -> Iterator[str]:
    """Yield the verdict and its tree as indented lines of text."""
    said = judge(rule, facts, as_of=as_of)
    yield (
        f"{rule.code} {rule.name}：{VERDICTS[said].in_(language)}"
        if language == "zh"
        else (f"{rule.code} {rule.name}: {VERDICTS[said].en}")
    )
    if rule.source:
        yield Text(f"依据：{rule.source}", f"source: {rule.source}").in_(language)
    if not rule.valid_on(as_of):
        yield OUTSIDE_VALIDITY.in_(language)
    yield from _lines(explain(rule.criteria, facts, as_of=as_of), language, 0)
    if not rule.valid_on(as_of):
        return
    for each in obstacles(rule.criteria, facts, as_of=as_of):
        heading = (
            Text("只差这一项：", "one step away: ") if not each.missing else Text("只缺这一项：", "only missing: ")
        )
        remedy = f" {each.atom.fact.remedy.in_(language)}" if each.atom.fact.remedy else ""
        yield f"→ {heading.in_(language)}{words.requirement(each.atom).in_(language)}{remedy}"


def _lines(trace: Trace, language: str, depth: int) -> Iterator[str]:
    indent, mark = "  " * depth, _MARKS[trace.verdict]
    verdict = VERDICTS[trace.verdict].in_(language)
    if isinstance(trace.node, Atom):
        asked = words.requirement(trace.node).in_(language)
        read = words.value(trace.node.fact, trace.value).in_(language)
        label = Text("实际", "read").in_(language)
        yield f"{indent}{mark} {asked}  [{label}: {read}]  {verdict}"
        return
    yield f"{indent}{mark} {_GROUPS.get(type(trace.node), _ANY).in_(language)}  {verdict}"
    for child in trace.children:
        yield from _lines(child, language, depth + 1)


def _json(trace: Trace) -> dict[str, Any]:
    verdict = trace.verdict.name.lower()
    if isinstance(trace.node, Atom):
        fact = trace.node.fact
        return {
            **to_json(trace.node),
            "read": _read(fact.kind, trace.value),
            "requirement": {"zh": words.requirement(trace.node).zh, "en": words.requirement(trace.node).en},
            "verdict": verdict,
        }
    kind = "not" if isinstance(trace.node, Not) else "all" if isinstance(trace.node, All) else "any"
    return {kind: [_json(child) for child in trace.children], "verdict": verdict}


def _read(kind: Kind, value: Any) -> Any:
    """The value as rules write it: money in 元 as text, dates ISO."""
    if value is None or value != value:
        return None
    if kind is Kind.MONEY:
        return yuan_text(value)
    return value.isoformat() if isinstance(value, dt.date) else value

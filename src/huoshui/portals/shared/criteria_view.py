"""What the criteria editor's template shows of each row: choices, the kind of input, the problem in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from huoshui.portals.shared.criteria_editor import FactField, Group, Node, Row, RowProblem, operators

OPERATOR_WORDS = {
    "=": gettext_lazy("等于"),
    "!=": gettext_lazy("不等于"),
    "<": gettext_lazy("小于"),
    "<=": gettext_lazy("不超过"),
    ">": gettext_lazy("大于"),
    ">=": gettext_lazy("不少于"),
    "between": gettext_lazy("介于（含两端）"),
    "in": gettext_lazy("属于"),
    "not_in": gettext_lazy("不属于"),
    "has": gettext_lazy("具有"),
    "starts_with": gettext_lazy("代码开头为"),
    "within": gettext_lazy("在"),
    "known": gettext_lazy("已有数据"),
    "missing": gettext_lazy("没有数据"),
    "months_since>=": gettext_lazy("距今满（月）"),
    "months_since<=": gettext_lazy("距今不超过（月）"),
}
PROBLEM_WORDS = {
    "empty_group": gettext_lazy("这一组没有条件，请添加一条或删除这一组。"),
    "no_fact": gettext_lazy("请选择指标。"),
    "unknown_fact": gettext_lazy("数据字典里没有这个指标，请重新选择。"),
    "no_operator": gettext_lazy("请选择比较方式。"),
    "no_value": gettext_lazy("请填写数值。"),
    "not_money": gettext_lazy("请填写金额，单位万元，例如 10 或 12.5。"),
    "not_number": gettext_lazy("请填写数字。"),
    "not_date": gettext_lazy("请填写日期，例如 2025-03-15；按月数比较时填整数月。"),
    "not_flag": gettext_lazy("请选择是或否。"),
    "not_code": gettext_lazy("请填写代码。"),
    "too_large": gettext_lazy("这个数太大了，请检查单位。"),
    "too_many": gettext_lazy("一组最多 60 条条件，多出的没有保留；请拆成几组或几项政策。"),
    "too_deep": gettext_lazy("条件组最多嵌套 5 层，更深的没有保留；请把条件写平一些。"),
    "between_order": gettext_lazy("前一个数不能大于后一个数。"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a select."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class EditorNode:
    """A row or a group as the page shows it. *widget*: none, text, pair, date, date_pair, select, ticks."""

    path: str
    is_group: bool
    negated: bool
    problem: str = ""
    kind: str = "all"
    children: tuple[EditorNode, ...] = ()
    facts: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    operators: tuple[Choice, ...] = ()
    widget: str = "none"
    unit: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    removable: bool = True


def editor(group: Group, facts: Mapping[str, FactField], problems: tuple[RowProblem, ...] = ()) -> EditorNode:
    """Return what the page shows; problems appear at their rows."""
    said = {problem.path: _said(problem) for problem in problems}
    return _node(group, facts, said)


def _said(problem: RowProblem) -> str:
    words = str(PROBLEM_WORDS.get(problem.code, gettext("这一条件有误。")))
    return f"{words}（{problem.value}）" if problem.value else words


def _node(node: Node, facts: Mapping[str, FactField], said: Mapping[str, str]) -> EditorNode:
    problem = said.get(node.path, "")
    if isinstance(node, Group):
        children = tuple(_node(child, facts, said) for child in node.children)
        return EditorNode(node.path, True, node.negated, problem, node.kind, children, removable=node.path != "r")
    return _row(node, facts, problem)


def _row(row: Row, facts: Mapping[str, FactField], problem: str) -> EditorNode:
    field = facts.get(row.fact)
    allowed = operators(field)
    op = row.op if row.op in allowed else allowed[0] if allowed else ""
    widget = _widget(field, op, row.values)
    values = (*row.values, "", "")[:2] if widget.endswith("pair") else (*row.values, "")[:1]
    return EditorNode(
        row.path,
        False,
        row.negated,
        problem,
        facts=_facts(facts, row.fact),
        operators=tuple(Choice(code, _operator(field, code), code == op) for code in allowed),
        widget=widget,
        unit=_unit(field, op),
        values=values,
        choices=_choices(field, row),
    )


def _operator(field: FactField | None, code: str) -> str:
    """Return an operator in words; of a place people say that something lies within it."""
    return str(OPERATOR_WORDS["within" if code == "starts_with" and field and field.stems else code])


def _choices(field: FactField | None, row: Row) -> tuple[Choice, ...]:
    """The known values, and what the rule holds beyond them: an untouched rule must not change by being shown."""
    if field is None or not field.choices:
        return ()
    if row.op == "starts_with":
        return tuple(Choice(code, label, code in row.values) for code, label in field.stems)
    known = dict(field.choices)
    beyond = [(value, value) for value in row.values if value and value not in known]
    return tuple(Choice(code, label, code in row.values) for code, label in (*field.choices, *beyond))


def _facts(facts: Mapping[str, FactField], chosen: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    groups: dict[str, list[Choice]] = {}
    for field in facts.values():
        groups.setdefault(field.group, []).append(Choice(field.code, field.label, field.code == chosen))
    return tuple((name, tuple(choices)) for name, choices in groups.items())


def _by_name(field: FactField, values: tuple[str, ...]) -> bool:
    """Return whether a code's beginning is chosen by name: not where the rule holds one that has none."""
    return bool(field.stems) and all(value in dict(field.stems) for value in values if value)


def _widget(field: FactField | None, op: str, values: tuple[str, ...]) -> str:
    if field is None or op in ("known", "missing", ""):
        return "none"
    if op.startswith("months_since"):
        return "text"
    if field.kind == "flag":
        return "flag"
    if op == "starts_with":
        return "select" if _by_name(field, values) else "text"
    if field.choices:
        return "ticks" if op in ("in", "not_in") else "select"
    pair = "_pair" if op == "between" else ""
    return ("date" if field.kind == "date" else "text") + pair


def _unit(field: FactField | None, op: str) -> str:
    if field is None or op in ("known", "missing"):
        return ""
    if op.startswith("months_since"):
        return gettext("个月")
    return gettext("万元") if field.kind == "money" else field.unit

"""What the policy pages show: parameters by group, one parameter with its history, in the units people use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.catalogue import parameters
from huoshui.catalogue.queries import ParameterView
from huoshui.kernel.text import Text

GROUPS = {
    "deadline": gettext_lazy("办理时限"),
    "chase": gettext_lazy("催办"),
    "dispatch": gettext_lazy("派单"),
    "demand": gettext_lazy("融资需求"),
    "consent": gettext_lazy("授权"),
    "matching": gettext_lazy("产品匹配"),
    "standard": gettext_lazy("五项标准"),
    "decline": gettext_lazy("未获授信后的跟进"),
    "loan": gettext_lazy("贷款"),
    "five_class": gettext_lazy("五级分类"),
    "renewal": gettext_lazy("续贷提醒"),
    "bridge": gettext_lazy("应急周转保障资金"),
    "compensation": gettext_lazy("风险补偿"),
    "guarantee": gettext_lazy("政府性融资担保"),
    "notice": gettext_lazy("公示"),
    "objection": gettext_lazy("异议"),
    "complaint": gettext_lazy("投诉"),
    "rating": gettext_lazy("评价"),
    "paper": gettext_lazy("材料"),
    "visit": gettext_lazy("走访"),
    "statistics": gettext_lazy("统计公开"),
    "lab": gettext_lazy("政策测算"),
    "aftercare": gettext_lazy("未获授信后的跟进"),
    "registration": gettext_lazy("抵质押登记"),
    "invoice": gettext_lazy("应收账款"),
    "evaluation": gettext_lazy("机构评价"),
    "payment": gettext_lazy("财政支付"),
    "lists": gettext_lazy("企业名单"),
    "hall": gettext_lazy("服务大厅"),
    "score": gettext_lazy("薄信息评分"),
}
UNITS = {
    "banks": gettext_lazy("家银行"),
    "calendar_days": gettext_lazy("天"),
    "cases": gettext_lazy("件"),
    "clock": "",
    "convention": "",
    "demands": gettext_lazy("条需求"),
    "firms": gettext_lazy("户"),
    "hours": gettext_lazy("小时"),
    "megabytes": "MB",
    "months": gettext_lazy("个月"),
    "multiple": gettext_lazy("倍"),
    "percent": "%",
    "points": gettext_lazy("分"),
    "products": gettext_lazy("个产品"),
    "stars": gettext_lazy("星"),
    "working_days": gettext_lazy("个工作日"),
    "yuan": gettext_lazy("元"),
}


SWITCHES = {"on": gettext_lazy("开"), "off": gettext_lazy("关")}  # typed as on and off


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter as the page shows it."""

    path: str
    label: Text
    help: Text
    value: str
    unit: str
    source: str
    range: str
    future: str
    group: str


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameters of one subject."""

    name: str
    lines: tuple[ParameterLine, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What a parameter was or will be from a day on."""

    valid_from: dt.date
    value: str
    document_no: str
    future: bool


def groups(views: tuple[ParameterView, ...], *, on: dt.date) -> list[ParameterGroup]:
    """Return the parameters by subject, in the order of the shipped file."""
    found: dict[str, list[ParameterLine]] = {}
    for view in views:
        found.setdefault(group_name(view.path), []).append(line(view, on=on))
    return [ParameterGroup(name, tuple(lines)) for name, lines in found.items()]


def group_name(path: str) -> str:
    """Return the subject of a parameter in the reader's language."""
    key = path.partition(".")[0]
    return str(GROUPS.get(key, key))


def line(view: ParameterView, *, on: dt.date) -> ParameterLine:
    """Return one parameter; a value that starts later is announced."""
    coming = next((row for row in view.history if row[0] > on), None)
    return ParameterLine(
        path=view.path,
        label=view.label,
        help=view.help,
        value=shown(view.raw),
        unit=str(UNITS.get(view.unit, "")),
        source=view.source,
        range=_range(view),
        future=_("%(day)s 起 %(value)s") % {"day": coming[0].isoformat(), "value": shown(coming[1])} if coming else "",
        group=group_name(view.path),
    )


def history(view: ParameterView, *, on: dt.date) -> list[HistoryLine]:
    """Return what the city set, newest first."""
    rows = [HistoryLine(day, shown(raw), document, day > on) for day, raw, document in view.history]
    return rows[::-1]


def shown(raw: Any) -> str:
    """Return a stored value as an officer writes it: lists with commas, amounts with separators."""
    if isinstance(raw, list):
        return "，".join(str(item) for item in raw)
    if raw in SWITCHES:
        return f"{SWITCHES[raw]}（{raw}）"
    text = str(raw)
    return format(Decimal(text), ",f") if text.count(".") == 1 and text.replace(".", "").isdigit() else text


def _range(view: ParameterView) -> str:
    if view.choices:
        return " / ".join(view.choices)
    spec = parameters.specification(view.path)
    low, high = spec.minimum, spec.maximum
    if low is None and high is None:
        return "—"
    return f"{'' if low is None else low} – {'' if high is None else high}"

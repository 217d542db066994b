"""The five standards of the coordination mechanism, pre-checked from a firm's facts. Pure.

The officer judges; this says what the data show, line by line, and names what nobody knows. A missing fact is never a
pass nor a fail. Source: 金发〔2024〕32号 and local readings (rules §2); limits are the parameters ``standard.*``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.financing.purposes import PURPOSES
from huoshui.kernel.money import human
from huoshui.kernel.periods import whole_months
from huoshui.kernel.text import Text

YES, NO, REPAIR = "yes", "no", "repair"
UNKNOWN = None
PATHS = ("standard.min_months_old", "standard.max_overdue_days", "standard.max_amount_of_revenue_pct")

NAMES: dict[int, Text] = {
    1: Text("合规持续经营", "Lawful and lasting business"),
    2: Text("固定经营场所", "A fixed place of business"),
    3: Text("真实融资需求", "A genuine need"),
    4: Text("信用状况良好", "Good standing"),
    5: Text("贷款用途依法合规", "A lawful use of the money"),
}
VERDICT_NAMES: dict[str, Text] = {
    YES: Text("符合", "Met"),
    NO: Text("不符合", "Not met"),
    REPAIR: Text("待修复", "To be mended"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: *amount* in fen, *purpose* a code of purposes.py, in the firm's words *purpose_text*; *on* the day."""

    amount: int
    purpose: str
    purpose_text: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line: *holds* yes, no or unknown (None); in words; the *fact* it rests on; the repair *measure* where it fails."""

    fact: str
    holds: bool | None
    words: Text
    measure: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class StandardCheck:
    """One standard: the verdict the data suggest (None: they do not say), and the lines behind it."""

    standard: int
    name: Text
    suggested: str | None
    evidence: tuple[Evidence, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Return the repair measures of the lines that fail."""
        return tuple(line.measure for line in self.evidence if line.holds is False and line.measure)


Test = Callable[[Any, Asked, Mapping[str, Any]], tuple[bool | None, Text]]


@dataclass(frozen=True, slots=True)
class _Line:
    standard: int
    fact: str
    test: Test
    measure: str
    missing: Text
    final: bool = False  # mending does not help
    optional: bool = False  # missing says nothing against the firm


def precheck(facts: Mapping[str, Any], asked: Asked, values: Mapping[str, Any]) -> tuple[StandardCheck, ...]:
    """Return the five checks in order. *facts*: typed as the rules read them; *values*: the parameters of PATHS."""
    lines = [(line, _evidence(line, facts, asked, values)) for line in _LINES]
    return tuple(_check(number, [said for line, said in lines if line.standard == number and said]) for number in NAMES)


def _evidence(line: _Line, facts: Mapping[str, Any], asked: Asked, values: Mapping[str, Any]) -> Evidence | None:
    value = facts.get(line.fact) if line.fact else asked
    if value is None:
        return None if line.optional else Evidence(line.fact, None, line.missing, line.measure)
    holds, words = line.test(value, asked, values)
    return Evidence(line.fact, holds, words, "" if holds else line.measure, final=line.final and holds is False)


def _check(standard: int, evidence: list[Evidence]) -> StandardCheck:
    return StandardCheck(standard, NAMES[standard], _suggest(evidence), tuple(evidence))


def _suggest(evidence: list[Evidence]) -> str | None:
    if any(line.final for line in evidence):
        return NO
    if any(line.holds is False for line in evidence):
        return REPAIR
    return UNKNOWN if any(line.holds is None for line in evidence) else YES


def _old_enough(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    months, least = whole_months(value, asked.on), values["standard.min_months_old"]
    said = Text(
        f"{value} 成立，已 {months} 个月（要求满 {least} 个月）",
        f"Founded {value}, {months} months ago (at least {least})",
    )
    return months >= least, said


def _in_business(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    if value == "active":
        return True, Text("登记状态：存续", "Registration: active")
    return False, Text(f"登记状态：{value}", f"Registration: {value}")


def _free_of(zh: str, en: str) -> Test:
    def test(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
        return (False, Text(f"有{zh}", f"On record: {en}")) if value else (True, Text(f"没有{zh}", f"None: {en}"))

    return test


def _has(zh: str, en: str) -> Test:
    def test(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
        if value:
            return True, Text(f"{zh}：是", f"{en}: yes")
        return False, Text(f"{zh}：否", f"{en}: no")

    return test


def _in_proportion(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    share = values["standard.max_amount_of_revenue_pct"]
    zh, en = (
        f"上年营业收入 {human(value).zh}，申请 {human(asked.amount).zh}",
        (f"Turnover last year {human(value).en}, asked {human(asked.amount).en}"),
    )
    return asked.amount * 100 <= value * share, Text(f"{zh}（超过 {share}% 请核实）", f"{en} (verify above {share} %)")


def _paid_in_time(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    most = values["standard.max_overdue_days"]
    said = Text(f"最长逾期 {value} 天（不超过 {most} 天）", f"Longest overdue {value} days (at most {most})")
    return value <= most, said


_COLOURS = {
    "green": Text("绿", "green"), "blue": Text("蓝", "blue"), "yellow": Text("黄", "yellow"), "red": Text("红", "red"),
    "black": Text("黑", "black"),
}  # fmt: skip


def _environment(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    said = _COLOURS.get(value, Text(value, value))
    return value not in ("red", "black", "红", "黑"), Text("环保信用：{x}", "Environmental rating: {x}").format(x=said)


def _clear_use(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    purpose = PURPOSES.get(asked.purpose)
    if purpose is None:
        return False, Text("没有说明用途", "No use is given")
    named = asked.purpose != "other" or len(asked.purpose_text.strip()) >= 4
    words = f"：{asked.purpose_text}" if asked.purpose_text else ""
    if not named:
        return False, Text("选择“其他用途”但没有说明", "“Other” without saying what for")
    return True, Text(
        f"用途“{purpose.name.zh}”{words}", f"Use: {purpose.name.en}{words and ' – ' + asked.purpose_text}"
    )


# words that point to financial investment or housing; the fifth standard forbids both
_FORBIDDEN = ("炒股", "股票", "理财", "期货", "基金", "买房", "购房", "房产投资", "股权投资", "虚拟货币", "比特币")


def _allowed_use(value: Any, asked: Asked, values: Mapping[str, Any]) -> tuple[bool | None, Text]:
    found = [word for word in _FORBIDDEN if word in asked.purpose_text]
    if found:
        return False, Text(f"用途说明提到“{'、'.join(found)}”", f"The text mentions {', '.join(found)}")
    return True, Text("说明中没有投资理财、购房等用途", "No investment or housing in the text")


def _unknown(zh: str, en: str) -> Text:
    return Text(f"{zh}：没有数据，请核实", f"{en}: no data, please verify")


_LINES = (
    _Line(1, "status", _in_business, "status_abnormal", _unknown("登记状态", "Registration"), final=True),
    _Line(1, "established_on", _old_enough, "too_young", _unknown("成立日期", "Founded")),
    _Line(1, "abnormal_operation", _free_of("经营异常名录记录", "list of abnormal operation"), "abnormal_operation",
          _unknown("经营异常名录", "List of abnormal operation")),
    _Line(1, "serious_violation", _free_of("严重违法失信记录", "serious violation"), "serious_violation",
          _unknown("严重违法失信", "Serious violation"), final=True),
    _Line(1, "annual_report_filed", _has("按期公示年报", "Annual report published"), "annual_report_missing",
          _unknown("年报公示", "Annual report"), optional=True),
    _Line(1, "safety_violation", _free_of("未销号的重大安全隐患", "open safety finding"), "safety_violation",
          _unknown("安全生产", "Safety"), optional=True),
    _Line(2, "premises_registered", _has("登记经营场所", "Premises registered"), "premises_unregistered",
          _unknown("登记经营场所", "Premises registered")),
    _Line(2, "premises_verified", _has("现场核实经营场所", "Premises verified on site"), "premises_mismatch",
          _unknown("现场核实", "Verified on site"), optional=True),
    _Line(3, "revenue_last_year", _in_proportion, "amount_too_high", _unknown("上年营业收入", "Turnover last year")),
    _Line(3, "trading_flow_12m", _has("近12个月有交易流水", "Trading flow in 12 months"), "turnover_low",
          _unknown("交易流水", "Trading flow"), optional=True),
    _Line(4, "dishonest", _free_of("失信被执行人记录", "dishonest debtor"), "dishonest",
          _unknown("失信被执行人", "Dishonest debtor"), final=True),
    _Line(4, "open_lawsuits", _free_of("未结被执行案件", "open enforcement case"), "litigation_open",
          _unknown("被执行案件", "Enforcement cases")),
    _Line(4, "max_overdue_days", _paid_in_time, "overdue_record", _unknown("逾期记录", "Overdue record"), optional=True),
    _Line(4, "tax_arrears", _free_of("欠税", "tax arrears"), "tax_arrears", _unknown("欠税", "Tax arrears")),
    _Line(4, "social_security_arrears", _free_of("社保欠费", "social insurance arrears"), "social_security_arrears",
          _unknown("社保欠费", "Social insurance arrears"), optional=True),
    _Line(4, "wage_arrears", _free_of("拖欠工资记录", "unpaid wages"), "wage_arrears",
          _unknown("拖欠工资", "Unpaid wages"), optional=True),
    _Line(4, "environment_grade", _environment, "environment_red", _unknown("环保信用", "Environment"), optional=True),
    _Line(5, "", _clear_use, "purpose_unclear", _unknown("用途", "Use")),
    _Line(5, "", _allowed_use, "purpose_forbidden", _unknown("用途", "Use"), final=True),
    _Line(5, "permit_valid", _has("许可有效", "Permit valid"), "permit_missing", _unknown("经营许可", "Permit"),
          optional=True),
)  # fmt: skip

"""What is wrong with a request for money, all of it at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.financing.purposes import PURPOSES
from huoshui.kernel.errors import Problem
from huoshui.kernel.money import human
from huoshui.kernel.text import Text

CHANNELS: dict[str, Text] = {
    "code": Text("扫码", "Loan code"),
    "web": Text("网上申请", "Online"),
    "staff": Text("工作人员代填", "Entered by staff"),
    "visit": Text("走访", "Visit"),
    "event": Text("对接活动", "Event"),
    "hall": Text("服务大厅", "Service hall"),
    "list": Text("清单推送", "List"),
}
SECURITIES = ("credit", "guarantee", "mortgage", "pledge")
PATHS = (
    "demand.min_amount", "demand.max_amount", "demand.min_term_months", "demand.max_term_months", "demand.max_open",
    "demand.green_max_amount", "dispatch.max_banks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """What a firm asks for: fen, months, a code of purposes.py with words, what it can offer as security."""

    amount: int
    term_months: int
    purpose: str
    purpose_text: str = ""
    collateral: tuple[str, ...] = ("credit",)
    district: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the request: the firm's *status*, the purposes of its open demands, the chosen products.

    *chosen*: the bank of each product picked, None where it is not offered today.
    """

    status: str
    open_purposes: tuple[str, ...] = ()
    chosen: tuple[tuple[int, int | None], ...] = ()


def problems(ask: Ask, around: Around, channel: str, values: Mapping[str, Any]) -> list[Problem]:
    """Return everything that keeps *ask* from being a demand; *values*: the parameters of PATHS."""
    return [
        *_amount(ask, values),
        *_term(ask, values),
        *_purpose(ask),
        *_codes(ask, channel),
        *_firm(ask, around, values),
        *_choices(around, values),
    ]


def green(ask: Ask, values: Mapping[str, Any]) -> bool:
    """Return whether the request may go through the green channel: unsecured, and not above its limit."""
    return ask.amount <= values["demand.green_max_amount"] and set(ask.collateral) <= {"credit"}


def _amount(ask: Ask, values: Mapping[str, Any]) -> list[Problem]:
    low, high = values["demand.min_amount"], values["demand.max_amount"]
    if low <= ask.amount <= high:
        return []
    said = Text(
        f"金额应在 {human(low).zh} 到 {human(high).zh} 之间。",
        f"The amount must lie between {human(low).en} and {human(high).en}.",
    )
    return [Problem("amount_range", said, field="amount", value=ask.amount)]


def _term(ask: Ask, values: Mapping[str, Any]) -> list[Problem]:
    low, high = values["demand.min_term_months"], values["demand.max_term_months"]
    if low <= ask.term_months <= high:
        return []
    said = Text(f"期限应在 {low} 到 {high} 个月之间。", f"The term must lie between {low} and {high} months.")
    return [Problem("term_range", said, field="term_months", value=ask.term_months)]


def _purpose(ask: Ask) -> list[Problem]:
    if ask.purpose not in PURPOSES:
        return [_of("purpose", ask.purpose, "请选择贷款用途。", "Choose what the loan is for.")]
    if ask.purpose == "other" and not ask.purpose_text.strip():
        return [_of("purpose_text", "", "选择“其他用途”时请写清用途。", "Say what “other” means.")]
    if len(ask.purpose_text) > 300:
        return [_of("purpose_text", len(ask.purpose_text), "用途说明最多 300 字。", "At most 300 characters.")]
    return []


def _codes(ask: Ask, channel: str) -> list[Problem]:
    wrong = [code for code in ask.collateral if code not in SECURITIES]
    found = [
        _of("collateral", code, f"没有“{code}”这种担保方式。", f"There is no security “{code}”.") for code in wrong
    ]
    if channel not in CHANNELS:
        found.append(_of("channel", channel, "没有这种来源。", "There is no such channel."))
    return found


def _firm(ask: Ask, around: Around, values: Mapping[str, Any]) -> list[Problem]:
    found = []
    if around.status != "active":
        found.append(_of("enterprise_id", around.status, "企业登记状态不是存续，不能申请。", "The firm is not active."))
    most = values["demand.max_open"]
    if len(around.open_purposes) >= most:
        said = Text(f"同时在办的需求最多 {most} 笔。", f"At most {most} demands may be open at the same time.")
        remedy = Text("请等待办结，或先撤回一笔。", "Wait for one to close, or withdraw one.")
        found.append(Problem("too_many_open", said, field="enterprise_id", value=most, remedy=remedy))
    elif ask.purpose in around.open_purposes:
        found.append(same_purpose(ask.purpose))
    return found


def same_purpose(purpose: str) -> Problem:
    """Return the problem of a second open demand for the same use."""
    said = Text("同一用途已有一笔需求在办。", "A demand for the same use is open already.")
    remedy = Text("可以查看进度，或撤回后重新提交。", "Follow that one, or withdraw it first.")
    return Problem("same_purpose_open", said, field="purpose", value=purpose, remedy=remedy)


def _choices(around: Around, values: Mapping[str, Any]) -> list[Problem]:
    gone = [product for product, bank in around.chosen if bank is None]
    found = [
        _of("product_ids", product, "所选产品目前没有上架。", "A chosen product is not offered now.")
        for product in gone
    ]
    banks = [bank for _, bank in around.chosen if bank is not None]
    most = min(values["dispatch.max_banks"], 3)
    if len(around.chosen) > most:
        found.append(_of("product_ids", len(banks), f"最多选择 {most} 家银行。", f"Choose at most {most} banks."))
    if len(set(banks)) < len(banks):
        found.append(_of("product_ids", list(banks), "同一家银行请只选一个产品。", "Choose one product of a bank."))
    return found


def distinct(items: Sequence[int]) -> list[int]:
    """Return *items* in order, each once."""
    return list(dict.fromkeys(items))


def _of(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"demand_{field}", Text(zh, en), field=field, value=value)

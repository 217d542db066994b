"""The terms of a product: how a bank writes them, every problem with them, and the columns they become. Pure.

A bank writes amounts in 元, rates in percent and everything else as codes; ``judge`` names all problems at once, and
``columns`` gives the values of a row of product_version.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from huoshui.catalogue.papers import PAPERS
from huoshui.kernel import money, rates
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text

INSTITUTION_KINDS: dict[str, Text] = {
    "state_bank": Text("国有大型银行", "State bank"),
    "joint_stock_bank": Text("股份制银行", "Joint-stock bank"),
    "city_bank": Text("城市商业银行", "City bank"),
    "rural_bank": Text("农村金融机构", "Rural bank"),
    "village_bank": Text("村镇银行", "Village bank"),
    "policy_bank": Text("政策性银行", "Policy bank"),
    "guarantor": Text("政府性融资担保机构", "Public guarantor"),
}
METHODS: dict[str, Text] = {
    "annuity": Text("等额本息", "Equal instalments"),
    "equal_principal": Text("等额本金", "Equal principal"),
    "interest_only": Text("按期付息到期还本", "Interest now, principal at the end"),
    "bullet": Text("到期一次还本付息", "All at the end"),
    "revolving": Text("随借随还", "Draw and repay as needed"),
}
COLLATERAL: dict[str, Text] = {
    "credit": Text("信用", "Unsecured"),
    "guarantee": Text("保证", "Guarantee"),
    "mortgage": Text("抵押", "Mortgage"),
    "pledge": Text("质押", "Pledge"),
}
RATE_KINDS: dict[str, Text] = {
    "fixed": Text("固定利率", "Fixed"),
    "lpr_1y": Text("一年期 LPR 加减点", "1-year LPR ± bp"),
    "lpr_5y": Text("五年期以上 LPR 加减点", "5-year LPR ± bp"),
}
PARTIES: dict[str, Text] = {
    "firm": Text("企业", "Firm"),
    "bank": Text("银行", "Bank"),
    "guarantor": Text("担保机构", "Guarantor"),
    "insurer": Text("保险公司", "Insurer"),
    "valuer": Text("评估机构", "Valuer"),
    "registry": Text("登记机构", "Registry"),
    "government": Text("政府", "Government"),
}
FEE_TIMES: dict[str, Text] = {
    "start": Text("放款时", "At drawdown"),
    "yearly": Text("每年年初", "At the start of each year"),
    "end": Text("结清时", "At the end"),
}
FEE_KEYS = {"name", "name_en", "payer", "payee", "when", "pct", "amount", "security"}
LONGEST_NAME, LONGEST_SUMMARY, LONGEST_PARTY, MOST_FEES = 80, 600, 40, 12
WIDEST_SPREAD_BP = 1500
DISTRICT = re.compile(r"^\d{2}(\d{2}){0,2}$")


@dataclass(frozen=True, slots=True)
class Limits:
    """What no product may exceed, from the policy values in force: fen, months, percent; and the codes that exist."""

    amount_max: int
    term_max_months: int
    rate_ceiling_pct: Decimal
    guarantee_fee_max_pct: Decimal
    districts: frozenset[str] = field(default_factory=frozenset)  # empty: not checked


def judge(terms: Mapping[str, Any], *, limits: Limits) -> list[Problem]:
    """Return everything that is wrong with *terms* but the criteria, in the order of the form; empty when nothing is."""
    return [
        *_judge_words(terms),
        *_judge_amounts(terms, limits),
        *_judge_months(terms, limits),
        *_judge_rate(terms, limits),
        *_judge_codes(terms, "methods", METHODS, Text("还款方式", "repayment method"), needed=True),
        *_judge_codes(terms, "collateral", COLLATERAL, Text("担保方式", "security"), needed=True),
        *_judge_codes(terms, "papers", PAPERS, Text("申请材料", "paper"), needed=False),
        *_judge_fees(terms.get("fees", []), limits),
        *_judge_districts(terms.get("districts", []), limits),
        *_judge_validity(terms),
    ]


def columns(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of product_version for *terms* that ``judge`` found nothing wrong with."""
    fixed = terms["rate_kind"] == "fixed"
    return {
        "summary": terms.get("summary", "").strip(),
        "summary_en": terms.get("summary_en", "").strip(),
        "amount_min": money.parse_yuan(terms["amount_min"]),
        "amount_max": money.parse_yuan(terms["amount_max"]),
        "term_min_months": int(terms["term_min_months"]),
        "term_max_months": int(terms["term_max_months"]),
        "rate_kind": terms["rate_kind"],
        "rate_ppm": rates.to_ppm(Decimal(terms["rate_pct"])) if fixed else None,
        "spread_bp": None if fixed else int(terms["spread_bp"]),
        "methods": list(terms["methods"]),
        "collateral": list(terms["collateral"]),
        "papers": list(terms.get("papers", [])),
        "fees": [_stored(fee) for fee in terms.get("fees", [])],
        "criteria": terms["criteria"],
        "districts": sorted(set(terms.get("districts", []))),
        "exclusive_to": (terms.get("exclusive_to") or "").strip(),
        "valid_from": _day(terms["valid_from"]),
        "valid_to": _day(terms.get("valid_to")),
    }


def written(name: str, name_en: str, row: Any) -> dict[str, Any]:
    """Return the terms of a row of product_version as a bank writes them: the inverse of ``columns``."""
    rate = {"rate_pct": rates.rate_text(rates.from_ppm(row.rate_ppm))} if row.rate_kind == "fixed" else {}
    return {
        "name": name,
        "name_en": name_en,
        "summary": row.summary,
        "summary_en": row.summary_en,
        "amount_min": money.yuan_text(row.amount_min),
        "amount_max": money.yuan_text(row.amount_max),
        "term_min_months": row.term_min_months,
        "term_max_months": row.term_max_months,
        "rate_kind": row.rate_kind,
        **(rate or {"spread_bp": row.spread_bp}),
        "methods": list(row.methods),
        "collateral": list(row.collateral),
        "papers": list(row.papers),
        "fees": [dict(fee) for fee in row.fees],
        "criteria": row.criteria,
        "districts": list(row.districts),
        "exclusive_to": row.exclusive_to,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }


def party(code: str) -> Text:
    """Return the name of a party to a fee: one of PARTIES, or the bank's own words in both languages."""
    return PARTIES.get(code, Text(code, code))


def _stored(fee: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value).strip() for name, value in fee.items() if value is not None and value != ""}


def _judge_words(terms: Mapping[str, Any]) -> Iterator[Problem]:
    name, summary = str(terms.get("name") or "").strip(), str(terms.get("summary") or "").strip()
    if not name:
        yield _problem("name", name, "产品名称没有填写。", "The product's name is missing.")
    if len(name) > LONGEST_NAME:
        yield _problem("name", name, "产品名称最多 80 个字。", "A name has at most 80 characters.")
    if len(summary) > LONGEST_SUMMARY:
        yield _problem("summary", summary[:40], "简介最多 600 个字。", "A summary has at most 600 characters.")


def _judge_amounts(terms: Mapping[str, Any], limits: Limits) -> Iterator[Problem]:
    found: dict[str, int] = {}
    for name in ("amount_min", "amount_max"):
        try:
            found[name] = money.parse_yuan(terms.get(name, ""), field=name)
        except DomainError as refusal:
            yield from refusal.problems
    low, high = found.get("amount_min"), found.get("amount_max")
    if low == 0:
        yield _problem(
            "amount_min", terms["amount_min"], "最低金额必须大于零。", "The least amount must be above zero."
        )
    if low is not None and high is not None and high < low:
        yield _problem("amount_max", terms["amount_max"], "最高金额小于最低金额。", "The most is less than the least.")
    if high is not None and high > limits.amount_max:
        top = money.human(limits.amount_max)
        yield _problem("amount_max", terms["amount_max"], f"最高金额超过上限 {top.zh}。", f"The limit is {top.en}.")


def _judge_months(terms: Mapping[str, Any], limits: Limits) -> Iterator[Problem]:
    low, high = _whole(terms.get("term_min_months")), _whole(terms.get("term_max_months"))
    for name, value in (("term_min_months", low), ("term_max_months", high)):
        if value is None or value < 1:
            yield _problem(
                name, terms.get(name), "期限要写成月数，至少 1。", "A term is a number of months, at least 1."
            )
    if low and high and high < low:
        yield _problem(
            "term_max_months", high, "最长期限短于最短期限。", "The longest term is shorter than the shortest."
        )
    if high and high > limits.term_max_months:
        most = limits.term_max_months
        yield _problem("term_max_months", high, f"最长期限超过上限 {most} 个月。", f"The limit is {most} months.")


def _judge_rate(terms: Mapping[str, Any], limits: Limits) -> Iterator[Problem]:
    kind = terms.get("rate_kind")
    if kind not in RATE_KINDS:
        yield _problem("rate_kind", kind, "请选择利率类型。", "Choose the kind of rate.")
    elif kind == "fixed":
        yield from _judge_fixed(terms.get("rate_pct"), limits)
    else:
        spread = _whole(terms.get("spread_bp"))
        if spread is None or abs(spread) > WIDEST_SPREAD_BP:
            said = f"加减点要写成整数基点，不超过 {WIDEST_SPREAD_BP}。"
            yield _problem("spread_bp", terms.get("spread_bp"), said, f"Whole basis points, up to {WIDEST_SPREAD_BP}.")


def _judge_fixed(raw: object, limits: Limits) -> Iterator[Problem]:
    rate = _decimal(raw)
    if rate is None:
        yield _problem("rate_pct", raw, "年利率要写成百分数，例如 3.45。", "A yearly rate in percent, such as 3.45.")
    elif rate < 0 or rate > limits.rate_ceiling_pct:
        top = limits.rate_ceiling_pct
        yield _problem("rate_pct", raw, f"年利率应在 0 到 {top} 之间。", f"The rate must lie between 0 and {top}.")
    elif rate * rates.PPM_IN_PERCENT % 1:
        yield _problem("rate_pct", raw, "年利率最多四位小数。", "A rate has at most four decimals.")


def _judge_codes(
    terms: Mapping[str, Any], name: str, known: Mapping[str, object], what: Text, *, needed: bool
) -> Iterator[Problem]:
    given = terms.get(name) or []
    if needed and not given:
        yield _problem(name, given, f"请至少选择一种{what.zh}。", f"Choose at least one {what.en}.")
    for code in given:
        if code not in known:
            yield _problem(name, code, f"没有名为“{code}”的{what.zh}。", f"There is no {what.en} called “{code}”.")
    if len(set(given)) != len(given):
        yield _problem(name, given, f"{what.zh}有重复。", f"A {what.en} is named twice.")


def _judge_fees(fees: Sequence[Mapping[str, Any]], limits: Limits) -> Iterator[Problem]:
    if len(fees) > MOST_FEES:
        yield _problem("fees", len(fees), f"费用最多 {MOST_FEES} 项。", f"At most {MOST_FEES} fees.")
    for number, fee in enumerate(fees, start=1):
        yield from _judge_fee(fee, f"fees.{number}", limits)


def _judge_fee(fee: Mapping[str, Any], at: str, limits: Limits) -> Iterator[Problem]:
    if unknown := set(fee) - FEE_KEYS:
        yield _problem(at, sorted(unknown), "费用里有不认识的栏目。", "The fee has unknown fields.")
    if not str(fee.get("name") or "").strip():
        yield _problem(f"{at}.name", fee.get("name"), "费用名称没有填写。", "The fee's name is missing.")
    if fee.get("payer") not in PARTIES:
        yield _problem(f"{at}.payer", fee.get("payer"), "请选择由谁承担。", "Choose who pays.")
    payee = str(fee.get("payee") or "").strip()
    if not payee or len(payee) > LONGEST_PARTY:
        yield _problem(f"{at}.payee", payee[:LONGEST_PARTY], "请填写付给谁，最多 40 个字。", "Name who receives it.")
    if fee.get("when") not in FEE_TIMES:
        yield _problem(f"{at}.when", fee.get("when"), "请选择收取时间。", "Choose when it is paid.")
    if fee.get("security") and fee["security"] not in COLLATERAL:
        yield _problem(f"{at}.security", fee["security"], "没有这种担保方式。", "There is no such security.")
    share, amount = fee.get("pct") in (None, ""), fee.get("amount") in (None, "")
    if share == amount:
        yield _problem(at, fee.get("pct"), "比例和金额只填一项。", "Give either a share or an amount.")
    elif not share:
        yield from _judge_share(fee, at, limits)
    else:
        yield from _judge_money(fee["amount"], f"{at}.amount")


def _judge_share(fee: Mapping[str, Any], at: str, limits: Limits) -> Iterator[Problem]:
    share = _decimal(fee["pct"])
    top = limits.guarantee_fee_max_pct if fee.get("payee") == "guarantor" else limits.rate_ceiling_pct
    if share is None or share < 0 or share > top:
        said = f"费率要写成百分数，在 0 到 {top} 之间。"
        yield _problem(f"{at}.pct", fee["pct"], said, f"A share in percent between 0 and {top}.")


def _judge_money(raw: object, at: str) -> Iterator[Problem]:
    try:
        money.parse_yuan(raw, field=at)
    except DomainError as refusal:
        yield from refusal.problems


def _judge_districts(codes: Sequence[str], limits: Limits) -> Iterator[Problem]:
    for code in codes:
        known = not limits.districts or any(district.startswith(code) for district in limits.districts)
        if not DISTRICT.match(str(code)) or not known:
            yield _problem("districts", code, f"没有代码为“{code}”的区县。", f"There is no district “{code}”.")


def _judge_validity(terms: Mapping[str, Any]) -> Iterator[Problem]:
    found: dict[str, dt.date | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            found[name] = _day(terms.get(name))
        except ValueError:
            yield _problem(name, terms.get(name), "日期要写成 2026-03-01。", "Write a date as 2026-03-01.")
    start, end = found.get("valid_from"), found.get("valid_to")
    if "valid_from" in found and start is None:
        yield _problem("valid_from", None, "请填写开始日期。", "The first day is missing.")
    if start and end and end < start:
        yield _problem("valid_to", terms.get("valid_to"), "结束日期早于开始日期。", "The last day is before the first.")


def _day(raw: object) -> dt.date | None:
    if raw is None or raw == "":
        return None
    return raw if isinstance(raw, dt.date) else dt.date.fromisoformat(str(raw))


def _whole(raw: object) -> int | None:
    try:
        return None if isinstance(raw, bool | float) else int(str(raw).strip())
    except ValueError:
        return None


def _decimal(raw: object) -> Decimal | None:
    if not isinstance(raw, str | Decimal | int) or isinstance(raw, bool):
        return None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _problem(name: str, value: object, zh: str, en: str) -> Problem:
    return Problem("product_terms", Text(zh, en), field=name, value=value)

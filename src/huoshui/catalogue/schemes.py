"""The rules of a public scheme: what each kind must say, and every problem with what it says. Pure.

Rates and shares are percent as text, amounts 元 as text, as in the document. By kind:

* ``subsidy``: fraction (0–1) or points_pct, principal_cap, firm_cap, budget, months, basis, flow, central, stacks_with,
  shares (who pays, summing to 100), purposes and collateral (empty = all), runs_on (loans drawn in time earn past the
  last day), year_cap (the most that a firm gets in a year by all schemes together);
* ``compensation``: pool, trigger, tiers [{up_to, pct}], additions, cap_pct, breaker_pct, yearly_quota, papers;
* ``bridge``: rate_kind, bands [{to_day, multiple}], reading, basis, minimum_days, overdue_multiple, max_days, cover_pct;
* ``guarantee``: shares (summing to 100), single_max, fee_pct, leverage;
* ``preferential``: products (codes), discount_bp.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from huoshui.catalogue.purposes import PURPOSES
from huoshui.catalogue.terms import COLLATERAL
from huoshui.kernel import money, subsidy
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "subsidy": Text("贷款贴息", "Interest subsidy"),
    "compensation": Text("风险补偿", "Risk compensation"),
    "bridge": Text("应急周转", "Bridge fund"),
    "guarantee": Text("政府性融资担保", "Public guarantee"),
    "preferential": Text("优惠利率", "Preferential rate"),
}
FLOWS = ("bank_first", "firm_first", "automatic")
READINGS = ("whole_period", "marginal")
BASES = (360, 365)
CODE = re.compile(r"^[A-Z0-9-]{3,30}$")
WHOLE = Decimal(100)


def judge_head(code: str, kind: str, name: str) -> list[Problem]:
    """Return what is wrong with a programme's code, kind and name."""
    problems = []
    if not CODE.match(code):
        problems.append(
            _problem("code", code, "代码为 3 至 30 位大写字母、数字或短横。", "3 to 30 capitals, digits, hyphens.")
        )
    if kind not in KINDS:
        problems.append(_problem("kind", kind, "没有这种政策类型。", "There is no such kind of programme."))
    if not name.strip():
        problems.append(_problem("name", name, "政策名称没有填写。", "The name is missing."))
    return problems


def judge(kind: str, rules: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with *rules* but the criteria; empty when nothing is."""
    problems = [*_judge_document(rules)]
    terms = rules.get("terms")
    if not isinstance(terms, Mapping):
        return [*problems, _problem("terms", terms, "政策条款没有填写。", "The terms are missing.")]
    problems += _judge_scope(terms)
    return problems + list(_BY_KIND[kind](terms)) if kind in _BY_KIND else problems


def columns(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of programme_version for *rules* that ``judge`` found nothing wrong with."""
    return {
        "document_no": rules["document_no"].strip(),
        "issued_by": (rules.get("issued_by") or "").strip(),
        "summary": (rules.get("summary") or "").strip(),
        "summary_en": (rules.get("summary_en") or "").strip(),
        "terms": dict(rules["terms"]),
        "criteria": rules["criteria"],
        "valid_from": _day(rules["valid_from"]),
        "valid_to": _day(rules.get("valid_to")),
    }


def written(row: Any) -> dict[str, Any]:
    """Return the rules of a row of programme_version as they are written: the inverse of ``columns``."""
    return {
        "document_no": row.document_no,
        "issued_by": row.issued_by,
        "summary": row.summary,
        "summary_en": row.summary_en,
        "terms": dict(row.terms),
        "criteria": row.criteria,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }


def _judge_document(rules: Mapping[str, Any]) -> Iterator[Problem]:
    if not str(rules.get("document_no") or "").strip():
        yield _problem("document_no", None, "请填写依据文件或文号。", "Name the document.")
    days: dict[str, dt.date | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = _day(rules.get(name))
        except ValueError:
            yield _problem(name, rules.get(name), "日期要写成 2026-03-01。", "Write a date as 2026-03-01.")
    start, end = days.get("valid_from"), days.get("valid_to")
    if "valid_from" in days and start is None:
        yield _problem("valid_from", None, "请填写施行日期。", "The first day is missing.")
    if start and end and end < start:
        yield _problem("valid_to", rules.get("valid_to"), "失效日期早于施行日期。", "The last day is before the first.")


def _judge_scope(terms: Mapping[str, Any]) -> Iterator[Problem]:
    for name, known in (("purposes", PURPOSES), ("collateral", COLLATERAL)):
        for code in terms.get(name, []):
            if code not in known:
                yield _problem(f"terms.{name}", code, f"没有“{code}”这一项。", f"There is no “{code}”.")


def _judge_subsidy(terms: Mapping[str, Any]) -> Iterator[Problem]:
    if terms.get("fraction") is None and terms.get("points_pct") is None:
        yield _problem("terms.fraction", None, "贴息比例和百分点至少填一项。", "Give a fraction or percentage points.")
    yield from _number(terms, "fraction", Decimal(1), needed=False)
    yield from _number(terms, "points_pct", Decimal(36), needed=False)
    for name in ("principal_cap", "firm_cap", "year_cap", "budget"):
        yield from _amount(terms, name, needed=False)
    yield from _count(terms, "months", 120, needed=False)
    if terms.get("basis") not in BASES:
        yield _problem("terms.basis", terms.get("basis"), "计息基础为 360 或 365。", "The basis is 360 or 365.")
    if terms.get("flow") not in FLOWS:
        yield _problem("terms.flow", terms.get("flow"), "请选择拨付方式。", "Choose how it is paid.")
    yield from _shares(terms)


def _judge_compensation(terms: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _amount(terms, "pool")
    yield from _number(terms, "cap_pct", WHOLE)
    yield from _number(terms, "breaker_pct", WHOLE)
    tiers = terms.get("tiers") or []
    if not tiers:
        yield _problem("terms.tiers", tiers, "请至少填写一档补偿比例。", "At least one tier is needed.")
    for number, tier in enumerate(tiers, start=1):
        yield from _number({f"tiers.{number}.pct": tier.get("pct")}, f"tiers.{number}.pct", WHOLE)
        yield from _amount({f"tiers.{number}.up_to": tier.get("up_to")}, f"tiers.{number}.up_to", needed=False)
    for name in terms.get("additions", {}):
        yield from _number(terms["additions"], name, WHOLE)


def _judge_bridge(terms: Mapping[str, Any]) -> Iterator[Problem]:
    bands = terms.get("bands") or []
    if not bands:
        yield _problem("terms.bands", bands, "请至少填写一档费率。", "At least one band is needed.")
    days = [band.get("to_day") for band in bands]
    if not all(isinstance(day, int) and day > 0 for day in days) or days != sorted(set(days)):
        yield _problem("terms.bands", days, "各档天数要从小到大。", "The bands' days must rise.")
    for number, band in enumerate(bands, start=1):
        yield from _number({f"bands.{number}": band.get("multiple")}, f"bands.{number}", WHOLE)
    if terms.get("reading") not in READINGS:
        yield _problem("terms.reading", terms.get("reading"), "请选择分档计费方式。", "Choose how bands are read.")
    yield from _count(terms, "max_days", 366)
    yield from _number(terms, "cover_pct", WHOLE)
    yield from _number(terms, "overdue_multiple", WHOLE)


def _judge_guarantee(terms: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _amount(terms, "single_max")
    yield from _number(terms, "fee_pct", WHOLE)
    yield from _number(terms, "leverage", WHOLE)
    yield from _shares(terms)


def _judge_preferential(terms: Mapping[str, Any]) -> Iterator[Problem]:
    if not terms.get("products"):
        yield _problem("terms.products", None, "请列出适用产品。", "Name the products.")
    yield from _count(terms, "discount_bp", 1000)


_BY_KIND: dict[str, Callable[[Mapping[str, Any]], Iterator[Problem]]] = {
    "subsidy": _judge_subsidy,
    "compensation": _judge_compensation,
    "bridge": _judge_bridge,
    "guarantee": _judge_guarantee,
    "preferential": _judge_preferential,
}


def _number(terms: Mapping[str, Any], name: str, most: Decimal, *, needed: bool = True) -> Iterator[Problem]:
    raw = terms.get(name)
    if raw is None and not needed:
        return
    try:
        value = Decimal(raw) if isinstance(raw, str) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= most:
        said = f"应为 0 到 {most} 之间、写成字符串的数。"
        yield _problem(f"terms.{name}", raw, said, f"A number written as text, from 0 to {most}.")


def _amount(terms: Mapping[str, Any], name: str, *, needed: bool = True) -> Iterator[Problem]:
    if terms.get(name) is None and not needed:
        return
    try:
        money.parse_yuan(terms.get(name), field=f"terms.{name}")
    except DomainError as refusal:
        yield from refusal.problems


def _count(terms: Mapping[str, Any], name: str, most: int, *, needed: bool = True) -> Iterator[Problem]:
    raw = terms.get(name)
    if raw is None and not needed:
        return
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= most:
        yield _problem(f"terms.{name}", raw, f"应为 1 到 {most} 的整数。", f"A whole number from 1 to {most}.")


def _shares(terms: Mapping[str, Any]) -> Iterator[Problem]:
    shares = terms.get("shares") or {}
    found = [problem for name in shares for problem in _number(shares, name, WHOLE)]
    yield from found
    if not found and sum((Decimal(share) for share in shares.values()), Decimal(0)) != WHOLE:
        yield _problem("terms.shares", dict(shares), "分担比例之和应为 100。", "The shares must sum to 100.")


def _day(raw: object) -> dt.date | None:
    if raw is None or raw == "":
        return None
    return raw if isinstance(raw, dt.date) else dt.date.fromisoformat(str(raw))


def _problem(name: str, value: object, zh: str, en: str) -> Problem:
    return Problem("programme_rules", Text(zh, en), field=name, value=value)


def subsidy_terms(terms: Mapping[str, Any]) -> subsidy.Terms:
    """Return a subsidy programme's terms as the kernel's formula takes them. The cap of a firm counts as untouched."""
    return subsidy.Terms(
        fraction=_exact(terms.get("fraction")),
        points_pct=_exact(terms.get("points_pct")),
        principal_cap=_fen(terms.get("principal_cap")),
        firm_cap_left=_fen(terms.get("firm_cap")),
        months=terms.get("months"),
        basis=terms.get("basis", subsidy.DEFAULT_BASIS),
    )


def year_cap(terms: Mapping[str, Any]) -> int | None:
    """Return the most (fen) that a firm may be granted by all subsidies for the days of a calendar year; None: no limit."""
    return _fen(terms.get("year_cap"))


def benefit(kind: str, terms: Mapping[str, Any]) -> Text:
    """Return in one line what a programme gives a firm."""
    return _BENEFITS[kind](terms)


def _subsidy_benefit(terms: Mapping[str, Any]) -> Text:
    if terms.get("fraction") is not None:
        share = f"{Decimal(terms['fraction']) * 100:f}".rstrip("0").rstrip(".")
        parts = [Text(f"补贴利息的 {share}%", f"refunds {share} % of the interest")]
    else:
        points = terms["points_pct"]
        parts = [Text(f"年贴息 {points} 个百分点", f"{points} percentage points a year")]
    if terms.get("months"):
        parts.append(Text(f"最长 {terms['months']} 个月", f"up to {terms['months']} months"))
    if (cap := _fen(terms.get("principal_cap"))) is not None:
        parts.append(Text(f"限贷款本金 {money.human(cap).zh}以内", f"on at most {money.human(cap).en}"))
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _bridge_benefit(terms: Mapping[str, Any]) -> Text:
    days = terms["max_days"]
    return Text(f"到期贷款先由保障资金归还，最长 {days} 天", f"repays a maturing loan for up to {days} days")


def _compensation_benefit(terms: Mapping[str, Any]) -> Text:
    most = terms["cap_pct"]
    return Text(
        f"银行损失由财政分担，最高 {most}%，更容易获贷", f"public money bears up to {most} % of the bank's loss"
    )


def _guarantee_benefit(terms: Mapping[str, Any]) -> Text:
    top, fee = money.human(money.parse_yuan(terms["single_max"])), terms["fee_pct"]
    return Text(f"担保最高 {top.zh}，年费率不超过 {fee}%", f"guarantees up to {top.en} at {fee} % a year at most")


def _preferential_benefit(terms: Mapping[str, Any]) -> Text:
    points = terms["discount_bp"]
    return Text(f"指定产品利率再降 {points} 个基点", f"{points} bp off the named products")


_BENEFITS: dict[str, Callable[[Mapping[str, Any]], Text]] = {
    "subsidy": _subsidy_benefit,
    "bridge": _bridge_benefit,
    "compensation": _compensation_benefit,
    "guarantee": _guarantee_benefit,
    "preferential": _preferential_benefit,
}


def _exact(raw: str | None) -> Decimal | None:
    return None if raw is None else Decimal(raw)


def _fen(raw: str | None) -> int | None:
    return None if raw is None else money.parse_yuan(raw)

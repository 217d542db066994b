"""What the office keeps: policy values, working calendar, reference rates and the repair table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import authority, freshness, parameters, shipped
from huoshui.catalogue.constraints import act
from huoshui.catalogue.models import CalendarDay, CalendarYear, ParameterValue, ReferenceRate, RepairMeasure
from huoshui.kernel import clock, rates
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text
from huoshui.kernel.workdays import shipped_days

ORDINARY = "ordinary"
DAY_KINDS = ("holiday", "makeup_workday", ORDINARY)
HIGHEST_RATE_PCT = 36
REPAIR_FIELDS = ("problem", "problem_en", "department", "department_en", "measure", "measure_en")
FIRST_YEAR, LAST_YEAR = 2004, 2099


@act
def set_parameter(actor: Actor, *, path: str, value: Any, valid_from: dt.date, document_no: str) -> None:
    """Set a policy value from a day on, with its document. What is decided before that day keeps the old value.

    *value*: typed as the shipped one, or the text an officer wrote ("90,270,360"). A day that has not come yet may be set
    again; the past and, once something could be decided under it, the present may not.
    """
    authority.require(actor, Permission.EDIT_PARAMETERS)
    spec = parameters.specification(path)
    raw = parameters.from_text(spec, value)
    problems = [parameters.problem_of(spec, raw), _document_problem(document_no), *_day_problems(path, valid_from)]
    if found := [problem for problem in problems if problem]:
        raise Refused(found)
    ParameterValue.objects.update_or_create(
        path=path,
        valid_from=valid_from,
        defaults={
            "value": raw,
            "document_no": document_no.strip(),
            "set_by_id": actor.person_id,
            "set_at": clock.now(),
        },
    )
    facts = {"path": path, "label": spec.label.zh, "value": raw, "valid_from": valid_from.isoformat()}
    facts["document_no"] = document_no.strip()
    audit.record(actor, "PARAMETER_SET", ("parameter", path), facts=facts)
    freshness.forget()


@act
def edit_calendar_day(actor: Actor, *, day: dt.date, kind: str, name: str = "", source: str = "") -> None:
    """Make *day* a holiday, a make-up workday, or ordinary again (``ordinary``: as its weekday says)."""
    authority.require(actor, Permission.EDIT_PARAMETERS)
    if kind not in DAY_KINDS:
        raise Refused([Problem("calendar_kind", Text("没有这种日期类型。", "No such kind of day."), "kind", kind)])
    install_calendar()
    if kind == ORDINARY:
        CalendarDay.objects.filter(day=day).delete()
    else:
        CalendarDay.objects.update_or_create(day=day, defaults={"kind": kind, "name": name, "source": source})
    facts = {"day": day.isoformat(), "kind": kind, "name": name, "source": source}
    audit.record(actor, "CALENDAR_DAY_SET", ("calendar_day", day.isoformat()), facts=facts)
    freshness.forget()


@act
def announce_year(actor: Actor, *, year: int, source: str) -> None:
    """Say that every holiday and make-up workday of *year* is entered, so that its due days are certain."""
    authority.require(actor, Permission.EDIT_PARAMETERS)
    problems = [] if FIRST_YEAR <= year <= LAST_YEAR else [_year_problem(year)]
    if missing := _document_problem(source):
        problems.append(missing)
    if problems:
        raise Refused(problems)
    install_calendar()
    CalendarYear.objects.update_or_create(year=year, defaults={"source": source.strip()})
    audit.record(actor, "CALENDAR_YEAR_ANNOUNCED", ("calendar_year", year), facts={"year": year, "source": source})
    freshness.forget()


@act
def publish_rate(actor: Actor, *, kind: str, effective_on: dt.date, rate_pct: str | Decimal, source: str) -> None:
    """Enter a published reference rate (lpr_1y, lpr_5y, benchmark_1y) from a day on; correct one entered wrongly."""
    authority.require(actor, Permission.EDIT_PARAMETERS)
    problems = [_rate_kind_problem(kind), _rate_problem(rate_pct), _document_problem(source)]
    if found := [problem for problem in problems if problem]:
        raise Refused(found)
    ppm = rates.to_ppm(Decimal(rate_pct))
    values = {"rate_ppm": ppm, "source": source.strip()}
    ReferenceRate.objects.update_or_create(kind=kind, effective_on=effective_on, defaults=values)
    facts = {"rate_kind": kind, "effective_on": effective_on.isoformat(), "rate_pct": str(rate_pct), "source": source}
    audit.record(actor, "RATE_PUBLISHED", ("reference_rate", f"{kind} {effective_on}"), facts=facts)
    freshness.forget()


@act
def save_repair_measure(
    actor: Actor, *, code: str, words: Mapping[str, str], standard: int | None, fact: str = "", repairable: bool = True
) -> None:
    """Write a row of the repair table. *words*: problem, department and measure, each also with ``_en``."""
    authority.require(actor, Permission.EDIT_PARAMETERS)
    said = Text("这一栏没有填写。", "This is missing.")
    problems = [Problem("repair_words", said, name) for name in REPAIR_FIELDS if not words.get(name, "").strip()]
    if standard is not None and not 1 <= standard <= 5:
        problems.append(
            Problem("repair_standard", Text("标准为 1 至 5。", "A standard is 1 to 5."), "standard", standard)
        )
    if problems:
        raise Refused(problems)
    values: dict[str, Any] = {name: words[name].strip() for name in REPAIR_FIELDS}
    values |= {"standard": standard, "fact": fact, "repairable": repairable}
    RepairMeasure.objects.update_or_create(code=code, defaults=values)
    audit.record(actor, "REPAIR_MEASURE_SAVED", ("repair_measure", code), facts={"problem": values["problem"]})
    freshness.forget()


def install_calendar() -> int:
    """Write the shipped calendar into an empty table, so that editing one day does not lose the others."""
    if CalendarYear.objects.exists():
        return 0
    days = [CalendarDay(day=row.day, kind=row.kind, name=row.name, source=row.source) for row in shipped_days()]
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
    sources = {row.day.year: row.source for row in shipped_days()}
    CalendarYear.objects.bulk_create(CalendarYear(year=year, source=source) for year, source in sources.items())
    return len(days)


def _day_problems(path: str, valid_from: dt.date) -> list[Problem]:
    if valid_from < clock.today():
        said = Text(
            "生效日期不能早于今天，已办事项沿用旧值。", "A value cannot start in the past; old cases keep theirs."
        )
        return [Problem("parameter_past", said, "valid_from", valid_from.isoformat())]
    taken = ParameterValue.objects.filter(path=path, valid_from=valid_from).exists()
    if valid_from == clock.today() and taken:
        said = Text("今天已经设置过，可能已被使用。", "It was set for today already and may be in use.")
        remedy = Text("请设置为明天起生效。", "Set it from tomorrow.")
        return [Problem("parameter_taken", said, "valid_from", valid_from.isoformat(), remedy)]
    return []


def _document_problem(document: str) -> Problem | None:
    if document.strip():
        return None
    return Problem("document_missing", Text("请填写依据文件。", "Name the document it comes from."), "document_no")


def _year_problem(year: int) -> Problem:
    return Problem("calendar_year", Text("年份不在范围内。", "The year is out of range."), "year", year)


def _rate_kind_problem(kind: str) -> Problem | None:
    if kind in shipped.RATE_KINDS:
        return None
    return Problem("rate_kind", Text("没有这种参考利率。", "No such reference rate."), "kind", kind)


def _rate_problem(raw: str | Decimal) -> Problem | None:
    try:
        rate = Decimal(raw)
    except InvalidOperation:
        rate = Decimal("NaN")
    if rate.is_finite() and 0 < rate <= HIGHEST_RATE_PCT and not rate * rates.PPM_IN_PERCENT % 1:
        return None
    said = Text(
        f"利率要写成百分数，大于 0、不超过 {HIGHEST_RATE_PCT}、最多四位小数。",
        f"A rate in percent above 0, at most {HIGHEST_RATE_PCT}, with at most four decimals.",
    )
    return Problem("rate_value", said, "rate_pct", str(raw))

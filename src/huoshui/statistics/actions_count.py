"""Counts tallies into facts: every night for the newest days, and once for each span that something asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Q

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.statistics import measures, spans
from huoshui.statistics.counting import counted
from huoshui.statistics.measures import Book, Tally
from huoshui.statistics.models import Counted, Fact, TallyVersion
from huoshui.statistics.queries_figures import book
from huoshui.statistics.readings import compared_spans
from huoshui.statistics.spans import Span

TREND_MONTHS = 13
BATCH = 5_000
Job = tuple[Tally, Span]
Key = tuple[str, int, dt.date, dt.date]
LOCK = 1_402_025  # of this job among the advisory locks


def refresh(actor: Actor = SYSTEM, *, on: dt.date | None = None, thorough: bool = True) -> int:
    """Count everything that may have changed up to the day *on* (today) and what it is compared with.

    Counted anew: the running month, quarter, year and everything so far, and the periods that ended last (for what was
    entered late). Counted once: what they are compared with, the months of the trend, what the public sees. Not
    *thorough*: only the running ones; the rest is counted when a page asks. Returns how many tallies and spans.
    """
    last, held = on or clock.today(), book()
    moving = [spans.span_to(kind, last) for kind in spans.KINDS]
    if not thorough:
        return _count(actor, _comparisons(held, moving, last))
    finished = [spans.last_whole(kind, last) for kind in spans.KINDS]
    fresh = [(tally, span) for span in {*moving, *finished} for tally in held.tallies_on(span.last)]
    return _count(actor, [*fresh, *_missing(_comparisons(held, _compared([*moving, *finished], last), last))])


def _compared(shown: Iterable[Span], last: dt.date) -> set[Span]:
    """Return every span that figures over the spans *shown* are compared with, the trend's and the public's."""
    public = spans.public_spans(last)
    wanted = {each for span in (*shown, *public) for each in compared_spans(span)}
    return wanted | set(spans.months_back(spans.last_whole("month", last).last, TREND_MONTHS))


def ensure(wanted: Iterable[Span], *, codes: Iterable[str], defined: dt.date | None = None) -> int:
    """Count what was never counted of the measures *codes* over *wanted*; returns how many tallies and spans.

    *defined*: the day whose definitions apply (what a figure is compared with), each span's last day by default.
    """
    held = book()
    tallies = {take.tally for code in codes for take in held.measures[code].takes}
    jobs = [(held.tally(code, defined or span.last), span) for span in set(wanted) for code in tallies]
    return _count(SYSTEM, _missing(jobs))


def _comparisons(held: Book, others: Iterable[Span], last: dt.date) -> list[Job]:
    return [(tally, span) for span in others for tally in held.tallies_on(last)]


def _missing(jobs: Iterable[Job]) -> list[Job]:
    asked = list(jobs)
    days = {span.last for _tally, span in asked}
    known = set(Counted.objects.filter(last__in=days).values_list("tally", "version", "start", "last"))
    return [job for job in asked if _key(*job) not in known]


def _key(tally: Tally, span: Span) -> Key:
    return tally.code, tally.version, span.start, span.last


def recount(wanted: Iterable[Span], *, codes: Iterable[str], defined: dt.date) -> int:
    """Count the measures *codes* over *wanted* anew, whatever was counted before; returns how many tallies and spans."""
    held = book()
    tallies = sorted({take.tally for code in codes for take in held.measures[code].takes})
    return _count(SYSTEM, [(held.tally(code, defined), span) for span in set(wanted) for code in tallies])


def _count(actor: Actor, jobs: list[Job]) -> int:
    done: dict[Key, Job] = {_key(*job): job for job in jobs}
    if not done:
        return 0
    with row_security.acting(SYSTEM), transaction.atomic():
        with connection.cursor() as cursor:  # two counts at once would find each other's rows in their way
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _write({key: counted(*job, SYSTEM) for key, job in sorted(done.items())})
        newest = max(key[3] for key in done)
        record(actor, "FIGURES_COUNTED", ("figures", newest.isoformat()), facts={"count": len(done), "day": newest})
    return len(done)


def _write(found: dict[Key, list[tuple[str, int, int, int]]]) -> None:
    _take_away(found)
    facts = [
        Fact(
            tally=tally, version=version, start=start, last=last, district_code=place, institution_id=whose,
            count=count, amount=amount,
        )
        for (tally, version, start, last), cells in found.items()
        for place, whose, count, amount in cells
    ]  # fmt: skip
    Fact.objects.bulk_create(facts, batch_size=BATCH)
    now = clock.now()
    Counted.objects.bulk_create(
        [Counted(tally=key[0], version=key[1], start=key[2], last=key[3], counted_at=now) for key in found],
        update_conflicts=True,
        update_fields=["counted_at"],
        unique_fields=["tally", "version", "start", "last"],
    )


def _take_away(found: Iterable[Key]) -> None:
    by_days: dict[tuple[dt.date, dt.date], set[tuple[str, int]]] = {}
    for tally, version, start, last in found:
        by_days.setdefault((start, last), set()).add((tally, version))
    for (start, last), tallies in sorted(by_days.items()):
        codes = {code for code, _version in tallies}
        rows = Fact.objects.filter(start=start, last=last, tally__in=codes)
        for version in {version for _code, version in tallies}:
            rows.filter(version=version, tally__in={code for code, held in tallies if held == version}).delete()


def forget_old(*, before: dt.date) -> int:
    """Take away days that are neither a month's end nor newer than *before*: nothing compares with them any more."""
    with row_security.acting(SYSTEM), transaction.atomic():
        old = Q(last__lt=before)
        days = set(Counted.objects.filter(old).values_list("last", flat=True).distinct())
        odd = [day for day in days if not spans.span_to("month", day).whole]
        Fact.objects.filter(last__in=odd).delete()
        gone, _each = Counted.objects.filter(last__in=odd).delete()
        if gone:
            record(SYSTEM, "FIGURES_DROPPED", ("figures", before.isoformat()), facts={"count": gone})
    return gone


def revise_tally(
    actor: Actor, *, tally: str, filter: dict[str, object], words: Text, document_no: str, valid_from: dt.date
) -> int:
    """Give a tally a later definition from a month's first day on; returns its version.

    Raises DomainError (not_allowed) or Refused: unknown tally or field, a day that is no month's first, in the past of
    a period already over, or no document.
    """
    if not actor.may(Permission.MANAGE_EVALUATION):
        said = Text("只有市级金融办可以变更统计口径。", "Only the city's financial office changes a definition.")
        raise DomainError("not_allowed", said)
    known = book().tallies.get(tally)
    problems = _revision_problems(tally, known, filter, document_no, valid_from)
    if problems:
        raise Refused(problems)
    assert known
    with transaction.atomic():
        made = TallyVersion.objects.create(
            tally=tally, version=known[-1].version + 1, filter=filter, words=words.zh, words_en=words.en,
            document_no=document_no.strip(), valid_from=valid_from, made_by=str(actor.person_id or actor.kind),
            made_at=clock.now(),
        )  # fmt: skip
        facts = {"tally": tally, "version": made.version, "day": valid_from, "document": document_no}
        record(actor, "DEFINITION_CHANGED", ("tally", tally), facts=facts)
    return made.version


def try_tally(actor: Actor, *, tally: str, filter: dict[str, object]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (count, amount) of the running month by the definition in force and by the one to try. Nothing is kept."""
    if not actor.may(Permission.MANAGE_EVALUATION):
        said = Text("只有市级金融办可以变更统计口径。", "Only the city's financial office changes a definition.")
        raise DomainError("not_allowed", said)
    span, held = spans.span_to("month", clock.today()), book()
    now = held.tally(tally, span.last)
    problems = _filter_problems(now, filter)
    if problems:
        raise Refused(problems)
    with row_security.acting(SYSTEM):
        return _whole(counted(now, span, SYSTEM)), _whole(counted(replace(now, filter=filter), span, SYSTEM))


def _whole(cells: list[tuple[str, int, int, int]]) -> tuple[int, int]:
    return next(((count, amount) for place, whose, count, amount in cells if not place and not whose), (0, 0))


def _revision_problems(
    code: str, known: tuple[Tally, ...] | None, filter_: dict[str, object], document_no: str, valid_from: dt.date
) -> list[Problem]:
    if known is None:
        return [_problem("tally", code, "没有这个统计口径。", "There is no such tally.")]
    found = []
    if valid_from.day != 1:
        said = "口径只能从某月 1 日起变更。", "A definition changes only on a month's first day."
        found.append(_problem("valid_from", valid_from, *said))
    elif valid_from < clock.today().replace(day=1):
        said = "已结束的月份不能改变口径。", "Months that are over keep their definition."
        found.append(_problem("valid_from", valid_from, *said))
    if any(each.valid_from and each.valid_from >= valid_from for each in known):
        said = "这一天或更晚已有新口径。", "There is a definition from this day or later already."
        found.append(_problem("valid_from", valid_from, *said))
    if not document_no.strip():
        found.append(_problem("document_no", document_no, "请填写依据文号。", "Name the document."))
    return [*found, *_filter_problems(known[-1], filter_)]


def _filter_problems(tally: Tally, filter_: dict[str, object]) -> list[Problem]:
    trial = measures.Tally(tally.code, 0, tally.base, tally.count, tally.parts, filter_, tally.stock)
    try:
        with transaction.atomic():
            counted(trial, spans.span_to("month", clock.today()), SYSTEM)
    except Exception as wrong:  # whatever the database or the table says of it
        said = Text("这个筛选条件算不出来：{why}", "This filter cannot be counted: {why}").format(why=str(wrong)[:120])
        return [Problem("filter_invalid", said, field="filter", value=str(filter_))]
    return []


def _problem(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem("definition_invalid", Text(zh, en), field=field, value=value)

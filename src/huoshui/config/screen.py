"""``huoshui screen``, ``explain`` and ``simulate``: rules and firms from files, no database, no Django.

Exit status: 0 done, 1 refused with every reason, 2 wrong usage. ``--json`` prints one JSON document.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.rules.book import Book, read_book, read_facts
from huoshui.rules.facts import FactDictionary, shipped

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NAMES = {"help_option_names": ["-h", "--help"]}
# M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD of malloc.h
_GLIBC = ((-8, 1), (-3, 1 << 30), (-1, 1 << 30), (-2, 1 << 24))


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.argument("firms", type=_FILE, metavar="FIRMS.parquet"),
        click.argument("rules", type=_FILE, metavar="RULES.json"),
        click.option("--facts", "facts_file", type=_FILE, help="Fact dictionary to use instead of the shipped one."),
        click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of words."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _day(ctx: click.Context, parameter: click.Parameter, given: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(given) if given else clock.today()
    except ValueError:
        raise click.BadParameter(f"“{given}” is not a date such as 2026-11-21") from None


def keep_memory() -> None:
    """Let the C library keep what is freed, in one arena: else the megabytes of every batch go back to the system and are
    asked for again, zeroed page by page, a tenth of the whole run. Only glibc knows how; others do as they do."""
    if tune := getattr(ctypes.CDLL(None), "mallopt", None):
        for option, value in _GLIBC:
            tune(option, value)


@click.command(context_settings=_NAMES)
@_shared
@click.option("--as-of", required=True, callback=_day, metavar="DATE", help="Day for which rules and dates are read.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where parts of the file are worked; results are the same.",
)
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="How many rules are best.")
def screen(firms: Path, rules: Path, facts_file: Path | None, language: str, as_json: bool, **asked: Any) -> None:  # fmt: skip
    """Judge every firm of FIRMS by every rule of RULES.

    Writes counts.parquet (rule, district, yes, no, unknown), verdicts.parquet (uscc, yes, near, best) and
    manifest.json into the folder. The same inputs give the same bytes; a run that was killed is taken up again.
    """

    def run() -> None:
        from huoshui.screening import run as screening_run

        keep_memory()
        facts, content = _facts(facts_file), rules.read_bytes()
        book = read_book(content, facts)
        digest = hashlib.sha256(content).hexdigest()
        request = screening_run.Request(firms, book, digest, facts, asked["as_of"], asked["out"], asked["top"])
        engine = _spark() if asked["engine"] == "spark" else screening_run.local
        with _bar(firms) as tick:
            told = screening_run.screen(request, engine=engine, progress=tick)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _summary(told, asked["out"]))

    _refusing(run, language=language, as_json=as_json)


@click.command(context_settings=_NAMES)
@_shared
@click.option("--firm", required=True, metavar="USCC", help="Credit code of the firm.")
@click.option("--rule", "code", required=True, metavar="CODE", help="Code of the rule.")
@click.option("--as-of", required=True, callback=_day, metavar="DATE", help="Day for which rules and dates are read.")
def explain(
    firms: Path,
    rules: Path,
    facts_file: Path | None,
    language: str,
    as_json: bool,
    firm: str,
    code: str,
    as_of: dt.date,
) -> None:
    """Print one verdict as a tree: each condition, what it asks, what was read, how it came out."""

    def run() -> None:
        from huoshui.rules.tree import facts_of
        from huoshui.screening.explained import lines, verdict_of
        from huoshui.screening.firms_file import find_firm, open_firms

        facts = _facts(facts_file)
        found = {rule.code: rule for rule in read_book(rules.read_bytes(), facts).rules}
        if code not in found:
            raise DomainError("no_such_rule", Text(f"没有规则 {code}。", f"There is no rule {code}."), field="rule")
        rule = found[code]
        known = find_firm(open_firms(firms, sorted(facts_of(rule.criteria)), facts), firm, facts)
        if as_json:
            click.echo(json.dumps({"uscc": firm, **verdict_of(rule, known, as_of=as_of)}, ensure_ascii=False))
        else:
            click.echo("\n".join(lines(rule, known, as_of=as_of, language=language)))

    _refusing(run, language=language, as_json=as_json)


@click.command(context_settings=_NAMES)
@_shared
@click.argument("changed", type=_FILE, metavar="CHANGED.json")
@click.option("--as-of", callback=_day, metavar="DATE", help="Day for which rules and dates are read (default: today).")
def simulate(
    firms: Path, rules: Path, changed: Path, facts_file: Path | None, language: str, as_json: bool, as_of: dt.date
) -> None:
    """Show what the rules in CHANGED would do: who gains, loses or becomes unknown, by district.

    CHANGED holds the rules that change or are new; the others stay. A rule with a "programme" (take_up_pct,
    loan_amount, cost_pct, budget) shows loans, cost and leverage before and after.
    """

    def run() -> None:
        from huoshui.screening import simulate as lab

        facts = _facts(facts_file)
        before, after = _both(rules, changed, facts)
        with _bar(firms) as tick:
            found = lab.simulate(firms, before, after, facts, as_of=as_of, progress=tick)
        told = [lab.as_json(change) for change in found]
        click.echo(
            json.dumps({"as_of": as_of.isoformat(), "changes": told}, ensure_ascii=False) if as_json else _told(told)
        )

    _refusing(run, language=language, as_json=as_json)


def _both(rules: Path, changed: Path, facts: FactDictionary) -> tuple[Book, Book]:
    """Read both files; problems of both are named at once."""
    books, problems = [], []
    for file in (rules, changed):
        try:
            books.append(read_book(file.read_bytes(), facts))
        except DomainError as refusal:
            problems += list(refusal.problems)
    if problems:
        from huoshui.kernel.errors import Refused

        raise Refused(problems)
    return books[0], books[1]


def _facts(file: Path | None) -> FactDictionary:
    return read_facts(file.read_bytes()) if file else shipped()


def _spark() -> Any:
    from huoshui.screening.spark import on_spark

    return on_spark


def _refusing(run: Callable[[], None], *, language: str, as_json: bool) -> None:
    try:
        run()
    except DomainError as refusal:
        if as_json:
            reasons = [
                {"code": each.code, "field": each.field, "problem": each.said(language)} for each in refusal.problems
            ]
            click.echo(json.dumps({"error": refusal.code, "problems": reasons}, ensure_ascii=False))
        for line in refusal.lines(language):
            click.echo(line, err=True)
        sys.exit(1)


@contextmanager
def _bar(firms: Path) -> Iterator[Callable[[int], None]]:
    """A progress bar over a file's rows, on the error stream; nothing where that is not a terminal."""
    rows = _rows(firms) if sys.stderr.isatty() else 0
    if not rows:
        yield lambda done: None
        return
    with click.progressbar(length=rows, label=firms.name, file=sys.stderr) as bar:
        yield bar.update


def _rows(firms: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(firms).num_rows)
    except (OSError, pa.ArrowException):  # the run says in words what is wrong with the file
        return 0


def _summary(told: dict[str, Any], out: Path) -> str:
    seconds, memory = told["seconds"]["all"], told["peak_memory_mb"]
    resumed = f"  ({told['parts_resumed']}/{told['parts']} parts resumed)" if told["parts_resumed"] else ""
    return (
        f"{told['rows']:,} firms × {told['rules']['rules']:,} rules  {seconds:.2f} s  {memory:.0f} MB{resumed}\n"
        f"{out / 'counts.parquet'}\n{out / 'verdicts.parquet'}\n{out / 'manifest.json'}"
    )


def _told(changes: list[dict[str, Any]]) -> str:
    if not changes:
        return "No rule changes."
    return "\n\n".join("\n".join(_change_lines(change)) for change in changes)


def _change_lines(change: dict[str, Any]) -> list[str]:
    was, will = change["before"], change["after"]
    lines = [f"{change['rule']} {change['name']}"]
    lines += [f"  {name:<8}{was[name]:>12,} → {will[name]:>12,}" for name in ("yes", "no", "unknown")]
    lines.append(f"  {'district':<10}{'gain':>10}{'lose':>10}{'become unknown':>16}")
    rows = [*change["by_district"], {"district": "all", **{k: change[k] for k in ("gain", "lose", "become_unknown")}}]
    lines += [f"  {r['district'] or '—':<10}{r['gain']:>10,}{r['lose']:>10,}{r['become_unknown']:>16,}" for r in rows]
    for when, figures in (change["programme"] or {}).items():
        if figures:
            lines.append(
                f"  {when:<7} loans {figures['loans']:,}  lent {figures['lent']} 元  cost {figures['cost']} 元"
                f"  leverage {figures['leverage'] or '—'}"
            )
    return lines

"""``huoshui ledger``: verify and export the books."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from huoshui.config.operate import start_django
from huoshui.config.telling import FLAG, json_option, tell


@click.group()
def ledger() -> None:
    """Verify and export the books."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(as_json: bool) -> None:
    """Re-check every posting, balance, hold and chain; exit status 1 when anything is wrong."""
    start_django()
    from huoshui.ledger import verify as checks

    def show(done: int) -> None:
        if done % 5000 == 0 and not as_json:
            click.echo(f"\r{done:,} postings", nl=False, err=True)

    report = checks.verify(show)
    if as_json:
        click.echo(json.dumps({"ok": report.ok, "postings": report.postings, "problems": report.problems}))
    else:
        for problem in report.problems:
            click.echo(problem)
        click.echo(f"{report.postings:,} postings checked, {len(report.problems)} problems")
    sys.exit(0 if report.ok else 1)


@ledger.command()
@click.argument("book")
@click.option("--format", "form", type=click.Choice(["beancount", "xlsx"]), default="beancount", show_default=True)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), default="1970-01-01")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), default="9999-12-30")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output without.")
@json_option
def export(book: str, form: str, first: dt.datetime, last: dt.datetime, out: Path | None, as_json: bool) -> None:
    """Write BOOK as a file that an independent program can check."""
    if out is None and (as_json or form == "xlsx"):
        raise click.UsageError(f"{FLAG if as_json else '--format xlsx'} needs --out FILE")
    start_django()
    from huoshui.ledger import export as files

    if out is None:
        click.echo("\n".join(files.beancount(book)))
    elif form == "beancount":
        lines = list(files.beancount(book))
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tell({"file": str(out), "lines": len(lines)}, f"{out}: {len(lines):,} lines", as_json=as_json)
    else:
        with out.open("wb") as target:
            legs = files.workbook(target, book, first=first.date(), last=last.date())
        tell({"file": str(out), "legs": legs}, f"{out}: {legs:,} legs", as_json=as_json)

"""``huoshui import``: departmental files into the register, from the command line.

Exit status: 0 taken in whole, 1 some rows or the file refused (with reasons), 2 wrong usage.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from huoshui.access.actor import Actor
    from huoshui.registry.imports import BatchView

_FILE = click.Path(dir_okay=False, path_type=Path)


def _pairs(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        column, mark, field = text.rpartition("=")
        if not (mark and column and field):
            raise click.BadParameter(f"“{text}” should be COLUMN=FIELD, such as 注册资本=registered_capital@万元")
        pairs[column] = field
    return pairs


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option("--source", default="market", show_default=True, help="Department that the file comes from."),
        click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", callback=_pairs,
                     help="Read COLUMN as FIELD (FIELD@万元 for its unit, - to ignore); remembered for the source."),
        click.option("--dry-run", is_flag=True, help="Check and count; change nothing."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--person", type=int, help="Number of the person for whom it is done (default: the system)."),
        click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day that facts hold for (default: today)."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group("import", context_settings={"help_option_names": ["-h", "--help"]})
def import_group() -> None:
    """Take departmental files into the register (CSV, Excel, Parquet)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
    import django

    django.setup()


@import_group.command()
@click.argument("file", type=_FILE)
@_shared
def enterprises(file: Path, **asked: Any) -> None:
    """Take firms from FILE: new ones are created, differing fields changed with their old values kept."""
    _run("enterprises", file, **asked)


@import_group.command()
@click.argument("file", type=_FILE)
@_shared
def facts(file: Path, **asked: Any) -> None:
    """Take a department's facts of registered firms from FILE, which names each by its credit code."""
    _run("facts", file, **asked)


@import_group.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def divisions(as_json: bool) -> None:
    """Bring the table of administrative divisions up to date with the shipped one."""
    from huoshui.access.actor import SYSTEM
    from huoshui.access.row_security import acting
    from huoshui.registry import actions

    with acting(SYSTEM):
        count = actions.install_reference_data(SYSTEM)
    click.echo(json.dumps({"divisions": count}) if as_json else f"{count} divisions")


@import_group.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def policies(file: Path, as_json: bool) -> None:
    """Take policy documents from FILE, CSV or JSON lines: title, number, issuer, issued_on, url, body."""
    import csv

    from huoshui.access.actor import SYSTEM
    from huoshui.access.row_security import acting
    from huoshui.service.actions_policy import import_documents

    if not file.exists():
        raise click.BadParameter(f"there is no file {file.name}", param_hint="FILE")
    with file.open(encoding="utf-8-sig", newline="") as lines, acting(SYSTEM):
        rows = map(json.loads, lines) if file.suffix == ".jsonl" else csv.DictReader(lines)
        taken = import_documents(SYSTEM, rows=rows)
    counts = {"created": taken.created, "changed": taken.changed, "unchanged": taken.unchanged}
    if as_json:
        click.echo(json.dumps({**counts, "refused": taken.refused}, ensure_ascii=False))
    else:
        click.echo(
            "  ".join(f"{name} {number:,}" for name, number in {**counts, "refused": len(taken.refused)}.items())
        )
        for line, why in taken.refused[:20]:
            click.echo(f"{line:>8}  {why}")
    sys.exit(1 if taken.refused else 0)


def _run(
    kind: str,
    file: Path,
    *,
    source: str,
    mapping: dict[str, str],
    dry_run: bool,
    as_json: bool,
    as_of: dt.datetime | None,
    person: int | None,
) -> None:
    from huoshui.access.actor import SYSTEM
    from huoshui.access.row_security import acting
    from huoshui.kernel.errors import DomainError
    from huoshui.registry import imports

    actor = _actor(person)
    if not file.exists():
        raise click.BadParameter(f"there is no file {file.name}", param_hint="FILE")
    day = as_of.date() if as_of else None
    try:
        with acting(SYSTEM), click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr) as bar:
            batch = imports.run(
                source, file, actor=actor, mapping=mapping, progress=_watch(bar), kind=kind, as_of=day, dry_run=dry_run
            )
    except DomainError as refusal:
        if as_json:
            click.echo(json.dumps({"error": refusal.code, "reasons": refusal.lines()}, ensure_ascii=False))
            sys.exit(1)
        raise
    _report(batch, as_json=as_json)
    sys.exit(1 if batch.refused else 0)


def _actor(person: int | None) -> Actor:
    """Return whoever the import is done for; their roles are asked, not assumed."""
    from django.contrib.auth import get_user_model

    from huoshui.access.actor import SYSTEM, actor_for

    if person is None:
        return SYSTEM
    found = get_user_model().objects.filter(pk=person).first()
    if found is None:
        raise click.BadParameter(f"there is no person {person}", param_hint="--person")
    return actor_for(found)


def _watch(bar: Any) -> Callable[[str, int], None]:
    """Return a progress callback: rows read fill nine tenths of the bar, the merge the rest."""
    step = bar.length / 50

    def watch(said: str, rows: int) -> None:
        full = bar.length * 0.9
        bar.update(bar.length - bar.pos if said == "done" else max(0, min(step, full - bar.pos)))

    return watch


def _report(batch: BatchView, *, as_json: bool) -> None:
    counts = {name: getattr(batch, name) for name in ("rows", "accepted", "created", "changed", "unchanged", "refused")}
    refused = str(batch.refusals_file) if batch.refusals_file else None
    if as_json:
        remarks = {code: number for code, _, number in batch.remarks}
        told = {"batch": batch.id, "source": batch.source, "file": batch.file_name, **counts, "remarks": remarks}
        click.echo(json.dumps({**told, "refused_rows": refused, "message": batch.message}, ensure_ascii=False))
        return
    click.echo("  ".join(f"{name} {number:,}" for name, number in counts.items()))
    for _, words, number in batch.remarks:
        click.echo(f"{number:>10,}  {words.zh} / {words.en}")
    if batch.message:
        click.echo(batch.message)
    if refused:
        click.echo(f"Refused rows with their reasons: {refused}")

"""``huoshui audit``: verify, anchor and export the chain of events."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from huoshui.config.operate import start_django
from huoshui.config.telling import tell


@click.group()
def audit() -> None:
    """Verify, anchor and export the chain of events."""


@audit.command()
@click.option("--anchors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Heads kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(anchors: Path | None, as_json: bool) -> None:
    """Recompute every link; exit status 1 when an event was changed, removed or slipped in."""
    start_django()
    from huoshui.audit import verify as chain

    published = _read_anchors(anchors) if anchors else {}
    if as_json or not sys.stderr.isatty():
        report = chain.verify(anchors=published)
    else:
        with click.progressbar(length=chain.anchor().seq, label="events", file=sys.stderr) as bar:
            report = chain.verify(anchors=published, progress=lambda done: bar.update(done - bar.pos))
    if as_json:
        problems = [{"seq": found.seq, "event": found.event_id, "what": found.what.en} for found in report.problems]
        facts = {"ok": report.ok, "checked": report.checked, "head": {"seq": report.head_seq, "digest": report.head}}
        click.echo(json.dumps({**facts, "problems": problems}))
    else:
        for found in report.problems:
            click.echo(f"link {found.seq or '—'}, event {found.event_id or '—'}: {found.what.en}")
        click.echo(
            f"{report.checked:,} events checked, {len(report.problems)} problems; head {report.head_seq} {report.head}"
        )
    sys.exit(0 if report.ok else 1)


def _read_anchors(path: Path) -> dict[int, str]:
    """Return the heads of a file with a line "seq digest" each; anything after them on a line is a remark."""
    found: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) < 2 or not parts[0].isdigit() or len(parts[1]) != 64:
            raise click.UsageError(f"{path} line {number}: expected a number and a digest of 64 digits, found {line!r}")
        found[int(parts[0])] = parts[1]
    return found


@audit.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to add the line to.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def anchor(out: Path | None, as_json: bool) -> None:
    """Print the head of the chain: keep it outside, and a rewritten or cut-off past can be proved later."""
    start_django()
    from huoshui.audit.verify import anchor as head
    from huoshui.kernel import clock

    found = head()
    line = f"{found} {clock.now().isoformat(timespec='seconds')}"
    if out:
        with out.open("a", encoding="utf-8") as target:
            target.write(line + "\n")
    click.echo(json.dumps({"seq": found.seq, "digest": found.digest}) if as_json else line)


@audit.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output without.")
@click.option("--topic", default="", help="Only what happened to one case, such as demand:12.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document about the file; the events are JSON anyway.")
def export(out: Path | None, topic: str, as_json: bool) -> None:
    """Write events with their links, one JSON document a line, oldest first."""
    start_django()
    from huoshui.audit.export import lines

    if out is None:
        for line in lines(topic=topic):
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    written = 0
    with out.open("w", encoding="utf-8") as target:
        for line in lines(topic=topic):
            target.write(json.dumps(line, ensure_ascii=False) + "\n")
            written += 1
    tell({"file": str(out), "events": written}, f"{out}: {written:,} events", as_json=as_json)

"""How commands answer: a sentence for people, one JSON document with ``--json`` for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

FLAG = "--json"
json_option = click.option(FLAG, "as_json", is_flag=True, help="Print one JSON document.")


def tell(facts: Mapping[str, Any], words: str, *, as_json: bool) -> None:
    """Print *facts* as one JSON document on one line, or *words*."""
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else words)


def refuse(code: str, reasons: list[str], *, as_json: bool) -> None:
    """Print why a command was refused: a document with error and reasons, or a line each on stderr."""
    if as_json:
        click.echo(json.dumps({"error": code, "reasons": reasons}, ensure_ascii=False))
        return
    for line in reasons:
        click.echo(line, err=True)

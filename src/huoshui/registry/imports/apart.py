"""An import in a process of its own, under the database's owner, for callers that the web role binds."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from huoshui.access.actor import Actor
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

_SECONDS = 3600  # far beyond a province's register; a process that hangs must end some day


def run(
    kind: str, source: str, path: Path, actor: Actor, mapping: Mapping[str, str], as_of: dt.date, dry_run: bool
) -> int:
    """Run ``huoshui import`` on the file for *actor* and return its batch. Raises DomainError with what it refused."""
    command = [sys.executable, "-m", "huoshui.config.cli", "import", kind, str(path), "--source", source, "--json"]
    command += ["--as-of", as_of.isoformat(), *(["--dry-run"] if dry_run else [])]
    command += [part for column, field in mapping.items() for part in ("--map", f"{column}={field}")]
    if actor.person_id is not None:
        command += ["--person", str(actor.person_id)]
    environment = {**os.environ, "HUOSHUI_DB_ROLE": "owner"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=_SECONDS, check=False)  # noqa: S603
    return _batch(done.stdout, done.stderr)


def _batch(said: str, complaint: str) -> int:
    last = said.strip().splitlines()[-1:] or ["{}"]
    answer = json.loads(last[0]) if last[0].startswith("{") else {}
    if "batch" in answer:
        return int(answer["batch"])
    # a traceback is for the log of whoever runs the platform; its last line is what a person can report
    reasons = " ".join(answer.get("reasons", [])) or "".join(complaint.strip().splitlines()[-1:])
    words = Text(reasons or "导入进程意外结束。", reasons or "The import ended unexpectedly.")
    raise DomainError(answer.get("error", "import_failed"), words, field="file")

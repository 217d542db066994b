"""Static files where the web process looks for them: collected beside other work, and only when one changed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import click
from django.conf import settings
from django.contrib.staticfiles import finders


class Collecting:
    """A collection under way, or none because nothing changed; ``wait`` before serving."""

    def __init__(self) -> None:
        self._stamp = Path(settings.STATIC_ROOT).with_suffix(".collected")
        self._state = _state_of_sources()
        same = self._stamp.exists() and self._stamp.read_text() == self._state
        command = [sys.executable, "-m", "huoshui.config.cli", "manage", "collectstatic", "--noinput", "-v0"]
        self._process = None if same else subprocess.Popen(command)

    def wait(self) -> None:
        """Return when every file is there. Raises ClickException when collecting failed."""
        if self._process is None:
            return
        if status := self._process.wait():
            raise click.ClickException(f"collecting the static files ended with {status}")
        self._stamp.write_text(self._state)


def _state_of_sources() -> str:
    """Return a fingerprint of every file's name, size and time of change."""
    whole = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            facts = Path(storage.path(name)).stat()
            whole.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return whole.hexdigest()

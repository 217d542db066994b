"""Every command answers a machine: --json is known everywhere, a refusal is a document, status 0, 1 or 2."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from huoshui.config.cli import COMMANDS, main


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its whole name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for part in command.list_commands(context):
        found = command.get_command(context, part)
        assert found is not None
        yield from leaves(found, f"{name} {part}".strip())


def test_every_command_knows_json_but_the_one_that_passes_on_to_django():
    known = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in leaves(main, "")
    }
    assert len(known) > len(COMMANDS)
    assert [name for name, options in known.items() if "--json" not in options] == ["manage"]


def run(*words: str) -> tuple[int, dict[str, object]]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, json.loads(done.stdout)


def no_manifest() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("else"), io.BytesIO())
    return made.getvalue()


def part_is_lost() -> bytes:
    made, text = io.BytesIO(), json.dumps({"format": 1, "parts": {"database.dump": "00"}}).encode()
    with tarfile.open(fileobj=made, mode="w") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return made.getvalue()


@pytest.mark.parametrize("content", [b"", b"no archive", no_manifest(), no_manifest()[:600], part_is_lost()])
def test_what_is_no_whole_backup_is_refused_in_words(tmp_path: Path, content: bytes):
    archive = tmp_path / "some.tar"
    archive.write_bytes(content)
    status, told = run("restore", str(archive), "--check", "--json")
    assert status == 1
    assert told["error"] == "refused"
    assert "use another archive" in told["reasons"][0]
    said = CliRunner().invoke(main, ["restore", str(archive), "--check"])
    assert (said.exit_code, said.stdout) == (1, "")
    assert "use another archive" in said.stderr


def test_wrong_usage_is_status_2_with_and_without_json(tmp_path: Path):
    for words in (["restore"], ["restore", str(tmp_path / "none"), "--json"], ["serve", "--port", "0"], ["nonsense"]):
        assert CliRunner().invoke(main, words).exit_code == 2


def test_the_calculators_are_named_as_a_document():
    status, told = run("calc", "--json", "--list")
    assert status == 0
    assert "schedule" in told

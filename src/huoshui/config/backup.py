"""Backup and restore: the database, the files and the installation's secret in one archive with a manifest.

The archive is a tar: ``manifest.json`` (format, versions, SHA-256 of each part), ``database.dump`` (pg_dump custom
format), ``files/`` and ``secret_key``. Restore refuses an archive whose parts do not match the manifest, and a
database that already holds data unless it is told to replace it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from huoshui.config import database, embedded
from huoshui.config.paths import VAR
from huoshui.config.telling import json_option, tell
from huoshui.kernel import clock

FORMAT = 1


@click.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(archive: Path, as_json: bool) -> None:
    """Write database, files and secret into ARCHIVE (a new file, readable by its owner only)."""
    if archive.exists():
        raise click.UsageError(f"{archive} exists already; name a new file")
    with tempfile.TemporaryDirectory(dir=archive.resolve().parent) as folder:
        dump = Path(folder) / "database.dump"
        _client("pg_dump", "-Fc", "--no-owner", "-f", str(dump))
        parts = {"database.dump": dump, **_kept_files()}
        manifest = {
            "format": FORMAT,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "version": version("huoshui"),
            "parts": {name: _digest(path) for name, path in parts.items()},
        }
        partial = Path(folder) / "archive"
        partial.touch(mode=0o600)
        with tarfile.open(partial, "w") as tar:
            _add_text(tar, Path(folder), "manifest.json", json.dumps(manifest, indent=1))
            for name, path in parts.items():
                tar.add(path, name)
        partial.rename(archive)
    facts = {"archive": str(archive), "bytes": archive.stat().st_size, "parts": len(parts)}
    tell(facts, f"{archive}: {facts['bytes']:,} bytes, {len(parts)} parts", as_json=as_json)


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empty the database first, if it holds data.")
@click.option("--check", is_flag=True, help="Only verify the archive; change nothing.")
@json_option
def restore(archive: Path, replace: bool, check: bool, as_json: bool) -> None:
    """Bring ARCHIVE back into this installation."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpack(archive, Path(folder))
        facts = {name: manifest[name] for name in ("made_at", "version")} | {"parts": len(manifest["parts"])}
        words = f"archive of {facts['made_at']}, version {facts['version']}: {facts['parts']} parts intact"
        if check or not as_json:
            tell({**facts, "intact": True, "restored": False}, words, as_json=as_json)
        if check:
            return
        _refuse_unless_empty(replace)
        _client("pg_restore", "--no-owner", "--exit-on-error", "-d", _name(), str(Path(folder) / "database.dump"))
        for name in manifest["parts"]:
            if name != "database.dump":
                target = VAR / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((Path(folder) / name).read_bytes())
                target.chmod(0o600 if name == "secret_key" else 0o644)
    words = "restored; run `huoshui doctor` to check the installation"
    tell({**facts, "intact": True, "restored": True}, words, as_json=as_json)


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (tarfile.TarError, EOFError, OSError, ValueError) as broken:
        raise click.ClickException(f"{archive} is not a whole backup; use another archive") from broken
    if manifest["format"] != FORMAT:
        raise click.ClickException(
            f"archive format {manifest['format']} is not {FORMAT}; restore it with its own version"
        )
    parts = manifest["parts"].items()
    changed = [name for name, kept in parts if not (folder / name).is_file() or _digest(folder / name) != kept]
    if changed:
        raise click.ClickException(f"changed since the backup: {', '.join(changed)}; use another archive")
    return manifest


def _refuse_unless_empty(replace: bool) -> None:
    import psycopg

    with psycopg.connect(_url(), autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if row and row[0] and not replace:
            raise click.ClickException(f"database {_name()} holds {row[0]} tables; add --replace to overwrite them")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {embedded.WEB}")


def _kept_files() -> dict[str, Path]:
    files = {f"files/{p.relative_to(VAR / 'files')}": p for p in sorted((VAR / "files").rglob("*")) if p.is_file()}
    secret = VAR / "secret_key"
    return {**files, "secret_key": secret} if secret.exists() else files


def _url() -> str:
    return database.url(VAR, "owner")


def _name() -> str:
    return _url().rsplit("/", 1)[1]


def _client(program: str, *arguments: str) -> None:
    settings = database.connection_settings(VAR)
    environment = {
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
    }
    command = [str(embedded.binaries(VAR) / program), *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{program} failed: {done.stderr.strip()}")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _add_text(tar: tarfile.TarFile, folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    tar.add(path, name)

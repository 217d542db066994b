"""Commands that keep an installation running: migrate, database, manage."""

from __future__ import annotations

import click

from huoshui.config import embedded
from huoshui.config.telling import json_option, tell


def start_django(*, role: str = "owner") -> None:
    """Load Django for a command; *role* is the database role: owner (may migrate) or web (bound by row security)."""
    import os

    import django

    os.environ.setdefault("HUOSHUI_DB_ROLE", role)
    django.setup()


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database up to date."""
    start_django()
    from huoshui.config import migrating

    before = migrating.applied()
    migrating.migrate(verbosity=0 if as_json else 1)
    if as_json:
        new = sorted(migrating.applied() - before)
        tell({"applied": new, "count": len(new)}, "", as_json=True)


@click.group()
def database() -> None:
    """The embedded database."""


@database.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether the embedded server runs and where; exit status 1 when it does not."""
    from huoshui.config.paths import VAR

    server = embedded.running(VAR)
    facts = {"running": server is not None, "port": server.port if server else None}
    tell(facts, f"running on port {server.port}" if server else "not running", as_json=as_json)
    raise SystemExit(0 if server else 1)


@database.command()
@json_option
def stop(as_json: bool) -> None:
    """Stop the embedded server."""
    from huoshui.config.paths import VAR

    stopped = embedded.stop(VAR)
    tell({"stopped": stopped}, "stopped" if stopped else "was not running", as_json=as_json)


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands (makemigrations, shell, …)."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["huoshui manage", *arguments])

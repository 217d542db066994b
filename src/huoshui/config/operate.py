"""Commands that keep an installation running: migrate, database, manage."""

from __future__ import annotations

import json

import click

from huoshui.config import embedded


def start_django(*, role: str = "owner") -> None:
    """Load Django for a command; *role* is the database role: owner (may migrate) or web (bound by row security)."""
    import os

    import django

    os.environ.setdefault("HUOSHUI_DB_ROLE", role)
    django.setup()


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    start_django()
    from huoshui.config import migrating

    migrating.migrate(verbosity=1)


@click.group()
def database() -> None:
    """The embedded database."""


@database.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(as_json: bool) -> None:
    """Say whether the embedded server runs and where; exit status 1 when it does not."""
    from huoshui.config.paths import VAR

    server = embedded.running(VAR)
    facts = {"running": server is not None, "port": server.port if server else None}
    click.echo(json.dumps(facts) if as_json else f"running on port {server.port}" if server else "not running")
    raise SystemExit(0 if server else 1)


@database.command()
def stop() -> None:
    """Stop the embedded server."""
    from huoshui.config.paths import VAR

    click.echo("stopped" if embedded.stop(VAR) else "was not running")


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands (makemigrations, shell, …)."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["huoshui manage", *arguments])

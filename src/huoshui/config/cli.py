"""The ``huoshui`` command line."""

from __future__ import annotations

import os

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huoshui")
def main() -> None:
    """Huoshui 活水: bank credit for a city's small firms."""


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands (makemigrations, shell, …)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["huoshui manage", *arguments])


if __name__ == "__main__":
    main()

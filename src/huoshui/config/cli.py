"""The ``huoshui`` command line: a table of commands, each loaded only when it is called.

Exit status: 0 done, 1 refused (with reasons), 2 wrong usage. ``--json`` prints one JSON document instead of sentences.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from huoshui.config.telling import FLAG, refuse

# name -> (where the click command lives, one line for the list). Loading is late: `calc` must not wait for Django.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("huoshui.config.demo.command:demo", "Build the demo city and serve it."),
    "serve": ("huoshui.config.serve:serve", "Serve the web application."),
    "worker": ("huoshui.config.serve:worker", "Run background and scheduled work."),
    "migrate": ("huoshui.config.operate:migrate", "Bring the database up to date."),
    "calc": ("huoshui.config.calc:calc_command", "Compute any rule for a list of cases, without a database."),
    "import": ("huoshui.config.import_cli:import_group", "Take in departmental files."),
    "screen": ("huoshui.config.screen:screen", "Judge every firm of a file by every rule of a file."),
    "explain": ("huoshui.config.screen:explain", "Explain one verdict on one firm."),
    "simulate": ("huoshui.config.screen:simulate", "Show who gains and who loses when rules change."),
    "audit": ("huoshui.config.audit_cli:audit", "Verify and export the chain of events."),
    "ledger": ("huoshui.config.ledger_cli:ledger", "Verify and export the books."),
    "user": ("huoshui.config.user_cli:user", "People, roles, locks."),
    "backup": ("huoshui.config.backup:backup", "Write everything into one file."),
    "restore": ("huoshui.config.backup:restore", "Bring a backup back."),
    "doctor": ("huoshui.config.doctor:doctor", "Say what is wrong with this installation and how to mend it."),
    "database": ("huoshui.config.operate:database", "The embedded database: status, stop."),
    "manage": ("huoshui.config.operate:manage", "Run one of Django's own commands."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports them when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called *cmd_name*, or None for an unknown one."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether a machine asks: a refusal is a document then, whichever command it comes from."""
        ctx.meta[FLAG] = FLAG in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal becomes its reasons and exit status 1. Wrong usage stays click's (2)."""
        from huoshui.kernel.errors import DomainError

        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            refuse(refusal.code, refusal.lines(), as_json=ctx.meta[FLAG])
        except click.UsageError:
            raise
        except click.ClickException as refusal:
            if not ctx.meta[FLAG]:
                raise
            refuse("refused", [refusal.message], as_json=True)
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huoshui")
def main() -> None:
    """Huoshui 活水: bank credit for a city's small firms."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")


if __name__ == "__main__":
    main()

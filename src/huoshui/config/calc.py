"""``huoshui calc NAME < cases.json``: every rule as a calculator, with no database, no network and no Django.

A JSON list of cases in, a list of results out, in the same order. A case that cannot be computed yields an error in its
place. Exit status: 0 all computed, 1 some not, 2 wrong usage or no JSON list.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import click

from huoshui.config.calc_case import Case
from huoshui.config.calculators import CALCULATORS, Calculator
from huoshui.config.telling import FLAG, tell
from huoshui.kernel.errors import DomainError


def compute(name: str, case: Any, *, language: str = "zh") -> dict[str, Any]:
    """Return the result of one case of calculator *name*, or ``{"error": {"field", "problem"}}``."""
    calculator = CALCULATORS[name]
    try:
        return calculator.run(Case(case, calculator.fields), language)
    except DomainError as refusal:
        first = refusal.problems[0]
        return {"error": {"field": first.field or None, "problem": " ".join(refusal.lines(language))}}


def read_cases(text: bytes) -> list[Any]:
    """Return the cases in JSON *text*; numbers stay exact. Raises ValueError in words."""
    try:
        cases = json.loads(
            text.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise ValueError("the input is not UTF-8") from None
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"the input is not JSON: {problem}") from None
    if not isinstance(cases, list):
        raise ValueError("the input must be a JSON list of cases")
    return cases


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1})
        raise ValueError(f"a field stands twice in one object: {', '.join(twice)}")
    return found


def written(results: list[dict[str, Any]]) -> bytes:
    """Return *results* as JSON in UTF-8, one result a line."""
    lines = ",\n".join(" " + json.dumps(each, ensure_ascii=False) for each in results)
    return f"[\n{lines}\n]\n".encode() if results else b"[]\n"


class CalculatorCommand(click.Command):
    """One calculator; its help shows the fields and a case that is computed while you read."""

    def __init__(self, name: str, calculator: Calculator) -> None:
        language = click.Option(
            ["--language"], type=click.Choice(["zh", "en"]), default="zh", help="Language of problems."
        )
        always = click.Option(
            [FLAG], is_flag=True, expose_value=False, help="Accepted everywhere: results are JSON anyway."
        )
        super().__init__(name, callback=self._run, params=[language, always], help=calculator.summary)
        self._calculator = calculator

    def _run(self, language: str) -> None:
        try:
            cases = read_cases(sys.stdin.buffer.read())
        except ValueError as problem:
            click.echo(f"huoshui calc {self.name}: {problem}", err=True)
            sys.exit(2)
        results = [compute(str(self.name), case, language=language) for case in cases]
        sys.stdout.buffer.write(written(results))
        sys.stdout.buffer.flush()
        sys.exit(1 if any(_failed(each) for each in results) else 0)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how it is called."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] < CASES.json > RESULTS.json")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the fields and the worked case."""
        with formatter.section("Fields of a case"):
            formatter.write_dl(list(self._calculator.fields.items()))
        with formatter.section("Result"):
            formatter.write_text(self._calculator.result)
        case = dict(self._calculator.example)
        shown = json.dumps(compute(str(self.name), case, language="en"), ensure_ascii=False, indent=1)
        for title, text in (("One case", json.dumps([case], ensure_ascii=False)), ("gives", shown)):
            formatter.write(f"\n{title}:\n{text}\n")


def _failed(result: dict[str, Any]) -> bool:
    return isinstance(result.get("error"), dict)


class Calculators(click.Group):
    """The group of all calculators, made from their table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(CALCULATORS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the calculator called *cmd_name*."""
        return CalculatorCommand(cmd_name, CALCULATORS[cmd_name]) if cmd_name in CALCULATORS else None


def _list(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        known = {name: calculator.summary for name, calculator in CALCULATORS.items()}
        lines = (f"{name:<14}{summary}" for name, summary in known.items())
        tell(known, "\n".join(lines), as_json=bool(ctx.meta.get(FLAG)))
        ctx.exit()


@click.command(cls=Calculators, name="calc", no_args_is_help=False)
@click.option(FLAG, is_flag=True, expose_value=False, help="With --list: print one JSON document.")
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="Name the calculators.")
def calc_command() -> None:
    """Compute any rule for a JSON list of cases on standard input. "calc NAME --help" shows fields and a worked case."""

"""Builds the demo city once: offices, policy tables, banks, firms, people, then a year of history by the real actions."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from django.conf import settings
from django.db import connection

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.config.demo import (
    campaigns,
    compensation,
    funds,
    funds_subsidy,
    guarantees,
    history,
    lab,
    lists,
    meetings,
    startups,
    subsidies,
)
from huoshui.config.demo import city as cast
from huoshui.config.demo import firms as inventing
from huoshui.config.demo import service as serving
from huoshui.config.demo import statistics as figures
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.registry import imports
from huoshui.registry.loading import load_enterprises
from huoshui.screening import actions_run as screening
from huoshui.screening import snapshots

FACTS_AGE = dt.timedelta(days=14)  # what departments sent is as old; news since then comes with the lists


@dataclass(frozen=True, slots=True)
class City:
    """The finished demo: the one practice password of its people."""

    password: str

    def by_role(self) -> dict[str, str]:
        """Return user names by the role's label, for a crawl; "visitor from the street" has none."""
        return {"visitor from the street": "", **{member.label.en: member.username for member in cast.MEMBERS}}

    def sign_in_table(self, port: int) -> str:
        """Return the sign-ins as they are printed at start."""
        width = max(len(member.username) for member in cast.MEMBERS)
        lines = [f"  {member.username:<{width}}  {member.label.zh} / {member.label.en}" for member in cast.MEMBERS]
        return "\n".join(
            [
                f"One-tap practice sign-in for every role: http://127.0.0.1:{port}/demo/",
                f"Or by name at http://127.0.0.1:{port}/accounts/login/ — password of all: {self.password}",
                *lines,
                f"A firm: http://127.0.0.1:{port}/apply/ — any firm's name or code, any mobile number; the code is shown.",
            ]
        )


def ensure(folder: Path, *, firms: int, enterprises: Path | None) -> City:
    """Return the demo city, built now where *folder* does not say that it stands."""
    record = folder / f"{settings.DATABASES['default']['NAME']}.json"
    wanted = enterprises.name if enterprises else f"{firms:,} invented firms"
    if record.exists() and access.organisation_by_code("CITY"):
        kept = json.loads(record.read_text())
        if kept.get("register", wanted) != wanted:
            click.echo(f"The demo that stands was built from {kept['register']}, not from {wanted}.")
            click.echo("To build it again: make demo FRESH=1 …, or huoshui demo --fresh …\n")
        return City(kept["password"])
    password = f"demo-{secrets.token_hex(4)}"
    with connection.cursor() as cursor:  # what a power cut takes of a demo is built again
        cursor.execute("SET synchronous_commit TO off")
    with acting(SYSTEM):
        _build(password, firms=firms, enterprises=enterprises)
    folder.mkdir(parents=True, exist_ok=True)
    record.touch(mode=0o600)
    record.write_text(json.dumps({"password": password, "register": wanted}))
    return City(password)


def _build(password: str, *, firms: int, enterprises: Path | None) -> None:
    with _step("offices, policy tables, banks and products"):
        offices = cast.open_offices()
        registry.install_reference_data(SYSTEM)
        presets.install(SYSTEM)
        presets.install_demo(SYSTEM)
        offices |= {office.code: office.id for office in access.organisations()}
    with _step("people"):
        branches = {row.code: row.name.zh for row in access.organisations(kind="bank") if row.level == "branch"}
        cast.hire(cast.MEMBERS, offices, password)
        cast.hire(cast.staff_everywhere(branches), offices, None)
    if enterprises:
        with _step(f"register from {enterprises.name}"):
            _import(enterprises)
    else:
        with _step(f"{firms:,} invented firms with facts"):
            invented, facts = inventing.invent(firms, today=clock.today())
            load_enterprises(SYSTEM, firms=invented, facts=facts, as_of=clock.today() - FACTS_AGE)
    guarantees.standing()
    history.replay(beside=(lists.plan, meetings.plan))
    with _step("public funds"):
        funds.play()
    with _step("interest subsidies"):
        funds_subsidy.play()
        subsidies.play()
    with _step("risk compensation"):
        compensation.play()
    with _step("guarantees"):
        guarantees.play()
        startups.play()
    with _step("visit campaigns"):
        campaigns.visit()
    with _step("policy library, events, hall and complaints"):
        serving.play()
    with _step("lists"):
        lists.make()
    with _step("everyone against every rule"):
        _screen()
    with _step("figures"):
        figures.count(clock.today())
    with _step("policy lab"):
        lab.draft()


def _screen() -> None:
    """Last night's run over the lists' snapshot; the worker makes both anew every night."""
    with clock.at(dt.datetime.combine(clock.today(), dt.time(2), clock.ZONE)):
        screening.ask_run(SYSTEM, snapshot=snapshots.latest())
        screening.work()


def _import(path: Path) -> None:
    """Take the file in by the same door as an officer would."""
    batch = imports.run("demo-register", path, actor=SYSTEM)
    click.echo(f"{batch.created} taken, {batch.refused} refused … ", nl=False)


@contextmanager
def _step(label: str) -> Iterator[None]:
    click.echo(f"{label} … ", nl=False)
    started = time.monotonic()
    yield
    click.echo(f"{time.monotonic() - started:.1f} s")

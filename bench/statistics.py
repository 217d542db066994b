"""The leader's page and the funnel over 1.25 million visits and 130,000 demands, beside plain SQL on the same server.

    python bench/statistics.py [--visits 1250000] [--demands 130000] [--rounds 15] [--counted]

--counted reads what an earlier run counted, and measures only reading.

What each figure is:
  count_s     the count of every measure for every span and cell, from nothing
  nightly_s   the count of what may have changed since the night before
  board_ms    the leader's page as a request answered by the application, first one (cold) and median of the rest (warm)
  funnel_ms   the funnel's figures of the year alone, read from what was counted (warm)
  sql_ms      the same figures by one plain SQL statement each, count(DISTINCT) and sum over the rows (warm)
  drill_ms    the records behind a cell: the whole city's visits of the year, a district's, a bank's loans
Every figure of the funnel is compared with the plain SQL's; a difference ends the run with status 1. Last line: JSON.
"""

from __future__ import annotations

import sys

if __name__ != "__main__":  # a script beside this one imports the standard library's module of the same name
    import importlib.util
    import sysconfig
    from pathlib import Path

    _spec = importlib.util.spec_from_file_location(
        "statistics", Path(sysconfig.get_paths()["stdlib"]) / "statistics.py"
    )
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules[__name__] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[__name__])
else:
    import argparse
    import datetime as dt
    import json
    import os
    import time
    from pathlib import Path
    from typing import Any

    os.environ.setdefault("HUOSHUI_DB_NAME", "bench_statistics")
    os.environ.setdefault("HUOSHUI_DEMO", "1")  # practice mode: the leader signs in without a second factor
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
    sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "src")]

    TODAY = dt.date(2026, 11, 20)
    DISTRICTS = ("140105", "140106", "140107", "140108", "140109", "140110", "140121", "140122", "140123", "140181")
    LISTED = "'{" + ",".join(DISTRICTS) + "}'::text[]"
    PLACE = f"({LISTED})[1 + (n * 7919) % 10]"
    FUNNEL: dict[str, tuple[str, str]] = {
        "visited": ("financing_visit", "count(DISTINCT enterprise_id) FROM {t} WHERE visited_on BETWEEN %s AND %s"),
        "with_need": (
            "financing_visit",
            "count(DISTINCT enterprise_id) FROM {t} WHERE outcome = 'need' AND visited_on BETWEEN %s AND %s",
        ),
        "declared": (
            "financing_demand",
            "count(DISTINCT enterprise_id) FROM {t} WHERE declared_at >= %s::timestamp AT TIME ZONE 'Asia/Shanghai'"
            " AND declared_at < (%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'",
        ),
        "granted_amount": (
            "financing_referral",
            "coalesce(sum(d.amount), 0) FROM {t} r JOIN financing_creditdecision d ON d.referral_id = r.id AND d.granted"
            " WHERE r.decided_at >= %s::timestamp AT TIME ZONE 'Asia/Shanghai'"
            " AND r.decided_at < (%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'",
        ),
        "lent": (
            "financing_loan",
            "count(DISTINCT l.enterprise_id) FROM {t} l JOIN financing_drawdown w ON w.loan_id = l.id"
            " WHERE w.drawn_on BETWEEN %s AND %s",
        ),
        "lent_amount": (
            "financing_loan",
            "coalesce(sum(w.amount), 0) FROM {t} l JOIN financing_drawdown w ON w.loan_id = l.id"
            " WHERE w.drawn_on BETWEEN %s AND %s",
        ),
    }

    def main() -> int:
        asked = arguments()
        from huoshui.config.operate import start_django

        start_django()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from huoshui.access.actor import SYSTEM
        from huoshui.access.row_security import acting

        with acting(SYSTEM):
            people = city()
            fill(asked.visits, asked.demands, people)
            report = measure(asked.rounds, people, counted=asked.counted)
        print(json.dumps(report))
        return 1 if report["differences"] else 0

    def arguments() -> argparse.Namespace:
        parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
        parser.add_argument("--visits", type=int, default=1_250_000)
        parser.add_argument("--demands", type=int, default=130_000)
        parser.add_argument("--rounds", type=int, default=15)
        parser.add_argument("--counted", action="store_true")
        return parser.parse_args()

    def city() -> dict[str, Any]:
        """Make banks, a leader and a visitor by the real actions, once."""
        from huoshui.access import actions as access
        from huoshui.access import queries
        from huoshui.access.actor import SYSTEM
        from huoshui.access.roles import Role
        from huoshui.catalogue import presets
        from huoshui.catalogue import queries as catalogue
        from huoshui.registry import actions as registry

        if queries.organisation_by_code("BENCH") is None:
            office = access.create_organisation(
                SYSTEM, code="BENCH", name="市政府", kind="government", level="city", district_code="140100"
            )
            registry.install_reference_data(SYSTEM)
            presets.install(SYSTEM)
            presets.install_demo(SYSTEM)
            for name, role in (("bench.leader", Role.LEADER), ("bench.visitor", Role.VISITOR)):
                person = access.create_person(SYSTEM, username=name, name=name, organisation_id=office, password=None)
                access.grant_role(SYSTEM, person_id=person, role=role)
        office_id = queries.organisation_by_code("BENCH").id
        banks = [row for row in catalogue.institutions() if row.kind != "guarantor"]
        return {
            "leader": queries.actor_named("bench.leader"),
            "visitor": queries.actor_named("bench.visitor"),
            "office": office_id,
            "banks": [(row.org_id, row.path) for row in banks],
        }

    def fill(visits: int, demands: int, people: dict[str, Any]) -> None:
        """Write the rows once; triggers asleep, as for a restored backup."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM financing_visit")
            if cursor.fetchone()[0] == visits:
                return
            started = time.monotonic()
            cursor.execute("SET session_replication_role = replica")
            for table in ("drawdown", "loan", "creditdecision", "clock", "referral", "demand", "visit"):
                cursor.execute(f"TRUNCATE financing_{table} CASCADE")
            cursor.execute("TRUNCATE registry_enterprise CASCADE")
            for table, count, values in plan(visits, demands, people):
                insert(cursor, table, count, values)
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("ANALYZE")
            print(f"{visits:,} visits and {demands:,} demands written in {time.monotonic() - started:.0f} s")

    def plan(visits: int, demands: int, people: dict[str, Any]) -> list[tuple[str, int, dict[str, str]]]:
        firms, granted, lent = visits * 4 // 5, demands * 84 // 100, demands * 81 // 100
        bank_ids = "ARRAY[" + ",".join(str(pk) for pk, _path in people["banks"]) + "]"
        paths = "ARRAY[" + ",".join(f"'{path}'" for _pk, path in people["banks"]) + "]"
        at = f"1 + (n * 31) % {len(people['banks'])}"
        day = f"('{TODAY}'::date - ((n * 127) % 690)::int)"
        moment = f"{day}::timestamptz"
        wan = "(ARRAY[10,20,30,50,80,100,200,300])[1 + (n * 13) % 8]::bigint * 1000000"
        firm = f"1 + (n * 7) % {firms}"
        return [
            (
                "registry_enterprise", firms,
                {
                    "id": "n", "uscc": "lpad(n::text, 18, '0')", "name": "'企业' || n", "kind": "'company'",
                    "status": "'active'", "district_code": PLACE, "created_at": "now()", "updated_at": "now()",
                    "size_class": "(ARRAY['micro','small','medium'])[1 + n % 3]", "capital_currency": "'CNY'",
                },
            ),
            (
                "financing_visit", visits,
                {
                    "id": "n", "client_id": "gen_random_uuid()", "enterprise_id": firm, "district_code": PLACE,
                    "visitor_id": str(people["visitor"].person_id), "organisation_id": str(people["office"]),
                    "visited_on": day, "recorded_at": moment,
                    "outcome": "CASE WHEN n % 10 = 0 THEN 'need' ELSE 'no_need' END",
                },
            ),
            (
                "financing_demand", demands,
                {
                    "id": "n", "number": "'B' || n", "enterprise_id": "n", "district_code": PLACE, "amount": wan,
                    "term_months": "12", "purpose": "'working_capital'", "channel": "'visit'", "state": "'declared'",
                    "version": "1", "created_at": moment, "declared_at": moment, "recommended_at": moment,
                },
            ),
            (
                "financing_referral", granted,
                {
                    "id": "n", "demand_id": "n", "enterprise_id": "n", "district_code": PLACE, "version": "1",
                    "bank_id": f"({bank_ids})[{at}]", "bank_path": f"({paths})[{at}]", "basis": "'fit'",
                    "state": "'granted'", "offered_at": moment, "accepted_at": moment, "decided_at": moment,
                    "documents_complete_at": moment,
                },
            ),
            (
                "financing_creditdecision", granted,
                {
                    "id": "n", "referral_id": "n", "granted": "true", "amount": wan, "rate_ppm": "38500",
                    "term_months": "12", "decided_by_id": str(people["visitor"].person_id), "decided_at": moment,
                },
            ),
            (
                "financing_clock", granted,
                {
                    "id": "n", "referral_id": "n", "kind": "'decide'", "started_at": moment, "due_at": moment,
                    "met_at": f"CASE WHEN n % 9 = 0 THEN NULL ELSE {moment} END",
                },
            ),
            (
                "financing_loan", lent,
                {
                    "id": "n", "referral_id": "n", "enterprise_id": "n", "district_code": PLACE, "version": "1",
                    "bank_id": f"({bank_ids})[{at}]", "bank_path": f"({paths})[{at}]", "contract_no": "'HT' || n",
                    "principal": wan, "rate_ppm": "38500", "term_months": "12", "method": "'bullet'",
                    "day_count": "'actual/360'", "signed_on": day, "starts_on": day, "matures_on": f"{day} + 365",
                    "collateral": "CASE WHEN n % 2 = 0 THEN 'credit' ELSE 'mortgage' END", "drawn": wan,
                    "state": "'active'", "five_class": "'normal'", "created_at": moment, "first_loan": "n % 3 = 0",
                },
            ),
            (
                "financing_drawdown", lent,
                {"id": "n", "loan_id": "n", "amount": wan, "drawn_on": day, "slip_no": "'S' || n", "recorded_at": moment},
            ),
        ]  # fmt: skip

    EMPTY = {"boolean": "false", "ARRAY": "'{}'", "jsonb": "'{}'", "character varying": "''", "text": "''"}

    def insert(cursor: Any, table: str, count: int, values: dict[str, str]) -> None:
        """Write *count* rows; columns that must not be empty and were not given get an empty value of their type."""
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        )
        rest = {name: EMPTY.get(kind, "0") for name, kind in cursor.fetchall() if name not in values}
        given = {**values, **rest}
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(given)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {', '.join(given.values())} FROM generate_series(1, {count}::bigint) n"
        )

    def count() -> dict[str, float]:
        """Count everything from nothing, then what a night counts again; return the seconds of both."""
        from huoshui.statistics import actions
        from huoshui.statistics.models import Counted, Fact

        Fact.objects.all().delete()
        Counted.objects.all().delete()
        taken = {}
        for name in ("count_s", "nightly_s"):
            started = time.monotonic()
            jobs = actions.refresh(on=TODAY)
            taken[name] = round(time.monotonic() - started, 2)
            print(f"{name}: {jobs} tallies and spans, {Fact.objects.count():,} cells in {taken[name]:.1f} s")
        return taken

    def measure(rounds: int, people: dict[str, Any], *, counted: bool) -> dict[str, Any]:
        from django.db import connection

        from huoshui.kernel import clock
        from huoshui.statistics import queries, spans

        with clock.at(dt.datetime.combine(TODAY, dt.time(2), clock.ZONE) + dt.timedelta(days=1)):
            taken = {} if counted else count()
            year = spans.span_to("year", TODAY)
            funnel = timed(lambda: queries.sheet([year], list(FUNNEL)), rounds)
            sheet = queries.sheet([year], list(FUNNEL))
            differences, sql_ms = {}, {}
            with connection.cursor() as cursor:
                for code, (table, statement) in FUNNEL.items():

                    def ask(table: str = table, statement: str = statement) -> int:
                        cursor.execute(f"SELECT {statement.format(t=table)}", [year.start, year.last])
                        return int(cursor.fetchone()[0])

                    plain, ours = ask(), sheet.figure(queries.measure(code), year)
                    sql_ms[code] = timed(ask, max(rounds // 5, 3))
                    print(f"{code:>15}: {ours:>18,} ours, {plain:>18,} plain SQL in {sql_ms[code]:.1f} ms")
                    if plain != ours:
                        differences[code] = [str(ours), str(plain)]
            cold, warm = board(rounds, people["leader"])
            drills = drill(rounds, people, year)
        print(
            f"board: {cold:.1f} ms cold, {warm:.1f} ms warm; funnel {funnel:.2f} ms, plain SQL {sum(sql_ms.values()):.1f} ms"
        )
        return {
            **taken, "board_cold_ms": round(cold, 1), "board_warm_ms": round(warm, 1),
            "funnel_ms": round(funnel, 2), "sql_ms": round(sum(sql_ms.values()), 1),
            "drill_ms": {name: round(ms, 1) for name, ms in drills.items()}, "differences": differences,
        }  # fmt: skip

    def timed(act: Any, rounds: int) -> float:
        """Return the median of *rounds*, in milliseconds, after one that is not counted."""
        act()
        taken = []
        for _ in range(rounds):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
        return sorted(taken)[len(taken) // 2]

    def board(rounds: int, leader: Any) -> tuple[float, float]:
        """Return the first and the median request of the leader's page, answered by the whole application."""
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client(headers={"host": "127.0.0.1"})
        person = get_user_model().objects.get(pk=leader.person_id)
        client.force_login(person, backend="huoshui.access.sign_in.StaffBackend")

        def ask() -> None:
            answer = client.get("/gov/board/")
            assert answer.status_code == 200, answer.status_code

        started = time.perf_counter()
        ask()
        cold = (time.perf_counter() - started) * 1000
        return cold, timed(ask, rounds)

    def drill(rounds: int, people: dict[str, Any], year: Any) -> dict[str, float]:
        from huoshui.access.actor import SYSTEM
        from huoshui.statistics import queries

        few = max(rounds // 5, 3)
        bank = people["banks"][0][0]
        return {
            "city_visits": timed(lambda: queries.drill(SYSTEM, "visited", year), few),
            "district_visits": timed(lambda: queries.drill(SYSTEM, "visited", year, districts=["140105"]), few),
            "bank_loans": timed(lambda: queries.drill(SYSTEM, "lent_amount", year, institution=bank), few),
            "bank_in_district": timed(
                lambda: queries.drill(SYSTEM, "lent_amount", year, districts=["140105"], institution=bank), few
            ),
        }

    if __name__ == "__main__":
        sys.exit(main())

"""Row security, asked through the web role's own connection: what each kind of actor reads, and fails to read or write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from factories.city import City, build
from huoshui.access import row_security
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import reach
from tests.conftest import web_connection

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    with django_db_blocker.unblock():
        try:
            yield build()
        finally:
            call_command("flush", interactive=False, verbosity=0)


class Web:
    """The web role's own connection, bound to one actor the way the middleware does it."""

    def __init__(self, actor: Actor | None) -> None:
        self.connection = web_connection()
        if actor is not None:
            self.connection.execute(row_security.BIND, row_security.settings_of(actor))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, values).fetchall()

    def changed(self, statement: str, *values: Any) -> int:
        return self.connection.execute(statement, values).rowcount


@pytest.fixture
def web(city: City) -> Iterator[Any]:
    opened: list[Web] = []

    def connect(name: str | None) -> Web:
        opened.append(Web(city.actors[name] if name else None))
        return opened[-1]

    yield connect
    for each in opened:
        each.connection.close()


A, B, BOTH, NONE = {"a"}, {"b"}, {"a", "b"}, set()
SEES_ALL = {"system": BOTH, "auditor": BOTH, "desk": BOTH, "office": BOTH}
SEES_NOTHING = dict.fromkeys(["anonymous", "audit_admin", "system_admin", "security_admin", "guarantor"], NONE)
BY_DISTRICT = {**SEES_ALL, **SEES_NOTHING, "county_a": A, "county_b": B}
BY_CASE = {**BY_DISTRICT, "owner_a": A, "owner_b": B, "manager_a": A, "manager_b": B, "head_a": A}
BY_CONSENT = {**BY_CASE, "manager_b": NONE}  # the second firm's consent has run out
STAFF_ONLY = {**BY_DISTRICT, "owner_a": NONE, "owner_b": NONE, "manager_a": NONE, "manager_b": NONE, "head_a": NONE}
OWN_ONLY = {**BY_DISTRICT, "owner_a": A, "owner_b": B, "manager_a": NONE, "manager_b": NONE, "head_a": NONE}

_FIRM = "SELECT DISTINCT enterprise_id FROM {}"
_DEMAND = "SELECT DISTINCT d.enterprise_id FROM {} x JOIN financing_demand d ON d.id = x.demand_id"
_CASE = "SELECT DISTINCT r.enterprise_id FROM {} x JOIN financing_referral r ON r.id = x.referral_id"
_LOAN = "SELECT DISTINCT l.enterprise_id FROM {} x JOIN financing_loan l ON l.id = x.loan_id"
TABLES: dict[str, tuple[str, dict[str, set[str]]]] = {
    "registry_enterprise": ("SELECT id FROM {}", BY_CASE),
    "registry_factsheet": (_FIRM, BY_CONSENT),
    "registry_enterprisechange": (_FIRM, OWN_ONLY),
    "registry_representative": (_FIRM, OWN_ONLY),
    "registry_consent": (_FIRM, BY_CASE),
    "financing_visit": (_FIRM, STAFF_ONLY),
    "financing_demand": (_FIRM, BY_CASE),
    "financing_rating": (_DEMAND, BY_CASE),
    "financing_referral": (_FIRM, BY_CASE),
    "financing_clock": (_CASE, BY_CASE),
    "financing_paperrequest": (_CASE, BY_CASE),
    "financing_creditdecision": (_CASE, BY_CASE),
    "financing_paper": (_FIRM, BY_CONSENT),
    "financing_loan": (_FIRM, BY_CASE),
    "financing_drawdown": (_LOAN, BY_CASE),
    "financing_instalment": (_LOAN, BY_CASE),
    "financing_repayment": (_LOAN, BY_CASE),
}


@pytest.mark.parametrize("table", TABLES)
def test_each_actor_reads_its_own_rows_and_no_others(table: str, city: City, web: Any) -> None:
    statement, expected = TABLES[table]
    names = {city.firm_a: "a", city.firm_b: "b"}
    seen = {
        name: {names[number] for (number,) in web(name).rows(statement.format(table)) if number in names}
        for name in city.actors
    }
    assert seen == {name: expected[name] for name in city.actors}


@pytest.mark.parametrize("table", TABLES)
def test_a_connection_that_nobody_is_bound_to_reads_nothing(table: str, web: Any) -> None:
    assert web(None).rows(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", [*TABLES, "financing_demandchoice", "financing_repairitem", "registry_merge"])
def test_an_actor_without_reach_changes_and_removes_nothing(table: str, web: Any) -> None:
    stranger = web("guarantor")
    assert stranger.changed(f"UPDATE {table} SET id = id") == 0
    assert stranger.changed(f"DELETE FROM {table}") == 0


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("owner_a", "UPDATE financing_demand SET amount = 7 WHERE id = {demand_b}"),
        ("owner_a", "UPDATE registry_enterprise SET name = 'x' WHERE id = {firm_b}"),
        ("owner_a", "UPDATE registry_consent SET withdrawn_at = now() WHERE enterprise_id = {firm_b}"),
        ("owner_a", "DELETE FROM financing_paper WHERE enterprise_id = {firm_b}"),
        ("manager_a", "UPDATE financing_referral SET state = 'declined' WHERE enterprise_id = {firm_b}"),
        ("manager_a", "UPDATE financing_loan SET drawn = 0 WHERE enterprise_id = {firm_b}"),
        ("manager_a", "UPDATE registry_enterprise SET name = 'x' WHERE id = {firm_a}"),  # reads it, never writes it
        ("manager_a", "UPDATE registry_factsheet SET values = '{{}}' WHERE enterprise_id = {firm_a}"),
        ("manager_a", "UPDATE registry_consent SET until = 'infinity' WHERE enterprise_id = {firm_a}"),
        ("county_b", "UPDATE financing_demand SET state = 'closed' WHERE id = {demand_a}"),
        ("county_b", "DELETE FROM financing_visit WHERE enterprise_id = {firm_a}"),
    ],
)
def test_a_foreign_row_cannot_be_changed(name: str, statement: str, city: City, web: Any) -> None:
    assert web(name).changed(statement.format(**vars(city))) == 0


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        (
            "owner_a",
            "INSERT INTO registry_representative (enterprise_id, person_id, proof, confirmed_at)"
            " SELECT {firm_b}, {person}, 'licence_photo', now()",
        ),
        (
            "manager_b",
            "INSERT INTO registry_consent (enterprise_id, reader_id, reader_path, purpose, data_kinds, given_by_id,"
            " given_at, until, text_version) SELECT {firm_a}, {organisation}, '{path}', 'loan', '{{tax}}', {person},"
            " now(), 'infinity', '1'",
        ),
        (
            "owner_a",
            "INSERT INTO financing_demand (number, enterprise_id, district_code, amount, term_months, purpose,"
            " purpose_text, collateral, channel, platform_chooses, green_channel, state, version, created_at,"
            " close_reason) SELECT 'X', {firm_b}, '140106', 1, 1, '', '', '{{}}', '', false, false, 'declared', 1,"
            " now(), ''",
        ),
        ("county_b", "UPDATE financing_demand SET district_code = '140105' WHERE id = {demand_b}"),
        ("manager_a", "UPDATE financing_referral SET bank_path = '/1/' WHERE enterprise_id = {firm_a}"),
        ("owner_a", "UPDATE financing_demand SET enterprise_id = {firm_b} WHERE id = {demand_a}"),
    ],
)
def test_a_row_cannot_be_put_where_it_is_foreign(name: str, statement: str, city: City, web: Any) -> None:
    actor = city.actors[name]
    values = {**vars(city), "person": actor.person_id, "organisation": actor.organisation_id, "path": actor.org_path}
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        web(name).changed(statement.format(**values))


def test_joins_and_counts_give_nothing_foreign_away(city: City, web: Any) -> None:
    bank = web("manager_a")
    assert bank.rows("SELECT count(*), min(amount) FROM financing_demand") == [(1, 100)]
    leak = "SELECT 1 / (CASE WHEN amount = 100 THEN 0 ELSE 1 END) FROM financing_demand WHERE id = %s"
    assert bank.rows(leak, city.demand_b) == []  # the condition is never computed on a foreign row


def test_anybody_may_look_up_the_public_columns_of_the_register(city: City, web: Any) -> None:
    public = web(None)
    found = public.rows("SELECT id FROM registry_public_enterprise WHERE id = ANY(%s)", [city.firm_a, city.firm_b])
    assert {number for (number,) in found} == {city.firm_a, city.firm_b}
    columns = public.connection.execute("SELECT * FROM registry_public_enterprise LIMIT 0").description
    assert {column.name for column in columns} == {
        *("id", "uscc", "name", "district_code", "kind", "status", "name_initials")
    }
    assert public.rows("SELECT name FROM registry_search('太原汾河', '', 5)") == [("太原汾河商贸有限公司",)]
    with pytest.raises(psycopg.errors.Error):
        public.changed("UPDATE registry_public_enterprise SET name = 'x'")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE financing_demand DISABLE ROW LEVEL SECURITY",
        "DROP POLICY financing_demand_read ON financing_demand",
        "CREATE POLICY mine ON financing_demand USING (true)",
        "SET ROLE huoshui_owner",
        "SET SESSION AUTHORIZATION huoshui_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "UPDATE audit_event SET reason = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT INTO audit_link (seq, event_id, previous, digest) VALUES (1, 1, '', '')",
        "DELETE FROM audit_link",
        "CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE TABLE public.mine (id int)",
        "ALTER ROLE huoshui_web BYPASSRLS",
        "ALTER ROLE huoshui_web SUPERUSER",
        "GRANT huoshui_owner TO huoshui_web",
        "DELETE FROM django_migrations",
        "COPY financing_demand TO PROGRAM 'true'",
    ],
)
def test_the_web_role_cannot_free_itself(statement: str, web: Any) -> None:
    with pytest.raises(psycopg.errors.Error) as refused:
        web("system").changed(statement)
    assert refused.value.sqlstate in ("42501", "42704", "22023"), refused.value  # not permitted, or no such thing


def test_switching_row_security_off_refuses_to_read_instead_of_showing_all(web: Any) -> None:
    connection = web("manager_a")
    connection.changed("SET row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.rows("SELECT * FROM financing_demand")


def test_the_web_role_may_add_events_and_the_database_chains_them(city: City, web: Any) -> None:
    connection = web(None)
    before = connection.rows("SELECT count(*) FROM audit_link")[0][0]
    connection.changed(
        "INSERT INTO audit_event (at, kind, actor_id, actor_name, acting_for, subject_type, subject_id, topic, facts,"
        " reason, rule_version, request_id) VALUES (now(), 'SIGNED_OUT', '1', '', '', 'a', 'b', '', '{}', '', '', '')"
    )
    assert connection.rows("SELECT count(*) FROM audit_link") == [(before + 1,)]


def test_every_table_that_names_a_firm_or_a_bank_is_guarded(city: City) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r'"
            " AND a.attname IN ('enterprise_id', 'bank_path', 'referral_id', 'demand_id', 'loan_id')"
            " AND NOT a.attisdropped AND NOT c.relrowsecurity AND c.relnamespace = 'public'::regnamespace"
            " AND c.relname ~ '^(registry|financing)_'"
        )
        assert [name for (name,) in cursor.fetchall()] == []


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (SYSTEM, "all"),
        (ANONYMOUS, ""),
        (Actor(kind="owner", enterprise_ids=(1,)), "firm"),
        (Actor(kind="staff", org_kind="bank", org_path="/1/"), "institution"),
        (Actor(kind="staff", org_kind="bank"), ""),
        (Actor(kind="staff", org_kind="government", district="1401"), "district"),
        (Actor(kind="staff", org_kind="government"), ""),
        (Actor(kind="staff", org_kind="operator"), ""),
        (Actor(kind="staff", org_kind="operator", permissions=frozenset({Permission.READ_REGISTER})), "all"),
        (Actor(kind="staff", org_kind="operator", permissions=frozenset({Permission.ADMINISTER_SYSTEM})), ""),
        (Actor(kind="staff", org_kind="auditor", permissions=frozenset({Permission.READ_AUDIT})), ""),
        (Actor(kind="staff", org_kind="auditor", permissions=frozenset({Permission.READ_DEMANDS})), "all"),
    ],
)
def test_reach_follows_from_organisation_and_permissions(actor: Actor, expected: str) -> None:
    assert reach(actor) == expected

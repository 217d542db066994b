"""Row security, asked through the web role's own connection: what each kind of actor reads, and fails to read or write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from conftest import web_connection
from factories import firms, people
from huoshui.access import row_security
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.roles import Permission, Role
from huoshui.access.row_security import reach
from huoshui.financing.models import (
    Clock,
    CreditDecision,
    Demand,
    Drawdown,
    Instalment,
    Loan,
    Paper,
    PaperRequest,
    Rating,
    Referral,
    Repayment,
    Visit,
)
from huoshui.registry.models import Consent, EnterpriseChange, FactSheet, Representative

pytestmark = pytest.mark.django_db


@dataclass
class City:
    """Two firms in two districts; each at its own bank, the first with a live consent and a loan, the second without."""

    firm_a: int
    firm_b: int
    demand_a: int
    demand_b: int
    actors: dict[str, Actor]


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    with django_db_blocker.unblock():
        try:
            yield _build()
        finally:
            call_command("flush", interactive=False, verbosity=0)


def _build() -> City:
    bank_a, bank_b = people.organisation("bank", level="head"), people.organisation("bank", level="head")
    branch_a = people.organisation("bank", level="branch", parent_id=bank_a)
    manager_a = people.staff(Role.ACCOUNT_MANAGER, at=branch_a)
    manager_b = people.staff(Role.ACCOUNT_MANAGER, at=bank_b)
    county_a = people.staff(Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140105"))
    county_b = people.staff(Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140106"))
    town = people.organisation("government", district_code="140100", level="city")
    owner_a, owner_b = people.owner(), people.owner()
    first = firms.firm(district_code="140105")
    second = firms.firm("太原汾河商贸有限公司", district_code="140106")
    head_a = people.staff(Role.BANK_HEAD, at=bank_a)
    with transaction.atomic():  # a loan and its slips have to agree when the transaction ends
        demand_a = _case(first, owner_a, manager_a, consent_to=bank_a)
        demand_b = _case(second, owner_b, manager_b, consent_to=None)
    actors = {
        "system": SYSTEM,
        "anonymous": ANONYMOUS,
        "owner_a": _fresh(owner_a),
        "owner_b": _fresh(owner_b),
        "manager_a": manager_a,
        "manager_b": manager_b,
        "head_a": head_a,
        "county_a": county_a,
        "county_b": county_b,
        "office": people.staff(Role.OFFICE, at=town),
        "auditor": people.staff(Role.AUDITOR),
        "audit_admin": people.staff(Role.AUDIT_ADMIN),
        "desk": people.staff(Role.SERVICE_DESK),
        "system_admin": people.staff(Role.SYSTEM_ADMIN),
        "security_admin": people.staff(Role.SECURITY_ADMIN),
        "guarantor": people.staff(Role.GUARANTEE_OFFICER),
    }
    return City(first.pk, second.pk, demand_a, demand_b, actors)


def _fresh(actor: Actor) -> Actor:
    from huoshui.access import queries

    assert actor.person_id
    return queries.actor(actor.person_id)


def _case(firm: Any, owner: Actor, manager: Actor, *, consent_to: int | None) -> int:
    """One firm's whole way, a row in every table that the policies guard."""
    now, today = timezone.now(), timezone.localdate()
    Representative.objects.create(
        enterprise=firm, person_id=owner.person_id, proof="phone_on_register", confirmed_at=now
    )
    FactSheet.objects.create(enterprise=firm, source="tax", as_of=today, values={"x": 1}, recorded_at=now)
    EnterpriseChange.objects.create(enterprise=firm, field="name", old="旧", new="新", source="t", recorded_at=now)
    Consent.objects.create(
        enterprise=firm,
        reader_id=consent_to or manager.organisation_id,
        reader_path=manager.org_path if consent_to is None else f"/{consent_to}/",
        purpose="loan_application",
        data_kinds=["tax"],
        given_by_id=owner.person_id,
        given_at=now,
        until=today + dt.timedelta(days=30) if consent_to else today - dt.timedelta(days=1),
        text_version="1",
    )
    Visit.objects.create(
        enterprise=firm,
        district_code=firm.district_code,
        visitor_id=manager.person_id,
        organisation_id=manager.organisation_id,
        visited_on=today,
        outcome="need",
        recorded_at=now,
    )
    demand = Demand.objects.create(
        number=f"D{firm.pk}",
        enterprise=firm,
        district_code=firm.district_code,
        amount=100,
        term_months=12,
        purpose="goods",
        channel="web",
        state="lent",
        created_at=now,
        declared_at=now,
        recommended_at=now,
        dispatched_at=now,
        granted_at=now,
        lent_at=now,
    )
    Rating.objects.create(demand=demand, stars=5, rated_at=now)
    Paper.objects.create(
        enterprise=firm,
        kind="licence",
        file="f",
        file_name="f",
        size=1,
        sha256="0" * 64,
        uploaded_by_id=owner.person_id,
        uploaded_at=now,
    )
    _loan(firm, demand, manager, now, today)
    return demand.pk


def _loan(firm: Any, demand: Demand, manager: Actor, now: dt.datetime, today: dt.date) -> None:
    referral = Referral.objects.create(
        demand=demand,
        enterprise=firm,
        district_code=firm.district_code,
        bank_id=manager.organisation_id,
        bank_path=manager.org_path,
        basis="choice",
        state="lent",
        offered_at=now,
        accepted_at=now,
        contacted_at=now,
        documents_complete_at=now,
        decided_at=now,
    )
    Clock.objects.create(referral=referral, kind="accept", started_at=now, due_at=now)
    PaperRequest.objects.create(referral=referral, papers=["x"], asked_by_id=manager.person_id, asked_at=now)
    CreditDecision.objects.create(
        referral=referral,
        granted=True,
        amount=100,
        rate_ppm=34500,
        term_months=12,
        decided_by_id=manager.person_id,
        decided_at=now,
    )
    loan = Loan.objects.create(
        referral=referral,
        enterprise=firm,
        district_code=firm.district_code,
        bank_id=manager.organisation_id,
        bank_path=manager.org_path,
        contract_no="1",
        principal=100,
        rate_ppm=34500,
        term_months=12,
        method="bullet",
        collateral="none",
        signed_on=today,
        created_at=now,
        state="active",
        starts_on=today,
        matures_on=today + dt.timedelta(days=365),
        drawn=100,
        repaid=1,
    )
    Drawdown.objects.create(loan=loan, amount=100, drawn_on=today, slip_no="1", recorded_at=now)
    Instalment.objects.create(loan=loan, number=1, due_on=today, principal=100, interest=1)
    Repayment.objects.create(loan=loan, paid_on=today, principal=1, interest=1, slip_no="1", recorded_at=now)


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

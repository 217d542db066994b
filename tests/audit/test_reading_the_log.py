"""Events in words: timelines for staff and firms, the auditor's list, and the command line over them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from factories import people
from huoshui.access.actor import ANONYMOUS, SYSTEM
from huoshui.access.roles import Role
from huoshui.audit import kinds, queries
from huoshui.audit.actions import record
from huoshui.audit.models import Event
from huoshui.audit.queries import EventFilter
from huoshui.audit.verify import anchor
from huoshui.config.audit_cli import audit
from huoshui.config.user_cli import user
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

pytestmark = pytest.mark.django_db
kinds.register(
    {"READ_TEST": Text("{bank} 受理，金额 {amount}", "{bank} accepted {amount}"), "INNER": Text("内部", "inner")},
    staff_only=["INNER"],
)


def chained() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_facts_are_kept_without_loss_and_said_in_both_languages() -> None:
    facts: dict[str, Any] = {
        "bank": Text("晋商银行", "Jinshang Bank"),
        "amount": Decimal("3.4500"),
        "on": dt.date(2026, 3, 15),
        "parts": (1, "二", None, {"x": Decimal("1")}),
    }
    record(SYSTEM, "READ_TEST", ("demand", 1), topic="demand:1", facts=facts)
    (entry,) = queries.timeline("demand:1")
    assert entry.sentence == Text("晋商银行 受理，金额 3.4500", "Jinshang Bank accepted 3.4500")
    assert entry.facts["on"] == "2026-03-15"
    assert entry.facts["parts"] == [1, "二", None, {"x": "1"}]


def test_a_missing_fact_shows_as_a_dash_and_an_old_kind_as_its_code() -> None:
    assert kinds.say("READ_TEST", {}) == Text("— 受理，金额 —", "— accepted —")
    assert kinds.say("LONG_GONE", {}) == Text("LONG_GONE", "LONG_GONE")


def test_an_unknown_kind_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        record(SYSTEM, "NEVER_REGISTERED", ("demand", 1))
    assert not Event.objects.exists()


def test_a_kind_is_registered_once() -> None:
    kinds.register({"READ_TEST": kinds.sentence("READ_TEST")})
    with pytest.raises(AssertionError, match="twice"):
        kinds.register({"READ_TEST": Text("别的", "else")})


@pytest.mark.parametrize("code", sorted(kinds.all_kinds()))
def test_every_kind_has_a_sentence_in_both_languages_that_can_be_said(code: str) -> None:
    said = kinds.say(code, {})
    assert said.zh
    assert said.en
    assert "{" not in said.zh + said.en


def test_a_firm_sees_offices_instead_of_names_and_nothing_internal() -> None:
    officer = people.staff(Role.TASKFORCE_OFFICER)
    record(officer, "READ_TEST", ("demand", 1), topic="demand:1")
    record(officer, "INNER", ("demand", 1), topic="demand:1")
    record(officer, "READ_TEST", ("demand", 2), topic="demand:2")
    staff, firm = queries.timeline("demand:1"), queries.timeline("demand:1", audience="firm")
    assert [(entry.kind, entry.actor_name) for entry in staff] == [
        ("READ_TEST", officer.name),
        ("INNER", officer.name),
    ]
    assert [(entry.kind, entry.actor_name) for entry in firm] == [("READ_TEST", officer.organisation_name)]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OWNER, Role.AUDITOR, Role.AUDIT_ADMIN)])
def test_only_auditors_read_the_log(role: Role) -> None:
    with pytest.raises(DomainError, match="审计人员"):
        queries.events(people.staff(role))


def test_auditors_read_and_narrow_the_log() -> None:
    auditor, officer = people.staff(Role.AUDITOR), people.staff(Role.VISITOR, name="赵六")
    with clock.at(dt.datetime(2026, 3, 15, 12, tzinfo=clock.ZONE)):
        record(officer, "READ_TEST", ("demand", 1), topic="demand:1")
    record(SYSTEM, "INNER", ("demand", 2))
    everything = queries.events(auditor)
    assert everything.count() == Event.objects.count()
    day = dt.date(2026, 3, 15)
    for narrowed in (
        EventFilter(kind="READ_TEST"),
        EventFilter(person="赵六", subject_type="demand"),
        EventFilter(person=str(officer.person_id), topic="demand:1"),
        EventFilter(subject_type="demand", subject_id="1"),
        EventFilter(since=day, until=day),
    ):
        assert [row.topic for row in queries.events(auditor, narrowed)] == ["demand:1"], narrowed
    assert not queries.events(auditor, EventFilter(until=dt.date(2026, 3, 14))).exists()
    assert queries.entries(queries.events(auditor, EventFilter(kind="INNER")))[0].sentence.en == "inner"
    with pytest.raises(DomainError):
        queries.events(ANONYMOUS)


def test_a_firm_is_told_who_read_its_data() -> None:
    bank = people.staff(Role.ACCOUNT_MANAGER)
    record(bank, "READ_TEST", ("enterprise", 5))
    assert [entry.actor_name for entry in queries.reads_of("enterprise", 5, kind="READ_TEST")] == [
        bank.organisation_name
    ]


# command line


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in this process and database."""
    for module in ("audit_cli", "user_cli"):
        monkeypatch.setattr(f"huoshui.config.{module}.start_django", lambda **_: None)
    return lambda group, *arguments: CliRunner().invoke(group, list(arguments))


def test_verify_says_what_it_found_and_ends_with_a_status(command: Any) -> None:
    record(SYSTEM, "INNER", ("demand", 1))
    record(SYSTEM, "INNER", ("demand", 2))
    chained()
    whole = command(audit, "verify", "--json")
    assert whole.exit_code == 0
    assert json.loads(whole.stdout)["checked"] == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET reason = 'x' WHERE subject_id = '2'")
    broken = command(audit, "verify")
    assert broken.exit_code == 1
    assert f"link 2, event {Event.objects.get(subject_id='2').pk}: changed" in broken.stdout
    assert json.loads(command(audit, "verify", "--json").stdout)["problems"][0]["seq"] == 2


def test_an_anchor_is_kept_in_a_file_and_checked_against(command: Any, tmp_path: Path) -> None:
    record(SYSTEM, "INNER", ("demand", 1))
    chained()
    kept = tmp_path / "anchors"
    assert command(audit, "anchor", "--out", str(kept)).exit_code == 0
    assert json.loads(command(audit, "anchor", "--json").stdout) == {"seq": 1, "digest": anchor().digest}
    assert command(audit, "verify", "--anchors", str(kept)).exit_code == 0
    kept.write_text(f"1 {'0' * 64} forged\n\n")
    assert command(audit, "verify", "--anchors", str(kept)).exit_code == 1
    kept.write_text("nonsense\n")
    assert command(audit, "verify", "--anchors", str(kept)).exit_code == 2


def test_the_export_carries_links_and_sentences(command: Any, tmp_path: Path) -> None:
    record(SYSTEM, "READ_TEST", ("demand", 1), topic="demand:1", facts={"bank": "晋商", "amount": 1})
    record(SYSTEM, "INNER", ("demand", 2))
    chained()
    lines = [json.loads(line) for line in command(audit, "export").stdout.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2]
    assert lines[0]["sentence"] == "晋商 accepted 1"
    assert lines[1]["previous"] == lines[0]["digest"]
    out = tmp_path / "events.jsonl"
    command(audit, "export", "--topic", "demand:1", "--out", str(out))
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [lines[0]["id"]]


def test_people_are_kept_from_the_command_line(command: Any, settings: Any) -> None:
    made = command(
        *(user, "add", "anna", "--name", "安娜", "--organisation", "ops", "--role", "system_admin", "--json"),
        *("--new-organisation", "operator:none::平台运营"),
    )
    assert made.exit_code == 0, made.output
    assert len(json.loads(made.stdout)["password"]) >= 10
    assert "system_admin" in command(user, "list").stdout
    assert json.loads(command(user, "list", "--json", "--role", "system_admin").stdout)[0]["username"] == "anna"
    assert command(user, "role", "anna", "leader").exit_code == 0
    assert command(user, "role", "anna", "leader", "--end").exit_code == 0
    assert isinstance(command(user, "role", "anna", "audit_admin").exception, DomainError)
    assert "new first password" in command(user, "reset", "anna", "--reason", "当面核验").stdout
    assert "0 second factors" in command(user, "reset", "anna", "--reason", "当面核验", "--factor").stdout
    assert isinstance(command(user, "unlock", "anna").exception, DomainError)
    assert command(user, "unlock", "nobody").exit_code == 2
    assert command(user, "add", "bo", "--name", "鲍", "--organisation", "nowhere").exit_code == 2
    settings.DEMO = True
    code = people.code_for("13935100001")
    assert code in command(user, "code", "13935100001").stdout
    assert command(user, "code", "13935100002").exit_code == 1
    assert "1 values" in command(user, "rekey").stdout or "0 values" in command(user, "rekey").stdout

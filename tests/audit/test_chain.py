"""The chain: every event in its place, and every way of tampering found with the event it touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.audit import kinds
from huoshui.audit.actions import record
from huoshui.audit.chain import GENESIS, canonical, digest
from huoshui.audit.models import Event, Link
from huoshui.audit.verify import Report, anchor, verify
from huoshui.kernel.text import Text

pytestmark = pytest.mark.django_db

kinds.register({"TESTED": Text("测试 {word}", "Tested {word}")})


class Somebody:
    kind, person_id, name, organisation_name, request_id = "staff", 7, "王芳", "迎泽区专班", "r-1"


def write(count: int, word: str = "一") -> list[int]:
    """Record *count* events and let the database chain them as a commit would; returns their ids."""
    before = set(Event.objects.values_list("pk", flat=True))
    for number in range(count):
        record(Somebody(), "TESTED", ("thing", number), topic="thing:1", facts={"word": word, "n": number})
    close()
    return sorted(set(Event.objects.values_list("pk", flat=True)) - before)


def close() -> None:
    """Run what waits for the commit, inside the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def guards_asleep() -> Iterator[Any]:
    """What only the machine's owner can do: write with triggers and foreign keys off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def tamper(statement: str, *values: object) -> Report:
    with guards_asleep() as cursor:
        cursor.execute(statement, values)
    return verify()


def said(report: Report) -> list[tuple[int | None, int | None, str]]:
    return [(found.seq, found.event_id, found.what.en.split(":")[0].split(" ")[0]) for found in report.problems]


def test_an_empty_log_is_whole() -> None:
    assert verify() == Report(checked=0, head_seq=0, head=GENESIS.hex(), problems=[])
    assert anchor().seq == 0


def test_every_event_gets_the_next_link() -> None:
    ids = write(5)

    links = list(Link.objects.order_by("seq"))
    assert [link.seq for link in links] == [1, 2, 3, 4, 5]
    assert [link.event_id for link in links] == ids
    assert bytes(links[0].previous) == GENESIS
    assert all(bytes(after.previous) == bytes(before.digest) for before, after in zip(links, links[1:], strict=False))
    report = verify()
    assert report.ok
    assert (report.checked, report.head_seq, report.head) == (5, 5, anchor().digest)


def test_an_act_that_is_rolled_back_leaves_no_event_and_no_link() -> None:
    write(1)
    with transaction.atomic():
        record(Somebody(), "TESTED", ("thing", 1))
        transaction.set_rollback(True)
    close()

    assert Event.objects.count() == Link.objects.count() == 1
    assert verify().ok


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01T00:00:00Z"),
        ("kind", "TESTEE"),
        ("actor_id", "8"),
        ("actor_name", "王芬"),
        ("acting_for", ""),
        ("subject_type", "thin"),
        ("subject_id", "g2"),
        ("topic", "thing:2"),
        ("facts", '{"word": "一", "n": 3}'),
        ("reason", " "),
        ("rule_version", "2"),
        ("request_id", "r-2"),
    ],
)
def test_a_change_of_any_field_is_found_with_its_event(column: str, value: str) -> None:
    ids = write(4)
    report = tamper(f"UPDATE audit_event SET {column} = %s WHERE id = %s", value, ids[2])
    assert said(report) == [(3, ids[2], "changed")]


def test_moving_a_character_from_one_field_to_the_next_is_found() -> None:
    ids = write(2)
    report = tamper("UPDATE audit_event SET subject_type = 'thin', subject_id = 'g1' WHERE id = %s", ids[1])
    assert said(report) == [(2, ids[1], "changed")]


def test_a_removed_event_is_found_by_the_place_it_left() -> None:
    ids = write(4)
    report = tamper("DELETE FROM audit_event WHERE id = %s", ids[1])
    assert said(report) == [(2, ids[1], "removed")]


def test_an_event_removed_with_its_link_is_found_as_a_gap() -> None:
    ids = write(5)
    with guards_asleep() as cursor:
        cursor.execute("DELETE FROM audit_link WHERE event_id = ANY(%s)", [ids[1:3]])
    report = tamper("DELETE FROM audit_event WHERE id = ANY(%s)", ids[1:3])
    assert said(report) == [(2, None, "links")]
    assert "links 2 to 3" in report.problems[0].what.en


def test_the_first_link_cannot_be_missing_either() -> None:
    ids = write(3)
    with guards_asleep() as cursor:
        cursor.execute("DELETE FROM audit_link WHERE seq = 1")
    report = tamper("DELETE FROM audit_event WHERE id = %s", ids[0])
    assert said(report) == [(1, None, "links")]


def test_an_event_slipped_in_past_the_guard_is_found() -> None:
    ids = write(3)
    report = tamper(
        "INSERT INTO audit_event (at, kind, actor_id, actor_name, acting_for, subject_type, subject_id, topic, facts,"
        " reason, rule_version, request_id) SELECT at, kind, '9', actor_name, acting_for, subject_type, subject_id,"
        " topic, facts, reason, rule_version, request_id FROM audit_event WHERE id = %s",
        ids[0],
    )
    newest = Event.objects.latest("pk").pk
    assert said(report) == [(None, newest, "not")]


def test_a_rewritten_event_with_a_digest_to_match_breaks_the_next_link() -> None:
    ids = write(4)
    with guards_asleep() as cursor:
        cursor.execute("UPDATE audit_event SET actor_name = '别人' WHERE id = %s", [ids[1]])
    report = tamper(
        "UPDATE audit_link link SET digest = sha256(link.previous || audit_canonical(event)) FROM audit_event event"
        " WHERE event.id = link.event_id AND event.id = %s",
        ids[1],
    )
    assert said(report) == [(3, ids[2], "does")]


def test_two_links_exchanged_are_found() -> None:
    ids = write(4)
    with guards_asleep() as cursor:
        for old, new in ((ids[1], -1), (ids[2], ids[1]), (-1, ids[2])):
            cursor.execute("UPDATE audit_link SET event_id = %s WHERE event_id = %s", [new, old])
    report = verify()
    assert [found[0] for found in said(report)] == [2, 3]
    assert {found[2] for found in said(report)} == {"changed"}


def test_an_anchor_kept_outside_finds_a_past_rewritten_to_the_end() -> None:
    ids = write(4)
    kept = anchor()
    with guards_asleep() as cursor:
        cursor.execute("UPDATE audit_event SET actor_name = '别人' WHERE id = %s", [ids[0]])
        for seq in range(1, 5):
            cursor.execute(
                "UPDATE audit_link link SET previous = coalesce((SELECT digest FROM audit_link WHERE seq = %s),"
                " decode(repeat('00', 32), 'hex')) WHERE seq = %s",
                [seq - 1, seq],
            )
            cursor.execute(
                "UPDATE audit_link link SET digest = sha256(link.previous || audit_canonical(event))"
                " FROM audit_event event WHERE event.id = link.event_id AND link.seq = %s",
                [seq],
            )
    assert verify().ok  # nothing inside the database can tell
    report = verify(anchors={kept.seq: kept.digest})
    assert said(report) == [(4, ids[3], "differs")]


def test_an_anchor_kept_outside_finds_an_end_cut_off() -> None:
    ids = write(4)
    kept = anchor()
    with guards_asleep() as cursor:
        cursor.execute("DELETE FROM audit_link WHERE seq = 4")
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [ids[3]])
    assert verify().ok
    report = verify(anchors={kept.seq: kept.digest})
    assert said(report) == [(4, None, "published")]
    assert not report.ok


def test_progress_is_told_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huoshui.audit.verify.REPORT_EVERY", 2)
    write(5)
    told: list[int] = []
    verify(progress=told.append)
    assert told == [2, 4]


awkward = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reason=awkward,
    name=awkward,
    facts=st.dictionaries(awkward, st.one_of(st.integers(), awkward, st.none()), max_size=4),
)
def test_python_and_the_database_agree_on_the_bytes_of_any_event(reason: str, name: str, facts: dict[str, Any]) -> None:
    who = type("Who", (), {**vars(Somebody), "name": name[:120]})()
    record(who, "TESTED", ("thing", 1), facts=facts, reason=reason)
    close()
    assert verify().ok


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whichever_event_is_touched_the_report_names_it(data: st.DataObject) -> None:
    with transaction.atomic():
        ids = write(6)
        first = Link.objects.get(event_id=ids[0]).seq
        victim = data.draw(st.integers(0, 5))
        act = data.draw(st.sampled_from(["change", "remove"]))
        statement = {
            "change": "UPDATE audit_event SET reason = reason || 'x' WHERE id = %s",
            "remove": "DELETE FROM audit_event WHERE id = %s",
        }[act]
        report = tamper(statement, ids[victim])
        transaction.set_rollback(True)
    assert [(found.seq, found.event_id) for found in report.problems] == [(first + victim, ids[victim])]


def test_no_two_events_share_their_bytes() -> None:
    assert canonical(["ab", "c"]) != canonical(["a", "bc"])
    assert canonical(["a", ""]) != canonical(["a"])
    assert canonical(["1:a,", ""]) != canonical(["1:a", ","])
    assert digest(GENESIS, ["a"]) != digest(digest(GENESIS, ["a"]), ["a"])


@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_or_remove_a_record(table: str, statement: str) -> None:
    write(2)
    column = "reason" if table == "audit_event" else "previous"
    with pytest.raises(DatabaseError, match="audit_append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, column))
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_many_acts_at_the_same_moment_make_one_unbroken_chain() -> None:
    def act() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(Somebody(), "TESTED", ("thing", 1))
                    record(Somebody(), "TESTED", ("thing", 2))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report = verify()
    assert report.ok
    assert report.checked == 120
    pairs = list(Link.objects.order_by("seq").values_list("event__subject_id", flat=True))
    assert pairs == ["1", "2"] * 60  # the events of one act stand together


@pytest.mark.django_db(transaction=True)
def test_an_act_that_commits_first_comes_first_whoever_wrote_first() -> None:
    written, committed = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(Somebody(), "TESTED", ("thing", "slow"))
                written.set()
                assert committed.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    record(Somebody(), "TESTED", ("thing", "quick"))  # not held up by the transaction that is still open
    committed.set()
    thread.join()

    assert list(Link.objects.order_by("seq").values_list("event__subject_id", flat=True)) == ["quick", "slow"]
    assert verify().ok

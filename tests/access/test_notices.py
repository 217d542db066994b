"""Notices: left in the transaction of the act, shown to whom they are for, sent by the outbox and kept with their fate."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connections, transaction

from factories import firms, people
from huoshui.access import actions, notice_texts, queries, wordings
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.delivery import Outcome, deliver
from huoshui.access.models import Delivery, Notice, NoticeWording
from huoshui.access.quiet import waits_until
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.kernel.text import Text
from huoshui.registry.models import Representative

pytestmark = pytest.mark.django_db
notice_texts.register({"TRIED": Text("{bank} 已受理 {n}", "{bank} accepted {n}")})
FACTS = {"bank": {"zh": "晋商银行", "en": "Jinshang Bank"}, "n": 3}


def notify(**to: int) -> int:
    return actions.notify(SYSTEM, template="TRIED", facts=FACTS, link="/gov/demands/7/", **to)


def texts(actor: Actor) -> list[str]:
    return [notice.text.zh for notice in queries.notices_for(actor)]


def test_a_notice_speaks_both_languages() -> None:
    officer = people.staff(Role.TASKFORCE_OFFICER)
    notify(person_id=officer.person_id or 0)
    said = queries.notices_for(officer)[0]
    assert said.text == Text("晋商银行 已受理 3", "Jinshang Bank accepted 3")
    assert (said.link, said.read_at) == ("/gov/demands/7/", None)


def test_a_notice_links_only_to_what_the_readers_role_opens() -> None:
    visitor = people.staff(Role.VISITOR)
    notify(person_id=visitor.person_id or 0)
    assert queries.notices_for(visitor)[0].link == ""


def test_a_fact_that_nobody_gave_shows_as_a_dash() -> None:
    assert notice_texts.say("TRIED", {}) == Text("— 已受理 —", "— accepted —")


def test_an_unknown_template_is_an_error_at_once() -> None:
    with pytest.raises(KeyError, match="NEVER"):
        actions.notify(SYSTEM, template="NEVER", facts={}, person_id=1)


def test_a_notice_has_somebody_to_go_to() -> None:
    with pytest.raises(IntegrityError, match="notice_has_recipient"), transaction.atomic():
        notify()


def test_a_notice_is_taken_back_with_the_act_it_belongs_to() -> None:
    officer = people.staff(Role.VISITOR)
    with transaction.atomic():
        notice = notify(person_id=officer.person_id or 0)
        transaction.set_rollback(True)
    assert not Notice.objects.filter(pk=notice).exists()
    assert not Delivery.objects.filter(notice__template="TRIED").exists()


def test_each_sees_their_own_their_organisations_and_their_firms_notices() -> None:
    manager = people.staff(Role.ACCOUNT_MANAGER)
    colleague = people.staff(Role.ACCOUNT_MANAGER, at=manager.organisation_id)
    stranger, owner, firm = people.staff(Role.ACCOUNT_MANAGER), people.owner(), firms.firm()
    Representative.objects.create(
        enterprise=firm, person_id=owner.person_id, proof="phone_on_register", confirmed_at=clock.now()
    )
    owner = queries.actor(owner.person_id or 0)
    notify(person_id=manager.person_id or 0)
    notify(organisation_id=manager.organisation_id or 0)
    notify(enterprise_id=firm.pk)
    assert [len([t for t in texts(who) if "晋商" in t]) for who in (manager, colleague, stranger, owner)] == [
        2,
        1,
        0,
        1,
    ]


def test_reading_is_marked_once_and_only_by_whom_it_is_for() -> None:
    officer, stranger = people.staff(Role.VISITOR), people.staff(Role.VISITOR)
    actions.mark_all_read(officer)
    notice = notify(person_id=officer.person_id or 0)
    assert queries.inbox_count(officer) == 1
    assert not actions.mark_read(stranger, notice_id=notice)
    assert actions.mark_read(officer, notice_id=notice)
    assert not actions.mark_read(officer, notice_id=notice)
    assert queries.inbox_count(officer) == 0
    assert queries.notices_for(officer, unread=True) == []
    notify(person_id=officer.person_id or 0)
    assert actions.mark_all_read(officer) == 1


# delivery


@pytest.fixture
def quiet() -> None:
    """Nothing waits from making the people of a test."""
    Delivery.objects.filter(state="queued").update(state="failed")


def row(**fields: Any) -> Delivery:
    return Delivery.objects.filter(notice__template="TRIED", **fields).latest("pk")


def test_by_default_a_notice_is_written_down_and_nothing_is_sent(settings: Any) -> None:
    settings.NOTICE_CHANNELS = ["recorded"]
    notify(person_id=people.staff().person_id or 0)
    assert (row().channel, row().state, row().body) == ("recorded", "sent", "晋商银行 已受理 3")
    assert deliver() == Outcome()


def test_mail_goes_to_everybody_of_an_organisation_who_has_an_address(settings: Any, quiet: None) -> None:
    first = people.staff(email="a@example.cn")
    people.staff(at=first.organisation_id, email="b@example.cn")
    people.staff(at=first.organisation_id)
    settings.NOTICE_CHANNELS = ["recorded", "email"]
    notify(organisation_id=first.organisation_id or 0)
    outcome = deliver()
    assert outcome == Outcome(sent=2)
    assert sorted(message.to[0] for message in mail.outbox) == ["a@example.cn", "b@example.cn"]
    assert mail.outbox[0].body == "晋商银行 已受理 3"
    assert deliver() == Outcome()
    assert row(channel="email").recipient_cipher is None  # the address is forgotten once it has served


def test_a_notice_that_reaches_nobody_says_so(settings: Any, quiet: None) -> None:
    officer = people.staff()
    settings.NOTICE_CHANNELS = ["email"]
    notify(person_id=officer.person_id or 0)
    assert deliver() == Outcome(failed=1)
    assert row().error == "nobody to send to"


class Gateway(BaseHTTPRequestHandler):
    """A city's message gateway that remembers what it was sent and answers as it is told."""

    got: list[tuple[dict[str, str], bytes]] = []
    answer = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Gateway.got.append((dict(self.headers), body))
        self.send_response(Gateway.answer)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Gateway.got, Gateway.answer = [], 200
    settings.MESSAGE_GATEWAY = {"url": f"http://127.0.0.1:{server.server_port}/", "key": "k", "secret": "s"}
    settings.NOTICE_CHANNELS = ["sms"]
    yield Gateway
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_code_goes_to_the_gateway_signed_and_is_kept_nowhere(
    gateway: type[Gateway], settings: Any, quiet: None
) -> None:
    settings.DEMO = False
    actions.send_code("13935100001")
    assert deliver() == Outcome(sent=1)
    headers, body = gateway.got[0]
    said = json.loads(body)
    assert (said["to"], said["channel"], said["template"]) == ("13935100001", "sms", "SIGN_IN_CODE")
    code = "".join(character for character in said["text"].split("，")[0] if character.isdigit())
    assert actions.check_code("13935100001", code).kind == "owner"
    signed = f"{headers['X-Timestamp']}.{headers['X-Nonce']}.".encode() + body
    assert headers["X-Signature"] == hmac.new(b"s", signed, hashlib.sha256).hexdigest()
    kept = Delivery.objects.get(notice__isnull=True)
    assert code not in kept.body
    assert kept.recipient_cipher is None


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(gateway: type[Gateway], quiet: None) -> None:
    gateway.answer = 503
    actions.send_code("13935100001")
    moment = clock.now()
    for attempt in range(1, 5):
        with clock.at(moment):
            assert deliver() == Outcome(again=1) if attempt == 1 else deliver().again == 1
            assert deliver() == Outcome()  # not before it is due
        kept = Delivery.objects.get(notice__isnull=True)
        assert (kept.attempts, kept.error) == (attempt, "gateway answered 503")
        assert kept.due_at is not None
        moment = kept.due_at
    with clock.at(moment):
        assert deliver() == Outcome(failed=1)
    assert Delivery.objects.get(notice__isnull=True).recipient_cipher is None


def test_without_a_gateway_nothing_pretends_to_be_sent(settings: Any, quiet: None) -> None:
    settings.NOTICE_CHANNELS = ["sms"]
    settings.MESSAGE_GATEWAY = {"url": "", "key": "", "secret": ""}
    actions.send_code("13935100001")
    assert deliver() == Outcome(again=1)
    assert "HUOSHUI_GATEWAY_URL" in Delivery.objects.get(notice__isnull=True).error


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_message_once(gateway: type[Gateway]) -> None:
    for number in range(5):
        actions.send_code(f"1393510000{number}")
    outcomes: list[Outcome] = []

    def work() -> None:
        try:
            outcomes.append(deliver())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.sent for outcome in outcomes) == 5
    assert len({json.loads(body)["id"] for _, body in gateway.got}) == len(gateway.got) == 5


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"channel": "pigeon"}, "delivery_channel_known"),
        ({"channel": "sms", "state": "lost"}, "delivery_state_known"),
        ({"channel": "sms", "state": "sent"}, "delivery_sent_has_time"),
    ],
)
def test_the_database_keeps_deliveries_right(fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Delivery.objects.create(body="x", created_at=clock.now() - dt.timedelta(0), **fields)


class TestWords:
    @pytest.fixture
    def admin(self) -> Actor:
        return people.staff(Role.SYSTEM_ADMIN)

    def reword(self, actor: Actor, **changes: Any) -> int:
        given = {"template": "TRIED", "zh": "{bank}接单 {n}", "en": "{bank} took {n}", "seen_version": 1}
        return wordings.reword(actor, **given | changes)

    def test_new_words_hold_for_new_notices_and_old_ones_keep_theirs(self, admin: Actor) -> None:
        officer = people.staff(Role.TASKFORCE_OFFICER)
        notify(person_id=officer.person_id or 0)
        assert self.reword(admin) == 2
        notify(person_id=officer.person_id or 0)
        assert texts(officer)[:2] == ["晋商银行接单 3", "晋商银行 已受理 3"]
        assert Delivery.objects.order_by("-id").values_list("body", flat=True)[0] == "晋商银行接单 3"

    @pytest.mark.parametrize(
        ("given", "field", "value"),
        [
            ({"zh": ""}, "zh", ""),
            ({"en": "{bank} took {amount}"}, "en", "{amount}"),
            ({"zh": "{bank 接单"}, "zh", "{bank 接单"),
            ({"seen_version": 3}, "zh", 1),
        ],
    )
    def test_words_that_cannot_be_filled_are_refused_at_their_field(
        self, admin: Actor, given: dict[str, Any], field: str, value: object
    ) -> None:
        with pytest.raises(Refused) as refused:
            self.reword(admin, **given)
        assert (refused.value.problems[0].field, refused.value.problems[0].value) == (field, value)

    def test_nobody_else_rewords(self) -> None:
        with pytest.raises(DomainError):
            self.reword(people.staff(Role.OFFICE))

    def test_the_database_refuses_a_version_twice(self, admin: Actor) -> None:
        self.reword(admin)
        with pytest.raises(IntegrityError, match="notice_wording_once"), transaction.atomic():
            NoticeWording.objects.create(
                template="TRIED", version=2, zh="甲", en="a", made_by_id=admin.person_id, made_at=clock.now()
            )


class TestQuietHours:
    @pytest.mark.parametrize(
        ("at", "until"),
        [("20:59", None), ("21:00", "08:00 +1"), ("23:59", "08:00 +1"), ("07:59", "08:00 +0"), ("08:00", None)],
    )
    def test_over_midnight(self, at: str, until: str | None) -> None:
        now = dt.datetime.combine(dt.date(2026, 3, 2), dt.time.fromisoformat(at), clock.ZONE)
        found = waits_until(now, dt.time(21), dt.time(8))
        said = f"{found:%H:%M} +{(found.date() - now.date()).days}" if found else None
        assert said == until

    @pytest.mark.parametrize(("at", "waits"), [("11:59", False), ("12:00", True), ("13:59", True), ("14:00", False)])
    def test_within_a_day(self, at: str, waits: bool) -> None:
        now = dt.datetime.combine(dt.date(2026, 3, 2), dt.time.fromisoformat(at), clock.ZONE)
        assert bool(waits_until(now, dt.time(12), dt.time(14))) is waits

    def test_only_what_rings_a_phone_waits(self, settings: Any) -> None:
        settings.NOTICE_CHANNELS = ["recorded", "sms", "email"]
        wordings.set_quiet_hours(people.staff(Role.SYSTEM_ADMIN), begins=dt.time(20), ends=dt.time(9))
        officer = people.staff(Role.TASKFORCE_OFFICER)
        with clock.at(dt.datetime(2026, 3, 2, 22, 0, tzinfo=clock.ZONE)):
            notify(person_id=officer.person_id or 0)
        due = dict(Delivery.objects.filter(notice__template="TRIED").values_list("channel", "due_at"))
        assert due == {
            "recorded": None, "email": None, "sms": dt.datetime(2026, 3, 3, 9, 0, tzinfo=clock.ZONE),
        }  # fmt: skip

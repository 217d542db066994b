"""Complaints: owned, answered by a day, escalated, opened again by a low mark; and one about a bank never met."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from conftest import as_web_role
from factories import firms, people
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.queries import actor as actor_of
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.service import actions_complaint as actions
from huoshui.service import complaints
from huoshui.service import queries_complaint as queries
from huoshui.service.models import Complaint


class TestPure:
    @pytest.mark.parametrize(
        ("kind", "subject", "met", "evidence", "state"),
        [
            ("complaint", "bank", False, "", "evidence"),
            ("complaint", "bank", False, "合同号 8", "received"),
            ("complaint", "bank", True, "", "received"),
            ("question", "bank", False, "", "received"),
            ("objection", "notice", False, "", "received"),
        ],
    )
    def test_only_a_bare_complaint_about_a_bank_never_met_is_asked_for_evidence(
        self, kind: str, subject: str, met: bool, evidence: str, state: str
    ) -> None:
        assert complaints.sort(kind, subject, met=met, evidence=evidence).state == state

    @pytest.mark.parametrize(("stars", "reopened", "state"), [(2, 0, "accepted"), (3, 0, "closed"), (1, 1, "closed")])
    def test_a_low_mark_opens_again_as_often_as_allowed(self, stars: int, reopened: int, state: str) -> None:
        assert complaints.after_rating(stars, low=2, reopened=reopened, most=1) == state

    def test_every_state_is_named_and_every_act_leads_to_one(self) -> None:
        for (state, act), (after, side) in complaints.TRANSITIONS.items():
            assert {state, after} <= complaints.STATES.keys()
            assert act in complaints.ACTS
            assert side in ("firm", "office")
        for state, side in itertools.product(complaints.STATES, ("firm", "office")):
            assert set(complaints.acts(state, side, mine=True)) <= complaints.ACTS.keys()


@pytest.fixture
def cast(db: None) -> tuple[Actor, Actor, int, int]:
    """An owner with a firm of Yingze, its taskforce officer, the firm and a bank that it never met."""
    owner = people.owner()
    firm = firms.firm(district_code="140106")
    firms.represented(firm, people.person(owner))
    officer = people.staff(Role.TASKFORCE_OFFICER, kind="government")
    return actor_of(owner.person_id or 0), officer, firm.pk, people.organisation("bank")


def filed(owner: Actor, firm: int, **given: Any) -> actions.Filed:
    values: dict[str, Any] = {"kind": "complaint", "subject": "platform", "words": "页面打不开"}
    return actions.file_complaint(owner, enterprise_id=firm, **values | given)


def do(actor: Actor, pk: int, act: str, **given: Any) -> str:
    return actions.act_on_complaint(actor, complaint_id=pk, act=act, **given)


class TestWay:
    def test_from_filing_to_a_good_mark(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, firm, _bank = cast
        pk = filed(owner, firm).id
        assert do(officer, pk, "accept") == "accepted"
        assert do(officer, pk, "reply", words="已修复") == "answered"
        assert do(owner, pk, "rate", stars=5) == "closed"

    def test_a_low_mark_opens_it_again_with_a_new_day_and_then_no_more(
        self, cast: tuple[Actor, Actor, int, int]
    ) -> None:
        owner, officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(officer, pk, "accept")
        do(officer, pk, "reply", words="已修复")
        assert do(owner, pk, "rate", stars=1) == "accepted"
        do(officer, pk, "reply", words="这次真的修复")
        assert do(owner, pk, "rate", stars=1) == "closed"

    def test_a_bank_never_met_is_not_held_to_account_before_evidence(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, firm, bank = cast
        made = filed(owner, firm, subject="bank", target_id=bank, words="被强制搭售保险")
        assert made.state == "evidence"
        assert "合同号" in made.told.zh
        today = dt.date.today()  # noqa: DTZ011 (the same clock as the action)
        assert queries.by_institution(officer, first=today, last=today)[0].effective == 0
        assert do(owner, made.id, "add_evidence", words="合同号 8") == "received"
        do(officer, made.id, "accept")
        assert queries.by_institution(officer, first=today, last=today)[0].effective == 1

    def test_only_the_owner_of_a_matter_replies(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, firm, _bank = cast
        colleague = people.staff(Role.TASKFORCE_OFFICER, at=officer.organisation_id)
        pk = filed(owner, firm).id
        do(officer, pk, "accept")
        with pytest.raises(Refused, match="承办人"):
            do(colleague, pk, "reply", words="好")

    def test_two_officers_cannot_both_take_it_up(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(officer, pk, "accept", seen=1)
        with pytest.raises((Stale, Refused)):
            do(officer, pk, "accept", seen=1)

    def test_an_answer_needs_words(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(officer, pk, "accept")
        with pytest.raises(Refused, match="写明"):
            do(officer, pk, "reply", words="  ")

    def test_everything_wrong_with_a_complaint_is_told_at_once(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, _officer, firm, _bank = cast
        with pytest.raises(Refused) as refusal:
            filed(owner, firm + 1, subject="bank", words="")
        assert {one.code for one in refusal.value.problems} == {"complaint_words", "complaint_target", "complaint_firm"}

    def test_the_desk_notes_who_called(self, cast: tuple[Actor, Actor, int, int]) -> None:
        officer = cast[1]
        with pytest.raises(Refused, match="电话"):
            actions.file_complaint(officer, kind="objection", subject="notice", words="公示名单有误")
        made = actions.file_complaint(
            officer, kind="objection", subject="notice", words="公示名单有误", contact="李女士 0351", reference="payment_notice:12"
        )  # fmt: skip
        assert queries.matter(officer, made.id) is not None

    def test_late_matters_go_up_a_level_a_day_and_no_further(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, _officer, firm, _bank = cast
        pk = filed(owner, firm).id
        due = Complaint.objects.get(pk=pk).due_on
        with time_machine.travel(dt.datetime.combine(due, dt.time(2), dt.UTC)):
            assert actions.escalate_late(SYSTEM) == 0
        with time_machine.travel(dt.datetime.combine(due + dt.timedelta(days=1), dt.time(2), dt.UTC)):
            assert [actions.escalate_late(SYSTEM) for _ in range(3)] == [1, 1, 0]


class TestDatabase:
    @pytest.mark.parametrize(
        "wrong",
        [{"state": "lost"}, {"kind": "praise"}, {"state": "answered"}, {"state": "accepted"}, {"satisfaction": 6}],
    )
    def test_the_database_refuses_what_no_action_does(
        self, cast: tuple[Actor, Actor, int, int], wrong: dict[str, Any]
    ) -> None:
        pk = filed(cast[0], cast[2]).id
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=pk).update(**wrong)

    def test_another_firm_sees_nothing_and_a_bank_only_what_was_taken_up(
        self, cast: tuple[Actor, Actor, int, int]
    ) -> None:
        owner, officer, firm, bank = cast
        made = filed(owner, firm, subject="bank", target_id=bank, evidence="合同号 8")
        stranger, clerk = people.owner(), people.staff(Role.BANK_HEAD, at=bank)

        def seen(actor: Actor) -> int:
            with as_web_role(), acting(actor):
                return Complaint.objects.filter(pk=made.id).count()

        assert [seen(one) for one in (owner, stranger, clerk)] == [1, 0, 0]
        do(officer, made.id, "accept")
        assert seen(clerk) == 1


class TestPages:
    def test_a_firm_complains_and_the_office_answers(self, client: Any, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, officer, _firm, bank = cast
        people.sign_in(client, owner)
        data = {
            "kind": "complaint",
            "subject": "bank",
            "target": bank,
            "words": "一直不联系",
            "evidence": "迎泽支行 11 月 2 日",
        }
        made = client.post("/my/complaints/new/", data)
        assert made.status_code == 302, made.content.decode()[-2000:]
        assert "待受理" in client.get(made.url).content.decode()
        people.sign_in(client, officer)
        pk = Complaint.objects.get().pk
        assert "一直不联系" in client.get(f"/gov/complaints/{pk}/").content.decode()
        client.post(f"/gov/complaints/{pk}/accept/", {})
        assert client.post(f"/gov/complaints/{pk}/reply/", {"words": ""}).status_code == 422
        assert client.post(f"/gov/complaints/{pk}/reply/", {"words": "已联系"}).status_code == 302

    def test_a_visitor_has_no_business_there(self, client: Any, db: None) -> None:
        people.sign_in(client, people.staff(Role.VISITOR, kind="government"))
        with pytest.raises(DomainError):
            actions.act_on_complaint(people.staff(Role.VISITOR, kind="government"), complaint_id=1, act="accept")
        assert client.get("/gov/complaints/").status_code == 403


class TestOpenedAgainByTheFirm:
    def test_an_answer_that_did_not_help_is_opened_again_as_often_as_allowed(
        self, cast: tuple[Actor, Actor, int, int]
    ) -> None:
        owner, officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(officer, pk, "accept")
        do(officer, pk, "reply", words="已修复")
        assert do(owner, pk, "reopen", words="还是打不开") == "accepted"
        do(officer, pk, "reply", words="再次修复")
        do(owner, pk, "rate", stars=4)
        with pytest.raises(Refused, match="1"):
            do(owner, pk, "reopen", words="又打不开")

    def test_what_was_withdrawn_unowned_waits_to_be_taken_up(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, _officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(owner, pk, "withdraw")
        assert do(owner, pk, "reopen", words="又出现了") == "received"

    def test_it_says_why_or_is_refused(self, cast: tuple[Actor, Actor, int, int]) -> None:
        owner, _officer, firm, _bank = cast
        pk = filed(owner, firm).id
        do(owner, pk, "withdraw")
        with pytest.raises(Refused) as refused:
            do(owner, pk, "reopen")
        assert refused.value.field == "words"

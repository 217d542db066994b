"""Lists are made from a snapshot by rule, written as differences, handed to banks in parts, and reported on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from factories import firms, offers, people
from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.access.notice_texts import known
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import actions as catalogue
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.screening import actions_lead, actions_list, actions_run, jobs, making, queries_list, snapshots
from huoshui.screening.lead_lifecycle import TRANSITIONS, Act, State, after
from huoshui.screening.leads import Chance, Desk, share_out
from huoshui.screening.list_kinds import due
from huoshui.screening.membership import fingerprint
from huoshui.screening.models import Lead, ListDefinition, ListEdition, ListMember, ListRule, ScreeningRun, Snapshot
from tests.conftest import as_web_role

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
NEVER = {"all": [{"fact": "has_loan_history", "op": "=", "value": False}]}
CLOSED = {"all": [{"fact": "status", "op": "=", "value": "closed"}]}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.at(dt.datetime(2026, 3, 3, 9, tzinfo=clock.ZONE)), acting(SYSTEM):
        presets.install(SYSTEM)
        yield


def make_firm(borrowed: bool | None = False, **given: Any) -> int:
    """Return a firm of which the credit registry says whether it has borrowed (None: says nothing)."""
    made = firms.firm(**given)
    if borrowed is not None:
        firms.sheet(made, "credit", DAY, has_loan_history=borrowed, dishonest=False)
    return int(made.pk)


def define(code: str = "never", **given: Any) -> int:
    values = {
        "kind": "never_borrowed",
        "name": "无贷户",
        "name_en": "Never",
        "source": "征信",
        "criteria": NEVER,
        "document_no": "测试〔2026〕1号",
    }
    return actions_list.define(SYSTEM, code=code, **values | given)


def make(*codes: str) -> list[ListEdition]:
    return actions_list.make(SYSTEM, codes=codes or ["never"])


def members(code: str = "never", number: int | None = None) -> list[int]:
    held = ListDefinition.objects.get(code=code)
    return making.members_of(held.pk, number=number).tolist()


def later(firm: int, **values: Any) -> None:
    from huoshui.registry import actions as registry

    registry.record_facts(SYSTEM, enterprise_id=firm, source="credit", as_of=dt.date(2026, 3, 3), values=values)


class TestEditions:
    def test_an_edition_takes_the_firms_for_which_the_rule_holds_and_counts_the_unknown(self):
        wanted, _borrower, _open = make_firm(), make_firm(True), make_firm(None)
        define()
        (edition,) = make()
        assert members() == [wanted]
        assert (edition.count, edition.unknown, edition.firms, edition.came, edition.went) == (1, 1, 3, 1, 0)
        assert edition.figures["district"] == {"140105": 1}
        assert edition.figures["section"] == {"C": 1}
        assert edition.members_sha256 == fingerprint(np.array([wanted], np.int64))

    def test_the_next_edition_is_the_difference_and_the_last_one_stays_as_it_was(self):
        stays, goes, comes = make_firm(), make_firm(), make_firm(True)
        define()
        make()
        later(goes, has_loan_history=True)
        later(comes, has_loan_history=False)
        (second,) = make()
        assert (second.number, second.came, second.went) == (2, 1, 1)
        assert members(number=1) == sorted([stays, goes])
        assert members(number=2) == members() == sorted([stays, comes])
        assert ListMember.objects.count() == 3, "only what differs is written"
        assert (
            fingerprint(making.members_of(second.definition_id, number=1))
            == ListEdition.objects.get(number=1).members_sha256
        )

    def test_a_firm_that_comes_back_is_a_member_from_then_on_again(self):
        firm = make_firm()
        define()
        make()
        for borrowed in (True, False):
            later(firm, has_loan_history=borrowed)
            make()
        assert [members(number=number) for number in (1, 2, 3)] == [[firm], [], [firm]]

    def test_nothing_new_makes_no_new_edition(self):
        make_firm()
        define()
        first, again = make()[0], make()[0]
        assert first.pk == again.pk

    def test_a_changed_rule_makes_one_and_old_editions_keep_their_rule(self):
        make_firm()
        held = define()
        make()
        with pytest.raises(Refused):
            actions_list.change_rule(SYSTEM, list_id=held, criteria={"all": []}, document_no="测试〔2026〕2号")
        assert actions_list.change_rule(SYSTEM, list_id=held, criteria=CLOSED, document_no="测试〔2026〕2号") == 2
        (second,) = make()
        assert (second.count, second.rule.number) == (0, 2)
        assert ListEdition.objects.get(number=1).rule.number == 1

    def test_firms_on_exclusion_lists_are_left_out(self):
        wanted, _closed = make_firm(), make_firm(status="closed")
        define("closed", kind="exclusion", criteria=CLOSED)
        define(without=["closed"])
        make("never", "closed")
        assert members() == [wanted]

    def test_a_list_may_ask_that_products_fit(self):
        make_firm()
        define(needs_products=1)
        assert make()[0].count == 0, "there is no product yet"

    def test_an_empty_register_makes_an_empty_edition(self):
        define()
        (edition,) = make()
        assert (edition.count, edition.firms, edition.figures["district"]) == (0, 0, {})

    def test_the_ready_lists_are_set_up_once_and_every_rule_can_be_read(self):
        assert actions_list.install_ready(SYSTEM) == 7
        assert actions_list.install_ready(SYSTEM) == 0
        make_firm()
        assert len(actions_list.make_due(SYSTEM)) >= 7


class TestWhatIsRefused:
    def test_everything_wrong_with_a_list_is_named_at_once(self):
        with pytest.raises(Refused) as caught:
            define("坏 代码", kind="nonsense", schedule="hourly", source=" ", without=["nowhere"], document_no="",
                   criteria={"all": [{"fact": "no_such_fact", "op": "=", "value": 1}]})  # fmt: skip
        codes = [problem.code for problem in caught.value.problems]
        assert codes == ["bad_code", "bad_kind", "bad_schedule", "empty", "no_exclusion", "empty", "unknown_fact"]

    def test_a_code_is_used_once(self):
        define()
        with pytest.raises(Refused) as caught:
            define()
        assert caught.value.problems[0].code == "list_known"

    def test_only_who_manages_lists_makes_one(self):
        officer = people.staff(Role.TASKFORCE_OFFICER)
        for act in (
            lambda: actions_list.make(officer, codes=["never"]),
            lambda: actions_run.ask_run(officer),
            lambda: actions_lead.preview(officer, edition_id=1),
        ):
            with pytest.raises(DomainError) as caught:
                act()
            assert caught.value.code == "not_permitted"

    def test_an_unknown_list_is_named(self):
        with pytest.raises(DomainError) as caught:
            make("nowhere")
        assert caught.value.value == "nowhere"

    def test_a_snapshot_whose_file_is_gone_says_so(self):
        make_firm()
        define()
        kept = snapshots.take(SYSTEM)
        snapshots.path_of(kept).unlink()
        with pytest.raises(DomainError) as caught:
            actions_list.make(SYSTEM, codes=["never"], snapshot=kept)
        assert caught.value.code == "snapshot_gone"

    def test_an_edition_made_meanwhile_is_not_overwritten(self):
        make_firm()
        define()
        kept = snapshots.take(SYSTEM)
        rule = ListRule.objects.select_related("definition").get()
        everybody, (drawn,) = making.draw(snapshots.path_of(kept), [rule], as_of=kept.as_of)
        make()
        with pytest.raises(Stale), transaction.atomic():
            making.write(SYSTEM, everybody, drawn, kept)


class TestTheDatabaseIsTheLastJudge:
    @pytest.fixture(autouse=True)
    def _list(self):
        make_firm()
        define()
        make()

    @pytest.mark.parametrize(
        ("statement", "constraint"),
        [
            ("UPDATE screening_listedition SET count = 0", "written_once"),
            ("DELETE FROM screening_listedition", "written_once"),
            ("UPDATE screening_listrule SET criteria = '{}'", "written_once"),
            ("DELETE FROM screening_listmember", "only_ends"),
            ("UPDATE screening_listmember SET since = 2", "only_ends"),
            ("UPDATE screening_listmember SET until = 0", "ends_after_start"),
            ("UPDATE screening_listmember SET industry_code = 'A'", "only_ends"),
            ("INSERT INTO screening_listmember (definition_id, enterprise_id, district_code, industry_code, size_class, since)"
             " SELECT definition_id, enterprise_id, district_code, '', '', 2 FROM screening_listmember", "listmember_once"),
            ("UPDATE screening_listdefinition SET kind = 'x'", "kind_known"),
            ("UPDATE screening_listdefinition SET schedule = 'x'", "schedule_known"),
        ],
    )  # fmt: skip
    def test_what_was_written_stays(self, statement, constraint):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


class TestRuns:
    def test_the_night_keeps_a_snapshot_makes_what_is_due_and_screens_everybody(self):
        make_firm()
        actions_list.install_ready(SYSTEM)
        night = jobs.nightly()
        assert (night.firms, night.runs) == (1, 1)
        run = ScreeningRun.objects.get()
        assert (run.state, run.rows_done, run.manifest["rows"]) == ("done", 1, 1)
        assert (actions_run.results(run) / "verdicts.parquet").exists()
        assert jobs.nightly().runs == 0, "the same register and rules are screened once"

    def test_a_run_that_was_killed_is_taken_up_again(self):
        make_firm()
        define()
        asked = actions_run.ask_run(SYSTEM)
        ScreeningRun.objects.update(state="running")
        assert actions_run.work() == 1
        asked.refresh_from_db()
        assert asked.state == "done"

    def test_a_run_whose_rules_changed_while_it_waited_fails_with_the_reason(self):
        make_firm()
        held = define()
        asked = actions_run.ask_run(SYSTEM)
        actions_list.change_rule(SYSTEM, list_id=held, criteria=CLOSED, document_no="测试〔2026〕2号")
        assert actions_run.work() == 0
        asked.refresh_from_db()
        assert asked.state == "failed"
        assert "规则" in asked.message

    def test_without_any_rule_there_is_nothing_to_run(self):
        make_firm()
        ListDefinition.objects.all().delete()
        catalogue_rules = actions_run.register_book.gather(clock.today()).rules
        assert all(rule.code.startswith("scheme:") for rule in catalogue_rules)

    def test_old_files_go_unless_an_edition_names_them(self):
        make_firm()
        define()
        make()
        make_firm()
        spare = snapshots.take(SYSTEM)
        make_firm()
        newest = snapshots.take(SYSTEM)
        Snapshot.objects.update(taken_at=clock.now() - dt.timedelta(days=15))
        Snapshot.objects.filter(pk=newest.pk).update(taken_at=clock.now())
        assert snapshots.forget_old() == 1
        assert Snapshot.objects.get(removed_at__isnull=False).pk == spare.pk


class TestSchedule:
    @pytest.mark.parametrize(
        ("schedule", "days", "expected"),
        [("daily", 0, False), ("daily", 1, True), ("weekly", 6, False), ("weekly", 7, True), ("manual", 999, False)],
    )
    def test_a_list_is_due_after_its_days(self, schedule, days, expected):
        assert due(schedule, last=DAY - dt.timedelta(days=days), today=DAY) is expected

    def test_a_monthly_list_is_due_on_the_first_day_of_the_next_month(self):
        assert not due("monthly", last=dt.date(2026, 3, 1), today=dt.date(2026, 3, 31))
        assert due("monthly", last=dt.date(2026, 3, 31), today=dt.date(2026, 4, 1))

    def test_a_list_that_was_never_made_is_due(self):
        assert due("monthly", last=None, today=DAY)


@pytest.fixture
def bank():
    """A bank with two branches that take leads in 小店区 and one product on offer that everybody fits."""
    number = offers.bank()
    place = offers.branch(number, capacity=1)
    offers.branch(number, districts=("140106",), capacity=1)
    offer_of(number)
    return number, place


def offer_of(number: int) -> None:
    head = people.staff(Role.BANK_HEAD, at=number)
    version = catalogue.draft_product(head, code=f"T-{number}", terms_given=offers.terms())
    catalogue.submit_version(head, version_id=version)
    catalogue.approve_version(people.staff(Role.OFFICE), version_id=version, note="")


class TestLeads:
    def test_firms_go_to_a_branch_of_their_district_within_its_room(self, bank):
        made = [make_firm() for _ in range(6)]
        define()
        (edition,) = make()
        assert actions_lead.push(SYSTEM, edition_id=edition.pk) == 4, "capacity 1 a week holds four open leads"
        rows = list(Lead.objects.order_by("enterprise_id"))
        assert [row.enterprise_id for row in rows] == made[:4], "equal fits: the lower number first"
        assert {row.branch_id for row in rows} == {bank[1]}
        assert rows[0].why == [{"zh": "无贷款记录", "en": "loan record: no"}]
        with pytest.raises(DomainError) as caught:
            actions_lead.push(SYSTEM, edition_id=edition.pk)
        assert caught.value.code == "nothing_to_push"

    def test_old_editions_and_kinds_that_are_not_for_banks_are_not_handed_out(self, bank):
        firm = make_firm()
        define()
        define("closed", kind="exclusion", criteria=CLOSED)
        first, excluded = make()[0], make("closed")[0]
        later(firm, has_loan_history=True)
        make()
        for edition, code in ((first.pk, "old_edition"), (excluded.pk, "not_pushed"), (0, "no_edition")):
            with pytest.raises(DomainError) as caught:
                actions_lead.preview(SYSTEM, edition_id=edition)
            assert caught.value.code == code

    def test_a_firm_that_comes_onto_an_exclusion_list_is_taken_back(self, bank):
        firm = make_firm()
        define()
        define("bad", kind="exclusion", criteria={"all": [{"fact": "dishonest", "op": "=", "value": True}]})
        edition = make("never", "bad")[0]
        actions_lead.push(SYSTEM, edition_id=ListEdition.objects.get(definition__code="never").pk)
        later(firm, dishonest=True)
        make("bad")
        assert Lead.objects.get().state == "withdrawn"
        assert edition.pk

    def test_a_firm_that_was_refused_rests_before_it_is_handed_out_again(self, bank):
        make_firm()
        define()
        (edition,) = make()
        actions_lead.push(SYSTEM, edition_id=edition.pk)
        manager = people.staff(Role.ACCOUNT_MANAGER, at=bank[1])
        actions_lead.refused(manager, lead_id=Lead.objects.get().pk, reason_code="no_need")
        assert actions_lead.preview(SYSTEM, edition_id=edition.pk).free == 0
        with clock.at(clock.now() + dt.timedelta(days=91)):
            assert actions_lead.preview(SYSTEM, edition_id=edition.pk).free == 1


class TestFeedback:
    @pytest.fixture
    def lead(self, bank):
        make_firm()
        define()
        actions_lead.push(SYSTEM, edition_id=make()[0].pk)
        return Lead.objects.get()

    @pytest.fixture
    def manager(self, bank):
        return people.staff(Role.ACCOUNT_MANAGER, at=bank[1])

    def test_the_way_from_new_to_applied(self, lead, manager):
        actions_lead.invite(manager, lead_id=lead.pk)
        actions_lead.contacted(manager, lead_id=lead.pk, note="电话")
        actions_lead.applied(manager, lead_id=lead.pk)
        lead.refresh_from_db()
        assert (lead.state, lead.note, lead.version) == ("applied", "", 4)
        told = queries_list.conversion(SYSTEM, list_id=lead.edition.definition_id)
        assert (told.pushed, told.contacted, told.applied, told.granted, told.lent) == (1, 1, 1, 0, 0)

    def test_a_refusal_needs_a_reason(self, lead, manager):
        with pytest.raises(DomainError) as caught:
            actions_lead.refused(manager, lead_id=lead.pk, reason_code="nonsense")
        assert caught.value.code == "no_reason"
        actions_lead.refused(manager, lead_id=lead.pk, reason_code="not_reached")
        with pytest.raises(DomainError) as caught:
            actions_lead.contacted(manager, lead_id=lead.pk)
        assert caught.value.code == "not_now"

    def test_of_two_reports_on_the_same_version_one_wins(self, lead, manager):
        actions_lead.contacted(manager, lead_id=lead.pk, version=1)
        with pytest.raises(Stale):
            actions_lead.applied(manager, lead_id=lead.pk, version=1)

    def test_another_bank_and_the_government_cannot_report(self, lead):
        stranger = people.staff(Role.ACCOUNT_MANAGER)
        with pytest.raises(DomainError) as caught:
            actions_lead.contacted(stranger, lead_id=lead.pk)
        assert caught.value.code == "no_lead"
        with pytest.raises(DomainError) as caught:
            actions_lead.contacted(people.staff(Role.TASKFORCE_OFFICER), lead_id=lead.pk)
        assert caught.value.code == "not_permitted"

    def test_many_at_once_each_for_itself(self, lead, manager):
        done, problems = actions_lead.report(manager, lead_ids=[lead.pk, lead.pk, 0], act=Act.CONTACT)
        assert (done, len(problems)) == (1, 1)

    def test_every_act_is_possible_only_where_the_table_says(self):
        for state in State:
            for act in Act:
                assert after(state, act) == TRANSITIONS.get((state, act))

    def test_the_name_is_masked_until_the_firm_agrees(self, client, lead, manager, bank):
        people.sign_in(client, manager)
        page = client.get("/bank/leads/").text
        assert "太原****公司" in page
        assert "太原龙城机械有限公司" not in page
        owner = people.owner()
        firms.consent(lead.enterprise, access_row(bank[0]), people.person(owner))
        assert "太原龙城机械有限公司" in client.get("/bank/leads/").text

    def test_selected_leads_are_reported_from_the_page(self, client, lead, manager):
        people.sign_in(client, manager)
        client.post("/bank/leads/contact/", {"selected": [lead.pk], "contact-note": "已电话沟通"})
        lead.refresh_from_db()
        assert (lead.state, lead.note) == ("contacted", "已电话沟通")
        assert client.post("/bank/leads/withdraw/", {"selected": [lead.pk]}).status_code == 404
        assert client.post("/bank/leads/contact/", {"selected": ["x", "²"]}).status_code == 302

    def test_the_list_is_exported(self, client, lead, manager):
        people.sign_in(client, manager)
        assert client.get("/bank/leads/?export=xlsx").status_code == 200


def access_row(number: int) -> Any:
    from huoshui.access.models import Organisation

    return Organisation.objects.get(pk=number)


class TestRowSecurity:
    def test_a_bank_sees_its_leads_alone_and_no_member(self, bank):
        make_firm()
        define()
        actions_lead.push(SYSTEM, edition_id=make()[0].pk)
        seen = {}
        actors = {
            "own": people.staff(Role.ACCOUNT_MANAGER, at=bank[1]),
            "head": people.staff(Role.BANK_HEAD, at=bank[0]),
            "other": people.staff(Role.ACCOUNT_MANAGER),
            "county": people.staff(
                Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140105")
            ),
            "neighbour": people.staff(Role.TASKFORCE_OFFICER),
            "owner": people.owner(),
        }
        for name, actor in actors.items():
            with acting(actor), as_web_role():
                seen[name] = (Lead.objects.count(), ListMember.objects.count())
        assert seen == {
            "own": (1, 0), "head": (1, 0), "other": (0, 0), "county": (1, 1), "neighbour": (0, 0), "owner": (0, 0),
        }  # fmt: skip

    def test_a_bank_cannot_hand_itself_a_firm_or_move_a_lead(self, bank):
        make_firm()
        define()
        actions_lead.push(SYSTEM, edition_id=make()[0].pk)
        other = people.staff(Role.ACCOUNT_MANAGER)
        with acting(other), as_web_role():
            assert Lead.objects.update(bank_path=other.org_path) == 0

    def test_lists_are_made_under_the_web_role_as_well(self):
        make_firm()
        define()
        kept = snapshots.take(SYSTEM)
        with as_web_role():
            assert actions_list.make(SYSTEM, codes=["never"], snapshot=kept)[0].count == 1


class TestSchemes:
    def test_a_firm_that_newly_qualifies_is_told_once_somebody_acts_for_it(self):
        told, silent = make_firm(True), make_firm(True)
        owner = people.owner()
        firms.represented(firm_row(told), people.person(owner))
        define("scheme-x", kind="scheme")
        make("scheme-x")
        for firm in (told, silent):
            later(firm, has_loan_history=False)
        make("scheme-x")
        assert known("SCHEME_QUALIFIES")
        with acting(access.actor(owner.person_id)):
            notices = access.notices_for(access.actor(owner.person_id))
        assert [notice.text.zh for notice in notices if "无贷户" in notice.text.zh]

    def test_when_a_scheme_is_published_everybody_who_qualifies_is_told_once(self):
        owner = people.owner()
        firms.represented(firm_row(make_firm()), people.person(owner))
        define("scheme-y", kind="scheme")
        for _again in range(2):
            make("scheme-y")
        with acting(access.actor(owner.person_id)):
            notices = access.notices_for(access.actor(owner.person_id))
        assert len([notice for notice in notices if "无贷户" in notice.text.zh]) == 1


def firm_row(number: int) -> Any:
    from huoshui.registry.models import Enterprise

    return Enterprise.objects.get(pk=number)


class TestSharingOut:
    def test_the_firm_that_most_products_fit_comes_first_and_the_cheapest_product_wins(self):
        desks = [Desk(1, "/1/", 10, (), 1), Desk(2, "/2/", 20, (), 5)]
        chances = [Chance(100, 10), Chance(200, 20)]
        fits = np.array([[True, True], [False, True]])
        given = share_out(np.array([7, 8]), ["140105", "140105"], fits, chances, desks)
        assert [(each.at, each.desk.branch_id, each.chance.product_id) for each in given] == [(1, 1, 100)]

    def test_a_branch_takes_only_its_districts_and_its_room(self):
        desks = [Desk(1, "/1/", 10, ("140105",), 1), Desk(2, "/2/", 10, ("140106",), 0)]
        fits = np.ones((1, 3), np.bool_)
        given = share_out(np.array([1, 2, 3]), ["140105", "140105", "140106"], fits, [Chance(1, 10)], desks)
        assert [each.at for each in given] == [0]

    def test_no_firms_and_no_desks_give_nothing(self):
        assert share_out(np.zeros(0, np.int64), [], np.zeros((1, 0), np.bool_), [Chance(1, 10)], []) == []

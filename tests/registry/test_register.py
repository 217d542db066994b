"""The register as a whole: search, filters, facts, corrections, merging, loading, snapshots, reference data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from factories import firms
from huoshui.access.actor import SYSTEM
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.registry import actions, dictionary, divisions, duplicates, queries
from huoshui.registry import search as searching
from huoshui.registry.loading import load_enterprises
from huoshui.registry.models import (
    Consent,
    Correction,
    Division,
    Enterprise,
    EnterpriseChange,
    FactSheet,
    FactSheetHistory,
)
from huoshui.registry.snapshots import export_parquet
from registry import cast

pytestmark = pytest.mark.django_db


# --- search ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def some() -> dict[str, Enterprise]:
    names = ["太原龙城机械有限公司", "龙城餐饮店", "太原市银行印刷厂", "山西龙凤（集团）公司", "A8科技有限公司"]
    return {name: firms.firm(name) for name in names}


def found(text: str, **how: Any) -> list[str]:
    return [hit.name for hit in queries.search(None, text, **how)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("太原龙城机械有限公司", "太原龙城机械有限公司"),
        ("龙凤", "山西龙凤（集团）公司"),
        ("龙凤(集团)", "山西龙凤（集团）公司"),
        ("餐饮店", "龙城餐饮店"),
        ("lccyd", "龙城餐饮店"),
        ("LCCYD", "龙城餐饮店"),
        ("yhys", "太原市银行印刷厂"),
        ("A8", "A8科技有限公司"),
        (" 龙 凤 ", "山西龙凤（集团）公司"),
    ],
)
def test_a_firm_is_found_by_name_part_or_initials(some: dict[str, Enterprise], text: str, first: str) -> None:
    assert found(text)[0] == first


@pytest.mark.parametrize(("text", "named"), [("cyd", True), ("CYD", True), ("yd", False), ("lc", True), ("xyz", False)])
def test_a_list_is_filtered_by_initials_from_inside_the_name(
    some: dict[str, Enterprise], text: str, named: bool
) -> None:
    rows = searching.matching(Enterprise.objects.all(), text)
    assert (some["龙城餐饮店"] in rows) is named


def test_a_name_that_begins_with_the_words_comes_before_one_that_has_them_inside(some: dict[str, Enterprise]) -> None:
    assert found("龙城") == ["龙城餐饮店", "太原龙城机械有限公司"]


def test_a_firm_is_found_by_its_code_and_by_the_beginning_of_it(some: dict[str, Enterprise]) -> None:
    firm = some["龙城餐饮店"]
    assert [hit.id for hit in queries.search(None, firm.uscc.lower())] == [firm.pk]
    assert firm.name in found(firm.uscc[:16])


@pytest.mark.parametrize("text", ["", "  ", "不存在的", "%", "_", "\\", "'; DROP TABLE x; --"])
def test_odd_words_find_nothing_and_break_nothing(some: dict[str, Enterprise], text: str) -> None:
    assert found(text) == []


def test_closed_firms_come_last_and_merged_ones_never(some: dict[str, Enterprise]) -> None:
    firms.firm("龙城旧公司", status="closed")
    firms.firm("龙城重复公司", merged_into=some["龙城餐饮店"])
    assert found("龙城") == ["龙城餐饮店", "龙城旧公司", "太原龙城机械有限公司"]


def test_the_public_sees_no_address_and_an_officer_a_masked_one(some: dict[str, Enterprise]) -> None:
    assert queries.search(None, "餐饮店")[0].address == ""
    assert queries.search(cast.officer(), "餐饮店")[0].address == "太原市小店区***"
    assert queries.search(None, "餐饮店")[0].district.en == "Xiaodian District"


def test_no_more_than_asked_for_are_found(some: dict[str, Enterprise]) -> None:
    assert len(found("龙", limit=1)) <= 1
    assert len(found("公司", limit=2)) == 2


# --- the officer's list ----------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_in_pinyin_order() -> None:
    rows = [
        ("重庆路商店", {"district_code": "140106", "industry_code": "F5211", "size_class": "micro"}),
        ("阿尔法公司", {"labels": ["高新技术"], "industry_code": "C3411"}),
        ("北方公司", {"status": "closed", "kind": "cooperative"}),
    ]
    for name, values in rows:
        firms.firm(name, **values)
    officer = cast.officer()

    def names(**filters: str) -> list[str]:
        return [firm.name for firm in queries.enterprises(officer, **filters)]

    assert names() == ["阿尔法公司", "北方公司", "重庆路商店"]
    assert names(district="140106") == names(size_class="micro") == names(section="F") == ["重庆路商店"]
    assert names(label="高新技术") == names(text="阿尔") == ["阿尔法公司"]
    assert names(status="closed") == names(kind="cooperative") == ["北方公司"]
    assert names(text="公司", status="active") == ["阿尔法公司"]


# --- facts -----------------------------------------------------------------------------------------------------------

DAY = dt.date(2026, 6, 30)


def note(firm: Enterprise, source: str = "tax", as_of: dt.date = DAY, **values: object) -> dict[str, object]:
    return actions.record_facts(SYSTEM, enterprise_id=firm.pk, source=source, as_of=as_of, values=values)


def test_facts_are_recorded_typed_and_read_back_for_rules() -> None:
    firm = firms.firm(labels=["绿色"])
    note(
        firm, tax_grade="A", tax_paid_last_year=12345, debt_ratio=Decimal("55.50"), tax_arrears=False, invoice_months=12
    )
    told = queries.facts_for_rules(firm.pk)
    assert told["tax_grade"] == "A"
    assert told["tax_paid_last_year"] == 12345
    assert told["debt_ratio"] == Decimal("55.5")
    assert told["tax_arrears"] is False
    assert (told["invoice_months"], told["established_on"]) == (12, dt.date(2015, 3, 15))
    assert (told["labels"], told["kind"], told["district_code"]) == (frozenset({"绿色"}), "company", "140105")
    assert "employees" not in told


def test_the_latest_of_two_departments_counts() -> None:
    firm = firms.firm()
    note(firm, source="tax", as_of=dt.date(2025, 1, 1), employees=5)
    note(firm, source="social", as_of=dt.date(2026, 1, 1), employees=9)
    note(firm, source="utilities", as_of=dt.date(2024, 1, 1), employees=7)
    assert queries.fact_values(firm.pk)["employees"].value == 9
    assert queries.fact_values(firm.pk)["employees"].source == "social"


def test_older_facts_never_replace_newer_ones() -> None:
    firm = firms.firm()
    note(firm, tax_grade="A")
    assert note(firm, as_of=dt.date(2025, 1, 1), tax_grade="D") == {}
    assert queries.facts_for_rules(firm.pk)["tax_grade"] == "A"
    assert FactSheetHistory.objects.get().values == {"tax_grade": "D"}


def test_only_what_changed_is_told_and_kept() -> None:
    firm = firms.firm()
    note(firm, tax_grade="A", invoice_months=3)
    assert note(firm, as_of=dt.date(2026, 7, 1), tax_grade="A", invoice_months=4) == {"invoice_months": 4}
    assert FactSheetHistory.objects.get().values == {"tax_grade": "A", "invoice_months": 3}
    assert len(cast.events("FACTS_RECORDED")) == 2


@pytest.mark.parametrize(("days", "stale"), [(59, False), (60, False), (61, True)])
def test_a_fact_is_stale_after_its_days(days: int, stale: bool) -> None:
    firm = firms.firm()
    firms.sheet(firm, "court", dt.date(2026, 1, 1), open_lawsuits=1)
    with clock.at(dt.datetime(2026, 1, 1, 12, tzinfo=clock.ZONE) + dt.timedelta(days=days)):
        assert queries.fact_values(firm.pk)["open_lawsuits"].stale is stale


@pytest.mark.parametrize(
    "values",
    [
        {"nonsense": 1}, {"tax_grade": "Z"}, {"tax_grade": 1}, {"tax_paid_last_year": "12"}, {"tax_paid_last_year": 1.5},
        {"tax_arrears": "yes"}, {"invoice_months": "twelve"}, {"tax_paid_last_year": True},
    ],
)  # fmt: skip
def test_an_unknown_fact_or_a_value_of_another_type_is_refused(values: dict[str, object]) -> None:
    with pytest.raises((Refused, DomainError, ArithmeticError)):
        note(firms.firm(), **values)


def test_facts_of_the_future_or_of_nobody_are_refused() -> None:
    firm = firms.firm()
    with pytest.raises(DomainError, match="日期"):
        note(firm, as_of=dt.date(2999, 1, 1), tax_grade="A")
    with pytest.raises(DomainError, match="没有这个主体"):
        actions.record_facts(SYSTEM, enterprise_id=0, source="tax", as_of=DAY, values={"tax_grade": "A"})


def test_facts_set_the_size_class_with_the_rule_s_version() -> None:
    firm = firms.firm(industry_code="C3411")
    note(firm, source="social", employees=300)
    firm.refresh_from_db()
    assert firm.size_class is None
    note(firm, revenue_last_year=2_000_000_000)
    firm.refresh_from_db()
    assert (firm.size_class, firm.size_rule) == ("medium", "2017")


def test_a_city_adds_a_fact_without_a_release() -> None:
    definition = {
        "code": "market_stalls",
        "zh": "摊位数",
        "en": "stalls",
        "kind": "number",
        "unit": "个",
        "source": "market",
    }
    try:
        actions.define_fact(SYSTEM, definition=definition)
        assert queries.dictionary()["market_stalls"].label.zh == "摊位数"
        firm = firms.firm()
        note(firm, source="market", market_stalls=3)
        assert queries.facts_for_rules(firm.pk)["market_stalls"] == 3
        with pytest.raises(Refused):
            actions.define_fact(SYSTEM, definition={**definition, "code": "tax_grade"})
        with pytest.raises(DomainError):
            actions.define_fact(cast.owner(), definition=definition)
    finally:
        dictionary.forget()


# --- corrections -----------------------------------------------------------------------------------------------------


def ask(
    actor: Any, firm: Enterprise, field: str = "name", value: str = "太原新名公司", reason: str = "名称录错"
) -> int:
    return actions.request_correction(actor, enterprise_id=firm.pk, field=field, value=value, reason=reason)


def test_a_correction_needs_a_second_person_and_keeps_the_old_value() -> None:
    firm, asker, decider = firms.firm(), cast.officer(), cast.officer()
    number = ask(asker, firm)
    with pytest.raises(Refused) as caught:
        actions.decide_correction(asker, correction_id=number, approve=True)
    assert caught.value.code == "correction_same_person"
    actions.decide_correction(decider, correction_id=number, approve=True)
    firm.refresh_from_db()
    assert (firm.name, firm.name_initials, firm.version) == ("太原新名公司", "tyxmgs", 2)
    kept = EnterpriseChange.objects.get()
    assert (kept.field, kept.old, kept.new, kept.source) == (
        "name",
        "太原龙城机械有限公司",
        "太原新名公司",
        "correction",
    )
    assert [len(cast.events(kind)) for kind in ("CORRECTION_REQUESTED", "ENTERPRISE_CORRECTED")] == [1, 1]


def test_a_declined_correction_changes_nothing_and_says_why() -> None:
    firm, decider = firms.firm(), cast.officer()
    number = ask(cast.owner(firm.pk), firm)
    with pytest.raises(Refused):
        actions.decide_correction(decider, correction_id=number, approve=False)
    actions.decide_correction(decider, correction_id=number, approve=False, words="与执照不符")
    firm.refresh_from_db()
    assert firm.name == "太原龙城机械有限公司"
    with pytest.raises(Stale):
        actions.decide_correction(decider, correction_id=number, approve=True)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("established_on", "2016年1月2日", "2016-01-02"),
        ("registered_capital", "1,000,000.00", 100_000_000),
        ("district_code", "迎泽区", "140106"),
        ("labels", "高新技术;绿色", ["高新技术", "绿色"]),
        ("kind", "个体工商户", "individual_business"),
    ],
)
def test_values_are_read_as_people_write_them(field: str, value: str, stored: object) -> None:
    firm, decider = firms.firm(), cast.officer()
    number = ask(cast.owner(firm.pk), firm, field, value)
    assert Correction.objects.get(pk=number).new == stored
    actions.decide_correction(decider, correction_id=number, approve=True)
    firm.refresh_from_db()
    kept = getattr(firm, field)
    assert (kept.isoformat() if isinstance(kept, dt.date) else kept) == stored


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("uscc", "91140105100000011X", "x"),
        ("established_on", "2026-02-30", "x"),
        ("district_code", "火星", "x"),
        ("name", "太原龙城机械有限公司", "x"),
        ("name", "太原新名公司", " "),
    ],
)
def test_what_cannot_be_put_right_is_refused(field: str, value: str, reason: str) -> None:
    firm = firms.firm()
    with pytest.raises(Refused):
        ask(cast.owner(firm.pk), firm, field, value, reason)


def test_one_open_correction_a_field_and_none_of_a_stranger_s_firm() -> None:
    firm = firms.firm()
    ask(cast.owner(firm.pk), firm)
    with pytest.raises(Refused) as caught:
        ask(cast.owner(firm.pk), firm, value="太原再名公司")
    assert caught.value.code == "correction_open"
    with pytest.raises(DomainError):
        ask(cast.owner(), firm)


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_likely_duplicates_are_found_in_one_district() -> None:
    first, second = firms.firm("太原龙城机械有限公司"), firms.firm("太原龙城机械公司")
    firms.firm("太原龙城机械有限公司", district_code="140106")
    [pair] = duplicates.find(cast.officer())
    assert {pair.first_id, pair.second_id} == {first.pk, second.pk}
    assert (pair.score, pair.why) == (100, "same_name_and_address")
    assert duplicates.find(cast.officer("1402")) == []


def test_merging_moves_everything_and_undoing_brings_it_back() -> None:
    keeper, double, bank = firms.firm(), firms.firm("太原龙城机械公司"), cast.organisation("bank")
    firms.sheet(keeper, "tax", DAY, tax_grade="A")
    stays = firms.sheet(double, "tax", DAY, tax_grade="B")
    moves = firms.sheet(double, "social", DAY, employees=3)
    consent = firms.consent(double, bank, cast.person())
    officer = cast.officer()
    merge = actions.merge_duplicates(officer, survivor_id=keeper.pk, absorbed_id=double.pk, reason="同一营业执照")
    assert queries.survivor_id(double.pk) == keeper.pk
    assert queries.enterprise_by_uscc(double.uscc) == keeper.pk
    assert FactSheet.objects.get(pk=moves.pk).enterprise_id == keeper.pk
    assert FactSheet.objects.get(pk=stays.pk).enterprise_id == double.pk
    assert Consent.objects.get(pk=consent.pk).enterprise_id == keeper.pk
    assert double.pk not in {firm.pk for firm in queries.enterprises(officer)}
    actions.undo_merge(officer, merge_id=merge, reason="并错了")
    assert FactSheet.objects.get(pk=moves.pk).enterprise_id == double.pk
    assert Consent.objects.get(pk=consent.pk).enterprise_id == double.pk
    assert queries.survivor_id(double.pk) == double.pk
    with pytest.raises(Stale):
        actions.undo_merge(officer, merge_id=merge, reason="再来")
    assert [len(cast.events(kind)) for kind in ("ENTERPRISES_MERGED", "MERGE_UNDONE")] == [1, 1]


@pytest.mark.parametrize("reason", ["", "同一执照"])
def test_a_firm_cannot_be_merged_into_itself(reason: str) -> None:
    firm = firms.firm()
    with pytest.raises(Refused) as caught:
        actions.merge_duplicates(cast.officer(), survivor_id=firm.pk, absorbed_id=firm.pk, reason=reason)
    assert len(caught.value.problems) == (2 if not reason else 1)


def test_a_merged_firm_is_not_merged_again_and_not_by_anybody() -> None:
    keeper, double, third = firms.firm(), firms.firm("乙公司"), firms.firm("丙公司")
    actions.merge_duplicates(cast.officer(), survivor_id=keeper.pk, absorbed_id=double.pk, reason="同一执照")
    with pytest.raises(Refused):
        actions.merge_duplicates(cast.officer(), survivor_id=third.pk, absorbed_id=double.pk, reason="同一执照")
    with pytest.raises(DomainError):
        actions.merge_duplicates(cast.owner(third.pk), survivor_id=keeper.pk, absorbed_id=third.pk, reason="x")


# --- loading, snapshots, reference data ------------------------------------------------------------------------------


def frames(count: int = 3) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    rows = pl.DataFrame(
        {
            "uscc": [firms.code(number) for number in range(1, count + 1)],
            "name": [f'太原第{number}号"机械",有限公司' for number in range(1, count + 1)],
            "kind": ["company"] * count,
            "district_code": ["140106", "140105", "140105"][:count],
            "industry_code": ["C3411"] * count,
            "labels": [["高新技术", "绿色"], [], ["涉农"]][:count],
            "established_on": [dt.date(2015, 3, 15), None, None][:count],
            "invented": [True] * count,
        }
    )
    tax = pl.DataFrame(
        {
            "uscc": rows["uscc"],
            "tax_grade": ["A", None, "B"][:count],
            "revenue_last_year": [2_000_000_000, None, 1][:count],
            "debt_ratio": pl.Series(["55.5", None, "60"][:count]).cast(pl.Decimal(38, 6)),
        }
    )
    social = pl.DataFrame({"uscc": rows["uscc"], "employees": [300, None, 5][:count]})
    return rows, {"tax": tax, "social": social}


def test_many_firms_are_loaded_with_facts_size_and_search_keys() -> None:
    rows, facts = frames()
    assert load_enterprises(SYSTEM, firms=rows, facts=facts, as_of=DAY) == 3
    found_ = {firm.uscc: firm for firm in Enterprise.objects.all()}
    first = found_[firms.code(1)]
    assert (first.name, first.labels, first.size_class, first.size_rule) == (
        '太原第1号"机械",有限公司', ["高新技术", "绿色"], "medium", "2017",
    )  # fmt: skip
    assert (first.invented, first.registered_capital, first.established_on) == (True, None, dt.date(2015, 3, 15))
    assert found_[firms.code(2)].size_class is None
    assert queries.facts_for_rules(first.pk)["debt_ratio"] == Decimal("55.5")
    assert FactSheet.objects.get(enterprise=found_[firms.code(3)], source="tax").values == {
        "tax_grade": "B", "revenue_last_year": 1, "debt_ratio": 60,
    }  # fmt: skip
    assert not FactSheet.objects.filter(enterprise=found_[firms.code(2)]).exists()
    assert queries.search(None, "tyd3h")[0].uscc == firms.code(3)
    assert len(cast.events("REGISTER_LOADED")) == 1


def test_ids_go_on_where_loading_ended() -> None:
    rows, facts = frames()
    load_enterprises(SYSTEM, firms=rows, facts=facts)
    assert firms.firm(uscc=firms.code(99)).pk > max(
        Enterprise.objects.exclude(uscc=firms.code(99)).values_list("pk", flat=True)
    )


def test_a_known_code_an_unknown_fact_or_a_stranger_stops_the_loading() -> None:
    rows, facts = frames()
    load_enterprises(SYSTEM, firms=rows)
    for attempt, problem in [
        ({"firms": rows}, "enterprise_known"),
        ({"firms": pl.concat([rows, rows])}, "enterprise_known"),
        ({"firms": rows, "facts": {"tax": facts["tax"].rename({"tax_grade": "nonsense"})}}, "fact_unknown"),
    ]:
        with pytest.raises(DomainError) as caught:
            load_enterprises(SYSTEM, **attempt)  # type: ignore[arg-type]
        assert caught.value.code == problem
    with pytest.raises(DomainError):
        load_enterprises(cast.owner(), firms=rows)


def test_a_snapshot_has_a_row_a_firm_and_a_typed_column_a_fact(tmp_path: Path) -> None:
    rows, facts = frames()
    load_enterprises(SYSTEM, firms=rows, facts=facts, as_of=DAY)
    firms.firm("并入的公司", merged_into=Enterprise.objects.order_by("id").first())
    made = export_parquet(SYSTEM, tmp_path / "firms.parquet")
    table = pl.read_parquet(made.path)
    assert made.rows == table.height == 3
    assert table["district_code"].cast(pl.String).to_list() == ["140105", "140105", "140106"]
    assert table.columns[:3] == ["uscc", "enterprise_id", "district_code"]
    assert set(table.columns) == {"uscc", "enterprise_id"} | set(queries.dictionary())
    last = table.row(2, named=True)
    assert (last["tax_grade"], last["revenue_last_year"], last["debt_ratio"], last["employees"]) == (
        "A",
        2 * 10**9,
        55.5,
        300,
    )
    assert (last["labels"], last["established_on"], last["dishonest"]) == (
        ["高新技术", "绿色"],
        dt.date(2015, 3, 15),
        None,
    )
    assert table.schema["revenue_last_year"] == pl.Int64
    assert table.schema["dishonest"] == pl.Boolean


def test_the_same_register_gives_the_same_bytes(tmp_path: Path) -> None:
    rows, facts = frames()
    load_enterprises(SYSTEM, firms=rows, facts=facts, as_of=DAY)
    assert (
        export_parquet(SYSTEM, tmp_path / "a.parquet").sha256 == export_parquet(SYSTEM, tmp_path / "b.parquet").sha256
    )
    with pytest.raises(DomainError):
        export_parquet(cast.owner(), tmp_path / "c.parquet")


def test_an_empty_register_gives_an_empty_snapshot(tmp_path: Path) -> None:
    assert export_parquet(SYSTEM, tmp_path / "firms.parquet").rows == 0


def test_divisions_are_installed_and_installing_again_changes_nothing() -> None:
    assert actions.install_reference_data(SYSTEM) == 4534
    before = list(Division.objects.order_by("code").values())
    actions.install_reference_data(SYSTEM)
    assert list(Division.objects.order_by("code").values()) == before
    assert [view.code for view in queries.districts()] == [
        "140105", "140106", "140107", "140108", "140109", "140110", "140121", "140122", "140123", "140181",
    ]  # fmt: skip
    assert queries.district_name("140109").en == "Wanbailin District"
    assert queries.district_name("xyz").zh == "xyz"
    assert queries.townships("140105")[0].name == "坞城街道"
    divisions.forget()


def test_a_firm_is_entered_by_hand_once() -> None:
    number = actions.register_enterprise(SYSTEM, code=firms.code(7), name="太原手录公司", district_code="140105")
    assert actions.register_enterprise(SYSTEM, code=firms.code(7), name="x y", district_code="140105") == number
    with pytest.raises(Refused) as caught:
        actions.register_enterprise(SYSTEM, code="123", name="", district_code="140100")
    assert len(caught.value.problems) == 3
    assert len(cast.events("ENTERPRISE_REGISTERED")) == 1

"""A departmental file from opening to report: what is taken in, what is refused, and that nothing is ever half done."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from factories.firms import code, firm
from huoshui.access import vault
from huoshui.access.actor import SYSTEM
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.registry import imports
from huoshui.registry.imports import pipeline, staging
from huoshui.registry.imports.problems import FileRefused
from huoshui.registry.models import Enterprise, EnterpriseChange, FactSheet, FactSheetHistory, ImportBatch
from registry import cast
from registry import files as made
from tests.conftest import REAL_DATA

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


def take(path: Path, **how: Any) -> imports.BatchView:
    return imports.run(how.pop("source", "market"), path, actor=how.pop("actor", SYSTEM), **how)


def refusals(batch: imports.BatchView) -> dict[int, str]:
    """Return the codes of the reasons by row."""
    assert batch.refusals_file is not None
    with batch.refusals_file.open(encoding="utf-8-sig", newline="") as file:
        return {int(row["行号"]): row["原因代码"] for row in csv.DictReader(file)}


def one(tmp_path: Path, **cells: str) -> imports.BatchView:
    """Import a file of one good row and one with *cells*."""
    return take(made.save(tmp_path, [made.row(1), made.row(2, **cells)]))


# --- what is taken in ------------------------------------------------------------------------------------------------


def test_a_good_file_is_taken_in_whole(tmp_path: Path) -> None:
    batch = take(made.save(tmp_path, [made.row(number) for number in range(1, 6)]))
    assert (batch.rows, batch.created, batch.changed, batch.unchanged, batch.refused) == (5, 5, 0, 0, 0)
    assert batch.state == "done"
    assert batch.refusals_file is None
    found = Enterprise.objects.get(uscc=code(1))
    assert (found.name, found.kind, found.status, found.district_code) == (
        "太原第1号机械有限公司",
        "company",
        "active",
        "140105",
    )
    assert found.registered_capital == 50_500_000
    assert found.established_on == dt.date(2015, 3, 15)
    assert found.name_initials == "tyd1hjxyxgs"
    assert found.name_pinyin.startswith("tai yuan di 1")


def test_the_second_run_changes_nothing_and_says_that_the_file_is_known(tmp_path: Path) -> None:
    path = made.save(tmp_path, [made.row(number) for number in range(1, 6)])
    first = take(path)
    before = list(Enterprise.objects.order_by("id").values())
    second = take(path)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 5)
    assert list(Enterprise.objects.order_by("id").values()) == before
    assert not EnterpriseChange.objects.exists()
    assert f"第 {first.id} 批" in second.message


def test_a_changed_row_keeps_the_old_value(tmp_path: Path) -> None:
    take(made.save(tmp_path, [made.row(1), made.row(2)]))
    batch = take(made.save(tmp_path, [made.row(1, name="太原新名机械有限公司", capital="60"), made.row(2)]))
    assert (batch.created, batch.changed, batch.unchanged) == (0, 1, 1)
    found = Enterprise.objects.get(uscc=code(1))
    assert (found.name, found.version, found.name_initials) == ("太原新名机械有限公司", 2, "tyxmjxyxgs")
    kept = {each.field: (each.old, each.new) for each in EnterpriseChange.objects.all()}
    assert kept == {
        "name": ("太原第1号机械有限公司", "太原新名机械有限公司"),
        "registered_capital": (50_500_000, 60_000_000),
    }


def test_an_empty_cell_erases_nothing(tmp_path: Path) -> None:
    take(made.save(tmp_path, [made.row(1)]))
    batch = take(made.save(tmp_path, [made.row(1, capital="", address="—", date="")]))
    assert batch.unchanged == 1
    assert Enterprise.objects.get(uscc=code(1)).registered_capital == 50_500_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_of_another_encoding_with_other_line_ends_is_taken_in(tmp_path: Path, encoding: str) -> None:
    assert take(made.save(tmp_path, [made.row(1)], encoding=encoding, ending="\r\n")).created == 1


def test_full_width_characters_and_stray_blanks_are_put_right(tmp_path: Path) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code(1))
    row = made.row(1, code=f" {wide} ", name="  太原 　龙城(集团)  公司 ", capital="５０．５", date="2015年3月15日")
    assert take(made.save(tmp_path, [row])).created == 1
    found = Enterprise.objects.get()
    assert (found.uscc, found.name, found.registered_capital) == (code(1), "太原 龙城（集团） 公司", 50_500_000)


@pytest.mark.parametrize("day", ["2015/3/15", "2015.03.15", "20150315", "2015-03-15 00:00:00", "2015年03月15日"])
def test_dates_are_read_as_people_write_them(tmp_path: Path, day: str) -> None:
    take(made.save(tmp_path, [made.row(1, date=day)]))
    assert Enterprise.objects.get().established_on == dt.date(2015, 3, 15)


def test_html_in_a_name_is_data(tmp_path: Path) -> None:
    take(made.save(tmp_path, [made.row(1, name="<b>太原</b>&amp;<script>有限公司")]))
    assert Enterprise.objects.get().name == "<b>太原</b>&amp;<script>有限公司"


@pytest.mark.parametrize("name", [r"太原\N商贸", r"\.", r"\t太原", "商贸\\\\公司\\"])
def test_backslashes_in_a_name_are_data(tmp_path: Path, name: str) -> None:
    assert one(tmp_path, name=name).refused == 0
    assert Enterprise.objects.get(uscc=code(2)).name == name


def test_invisible_characters_are_removed_and_counted(tmp_path: Path) -> None:
    batch = one(tmp_path, name="太原\x00龙\x7f城公司")
    assert batch.refused == 0
    assert Enterprise.objects.get(uscc=code(2)).name == "太原龙城公司"
    assert ("control_removed", 1) in [(code_, number) for code_, _, number in batch.remarks]


def test_a_workbook_is_taken_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(made.HEADER)
    book.active.append([code(1), "太原龙城公司", "小店区", dt.date(2015, 3, 15), 50.5, "长治路1号"])
    book.create_sheet("附表").append(["别的"])
    book.save(tmp_path / "firms.xlsx")
    batch = take(tmp_path / "firms.xlsx")
    assert batch.created == 1
    assert [(code_, number) for code_, _, number in batch.remarks] == [("other_sheets", 1)]
    found = Enterprise.objects.get()
    assert (found.district_code, found.established_on, found.registered_capital) == (
        "140105", dt.date(2015, 3, 15), 50_500_000,
    )  # fmt: skip


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"code": "91140105100000011X"}, "uscc"),
        ({"code": "123"}, "uscc"),
        ({"code": ""}, "required"),
        ({"name": ""}, "required"),
        ({"name": "甲"}, "short"),
        ({"name": "长" * 201}, "long"),
        ({"district": "999999"}, "district"),
        ({"district": "不存在区"}, "district"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "去年"}, "date"),
        ({"date": "2099-01-01"}, "date_future"),
        ({"date": "1066-10-14"}, "date_early"),
        ({"capital": "三十万"}, "number"),
        ({"capital": "-1"}, "low"),
        ({"capital": "1000000000000000"}, "high"),
        ({"capital": "1e15"}, "high"),
        ({"capital": "0.0000001"}, "fen"),
        ({"address": "路" * 301}, "long"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_no_other(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    batch = one(tmp_path, **cells)
    assert (batch.created, batch.refused) == (1, 1)
    assert refusals(batch) == {3: reason}


@pytest.mark.parametrize("capital", ["0", "0.01", "1000000000", "1,234,567.89"])
def test_amounts_at_the_limits_are_taken_in(tmp_path: Path, capital: str) -> None:
    assert one(tmp_path, capital=capital).refused == 0


def test_every_reason_of_a_row_is_named(tmp_path: Path) -> None:
    batch = one(tmp_path, code="x", name="", date="2026-02-30", capital="三十万")
    assert refusals(batch) == {3: "uscc;date;number;required"}
    assert batch.refusals_file is not None
    words = batch.refusals_file.read_text(encoding="utf-8-sig")
    assert "2026-02-30" in words
    assert "三十万" in words
    assert "企业名称" in words


def test_a_code_that_comes_twice_is_refused_with_the_row_it_repeats(tmp_path: Path) -> None:
    batch = take(made.save(tmp_path, [made.row(1), made.row(2), made.row(1, name="另一个名称公司"), made.row(1)]))
    assert (batch.created, batch.refused) == (2, 2)
    assert refusals(batch) == {4: "twice_in_file", 5: "twice_in_file"}
    assert "第 2 行" in (batch.refusals_file or Path()).read_text(encoding="utf-8-sig")


def test_a_code_that_comes_again_in_a_later_block_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huoshui.registry.imports import blocks

    monkeypatch.setattr(blocks, "BLOCK_BYTES", 200)
    rows = [made.row(number) for number in range(1, 20)] + [made.row(3), made.row(3)]
    batch = take(made.save(tmp_path, rows))
    assert (batch.created, batch.refused) == (19, 2)
    assert refusals(batch) == {21: "twice_in_file", 22: "twice_in_file"}


def test_rows_add_up_whatever_comes(tmp_path: Path) -> None:
    rows = [made.row(number, capital="三十万" if number % 3 == 0 else "1") for number in range(1, 50)]
    batch = take(made.save(tmp_path, rows))
    assert batch.rows == 49 == batch.accepted + batch.refused


def test_an_association_is_no_firm_unless_the_file_says_what_it_is(tmp_path: Path) -> None:
    assert refusals(one(tmp_path, code=code(2, registrar="51"))) == {3: "registrar"}


def test_the_kind_follows_from_the_registrar(tmp_path: Path) -> None:
    rows = [made.row(2, code=code(2, registrar="92")), made.row(3, code=code(3, registrar="93"))]
    take(made.save(tmp_path, rows))
    assert list(Enterprise.objects.order_by("uscc").values_list("kind", "size_class")) == [
        ("individual_business", "micro"),
        ("cooperative", None),
    ]


def test_refused_cells_cannot_run_as_formulas(tmp_path: Path) -> None:
    batch = one(tmp_path, name='=HYPERLINK("http://x","y")', capital="三十万", address="@SUM(1)")
    assert batch.refusals_file is not None
    with batch.refusals_file.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["企业名称"].startswith("'=")
    assert row["住所"].startswith("'@")


def test_refused_rows_can_be_had_as_a_workbook_of_text(tmp_path: Path) -> None:
    batch = one(tmp_path, name="=1+1公司", capital="三十万")
    target = tmp_path / "refused.xlsx"
    target.write_bytes(imports.refusals(SYSTEM, batch.id, form="xlsx"))
    sheet_ = openpyxl.load_workbook(target).worksheets[0]
    assert sheet_["E2"].value == "'=1+1公司"
    assert sheet_["E2"].data_type == "s"


# --- columns ---------------------------------------------------------------------------------------------------------


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("代号,名称\n1,甲公司\n")
    with pytest.raises(FileRefused) as caught:
        take(path)
    assert caught.value.code == "field_missing"
    assert "统一社会信用代码" in caught.value.text.zh
    assert caught.value.remedy is not None
    assert "代号" in caught.value.remedy.zh


def test_a_told_column_map_is_remembered_for_the_source(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(f"代号,名称,本钱\n{code(1)},甲公司,5\n")
    take(path, source="park", mapping={"代号": "uscc", "本钱": "registered_capital@万元"})
    path.write_text(f"代号,名称,本钱\n{code(2)},乙公司,6\n")
    assert take(path, source="park").created == 1
    assert Enterprise.objects.get(uscc=code(2)).registered_capital == 6_000_000
    with pytest.raises(FileRefused):
        take(path, source="another")


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"没有的列": "uscc"}, "column_unknown"),
        ({"名称": "nonsense"}, "field_unknown"),
        ({"别名": "name"}, "field_twice"),
    ],
)
def test_a_wrong_column_map_is_refused(tmp_path: Path, mapping: dict[str, str], problem: str) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(f"信用代码,名称,别名\n{code(1)},甲公司,乙\n")
    with pytest.raises(FileRefused) as caught:
        take(path, mapping=mapping)
    assert caught.value.code == problem


def test_a_column_can_be_ignored(tmp_path: Path) -> None:
    take(made.save(tmp_path, [made.row(1, capital="三十万")]), mapping={"注册资本(万元)": "-"})
    assert Enterprise.objects.get().registered_capital is None


# --- districts and currencies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "address", "kept", "remark"),
    [
        ("140106", "随便", "140106", None),
        ("迎泽区", "随便", "140106", None),
        ("140402", "长治市", "140403", "district_migrated"),
        ("140112", "太原市尖草坪区新兰路1号", "140108", "district_from_address"),
        ("140112", "太原市某路1号", "140112", "district_abolished"),
        ("140100", "太原市杏花岭区府东街1号", "140107", "district_from_address"),
        ("140100", "太原市五一路1号", "140100", "district_above_county"),
        ("140000", "山西省晋中市太谷区某路", "140703", "district_from_address"),
    ],
)
def test_districts_are_kept_migrated_found_or_listed(
    tmp_path: Path, given: str, address: str, kept: str, remark: str | None
) -> None:
    batch = one(tmp_path, district=given, address=address)
    assert Enterprise.objects.get(uscc=code(2)).district_code == kept
    assert [code_ for code_, _, _ in batch.remarks] == ([remark] if remark else [])


def test_rows_with_a_remark_are_listed(tmp_path: Path) -> None:
    batch = one(tmp_path, district="140112", address="太原市某路")
    assert batch.remark_rows["district_abolished"] == [f"3: {code(2)} 140112"]


def test_a_vaguer_district_does_not_replace_a_known_one(tmp_path: Path) -> None:
    take(made.save(tmp_path, [made.row(1)]))
    assert take(made.save(tmp_path, [made.row(1, district="140100", address="")])).unchanged == 1


def test_capital_of_another_currency_is_kept_and_not_converted(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        f"信用代码,名称,注册资本(万元),币种\n{code(1)},甲公司,20,美元\n{code(2)},乙公司,20,CNY\n{code(3)},丙,,\n"
    )
    take(path)
    found = Enterprise.objects.get(uscc=code(1))
    assert (found.registered_capital, found.capital_currency, found.capital_foreign) == (None, "USD", 20_000_000)
    assert Enterprise.objects.get(uscc=code(2)).registered_capital == 20_000_000


def test_phones_are_sealed_compared_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    rows = {1: "139 1234 5678", 2: "0351-4123456", 3: "", 4: "+86-13912345679"}
    lines = [f"{code(number)},第{number}公司,{phone}" for number, phone in rows.items()]
    path.write_text("信用代码,名称,联系电话\n" + "\n".join(lines) + "\n")
    batch = take(path)
    assert (batch.created, batch.changed, batch.refused) == (4, 0, 0)
    assert ("phone_unusable", 1) in [(code_, number) for code_, _, number in batch.remarks]
    known = {firm_.name: firm_ for firm_ in Enterprise.objects.all()}
    assert known["第1公司"].phone_hash == vault.blind_index("13912345678")
    assert vault.decrypt(known["第4公司"].phone_cipher) == "13912345679"
    assert [known[f"第{number}公司"].phone_hash for number in (2, 3)] == ["", ""]
    assert take(path).changed == 0
    path.write_text(path.read_text().replace("139 1234 5678", "13800000000"))
    assert take(path).changed == 1
    assert EnterpriseChange.objects.get().new == "138****0000"


# --- facts -----------------------------------------------------------------------------------------------------------


def facts_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "tax.csv"
    path.write_text("统一社会信用代码,纳税信用等级,tax_paid_last_year,invoice_months\n" + "\n".join(lines) + "\n")
    return path


def facts_of(found: Enterprise, source: str = "tax") -> dict[str, Any]:
    values: dict[str, Any] = FactSheet.objects.get(enterprise=found, source=source).values
    return values


def test_facts_are_written_by_department_with_their_day(tmp_path: Path) -> None:
    found = firm()
    path = facts_file(tmp_path, f"{found.uscc},A,123.45,12")
    batch = take(path, source="tax", kind="facts", as_of=dt.date(2026, 1, 31), mapping={"纳税信用等级": "tax_grade"})
    assert (batch.changed, batch.unchanged) == (1, 0)
    assert facts_of(found) == {"tax_grade": "A", "tax_paid_last_year": 12345, "invoice_months": 12}
    assert FactSheet.objects.get().as_of == dt.date(2026, 1, 31)


def take_facts(tmp_path: Path, line: str, day: dt.date) -> imports.BatchView:
    return take(
        facts_file(tmp_path, line), source="tax", kind="facts", as_of=day, mapping={"纳税信用等级": "tax_grade"}
    )


def test_newer_facts_replace_older_ones_which_become_history(tmp_path: Path) -> None:
    found = firm()
    take_facts(tmp_path, f"{found.uscc},B,1.00,", dt.date(2025, 1, 31))
    batch = take_facts(tmp_path, f"{found.uscc},A,,", dt.date(2026, 1, 31))
    assert batch.changed == 1
    assert facts_of(found) == {"tax_grade": "A", "tax_paid_last_year": 100}
    kept = FactSheetHistory.objects.get()
    assert (kept.as_of, kept.values) == (dt.date(2025, 1, 31), {"tax_grade": "B", "tax_paid_last_year": 100})


def test_older_facts_become_history_only_and_only_once(tmp_path: Path) -> None:
    found = firm()
    take_facts(tmp_path, f"{found.uscc},A,,", dt.date(2026, 1, 31))
    for _ in range(2):
        batch = take_facts(tmp_path, f"{found.uscc},D,,", dt.date(2024, 1, 31))
        assert (batch.changed, batch.unchanged) == (0, 1)
    assert facts_of(found) == {"tax_grade": "A"}
    assert FactSheetHistory.objects.count() == 1
    assert ("facts_older", 1) in [(code_, number) for code_, _, number in batch.remarks]


def test_the_same_facts_again_change_nothing(tmp_path: Path) -> None:
    found = firm()
    for changed in (1, 0):
        assert take_facts(tmp_path, f"{found.uscc},A,1.00,3", dt.date(2026, 1, 31)).changed == changed
    assert not FactSheetHistory.objects.exists()


def test_facts_of_an_unknown_firm_or_outside_their_values_are_refused(tmp_path: Path) -> None:
    found, other = firm(), firm("太原另一公司")
    path = facts_file(tmp_path, f"{found.uscc},A,,", f"{code()},A,,", f"{other.uscc},Z,,")
    batch = take(path, source="tax", kind="facts", mapping={"纳税信用等级": "tax_grade"})
    assert refusals(batch) == {3: "no_enterprise", 4: "choice"}


@pytest.mark.parametrize(("days", "stale"), [(59, False), (60, False), (61, True)])
def test_facts_that_are_stale_already_are_remarked(tmp_path: Path, days: int, stale: bool) -> None:
    day = clock.today() - dt.timedelta(days=days)
    batch = take_facts(tmp_path, f"{firm().uscc},,,3", day)  # invoice_months stays fresh for 60 days
    assert ("facts_stale" in [code_ for code_, _, _ in batch.remarks]) is stale


def test_a_file_without_a_fact_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tax.csv"
    path.write_text(f"信用代码,什么\n{code()},1\n")
    with pytest.raises(FileRefused) as caught:
        take(path, source="tax", kind="facts")
    assert caught.value.code == "no_facts"


def test_a_register_file_may_carry_facts_and_sets_the_size_class(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        "信用代码,名称,行业代码,employees,revenue_last_year\n"
        f"{code(1)},甲公司,C3411,300,20000000\n{code(2)},乙公司,C3411,299,20000000\n{code(3)},丙公司,C3411,,20000000\n"
    )
    take(path)
    found = dict(Enterprise.objects.values_list("uscc", "size_class"))
    assert found == {code(1): "medium", code(2): "small", code(3): None}
    assert Enterprise.objects.get(uscc=code(1)).size_rule == "2017"
    path.write_text(f"信用代码,名称,行业代码,employees\n{code(2)},乙公司,C3411,5\n")
    take(path)
    assert Enterprise.objects.get(uscc=code(2)).size_class == "micro"


# --- safety ----------------------------------------------------------------------------------------------------------


def test_a_rehearsal_counts_and_changes_nothing(tmp_path: Path) -> None:
    batch = take(made.save(tmp_path, [made.row(1), made.row(2, capital="三十万")]), dry_run=True)
    assert (batch.created, batch.refused, batch.dry_run, batch.state) == (1, 1, True, "done")
    assert not Enterprise.objects.exists()
    assert not cast.events("REGISTER_IMPORTED")


def test_an_import_leaves_one_event(tmp_path: Path) -> None:
    batch = take(made.save(tmp_path, [made.row(1)]))
    [event] = cast.events("REGISTER_IMPORTED")
    assert event.subject_id == str(batch.id)
    assert event.facts["created"] == 1


def test_a_merge_that_fails_leaves_the_register_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(made.save(tmp_path, [made.row(1)]))
    assert not Enterprise.objects.exists()
    assert ImportBatch.objects.get().state == "failed"


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_import_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    killed = ImportBatch.objects.create(
        source="market", file_name="x.csv", sha256="0", started_by="system", started_at=dt.datetime.now(dt.UTC)
    )
    with staging.connect() as own:
        own.execute(f"CREATE UNLOGGED TABLE import_stage_{killed.pk} (x int)")
        take(made.save(tmp_path, [made.row(1)]))
        killed.refresh_from_db()
        assert killed.state == "failed"
        left = own.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'import_stage_%'").fetchone()
        assert left == (0,)


def test_two_imports_of_one_source_do_not_run_at_once(tmp_path: Path) -> None:
    path = made.save(tmp_path, [made.row(1)])
    with pipeline._only_one("market"):
        with pytest.raises(FileRefused) as caught:
            take(path)
        assert caught.value.code == "source_busy"
        assert take(path, source="park").created == 1


def test_a_lane_that_breaks_stops_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_text", lambda block: memoryview(b"not,a,row\n"))
    with pytest.raises(Exception, match="import_stage"):
        take(made.save(tmp_path, [made.row(1)]))
    assert not Enterprise.objects.exists()


def test_who_may_not_import_is_told(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as caught:
        take(made.save(tmp_path, [made.row(1)]), actor=cast.owner())
    assert caught.value.code == "not_permitted"


def test_batches_are_listed_newest_first(tmp_path: Path) -> None:
    first, second = (take(made.save(tmp_path, [made.row(number)])) for number in (1, 2))
    assert [each.id for each in imports.batches(SYSTEM)] == [second.id, first.id]
    assert imports.batch(SYSTEM, first.id).created == 1


# --- the real register -----------------------------------------------------------------------------------------------

REAL = REAL_DATA / "enterprises" / "taiyuan_enterprises_1980_2004.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the real data folder is not here")
def test_the_real_register_of_taiyuan_is_taken_in_and_a_second_run_changes_nothing() -> None:
    first = take(REAL)
    assert first.rows == 11_333 == first.accepted + first.refused
    assert (first.created, first.refused) == (11_332, 1)
    assert refusals(first) == {388: "registrar"}  # an association, registered with civil affairs
    assert Enterprise.objects.filter(capital_currency="USD").count() == 25
    before = list(Enterprise.objects.order_by("id").values_list("id", "version", "updated_at"))
    second = take(REAL)
    assert (second.created, second.changed, second.unchanged, second.refused) == (0, 0, 11_332, 1)
    assert list(Enterprise.objects.order_by("id").values_list("id", "version", "updated_at")) == before

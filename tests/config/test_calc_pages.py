"""What the pages of docs/algorithms show is what the calculators print."""

from __future__ import annotations

import pytest

from huoshui.config.calculators import CALCULATORS
from tests.config import calc_pages

TABLES = [table for page in sorted(calc_pages.PAGES.glob("*.md")) for table in calc_pages.tables(page)]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_table_shows_what_is_computed(table: calc_pages.Table) -> None:
    assert table.rows, "an empty table shows nothing"
    assert table.rows == table.computed()


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_calculator_has_a_page_with_a_computed_table_a_source_and_its_code(name: str) -> None:
    page = calc_pages.PAGES / f"{name}.md"
    assert any(table.name == name for table in calc_pages.tables(page))
    text = page.read_text(encoding="utf-8")
    assert "**Code:**" in text
    assert "**Tests:**" in text
    assert "**Source:**" in text or name == "split"


def test_the_index_names_every_page() -> None:
    index = (calc_pages.PAGES / "README.md").read_text(encoding="utf-8")  # a new page wants its row there
    for page in calc_pages.PAGES.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index


def test_files_that_a_page_names_exist() -> None:
    import re

    root = calc_pages.PAGES.parents[1]
    for page in calc_pages.PAGES.glob("*.md"):
        for path in re.findall(r"`((?:huoshui|tests)/[a-z_/]+\.py)`", page.read_text(encoding="utf-8")):
            assert (root / path).exists() or (root / "src" / path).exists(), f"{page.name}: {path}"


def test_the_counts_of_published_schedules_on_the_page_are_those_of_the_tests() -> None:
    from tests.kernel.test_schedule_vectors import NOT_SUPPORTED, REASONS, REPRODUCED

    text = (calc_pages.PAGES / "schedule.md").read_text(encoding="utf-8")
    assert f"| **reproduced** | **{len(REPRODUCED)}** |" in text
    assert f"| **not supported** | **{len(REASONS)}** |" in text
    for numbers in NOT_SUPPORTED.values():
        assert f" | {len(numbers)} |" in text

"""``huoshui import``: what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.config.cli import main
from huoshui.kernel.errors import DomainError
from huoshui.registry import imports
from huoshui.registry.imports import apart
from huoshui.registry.models import Enterprise
from registry import cast
from registry import files as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


def test_a_good_file_ends_with_0_and_its_counts(tmp_path: Path) -> None:
    done = run("enterprises", made.save(tmp_path, [made.row(1), made.row(2)]), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rows"], told["created"], told["refused"], told["refused_rows"]) == (2, 2, 0, None)


def test_a_refused_row_ends_with_1_and_says_where_the_rows_are(tmp_path: Path) -> None:
    done = run("enterprises", made.save(tmp_path, [made.row(1), made.row(2, capital="三十万")]))
    assert done.exit_code == 1
    assert "refused 1" in done.stdout
    assert "-refused.csv" in done.stdout


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_refused_file_ends_with_1_and_the_remedy(tmp_path: Path, form: list[str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    done = run("enterprises", path, *form)
    assert done.exit_code == 1
    assert "文件 empty.csv 是空的" in done.output


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    path = made.save(tmp_path, [made.row(1)])
    assert run("enterprises", tmp_path / "none.csv").exit_code == 2
    assert run("enterprises", path, "--map", "nonsense").exit_code == 2
    assert run("firms", path).exit_code == 2


def test_columns_can_be_mapped_and_a_rehearsal_changes_nothing(tmp_path: Path) -> None:
    path = made.save(tmp_path, [made.row(1, capital="三十万")])
    done = run("enterprises", path, "--source", "park", "--map", "注册资本(万元)=-", "--dry-run")
    assert done.exit_code == 0, done.output
    assert not Enterprise.objects.exists()


def test_facts_and_divisions_have_commands_of_their_own(tmp_path: Path) -> None:
    run("enterprises", made.save(tmp_path, [made.row(1)]))
    path = tmp_path / "tax.csv"
    path.write_text(f"信用代码,tax_grade\n{made.code(1)},A\n")
    done = run("facts", path, "--source", "tax", "--as-of", "2026-01-31", "--json")
    assert (done.exit_code, json.loads(done.stdout)["changed"]) == (0, 1)
    assert json.loads(run("divisions", "--json").stdout) == {"divisions": 4534}


def test_the_import_is_done_for_the_person_named(tmp_path: Path) -> None:
    leader = cast.staff(cast.organisation("government"), Role.LEADER)
    path = made.save(tmp_path, [made.row(1)])
    done = run("enterprises", path, "--person", leader.person_id, "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]) == (1, "not_permitted")
    assert run("enterprises", path, "--person", 0).exit_code == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"error": "file_empty", "reasons": ["文件是空的。"]}', "file_empty"),
        ("", "import_failed"),
        ("Killed\n", "import_failed"),
    ],
)
def test_what_a_process_apart_refused_is_told(said: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        apart._batch(said, "Traceback\nMemoryError")
    assert caught.value.code == code
    assert apart._batch('progress\n{"batch": 7}\n', "") == 7


@pytest.mark.django_db(transaction=True)
def test_under_the_web_role_a_process_of_its_own_imports(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    monkeypatch.setenv("HUOSHUI_DATABASE_URL", url)
    monkeypatch.setenv("HUOSHUI_DB_ROLE", "web")
    monkeypatch.setenv("HUOSHUI_VAR", str(settings.VAR))
    batch = imports.run("market", made.save(tmp_path, [made.row(1), made.row(2, capital="x")]), actor=SYSTEM)
    assert (batch.created, batch.refused) == (1, 1)
    assert Enterprise.objects.count() == 1

"""The frame: refused acts in words, headers, language, home by role, notices, navigation, front-end packages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings
from django.urls import reverse

from factories import people
from huoshui.access import actions as access
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.roles import Permission, Role
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.portals.shared import navigation
from huoshui.portals.shared.middleware import DomainErrorMiddleware
from huoshui.portals.shared.navigation import Entry

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def answer(error: Exception, **headers: str):
    request = RequestFactory().post("/x/", headers=headers)
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    return DomainErrorMiddleware(lambda _: None).process_exception(request, error)  # type: ignore[arg-type,return-value]


def test_every_problem_of_a_refusal_is_shown_with_its_remedy():
    problems = [
        Problem("a", Text("金额太大。", "Too much."), remedy=Text("请减少金额。", "Ask for less.")),
        Problem("b", Text("期限太长。", "Too long.")),
    ]
    response = answer(Refused(problems))
    page = response.content.decode()
    assert response.status_code == 422
    assert "金额太大。 请减少金额。" in page
    assert "期限太长。" in page
    assert "<html" in page


def test_htmx_gets_the_refusal_as_a_part():
    page = answer(DomainError("x", Text("不行。", "No.")), **{"HX-Request": "true"}).content.decode()
    assert "不行。" in page
    assert "<html" not in page


def test_a_stale_act_is_a_conflict_in_words():
    response = answer(Stale())
    assert response.status_code == 409
    assert "别人刚刚更新了这条记录" in response.content.decode()


def test_what_does_not_exist_is_not_found():
    request = RequestFactory().get("/x/")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    error = DomainError("product_unknown", Text("没有这个产品。", "No such product."))
    response = DomainErrorMiddleware(lambda _: None).process_exception(request, error)  # type: ignore[arg-type,return-value]
    assert response is not None
    assert response.status_code == 404


def test_other_errors_are_left_to_django():
    assert answer(ValueError()) is None


def test_no_foreign_or_inline_script_may_run(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("style-src-attr")[0]
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", ["/", "/products/", "/apply/", "/my/sign-in/", "/accounts/login/"])
def test_pages_hold_no_inline_script_and_scripts_never_block(client, address):
    page = client.get(address).content.decode()
    for tag in re.findall(r"<script[^>]*>", page):
        assert "src=" in tag
        assert "defer" in tag
    assert not re.search(r"\son[a-z]+=", page)


def test_the_language_chosen_is_kept_and_leads_back(client):
    response = client.post("/language/", {"language": "en", "next": "/products/?q=x"})
    assert response.url == "/products/?q=x"
    page = client.get("/products/").content.decode()
    assert '<html lang="en">' in page


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_change_of_language_never_leads_off_the_site(client, back):
    assert client.post("/language/", {"language": "en", "next": back}).url == "/"


def test_an_unknown_language_changes_nothing(client):
    assert "language" not in client.post("/language/", {"language": "xx", "next": "/"}).cookies


def test_unknown_pages_are_not_found_in_words_and_both_languages(client):
    assert "没有找到" in client.get("/nowhere/").content.decode()
    client.cookies["language"] = "en"
    assert "Not found" in client.get("/nowhere/").content.decode()


def test_an_expired_form_says_how_to_go_on():
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert "表单已过期" in response.content.decode()


def test_practice_mode_is_marked_on_every_page(client):
    with override_settings(DEMO=True):
        assert "演示环境，业务数据均为虚构" in client.get("/products/").content.decode()
    with override_settings(DEMO=False):
        assert "演示环境，业务数据均为虚构" not in client.get("/products/").content.decode()


@pytest.mark.parametrize(
    ("role", "kind", "home"),
    [
        (Role.ACCOUNT_MANAGER, "bank", "/bank/"),
        (Role.OFFICE, "government", "/gov/"),
        (Role.AUDITOR, "auditor", "/gov/"),
    ],
)
@override_settings(REQUIRE_SECOND_FACTOR=False)
def test_home_is_the_portal_of_the_role(client, role, kind, home):
    people.sign_in(client, people.staff(role, kind=kind))
    assert client.get("/home/").url == home


def test_an_owner_is_at_home_in_the_firms_portal(client):
    people.sign_in(client, people.owner())
    assert client.get("/home/").url == "/my/"


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get("/home/")["Location"].startswith(reverse("account_login"))


def test_notices_are_read_by_one_press(client):
    owner = people.owner()
    people.sign_in(client, owner)
    assert "没有通知" in client.get("/notices/").content.decode()
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/").url == "/notices/"
    access.mark_all_read(owner)


def entry(**given) -> Entry:
    return Entry("名册", "public:products", **given)


@pytest.fixture
def bank_entries(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(
        "bank",
        (
            entry(permissions=(Permission.HANDLE_CASES,), badge=lambda actor: 3),
            Entry("产品", "public:home", permissions=(Permission.EDIT_PRODUCTS,), section="设置"),
            Entry("没有的页面", "nowhere:page"),
        ),
    )


def test_navigation_offers_what_the_roles_permit(bank_entries):
    actor = Actor(kind="staff", person_id=1, org_kind="bank", permissions=frozenset({Permission.HANDLE_CASES}))
    (section,) = navigation.sections(actor, "/products/7/")
    (link,) = section.links
    assert (link.url, link.count, link.current) == ("/products/", 3, True)


def test_navigation_of_another_portal_stays_hidden(bank_entries):
    assert navigation.sections(SYSTEM, "/") == ()


def test_every_icon_in_use_is_in_the_sprite():
    names = set(
        re.findall(r"ICONS = \"\"\"(.*?)\"\"\"", (ROOT / "scripts/vendor.py").read_text(), re.DOTALL)[0].split()
    )
    used = set()
    for path in (ROOT / "src/huoshui").rglob("*.html"):
        used |= set(re.findall(r"{% icon \"([a-z0-9-]+)\"", path.read_text()))
    for path in (ROOT / "src/huoshui/portals").rglob("*.py"):
        used |= set(re.findall(r"icon=\"([a-z0-9-]+)\"", path.read_text()))
    assert used - names == set()


def test_the_lock_of_front_end_packages_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert "resolved" not in json.dumps(lock)
    assert all("integrity" in package for path, package in lock["packages"].items() if path)

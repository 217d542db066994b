"""Every page as every role, in both languages: follows links from each role's first page and reports what fails."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import Resolver404, resolve

PER_ROUTE = 2  # addresses tried of one route: a list and a filtered list, one case and another
START = "/home/"
LANGUAGES = ("zh-hans", "en")
SIGN_OUT = "account_logout"
PAGE_LIMIT_BYTES = 200_000


@dataclass
class Visit:
    """One page as one role: status and size, or what went wrong."""

    role: str
    language: str
    path: str
    status: int
    size: int
    problem: str = ""


@dataclass
class Report:
    """All visits of a crawl."""

    visits: list[Visit] = field(default_factory=list)

    @property
    def failures(self) -> list[Visit]:
        """Return the visits that went wrong."""
        return [visit for visit in self.visits if visit.problem]

    def summary(self) -> str:
        """Return one line: pages, roles, failures."""
        roles = len({visit.role for visit in self.visits})
        return f"{len(self.visits)} pages as {roles} roles in {len(LANGUAGES)} languages, {len(self.failures)} failed"


class _Links(HTMLParser):
    """Collects the addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a link, and the page's language."""
        values = dict(attrs)
        if tag == "a" and (href := values.get("href")) and "download" not in values:
            self.found.append(href)
        if tag == "html":
            self.language = values.get("lang") or ""


def crawl(
    sign_ins: dict[str, str], progress: Callable[[str], None] = lambda line: None, *, per_route: int = PER_ROUTE
) -> Report:
    """Return the report over *sign_ins* (role label → user name); the empty user name is a visitor from the street."""
    report = Report()
    for role, username in sign_ins.items():
        for language in LANGUAGES:
            report.visits += list(_as_role(role, username, language, per_route))
        progress(f"{role}: {sum(visit.role == role for visit in report.visits)} pages")
    return report


def _as_role(role: str, username: str, language: str, per_route: int) -> Iterator[Visit]:
    client = Client(headers={"accept-language": language})
    client.cookies["language"] = language
    if username:
        person = get_user_model().objects.get(username=username)
        client.force_login(person, backend="huoshui.access.sign_in.StaffBackend")
    waiting, seen, routes = deque([START if username else "/"]), set[str](), Counter[str]()
    while waiting:
        path = waiting.popleft()
        if path in seen or not _wanted(path, routes, per_route):
            continue
        seen.add(path)
        visit, links = _look(client, role, language, path)
        yield visit
        waiting.extend(links)


def _wanted(path: str, routes: Counter[str], per_route: int) -> bool:
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return not path.startswith(("/static/", "/files/"))  # a dead link is worth a visit: it fails the crawl
    routes[match.view_name] += 1
    return match.view_name != SIGN_OUT and routes[match.view_name] <= per_route


def _look(client: Client, role: str, language: str, path: str) -> tuple[Visit, list[str]]:
    try:
        response = client.get(path, follow=True)
    except Exception as problem:
        return Visit(role, language, path, 0, 0, f"{type(problem).__name__}: {problem}"), []
    kind = response.headers.get("content-type", "")
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    links = _Links()
    if kind.startswith("text/html"):
        links.feed(body.decode(errors="replace"))
    visit = Visit(
        role, language, path, response.status_code, len(body), _problem(response.status_code, body, links, language)
    )
    last = response.redirect_chain[-1][0] if response.redirect_chain else path
    inside = (urldefrag(urljoin(last, href))[0] for href in links.found)
    return visit, [href for href in inside if href.startswith("/") and not href.startswith("//")]


def _problem(status: int, body: bytes, links: _Links, language: str) -> str:
    if status != 200:
        return f"status {status}"
    if links.language and not links.language.lower().startswith(language[:2]):
        return f"language {links.language}, asked {language}"
    return ""

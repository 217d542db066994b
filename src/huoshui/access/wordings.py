"""The words of notices: shipped with their templates, replaced by the operator version by version; and quiet hours."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction

from huoshui.access import notice_texts, policy
from huoshui.access.actor import Actor
from huoshui.access.models import NoticeWording, QuietHours
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.audit.kinds import filled
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text

_KNOWN, _QUIET, SECONDS = "notice-wordings", "notice-quiet", 30  # another process learns of new words within so long
SHIPPED = 1


@dataclass(frozen=True, slots=True)
class Wording:
    """A template's words of one version; *facts*: the places that may be filled; *shipped* as delivered."""

    template: str
    version: int
    words: Text
    shipped: Text
    facts: tuple[str, ...]
    made_at: dt.datetime | None = None
    made_by: str = ""


def newest(template: str) -> int:
    """Return the version of the words that a new notice of *template* is sent with."""
    known: dict[str, int] | None = cache.get(_KNOWN)
    if known is None:
        rows = NoticeWording.objects.order_by("version").values_list("template", "version")
        known = dict(rows)
        cache.set(_KNOWN, known, SECONDS)
    return known.get(template, SHIPPED)


def say(template: str, facts: Mapping[str, Any], version: int) -> Text:
    """Return a notice in the words of *version*; in the shipped words where that version is not there."""
    if version > SHIPPED:
        row = NoticeWording.objects.filter(template=template, version=version).first()
        if row:
            return filled(Text(row.zh, row.en), facts)
    return notice_texts.say(template, facts)


def wordings() -> list[Wording]:
    """Return every template with the words in force, by code."""
    own = {row.template: row for row in NoticeWording.objects.select_related("made_by").order_by("version")}
    return [_wording(code, words, own.get(code)) for code, words in sorted(notice_texts.all_templates().items())]


def wording(template: str) -> Wording:
    """Return one template with the words in force. Raises DomainError (template_unknown)."""
    if not notice_texts.known(template):
        said = Text("没有这个通知模板。", "There is no such template.")
        raise DomainError("template_unknown", said, field="template", value=template)
    row = NoticeWording.objects.filter(template=template).select_related("made_by").order_by("-version").first()
    return _wording(template, notice_texts.all_templates()[template], row)


def reword(actor: Actor, *, template: str, zh: str, en: str, seen_version: int) -> int:
    """Give a template new words in both languages for notices from now on; return their version. Raises Refused."""
    person = _person(actor)
    held = wording(template)
    problems = [*_word_problems("zh", zh, held), *_word_problems("en", en, held)]
    if held.version != seen_version:
        said = Text(
            "别人刚改过这个模板，请看过新的内容再改。", "Somebody changed it meanwhile; read the new words first."
        )
        problems.append(Problem("template_changed", said, "zh", held.version))
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        made = NoticeWording.objects.create(
            template=template, version=held.version + 1, zh=zh.strip(), en=en.strip(), made_by_id=person,
            made_at=clock.now(),
        )  # fmt: skip
        facts = {"template": template, "version": made.version}
        record(actor, "NOTICE_REWORDED", ("notice_template", made.pk), topic=f"notice:{template}", facts=facts)
        transaction.on_commit(lambda: cache.delete(_KNOWN))
    cache.delete(_KNOWN)
    return made.version


def quiet_hours() -> tuple[dt.time, dt.time]:
    """Return from when to when no message rings a phone; equal means never."""
    held: tuple[dt.time, dt.time] | None = cache.get(_QUIET)
    if held is None:
        row = QuietHours.objects.order_by("-pk").values_list("begins", "ends").first()
        held = row or (dt.time(policy.value("delivery.quiet_from")), dt.time(policy.value("delivery.quiet_until")))
        cache.set(_QUIET, held, SECONDS)
    return held


def set_quiet_hours(actor: Actor, *, begins: dt.time, ends: dt.time) -> None:
    """Set the quiet hours from now on; equal times mean that there are none."""
    person = _person(actor)
    with transaction.atomic():
        row = QuietHours.objects.create(begins=begins, ends=ends, made_by_id=person, made_at=clock.now())
        facts = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
        record(actor, "QUIET_HOURS_SET", ("quiet_hours", row.pk), facts=facts)
        transaction.on_commit(lambda: cache.delete(_QUIET))
    cache.delete(_QUIET)


def places(words: str) -> frozenset[str]:
    """Return the places {…} in *words*. Raises ValueError where braces do not match."""
    return frozenset(name for _text, name, _spec, _conversion in string.Formatter().parse(words) if name is not None)


def _wording(code: str, shipped: Text, row: NoticeWording | None) -> Wording:
    facts = tuple(sorted(places(shipped.zh) | places(shipped.en)))
    if row is None:
        return Wording(code, SHIPPED, shipped, shipped, facts)
    return Wording(code, row.version, Text(row.zh, row.en), shipped, facts, row.made_at, row.made_by.name)


def _word_problems(field: str, words: str, held: Wording) -> list[Problem]:
    if not words.strip():
        return [Problem("words_missing", Text("两种语言都要填写。", "Write it in both languages."), field, words)]
    try:
        unknown = sorted(places(words) - set(held.facts))
    except ValueError:
        said = Text("花括号不成对，请检查 {…}。", "The braces do not match; check {…}.")
        return [Problem("braces", said, field, words)]
    if not unknown:
        return []
    listed, allowed = "、".join(f"{{{one}}}" for one in unknown), "、".join(f"{{{one}}}" for one in held.facts) or "—"
    said = Text(f"没有 {listed} 这项内容，可用的是 {allowed}。", f"There is no {listed}; these may be used: {allowed}.")
    return [Problem("place_unknown", said, field, listed)]


def _person(actor: Actor) -> int:
    if not actor.may(Permission.ADMINISTER_SYSTEM) or actor.person_id is None:
        said = Text("只有系统管理员可以修改通知。", "Only the system administrator changes notices.")
        raise DomainError("not_permitted", said, field="permission", value=str(Permission.ADMINISTER_SYSTEM))
    return actor.person_id

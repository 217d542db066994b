"""The list of events, declared."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.audit import kinds, queries
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter

_PLACES = re.compile(r"\{\w+\}")


def events(actor: Actor) -> Table:
    """Return every event, newest first."""
    return Table(
        name="events",
        title=_("审计事件"),
        rows=queries.events(actor),
        columns=(
            Column("at", _("时间"), "at", "minute", sort="at"),
            Column("who", _("谁"), "actor_name", sort="actor_name"),
            Column("for", _("所属机构"), "acting_for"),
            Column("what", _("做了什么"), lambda row: kinds.say(row.kind, row.facts), "words"),
            Column("topic", _("案件"), "topic", link=_trail),
            Column("subject", _("对象"), lambda row: f"{row.subject_type} {row.subject_id}"),
            Column("reason", _("理由"), "reason", "words"),
            Column("kind", _("类型"), "kind", shown=False),
            Column("rule", _("规则版本"), "rule_version", shown=False),
            Column("request", _("请求编号"), "request_id", shown=False),
        ),
        filters=(
            TextFilter("who", _("谁"), fields=("actor_name", "acting_for")),
            ChoiceFilter("kind", _("类型"), choices=_kinds),
            TextFilter("topic", _("案件或对象"), search=_about),
            DateFilter("at", _("时间"), moment=True),
        ),
        default_sort="",
        tie="-id",
        empty=Empty(_("没有事件"), _("放宽筛选条件；每次写入和敏感查阅都会在这里留下一条。")),
        actions=(Action(_("核验审计链"), reverse("gov:audit_verify"), icon="shield-check", primary=False),),
    )


def _kinds() -> list[tuple[str, str]]:
    return [(code, _PLACES.sub("…", said(words))[:40]) for code, words in sorted(kinds.all_kinds().items())]


def _about(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    subject, _sep, number = text.partition(" ")
    if number:
        return rows.filter(subject_type=subject, subject_id=number)
    return rows.filter(topic=text) | rows.filter(subject_id=text)


def _trail(row: Any) -> str:
    return f"{reverse('gov:trail')}?topic={row.topic}" if row.topic else ""

"""Bulletins as pages and lists, and the forms that write them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.government.leader import drill_link
from huoshui.portals.government.opened_table import OpenedTable, opened
from huoshui.portals.shared import charts
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter
from huoshui.statistics import bulletin_lifecycle as lifecycle
from huoshui.statistics import issues, queries, spans
from huoshui.statistics.bulletin_lifecycle import Act, State
from huoshui.statistics.queries import BulletinView

TONES = {State.DRAFT: "yellow", State.FROZEN: "green", State.SUPERSEDED: "secondary", State.DROPPED: "secondary"}


def bulletins(actor: Actor) -> Table:
    """Return the bulletins that *actor* may see."""
    writes = queries.may_write(actor)
    return Table(
        name="bulletins",
        title=_("通报与快报"),
        rows=queries.bulletins(actor),
        columns=(
            Column("title", _("标题"), lambda row: issues.templates()[row.template].name, link=_link),
            Column("span", _("统计期"), lambda row: spans.span_to(row.kind, row.last).name),
            Column("number", _("编号"), lambda row: issues.number_name(row.year, row.number, row.revision)),
            Column("state", _("状态"), lambda row: _state(row.state), "status"),
            Column("by", _("起草人"), "drafted_by.name"),
            Column("drafted", _("起草时间"), "drafted_at", "minute", sort="drafted_at"),
            Column("frozen", _("定稿时间"), "frozen_at", "minute", sort="frozen_at"),
        ),
        filters=(ChoiceFilter("state", _("状态"), choices=_states),),
        tie="-id",
        actions=(Action(_("起草通报"), reverse("gov:bulletin_new")),) if writes else (),
        empty=Empty(_("还没有通报"), _("市级部门起草、定稿后，通报会出现在这里。")),
    )


def _link(row: Any) -> str:
    return reverse("gov:bulletin", args=[row.pk])


def _state(code: str) -> tuple[Text, str]:
    state = State(code)
    return lifecycle.STATE_NAMES[state], TONES[state]


def _states() -> list[tuple[str, str]]:
    return [(state.value, said(name)) for state, name in lifecycle.STATE_NAMES.items()]


class DraftForm(forms.Form):
    """A new bulletin."""

    template = forms.ChoiceField(
        label=_("哪一种通报"), choices=text_choices({code: one.name for code, one in issues.templates().items()})
    )
    kind = forms.ChoiceField(label=_("统计期"), choices=text_choices(spans.KINDS))
    last = DayField(label=_("截止日"), help_text=_("通常是某月最后一天；比较数按同样的天数计算。"))
    note = forms.CharField(label=_("编者按"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class EditForm(forms.Form):
    """A draft's note and the rows that take no part in its ranking."""

    excluded = forms.MultipleChoiceField(
        label=_("不参与排名（显示为空白）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("编者按"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["excluded"].choices = rows  # type: ignore[attr-defined]


class ReviseForm(forms.Form):
    """Why a frozen bulletin is revised."""

    reason = forms.CharField(label=_("修订原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def draft_initial() -> dict[str, Any]:
    """Return what most bulletins are: the year up to the last whole month."""
    return {"template": "districts", "kind": "year", "last": last_month_end()}


def last_month_end() -> dt.date:
    """Return the last day of the month before this one."""
    return clock.today().replace(day=1) - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Button:
    """An act that is one press."""

    act: str
    label: Text
    tone: str


def buttons(view: BulletinView) -> list[Button]:
    """Return the acts without a form of their own that are possible now."""
    plain = {Act.FREEZE: "primary", Act.PUBLISH: "primary", Act.DROP: ""}
    return [Button(act.value, lifecycle.ACT_NAMES[act], plain[act]) for act in view.acts if act in plain]


def edit_form(view: BulletinView, data: Any = None) -> EditForm:
    """Return the form of a draft, filled."""
    rows = [(line.key, said(line.name)) for line in view.table.lines]
    initial = {"excluded": list(view.excluded), "note": view.note, "seen_version": view.version}
    return EditForm(data, rows=rows, initial=initial)


def _by(view: BulletinView) -> str:
    return "district" if issues.templates()[view.template].subjects == "districts" else "institution"


def table(view: BulletinView) -> OpenedTable:
    """Return the table with a link in each cell to the records that it counts, as they are now."""
    return opened(view.table, view.span, by=_by(view))


def chart(view: BulletinView) -> tuple[charts.Bars, Text] | None:
    """Return bars of the first coloured amount, the best row first, and its name; None where there is none."""
    at = next((at for at, head in enumerate(view.table.heads) if head.scale), None)
    if at is None:
        return None
    head = view.table.heads[at]
    ranked = sorted(view.table.lines, key=lambda line: line.cells[at].rank or 10_000)
    shown = [line for line in ranked if line.cells[at].value][:12]
    values = [
        (
            said(line.name)[:4],
            line.cells[at].value,
            f"{line.cells[at].text} {said(head.unit)}",
            drill_link(head.code, view.span, **{_by(view): line.key}),
        )
        for line in shown
    ]
    return charts.bars(values), head.name

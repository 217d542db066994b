"""The list of evaluations, declared."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter
from huoshui.statistics import cards, queries, spans
from huoshui.statistics.evaluation_lifecycle import STATE_NAMES, State
from huoshui.statistics.queries import ResultView, RoundView

TONES = {State.PUBLISHED: "green", State.CANCELLED: "secondary"}


def rounds(actor: Actor) -> Table:
    """Return the evaluations that *actor* may see."""
    manages = actor.may(Permission.MANAGE_EVALUATION)
    return Table(
        name="evaluations",
        title=_("金融机构评价"),
        rows=queries.rounds(actor),
        columns=(
            Column("card", _("评价表"), lambda row: cards.card_of(row.card).name, link=_link),
            Column("span", _("评价期"), lambda row: spans.span_to(row.kind, row.last).name, sort="last"),
            Column("state", _("阶段"), lambda row: _state(row.state), "status", sort="state"),
            Column("self", _("自评截止"), "self_score_until", "day", sort="self_score_until"),
            Column("appeal", _("申诉截止"), "appeal_until", "day", sort="appeal_until"),
            Column("published", _("公布"), "published_at", "day", sort="published_at"),
        ),
        filters=(
            ChoiceFilter("state", _("阶段"), choices=[(state.value, name) for state, name in STATE_NAMES.items()]),
        ),
        tie="-id",
        actions=(Action(_("发起评价"), reverse("gov:evaluation_new")),) if manages else (),
        empty=Empty(_("还没有评价"), _("市级金融办发起后，各银行先自评，再复核、反馈、公布。")),
    )


def _link(row: Any) -> str:
    return reverse("gov:evaluation", args=[row.pk])


def _state(code: str) -> tuple[Text, str]:
    state = State(code)
    return STATE_NAMES[state], TONES.get(state, "yellow")


def results(view: RoundView) -> Table:
    """Return every bank's result of a round with the points of each indicator, as a file holds it."""
    return Table(
        name=f"evaluation-{view.id}",
        title=view.card.name,
        rows=view.results,
        columns=(
            Column("bank", _("银行"), "institution"),
            Column("peers", _("同类组")),
            Column("self", _("自评"), "self_total"),
            Column("points", _("得分")),
            Column("grade", _("等级")),
            Column("rank", _("名次"), format="count"),
            Column("rank_in_peers", _("组内名次"), format="count"),
            *(Column(item.code, said(item.name), partial(_points, item.code)) for item in view.card.items),
        ),
        key="id",
    )


def _points(code: str, row: ResultView) -> Decimal | None:
    return next((item.points for item in row.items if item.code == code), None)

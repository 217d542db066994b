"""Acts on many demands at once: each row is done or refused for its own reasons, and the officer sees which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.financing import actions, queries
from huoshui.financing.batch import BatchResult, each
from huoshui.portals.government.forms import DeclineForm, RepairForm

Run = Callable[[Actor, list[int], dict[str, Any]], BatchResult]


@dataclass(frozen=True, slots=True)
class BatchAct:
    """An act on many: *back* is the list it is done from."""

    heading: Any
    back: str
    run: Run
    form: type[Form] = Form


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What became of one demand."""

    id: int
    number: str
    firm: str
    reasons: tuple[str, ...] = ()


def bare(form: Form) -> Form:
    """Return *form* for a list: without the version that one case's page carries, and with nothing the browser insists on,

    since the forms of several acts stand in one list and only one of them is meant.
    """
    form.use_required_attribute = False
    form.fields.pop("seen_version", None)
    return form


BATCHES: dict[str, BatchAct] = {
    "judge": BatchAct(
        _("按预判通过五项标准"),
        "gov:declared",
        lambda actor, ids, data: each(ids, lambda pk: actions.judge_all(actor, demand_id=pk)),
    ),
    "recommend": BatchAct(
        _("批量推荐"), "gov:declared", lambda actor, ids, data: actions.recommend(actor, demand_ids=ids)
    ),
    "repair": BatchAct(
        _("批量转入修复"),
        "gov:declared",
        lambda actor, ids, data: actions.send_to_repair(
            actor, demand_ids=ids, measures=data["measures"], note=data["note"]
        ),
        RepairForm,
    ),
    "decline": BatchAct(
        _("批量不予推荐"),
        "gov:declared",
        lambda actor, ids, data: actions.decline(actor, demand_ids=ids, reason=data["reason"]),
        DeclineForm,
    ),
    "claim": BatchAct(
        _("开放抢单"), "gov:recommended", lambda actor, ids, data: actions.open_to_claim(actor, demand_ids=ids)
    ),
    "dispatch": BatchAct(
        _("批量派单"), "gov:recommended", lambda actor, ids, data: actions.dispatch_many(actor, demand_ids=ids)
    ),
}


def batch_context(actor: Actor, act: BatchAct, data: QueryDict) -> dict[str, Any]:
    """Do *act* on the selected demands; return what the result page shows."""
    ids = [int(text) for text in data.getlist("selected") if text.isascii() and text.isdigit()]
    form = bare(act.form(data))
    context: dict[str, Any] = {
        "heading": act.heading,
        "back": reverse(act.back),
        "done": [],
        "refused": [],
        "form": form,
    }
    if not ids or not form.is_valid():
        return context | {"nothing": not ids}
    result = act.run(actor, ids, form.cleaned_data)
    lines = {
        row.pk: ResultLine(row.pk, row.number, row.enterprise.name) for row in queries.demands(actor).filter(pk__in=ids)
    }
    language = get_language() or "zh"
    refused = [
        ResultLine(line.id, line.number, line.firm, tuple(problem.said(language) for problem in problems))
        for pk, problems in result.refused
        if (line := lines.get(pk))
    ]
    return context | {"done": [lines[pk] for pk in result.done if pk in lines], "refused": refused}

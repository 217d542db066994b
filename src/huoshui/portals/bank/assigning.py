"""Cases handed to an officer, many at once; each that could not be is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.financing import actions

CHOICE_SECONDS = 20
LINES = 8  # more refusals than this are counted, not listed


class AssignForm(forms.Form):
    """To whom the selected cases go."""

    use_required_attribute = False

    officer = forms.ChoiceField(label=gettext_lazy("客户经理"))

    def __init__(self, *args: Any, officers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].choices = officers  # type: ignore[attr-defined]


def officers(actor: Actor) -> list[tuple[int, str]]:
    """Return the people below the actor's place in the bank who handle cases; a new one appears in CHOICE_SECONDS."""
    key = f"bank:officers:{actor.person_id}:{actor.org_path}"
    return cache.get_or_set(key, lambda: _officers(actor), CHOICE_SECONDS) or []


def _officers(actor: Actor) -> list[tuple[int, str]]:
    people = access.people(access.people_of(actor))
    able = [view for view in people if view.active and any(str(role) in _ABLE for role, _label in view.roles)]
    return [(view.id, f"{view.name}（{view.organisation_name}）") for view in able]


_ABLE = frozenset({"account_manager", "branch_lead"})


def assign_selected(actor: Actor, data: QueryDict) -> Iterator[tuple[int, str]]:
    """Hand the selected cases over; yield (message level, words)."""
    ids = [int(text) for text in data.getlist("selected") if text.isascii() and text.isdigit()]
    officer = data.get("officer", "")
    if not ids or not officer.isdigit():
        yield constants.WARNING, _("请先勾选案件，并选择客户经理。")
        return
    result = actions.assign_cases(actor, referral_ids=ids, officer_id=int(officer))
    if result.done:
        yield constants.SUCCESS, _("已指派 %(n)s 件。") % {"n": len(result.done)}
    language = get_language() or "zh"
    for pk, problems in result.refused[:LINES]:
        yield constants.ERROR, f"#{pk} " + " ".join(problem.said(language) for problem in problems)
    if len(result.refused) > LINES:
        yield constants.ERROR, _("还有 %(n)s 件没有指派。") % {"n": len(result.refused) - LINES}

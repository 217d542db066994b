"""The editor of a rule in the making: criteria, terms and average loan as typed, the panel beside them, and saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.portals.government.forms_lab import AssumptionsForm, DraftForm, usual_loan
from huoshui.portals.government.forms_terms import terms_form
from huoshui.portals.government.lab_bases import Base
from huoshui.portals.government.lab_figures import MoneyPair, Side, money_pair, sides
from huoshui.portals.shared.criteria_editor import ROOT, Group, Row, edited, from_post, from_tree, to_tree
from huoshui.portals.shared.criteria_facts import fact_fields
from huoshui.portals.shared.criteria_view import editor
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.trial import Trial, quiet, trial
from huoshui.screening import actions_lab, lab_money
from huoshui.screening.queries_lab import Draft, DraftVersion

_INCOMPLETE = gettext_lazy("条款和假设填写完整后自动测算资金。")
_BASE, _DRAFT = gettext_lazy("比较对象"), gettext_lazy("本草稿")
NEW = Group(ROOT, "all", (Row(f"{ROOT}-0"),))


class LabEditor:
    """One editing: *base* is the rule it is compared with, *version* what it continues (None: a new draft)."""

    def __init__(
        self,
        actor: Actor,
        data: QueryDict | None,
        *,
        base: Base | None = None,
        draft: Draft | None = None,
        version: DraftVersion | None = None,
    ) -> None:
        self.actor, self.base, self.draft = actor, base, draft
        self.facts = fact_fields()
        self.command = str(data.get("edit", "")) if data is not None else ""
        self.refused = False
        start = version.criteria if version else base.criteria if base else None
        shown = from_tree(start, self.facts) if start else NEW
        self.criteria = shown if data is None else edited(from_post(data), self.command)
        self._forms(data, version)
        tree, problems = to_tree(self.criteria, self.facts)
        self.tree = tree
        # an untouched row of a new rule is not yet a mistake
        self.problems = problems
        self.shown_problems = problems if data is not None and not self.command else ()

    def _forms(self, data: QueryDict | None, version: DraftVersion | None) -> None:
        draft, base = self.draft, self.base
        kind = draft.kind if draft else base.kind if base else ""
        initial = {"name": draft.name if draft else "", "seen": draft.last_number if draft else None, "kind": kind}
        self.form = DraftForm(data, initial=initial)
        self.kind = str(data.get("kind", "")) if data is not None else kind
        kept = version.assumptions if version else base.assumptions if base else {}
        self.loan = AssumptionsForm(data, initial=usual_loan() | _loan(kept))
        terms: Mapping[str, Any] = (version.terms if version else base.terms if base else {}) or {}
        same = kind == self.kind
        self.terms = terms_form(self.kind, data, terms=terms if same else {}) if self.kind else None

    def panel(self) -> dict[str, Any]:
        """Return what the panel's template needs."""
        found = trial(self.actor, self.tree, self.problems, base=self.base.criteria if self.base else None)
        return {"trial": found, "money": self._money(found), "panel": "trial/panel.html"}

    def _money(self, found: Trial) -> MoneyPair | None:
        if not self.kind or found.effect is None:
            return None
        loan, terms = self._average(), self._terms()
        if loan is None or terms is None:
            return MoneyPair(problem=str(_INCOMPLETE))
        before = Side(str(_BASE), self.base.kind, self.base.terms, 0) if self.base and self.base.kind else None
        return money_pair(*sides(found.effect, before, Side(str(_DRAFT), self.kind, terms, 0)), loan, on=clock.today())

    def _average(self) -> lab_money.Assumptions | None:
        form = self.loan if self.loan.is_bound else AssumptionsForm(_as_sent(self.loan))
        return form.assumptions() if form.is_valid() else None

    def _terms(self) -> dict[str, Any] | None:
        assert self.terms is not None, "a kind has its terms"
        form = self.terms
        if not form.is_bound:
            return dict(form.before) if form.before else None
        try:
            return form.judged(self.kind) if form.is_valid() else None
        except DomainError:
            return None

    def save(self) -> tuple[int, int] | None:
        """Keep a version; return draft and number, None when something is wrong (then the page says all of it)."""
        parts = [form for form in (self.form, self.loan if self.kind else None, self.terms) if form]
        verdicts = [form.is_valid() for form in parts]  # every form is asked, so that all problems show at once
        fine = all(verdicts)
        terms: dict[str, Any] = {}
        if (form := self.terms) is not None:
            outcome = attempt(form, lambda: form.judged(self.kind))
            fine, terms = fine and outcome.done, outcome.value or {}
        if not fine or self.problems:
            self.refused = True
            return None
        kept = attempt(self.form, lambda: self._keep(terms))
        self.refused = not kept.done
        return kept.value

    def _keep(self, terms: dict[str, Any]) -> tuple[int, int]:
        found = trial(self.actor, self.tree, base=self.base.criteria if self.base else None)
        data = self.form.cleaned_data
        return actions_lab.save_draft(
            self.actor,
            draft_id=self.draft.id if self.draft else None,
            seen_number=data["seen"] if self.draft else None,
            name=data["name"],
            note=data["note"],
            criteria=self.tree,
            base=self.base.ref if self.base else "",
            kind=self.kind,
            terms=terms,
            assumptions=lab_money.written(self.loan.assumptions()) if self.kind else {},
            snapshot=found.ground.sha256 if found.ground else "",
            figures=_figures(found, self._money(found)),
        )

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        calm = bool(self.command)
        return {
            "form": quiet(self.form) if calm else self.form,
            "loan": quiet(self.loan) if calm else self.loan,
            "terms": quiet(self.terms, terms=self.terms.before) if calm and self.terms else self.terms,
            "kind": self.kind,
            "base": self.base,
            "draft": self.draft,
            "editor": editor(self.criteria, self.facts, self.shown_problems),
            "may_draft": self.actor.may(Permission.EDIT_PROGRAMMES),
            "programme_url": self._programme_url(),
            **self.panel(),
        }

    def _programme_url(self) -> str:
        if self.draft is None:
            return ""
        code = self.base.code if self.base else ""
        page = reverse("gov:programme_edit", args=[code]) if code else reverse("gov:programme_new")
        return f"{page}?lab=draft:{self.draft.id}:{self.draft.last_number}"


def _as_sent(form: forms.Form) -> dict[str, Any]:
    return {
        name: form[name].field.prepare_value(form.get_initial_for_field(form[name].field, name)) for name in form.fields
    }


def _loan(kept: Mapping[str, Any]) -> dict[str, Any]:
    if not kept:
        return {}
    loan = lab_money.read(kept)
    names = ("take_up_pct", "loan_amount", "rate_pct", "months", "cost_pct")
    return {name: getattr(loan, name) for name in names}


def _figures(found: Trial, reckoned: MoneyPair | None) -> dict[str, Any]:
    if found.effect is None:
        return {}
    figures: dict[str, Any] = dict(zip(("yes", "no", "unknown"), found.effect.after, strict=True))
    if reckoned and reckoned.after:
        figures |= {"loans": reckoned.after.loans, "lent": reckoned.after.lent, "cost": reckoned.after.cost}
    return figures

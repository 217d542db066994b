"""A public scheme as its page shows it, and the editor of its draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import actions
from huoshui.catalogue.queries_schemes import Scheme, SchemeVersion
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.portals.government.forms_policy import NewProgrammeForm, ProgrammeVersionForm, PublishForm
from huoshui.portals.government.forms_terms import TermLine, TermsForm, term_lines, terms_form
from huoshui.portals.government.lab_bases import Base
from huoshui.portals.shared.criteria_editor import ROOT, Group, Row, edited, from_post, from_tree, to_tree
from huoshui.portals.shared.criteria_facts import fact_fields
from huoshui.portals.shared.criteria_view import editor
from huoshui.portals.shared.flow import Outcome, attempt, blame
from huoshui.portals.shared.product_lines import criteria_words
from huoshui.portals.shared.trial import quiet, trial

_LOOK_BELOW = Text("条款有误，请看下方标出的项目。", "Some terms are not in order; see the fields below.")
NEW = Group(ROOT, "all", (Row(f"{ROOT}-0"),))


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One version of a scheme beside the others. *publish*: the form, where this reader may publish it."""

    file: Scheme
    version: SchemeVersion
    terms: tuple[TermLine, ...]
    criteria: str
    publish: forms.Form | None
    own_draft: bool
    edit_url: str
    edit_label: str
    lab_url: str


def programme_page(
    actor: Actor, file: Scheme, number: int | None, *, publish: forms.Form | None = None
) -> ProgrammePage:
    """Return the page at version *number* (the newest by default)."""
    shown = next((view for view in file.versions if number in (None, view.number)), None)
    if shown is None:
        raise Http404
    draft = shown.state == "draft"
    own = draft and shown.drafted_by is not None and shown.drafted_by == actor.person_id
    publishes = draft and not own and actor.may(Permission.PUBLISH_PROGRAMMES)
    tries = actor.may(Permission.USE_POLICY_LAB)
    return ProgrammePage(
        file=file,
        version=shown,
        terms=term_lines(file.kind, shown.terms),
        criteria=criteria_words(shown.criteria),
        publish=(publish or PublishForm(initial={"seen_version": shown.seen_version})) if publishes else None,
        own_draft=own,
        edit_url=reverse("gov:programme_edit", args=[file.code]) if actor.may(Permission.EDIT_PROGRAMMES) else "",
        edit_label=_("修改草稿") if file.versions[0].state == "draft" else _("起草新版本"),
        lab_url=f"{reverse('gov:lab_new')}?from=programme:{file.code}:{shown.number}" if tries else "",
    )


class ProgrammeEditor:
    """One editing of a scheme's draft. *like*: a rule whose criteria and terms the page starts from."""

    def __init__(self, actor: Actor, data: QueryDict | None, *, file: Scheme | None, like: Base | None = None) -> None:
        self.actor, self.data, self.file = actor, data, file
        self.command = str(data.get("edit", "")) if data is not None else ""
        last = file.versions[0] if file else None
        self.last = last
        self.draft = last if last and last.state == "draft" else None
        self.facts = fact_fields()
        start = like.criteria if like else last.criteria if last else None
        shown = from_tree(start, self.facts) if start else NEW
        self.criteria = shown if data is None else edited(from_post(data), self.command)
        self.tree, problems = to_tree(self.criteria, self.facts)
        self.problems = problems
        self.refused = False
        sort = ProgrammeVersionForm if file else NewProgrammeForm
        self.form: forms.Form = sort(data, initial=_initial(last, self.draft) | _head_of(like))
        sent = str(data.get("kind", "")) if data is not None else like.kind if like else ""
        self.kind = file.kind if file else sent or "subsidy"
        fits = like is not None and like.kind == self.kind
        kept = like.terms if like and fits else last.terms if last else {}
        self.terms: TermsForm = terms_form(self.kind, data, terms=kept)

    @classmethod
    def new(cls, actor: Actor, data: QueryDict | None, *, like: Base | None = None) -> ProgrammeEditor:
        """Return the editor of a scheme that does not exist yet."""
        return cls(actor, data, file=None, like=like)

    @classmethod
    def of(cls, actor: Actor, file: Scheme, data: QueryDict | None, *, like: Base | None = None) -> ProgrammeEditor:
        """Return the editor of a scheme's draft, or of its next version."""
        return cls(actor, data, file=file, like=like)

    def save(self) -> str:
        """Keep the draft; return the scheme's code, or nothing when something is wrong (then the page says all of it)."""
        fine = self.form.is_valid()
        fine = self.terms.is_valid() and fine
        if not fine or self.problems:
            self.refused = True
            if self.terms.is_valid():
                self._judge_terms()
            return ""
        outcome: Outcome[str] = attempt(self.form, self._keep)
        self.refused = not outcome.done
        return outcome.value or ""

    def _judge_terms(self) -> None:
        try:
            self.terms.judged(self.kind)
        except DomainError as refusal:
            blame(self.terms, refusal)

    def _keep(self) -> str:
        data = dict(self.form.cleaned_data)
        head: dict[str, Any] = {name: data.pop(name) for name in ("code", "kind", "name", "name_en") if name in data}
        seen, rules = data.pop("seen_version", None), data | {"criteria": self.tree, "terms": self.terms.terms()}
        try:
            if self.draft:
                actions.edit_programme(self.actor, version_id=self.draft.id, rules=rules, seen_version=seen)
            else:
                head = head or _head(self.file)
                actions.draft_programme(self.actor, **head, rules=rules)
        except Refused as refusal:
            raise Refused(self._shared_out(refusal.problems)) from None
        return self.file.code if self.file else str(head["code"])

    def _shared_out(self, problems: tuple[Problem, ...]) -> list[Problem]:
        """Put what concerns the terms at their fields; return the rest, or one line that says where to look."""
        of_terms = [problem for problem in problems if problem.field.startswith("terms")]
        if of_terms:
            blame(self.terms, self.terms.at_fields(of_terms))
        rest = [problem for problem in problems if problem not in of_terms]
        return rest or [Problem("terms", _LOOK_BELOW, "")]

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        back = reverse("gov:programme", args=[self.file.code]) if self.file else reverse("gov:programmes")
        calm = bool(self.command)
        base = self.file.current.criteria if self.file and self.file.current else None
        return {
            "heading": self.file.name if self.file else _("新建政策项目"),
            "form": quiet(self.form) if calm else self.form,
            "terms": quiet(self.terms, terms=self.terms.before) if calm else self.terms,
            "kind": self.kind,
            "new": self.file is None,
            "editor": editor(self.criteria, self.facts, self.problems if self.data is not None and not calm else ()),
            "back": back,
            "panel": "trial/panel.html",
            "trial": trial(self.actor, self.tree, self.problems, base=base),
        }


def _head_of(like: Base | None) -> dict[str, Any]:
    return {"kind": like.kind or "subsidy"} if like else {}


def _initial(last: SchemeVersion | None, draft: SchemeVersion | None) -> dict[str, Any]:
    if last is None:
        return {"valid_from": clock.today()}
    names = ("document_no", "issued_by", "summary", "summary_en", "valid_from", "valid_to")
    initial = {name: getattr(last, name) for name in names}
    if draft is None:
        initial |= {"document_no": "", "valid_from": clock.today(), "valid_to": None}
    return initial | {"seen_version": draft.seen_version if draft else None}


def _head(file: Scheme | None) -> dict[str, Any]:
    assert file is not None, "a new scheme names itself in the form"
    return {"code": file.code, "kind": file.kind, "name": file.name.zh, "name_en": file.name.en}

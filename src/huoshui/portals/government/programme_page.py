"""A public scheme as its page shows it, and the editor of its draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import actions
from huoshui.catalogue.queries_schemes import Scheme, SchemeVersion
from huoshui.kernel import clock
from huoshui.portals.government.forms_policy import NewProgrammeForm, ProgrammeVersionForm, PublishForm, pretty
from huoshui.portals.shared.criteria_editor import ROOT, Group, Row, edited, from_post, from_tree, to_tree
from huoshui.portals.shared.criteria_facts import fact_fields
from huoshui.portals.shared.criteria_view import editor
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.product_lines import criteria_words


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One version of a scheme beside the others. *publish*: the form, where this reader may publish it."""

    file: Scheme
    version: SchemeVersion
    terms: str
    criteria: str
    publish: Form | None
    own_draft: bool
    edit_url: str
    edit_label: str


def programme_page(actor: Actor, file: Scheme, number: int | None, *, publish: Form | None = None) -> ProgrammePage:
    """Return the page at version *number* (the newest by default)."""
    shown = next((view for view in file.versions if number in (None, view.number)), None)
    if shown is None:
        raise Http404
    draft = shown.state == "draft"
    own = draft and shown.drafted_by is not None and shown.drafted_by == actor.person_id
    publishes = draft and not own and actor.may(Permission.PUBLISH_PROGRAMMES)
    return ProgrammePage(
        file=file,
        version=shown,
        terms=pretty(shown.terms),
        criteria=criteria_words(shown.criteria),
        publish=(publish or PublishForm(initial={"seen_version": shown.seen_version})) if publishes else None,
        own_draft=own,
        edit_url=reverse("gov:programme_edit", args=[file.code]) if actor.may(Permission.EDIT_PROGRAMMES) else "",
        edit_label=_("修改草稿") if file.versions[0].state == "draft" else _("起草新版本"),
    )


class ProgrammeEditor:
    """One editing of a scheme's draft."""

    def __init__(self, actor: Actor, data: QueryDict | None, *, file: Scheme | None) -> None:
        self.actor, self.data, self.file = actor, data, file
        last = file.versions[0] if file else None
        self.draft = last if last and last.state == "draft" else None
        self.facts = fact_fields()
        initial = _initial(last, self.draft)
        kind = ProgrammeVersionForm if file else NewProgrammeForm
        shown = from_tree(last.criteria, self.facts) if last else Group(ROOT, "all", (Row(f"{ROOT}-0"),))
        self.criteria = shown if data is None else edited(from_post(data), str(data.get("edit", "")))
        editing = data is not None and bool(data.get("edit"))
        self.form: Any = kind(None if editing else data, initial=_typed(data) if editing and data else initial)
        self.problems: tuple[Any, ...] = ()
        self.refused = False

    @classmethod
    def new(cls, actor: Actor, data: QueryDict | None) -> ProgrammeEditor:
        """Return the editor of a scheme that does not exist yet."""
        return cls(actor, data, file=None)

    @classmethod
    def of(cls, actor: Actor, file: Scheme, data: QueryDict | None) -> ProgrammeEditor:
        """Return the editor of a scheme's draft, or of its next version."""
        return cls(actor, data, file=file)

    def save(self) -> str:
        """Keep the draft; return the scheme's code, or nothing when something is wrong (then the page says what)."""
        tree, self.problems = to_tree(self.criteria, self.facts)
        if self.problems:
            self.form.is_valid()
            self.refused = True
            return ""
        outcome = attempt(self.form, lambda: self._keep(tree))
        self.refused = not outcome.done
        return outcome.value or ""

    def _keep(self, tree: dict[str, Any]) -> str:
        data = dict(self.form.cleaned_data)
        head = {name: data.pop(name) for name in ("code", "kind", "name", "name_en") if name in data}
        seen, rules = data.pop("seen_version", None), data | {"criteria": tree}
        if self.draft:
            actions.edit_programme(self.actor, version_id=self.draft.id, rules=rules, seen_version=seen)
        else:
            head = head or _head(self.file)
            actions.draft_programme(self.actor, **head, rules=rules)
        return self.file.code if self.file else str(head["code"])

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        back = reverse("gov:programme", args=[self.file.code]) if self.file else reverse("gov:programmes")
        return {
            "heading": self.file.name if self.file else _("新建政策项目"),
            "form": self.form,
            "editor": editor(self.criteria, self.facts, self.problems),
            "back": back,
        }


def _typed(data: QueryDict) -> dict[str, Any]:
    return {name: data.get(name) for name in (*NewProgrammeForm.base_fields,)}


def _initial(last: SchemeVersion | None, draft: SchemeVersion | None) -> dict[str, Any]:
    if last is None:
        return {"valid_from": clock.today(), "terms": {}}
    names = ("document_no", "issued_by", "summary", "summary_en", "terms", "valid_from", "valid_to")
    initial = {name: getattr(last, name) for name in names}
    if draft is None:
        initial |= {"document_no": "", "valid_from": clock.today(), "valid_to": None}
    return initial | {"seen_version": draft.seen_version if draft else None}


def _head(file: Scheme | None) -> dict[str, Any]:
    assert file is not None, "a new scheme names itself in the form"
    return {"code": file.code, "kind": file.kind, "name": file.name.zh, "name_en": file.name.en}

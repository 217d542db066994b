"""The product editor: terms, fees and criteria read from a post, shown again with every problem, saved as a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.catalogue import actions, queries
from huoshui.catalogue.lifecycle import State
from huoshui.catalogue.queries import ProductView, VersionView
from huoshui.kernel import clock
from huoshui.portals.bank.product_form import FeeFormSet, ProductForm
from huoshui.portals.bank.product_terms import fee_lines, to_form, to_terms
from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.criteria_editor import ROOT, Group, Row, edited, from_post, from_tree, to_tree
from huoshui.portals.shared.criteria_facts import fact_fields
from huoshui.portals.shared.criteria_view import editor
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.trial import rough

NEW_CRITERIA = Group(ROOT, "all", (Row(f"{ROOT}-0"),))


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft that was kept, and whether it went to the office."""

    product_id: int
    submitted: bool


class ProductEditor:
    """One editing of a product's terms. *keep* writes the terms and returns the version's id."""

    def __init__(
        self,
        actor: Actor,
        data: QueryDict | None,
        *,
        heading: str,
        back: str,
        initial: dict[str, Any],
        fees: list[dict[str, Any]],
        criteria: Group,
        keep: Callable[[dict[str, Any], dict[str, Any]], int],
        fixed_code: bool = False,
        seen: int | None = None,
    ) -> None:
        self.actor, self.heading, self.back, self.keep, self.seen = actor, heading, back, keep, seen
        editing = data is not None and bool(data.get("edit"))
        options: dict[str, Any] = {"districts": district_choices(), "fixed_code": fixed_code, "initial": initial}
        self.form = ProductForm(data, **options)
        self.fees = FeeFormSet(data, initial=fees, prefix="fee")
        self.facts = fact_fields()
        self.criteria = criteria if data is None else from_post(data)
        self.problems: tuple[Any, ...] = ()
        self.refused = False
        if editing and data is not None:
            self.criteria = edited(self.criteria, str(data["edit"]))
            self.form, self.fees = ProductForm(initial=_as_typed(data, self.form), **_without(options)), self.fees
        elif data is not None:
            self.tree, self.problems = to_tree(self.criteria, self.facts)

    @classmethod
    def new(cls, actor: Actor, data: QueryDict | None) -> ProductEditor:
        """Return the editor of a product that does not exist yet."""
        return cls(
            actor,
            data,
            heading=_("新建产品"),
            back=reverse("bank:products"),
            initial={"valid_from": clock.today(), "rate_kind": "lpr_1y"},
            fees=[],
            criteria=NEW_CRITERIA,
            keep=lambda terms, data: actions.draft_product(actor, code=data["code"], terms_given=terms),
        )

    @classmethod
    def of(cls, actor: Actor, product: ProductView, data: QueryDict | None) -> ProductEditor:
        """Return the editor of a product's draft, or of its next version where there is no draft."""
        last = product.versions[0]
        draft = last if last.state == State.DRAFT else None
        return cls(
            actor,
            data,
            heading=said(product.name),
            back=reverse("bank:product", args=[product.id]),
            initial=_initial(product, last, draft),
            fees=fee_lines(last.terms["fees"]),
            criteria=from_tree(last.terms["criteria"], fact_fields()),
            keep=_keeper(actor, product, draft, _seen(draft, data)),
            fixed_code=True,
            seen=_seen(draft, data),
        )

    def save(self, *, submit: bool) -> Saved | None:
        """Keep the draft, and hand it over when *submit*; None when something is wrong (then the page says what)."""
        fees_fine = self.fees.is_valid()
        if not fees_fine or self.problems:
            self.form.is_valid()
            self.refused = True
            return None
        outcome = attempt(self.form, lambda: self._keep(submit))
        self.refused = not outcome.done
        return outcome.value

    def _keep(self, submit: bool) -> Saved:
        terms = to_terms(self.form.cleaned_data, self.fees.cleaned_data, self.tree)
        version = self.keep(terms, self.form.cleaned_data)
        if submit:
            actions.submit_version(self.actor, version_id=version)
        found = queries.products(self.actor, filters={"q": self.form.cleaned_data["code"]}).values_list("pk", flat=True)
        return Saved(found[0], submit)

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        return {
            "heading": self.heading,
            "back": self.back,
            "seen": self.seen,
            "form": self.form,
            "fees": self.fees,
            "editor": editor(self.criteria, self.facts, self.problems),
            "panel": "trial/rough.html",
            "rough": rough(self.actor, *to_tree(self.criteria, self.facts)),
        }


def _as_typed(data: QueryDict, form: ProductForm) -> dict[str, Any]:
    return {name: field.widget.value_from_datadict(data, form.files, name) for name, field in form.fields.items()}


def _without(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "initial"}


def _initial(product: ProductView, last: VersionView, draft: VersionView | None) -> dict[str, Any]:
    initial = to_form(last.terms, code=product.code)
    if draft is None:
        initial |= {"valid_from": clock.today(), "valid_to": None}
    return initial


def _seen(draft: VersionView | None, data: QueryDict | None) -> int | None:
    """Return the version of the draft that the editor saw: what the page carried, else what there is now."""
    carried = data.get("seen", "") if data is not None else ""
    return int(carried) if carried and carried.isdigit() else draft.seen_version if draft else None


def _keeper(
    actor: Actor, product: ProductView, draft: VersionView | None, seen: int | None
) -> Callable[[dict[str, Any], dict[str, Any]], int]:
    def keep(terms: dict[str, Any], data: dict[str, Any]) -> int:
        if draft is None:
            return actions.draft_version(actor, product_id=product.id, terms_given=terms)
        actions.edit_draft(actor, version_id=draft.id, terms_given=terms, seen_version=seen)
        return draft.id

    return keep

"""What a product's page shows: a version beside the one before, what may be done with it, all versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import actions
from huoshui.catalogue.lifecycle import ACT_NAMES, Act, State
from huoshui.catalogue.queries import ProductView, VersionView
from huoshui.kernel.text import Text
from huoshui.portals.bank.forms import ReasonForm, SeenForm
from huoshui.portals.shared.product_lines import TermLine, term_lines

TONES = {
    State.DRAFT: "secondary",
    State.SUBMITTED: "yellow",
    State.APPROVED: "green",
    State.REJECTED: "red",
    State.WITHDRAWN: "secondary",
}


@dataclass(frozen=True, slots=True)
class ProductAct:
    """An act on a version: its form, the action, what is said afterwards."""

    form: type[forms.Form]
    act: Callable[..., object]
    done: Any
    danger: bool = False


ACTS: dict[str, ProductAct] = {
    Act.SUBMIT: ProductAct(SeenForm, actions.submit_version, gettext_lazy("已提交审核，条款自此固定。")),
    Act.WITHDRAW: ProductAct(ReasonForm, actions.withdraw_version, gettext_lazy("已撤回或下架。"), danger=True),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """An act as the page offers it."""

    code: str
    label: Text
    form: forms.Form
    url: str
    danger: bool
    open: bool


@dataclass(frozen=True, slots=True)
class VersionLink:
    """A version in the list of versions."""

    number: int
    state: Text
    valid: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    """All of one product."""

    name: Text
    number: int
    previous: int | None
    state_name: Text
    state_tone: str
    note: str
    lines: tuple[TermLine, ...]
    acts: tuple[Offered, ...]
    versions: tuple[VersionLink, ...]
    edit_url: str
    edit_label: str


def product_page(
    actor: Actor, product: ProductView, number: int | None, *, bound: dict[str, forms.Form] | None = None
) -> ProductPage:
    """Return the page of *product* at version *number* (the newest by default)."""
    shown = next((view for view in product.versions if number in (None, view.number)), None)
    if shown is None:
        raise Http404
    before = next((view for view in product.versions if view.number < shown.number and _counts(view)), None)
    return ProductPage(
        name=product.name,
        number=shown.number,
        previous=before.number if before else None,
        state_name=shown.state_name,
        state_tone=TONES[shown.state],
        note=shown.decision_note,
        lines=term_lines(shown, before),
        acts=tuple(_offered(product, shown, act, bound or {}) for act in shown.acts if act in ACTS),
        versions=tuple(_link(product, view, shown) for view in product.versions),
        edit_url=_edit_url(actor, product),
        edit_label=_("修改草稿") if product.versions[0].state == State.DRAFT else _("起草新版本"),
    )


def _counts(view: VersionView) -> bool:
    """Return whether a version was ever offered: only those are worth comparing with."""
    return view.state in (State.APPROVED, State.WITHDRAWN)


def _edit_url(actor: Actor, product: ProductView) -> str:
    waiting = product.versions[0].state == State.SUBMITTED
    if waiting or product.bank_id != actor.organisation_id or not actor.may(Permission.EDIT_PRODUCTS):
        return ""
    return reverse("bank:product_edit", args=[product.id])


def _offered(product: ProductView, view: VersionView, act: Act, bound: dict[str, forms.Form]) -> Offered:
    form = bound.get(act) or ACTS[act].form(initial={"seen_version": view.seen_version})
    url = reverse("bank:product_act", args=[product.id, view.id, act])
    return Offered(act, ACT_NAMES[act], form, url, ACTS[act].danger, open=act in bound or act == Act.SUBMIT)


def _link(product: ProductView, view: VersionView, shown: VersionView) -> VersionLink:
    url = reverse("bank:product_version", args=[product.id, view.number])
    valid = f"{view.valid_from.isoformat()} – {view.valid_to.isoformat() if view.valid_to else ''}"
    return VersionLink(view.number, view.state_name, valid, url, view.number == shown.number)

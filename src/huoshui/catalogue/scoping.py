"""Whose products somebody sees: the office all, a bank its own, everybody what is offered."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register as register_rule
from huoshui.access.scope import scope
from huoshui.catalogue.lifecycle import State
from huoshui.catalogue.models import Branch, Institution, Product, ProductVersion, ProgrammeVersion

SEES_ALL = (Permission.APPROVE_PRODUCTS, Permission.READ_AUDIT)
SEES_DRAFTS = (Permission.EDIT_PROGRAMMES, Permission.PUBLISH_PROGRAMMES, Permission.READ_AUDIT)


def register() -> None:
    """Make the rules known."""
    register_rule(Product, _products)
    register_rule(ProductVersion, _versions)
    register_rule(ProgrammeVersion, _programmes)
    register_rule(Institution, _everybody)
    register_rule(Branch, _everybody)


def shown(actor: Actor, rows: QuerySet[Product]) -> QuerySet[Product]:
    """Return the products *actor* may see; a stranger sees what is offered, for that is what the public pages show."""
    return rows.filter(versions__state=State.APPROVED).distinct() if actor.kind == "anonymous" else scope(actor, rows)


def _products(actor: Actor, rows: QuerySet[Product]) -> QuerySet[Product]:
    if _sees_all(actor):
        return rows
    offered = Q(versions__state=State.APPROVED)
    root = _root(actor)
    return rows.filter(offered | Q(institution__organisation__path__startswith=root) if root else offered).distinct()


def _versions(actor: Actor, rows: QuerySet[ProductVersion]) -> QuerySet[ProductVersion]:
    if _sees_all(actor):
        return rows
    offered = Q(state=State.APPROVED)
    root = _root(actor)
    return rows.filter(offered | Q(product__institution__organisation__path__startswith=root) if root else offered)


def _programmes(actor: Actor, rows: QuerySet[ProgrammeVersion]) -> QuerySet[ProgrammeVersion]:
    inside = any(actor.may(permission) for permission in SEES_DRAFTS)
    return rows if inside else rows.exclude(state="draft")


def _everybody(actor: Actor, rows: QuerySet[Branch] | QuerySet[Institution]) -> object:
    return rows


def _sees_all(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in SEES_ALL)


def _root(actor: Actor) -> str:
    """Return the path of the bank or guarantor an actor works for: its head office, whatever the branch."""
    if actor.org_kind not in ("bank", "guarantor") or not actor.org_path:
        return ""
    return "/".join(actor.org_path.split("/")[:2]) + "/"

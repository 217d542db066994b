"""What a person at a bank must do now, the urgent first; and how the institution's work stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission as P
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.lifecycle import State
from huoshui.kernel.text import Text
from huoshui.portals.bank.lists import own_products
from huoshui.portals.shared.lines import Task
from huoshui.portals.shared.product_table import newest


def tasks(actor: Actor) -> list[Task]:
    """Return what waits for *actor*, urgent first; nothing where nothing waits."""
    found = [task for permission, find in _WORK if actor.may(permission) for task in find(actor) if task.count]
    return sorted(found, key=lambda task: not task.urgent)


def _products(actor: Actor) -> Iterator[Task]:
    states = [newest(product).state for product in own_products(actor) if product.versions.all()]
    back, drafts = states.count(State.REJECTED), states.count(State.DRAFT)
    link = reverse("bank:products")
    yield Task(Text("个产品被退回，待修改", "products were sent back"), back, f"{link}?state=rejected", urgent=True)
    yield Task(Text("个产品草稿未提交", "product drafts not handed in"), drafts, f"{link}?state=draft")


def _branches(actor: Actor) -> Iterator[Task]:
    below = [view for view in catalogue.branches() if view.path.startswith(actor.org_path)]
    paused = sum(1 for view in below if view.paused or not view.weekly_capacity)
    yield Task(Text("个网点暂停接单", "branches take no cases"), paused, reverse("bank:branches"))


_WORK: tuple[tuple[P, Callable[[Actor], Iterator[Task]]], ...] = (
    (P.EDIT_PRODUCTS, _products),
    (P.MANAGE_CAPACITY, _branches),
)

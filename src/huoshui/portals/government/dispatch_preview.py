"""What an automatic dispatch would do now, bank by bank with the reason, and who is passed over for which."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries
from huoshui.financing.actions_dispatch import plan_for
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A bank that would get the demand (with its place in the order), or that is passed over."""

    place: int
    bank: Text
    branch: Text
    product: Text
    why: Text


def preview(actor: Actor, demand_id: int) -> tuple[PreviewLine, ...]:
    """Return the order an automatic dispatch would follow; nothing is changed."""
    row = queries.demands(actor).filter(pk=demand_id).first()
    if row is None:
        return ()
    plan = plan_for(row)
    banks = {view.org_id: view.name for view in catalogue.institutions()}
    branches = {view.org_id: view.name for view in catalogue.branches()}
    products = {offer.product_id: offer.name for offer in catalogue.offered_products()}
    nothing = Text("—", "—")
    asked = [
        PreviewLine(
            place,
            banks.get(offer.bank_id, nothing),
            branches.get(offer.branch_id, nothing),
            products.get(offer.product_id or 0, nothing),
            offer.why,
        )
        for place, offer in enumerate(plan.offers, start=1)
    ]
    passed = [PreviewLine(0, banks.get(gone.bank_id, nothing), nothing, nothing, gone.why) for gone in plan.passed]
    return (*asked, *passed)

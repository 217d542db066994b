"""From a choice of products to a demand: at most three banks, a consent to each, one demand however often it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.catalogue.queries import offered_products, parameter
from huoshui.financing import actions as financing
from huoshui.portals.enterprise import drafts, matches
from huoshui.portals.enterprise.consent import Asked, bank_consent
from huoshui.portals.enterprise.drafts import Typed
from huoshui.portals.shared.choices import said


def choice(typed: Typed, posted: QueryDict) -> list[str]:
    """Keep the choice in the draft; return what is wrong with it in words."""
    chosen = [int(number) for number in posted.getlist("product") if number.isascii() and number.isdigit()]
    by_platform = bool(posted.get("platform_chooses"))
    typed.put(product_ids=chosen, platform_chooses=by_platform)
    most = parameter("dispatch.max_banks")
    banks = [offer.bank_id for offer in offered_products() if offer.product_id in chosen]
    if len(banks) > most:
        return [_("最多选 %(most)s 家银行，您选了 %(count)s 家。请去掉几家。") % {"most": most, "count": len(banks)}]
    if len(set(banks)) < len(banks):
        return [_("同一家银行请只选一个产品。")]
    if not banks and not by_platform:
        return [_("请至少选一个产品，或勾选“请平台帮我安排银行”。")]
    return []


def asked(actor: Actor, typed: Typed) -> list[Asked]:
    """Return the consents a demand needs: the banks chosen, else those from which the platform may choose."""
    chosen = typed.product_ids
    if chosen and not typed.get("platform_chooses"):
        offers = [offer for offer in offered_products() if offer.product_id in chosen]
    else:
        offers = [option.offer for option in matches.found(actor, typed).options]
        offers.sort(key=lambda offer: offer.product_id not in chosen)
    banks = {offer.bank_id: offer.bank_name for offer in offers}
    return [bank_consent(bank_id, name) for bank_id, name in list(banks.items())[: parameter("dispatch.max_banks")]]


def missing_consents(needed: Sequence[Asked], ticked: Collection[int]) -> list[str]:
    """Return which banks still lack their tick."""
    lacking = [one for one in needed if one.reader_id not in ticked]
    return [
        _("还没有同意授权给%(bank)s。不想给这家，请返回上一步去掉它。") % {"bank": said(one.reader)} for one in lacking
    ]


def consent_of(given: Asked) -> dict[str, Any]:
    """Return a consent as the action that gives it takes it."""
    return {"reader_id": given.reader_id, "data_kinds": given.kinds, "until": given.until, "purpose": given.purpose}


def send(actor: Actor, typed: Typed, consents: Sequence[Asked]) -> int:
    """Make the demand of the draft; return its id. Raises DomainError with every reason against it."""
    assert typed.enterprise_id is not None, "the step opens once a firm is named"
    made = financing.submit_demand(
        actor,
        enterprise_id=typed.enterprise_id,
        amount=typed.get("amount"),
        term_months=typed.get("term_months"),
        purpose=typed.get("purpose"),
        purpose_text=typed.get("purpose_text") or "",
        collateral=tuple(typed.get("collateral") or ("credit",)),
        channel=typed.get("channel") or "web",
        loan_code_token=typed.get("code_token") or "",
        product_ids=tuple(typed.product_ids),
        platform_chooses=bool(typed.get("platform_chooses")),
        consents=[consent_of(one) for one in consents],
        form_key=typed.row.key,
    )
    drafts.finish(typed, made.id)
    return made.id

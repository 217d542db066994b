"""Changing the bank of a demand, and handing in papers: what the pages need and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.catalogue.queries import offer
from huoshui.financing import actions as financing
from huoshui.financing import queries
from huoshui.financing.matching import Ask
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.portals.enterprise.consent import Asked, bank_consent
from huoshui.portals.enterprise.matches import OptionCard, cards
from huoshui.portals.enterprise.pages import DemandPage, demand_page
from huoshui.portals.enterprise.sending import consent_of

CHOSEN_BANK = Text("您在上面选中的银行", "the bank you choose above")


@dataclass(frozen=True, slots=True)
class MovePage:
    """The demand, what else the firm may have, and what was chosen."""

    page: DemandPage
    cards: list[OptionCard]
    asked: Asked
    product: int | None
    from_bank: int | None
    ticked: bool

    def context(self) -> dict[str, Any]:
        """Return the template's values."""
        return {
            "page": self.page,
            "cards": self.cards,
            "asked": self.asked,
            "from_bank": self.from_bank,
            "ticked": self.ticked,
        }


def move_page(actor: Actor, demand_id: int, posted: QueryDict) -> MovePage:
    """Return the page on which a firm picks another bank: what fits and no open case has."""
    page = demand_page(actor, demand_id)
    asked = queries.demand(actor, demand_id).asked
    ask = Ask(Fen(asked.amount), asked.term_months, asked.purpose_code, asked.collateral)
    found = queries.matches_for(actor, enterprise_id=asked.enterprise_id, ask=ask)
    busy = {case.bank_id for case in page.cases if case.open}
    product = _number(posted.get("product", ""))
    options = [card for card in cards(found, [product or 0]) if card.option.offer.bank_id not in busy]
    consent = bank_consent(0, CHOSEN_BANK)
    return MovePage(page, options, consent, product, _number(posted.get("from_bank", "")), "consent" in posted)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def missing(page: MovePage) -> list[str]:
    """Return what the form still lacks."""
    problems = []
    if page.product is None:
        problems.append(_("请选择要换成的产品。"))
    if not page.ticked:
        problems.append(_("请先同意把资料提供给新的银行。"))
    return problems


def move(actor: Actor, page: MovePage) -> int:
    """Move the demand; the new bank gets its own consent."""
    assert page.product is not None, "checked by missing"
    chosen = offer(page.product)
    given = [consent_of(bank_consent(chosen.bank_id, chosen.bank_name))] if chosen else []
    return financing.move_demand(
        actor, demand_id=page.page.id, to_product=page.product, from_bank=page.from_bank, consents=given
    )


@dataclass(frozen=True, slots=True)
class CaseOfFirm:
    """Which demand and firm a case belongs to."""

    demand_id: int
    enterprise_id: int


def firm_of_case(actor: Actor, case_id: int) -> CaseOfFirm:
    """Return whose case it is. Raises DomainError where it is not the actor's."""
    row = queries.cases(actor).filter(pk=case_id).values_list("demand_id", "enterprise_id").first()
    if row is None:
        said = Text("没有这个案件，或您无权查看。", "No such case, or not yours to see.")
        raise DomainError("case_unknown", said, field="case", value=case_id)
    return CaseOfFirm(*row)


def keep_paper(actor: Actor, case: CaseOfFirm, kind: str, file: Any) -> int:
    """Keep a paper of the firm; every bank that may read its papers sees it."""
    content = file.read()
    return financing.add_paper(actor, enterprise_id=case.enterprise_id, kind=kind, file_name=file.name, content=content)

"""What a firm is asked to consent to: named readers, one purpose, named data, a last day (PIPL articles 14, 17, 23)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huoshui.access.actor import Actor
from huoshui.catalogue.queries import parameter
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.enterprise.drafts import Typed
from huoshui.registry import actions as registry
from huoshui.registry import queries as register
from huoshui.registry.data_kinds import CONSENT_TEXT_VERSION, DATA_KINDS, PURPOSES

MATCHING_KINDS = (
    "register", "tax", "invoices", "social_security", "credit", "court", "operations", "assets", "permits",
)  # fmt: skip
BANK_KINDS = (*MATCHING_KINDS, "contact", "papers")
BANK_PURPOSE = "loan_application"


@dataclass(frozen=True, slots=True)
class Asked:
    """One consent as the page puts it. *reader_id* is empty for the platform's own matching."""

    reader_id: int | None
    reader: Text
    purpose: str
    purpose_text: Text
    kinds: tuple[str, ...]
    until: dt.date

    @property
    def kind_texts(self) -> tuple[Text, ...]:
        """Return the kinds of data in words."""
        return tuple(DATA_KINDS[kind] for kind in self.kinds)

    def record(self) -> dict[str, Any]:
        """Return what the draft keeps as proof: which words were agreed to, and when."""
        return {
            "given_at": clock.now().isoformat(),
            "kinds": list(self.kinds),
            "until": self.until.isoformat(),
            "text_version": CONSENT_TEXT_VERSION,
        }


def last_day() -> dt.date:
    """Return the day to which a consent given today reaches."""
    return clock.today() + dt.timedelta(days=parameter("consent.default_days"))


def platform_consent() -> Asked:
    """Return the consent to matching by the platform itself."""
    city = settings.CITY
    reader = Text(f"{city['zh']}小微企业融资对接平台（活水）", f"The {city['en']} financing platform (Huoshui)")
    purpose = Text("找出您符合条件的贷款产品和政策", "finding the products and schemes you qualify for")
    return Asked(None, reader, "matching", purpose, MATCHING_KINDS, last_day())


def settle(typed: Typed, actor: Actor) -> None:
    """Record the consent to matching that the draft holds, once the person is known to speak for the firm.

    Who ticked it in a session that had ended need not tick it again.
    """
    given, firm = typed.get("consent"), typed.enterprise_id
    if not given or "recorded" in given or firm is None or firm not in actor.enterprise_ids:
        return
    made = registry.give_consent(
        actor,
        enterprise_id=firm,
        reader_id=None,
        purpose="matching",
        data_kinds=given["kinds"],
        until=max(dt.date.fromisoformat(given["until"]), clock.today()),
    )
    typed.put(consent={**given, "recorded": made})


def in_force(typed: Typed) -> bool:
    """Return whether the draft holds a consent to matching that was not taken back since."""
    given, firm = typed.get("consent"), typed.enterprise_id
    return bool(given) and not (firm and "recorded" in given and register.matching_taken_back(firm))


def bank_consent(bank_id: int, name: Text) -> Asked:
    """Return the consent to one bank that will handle the demand."""
    return Asked(bank_id, name, BANK_PURPOSE, PURPOSES[BANK_PURPOSE], BANK_KINDS, last_day())

"""What the register tells: frozen values for pages, banks and rules, and how they are made from rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.registry import dictionary, masking
from huoshui.registry.data_kinds import DATA_KINDS, PURPOSES, REGISTER, kind_of
from huoshui.registry.divisions import district_name
from huoshui.registry.models import Consent, Enterprise, FactSheet

KINDS: dict[str, Text] = {
    "company": Text("企业", "Company"),
    "individual_business": Text("个体工商户", "Individual business"),
    "cooperative": Text("农民专业合作社", "Farmers' cooperative"),
}
STATUSES: dict[str, Text] = {
    "active": Text("存续", "Active"),
    "closed": Text("注销", "Closed"),
    "revoked": Text("吊销", "Revoked"),
}
SIZES: dict[str, Text] = {
    "large": Text("大型", "Large"),
    "medium": Text("中型", "Medium"),
    "small": Text("小型", "Small"),
    "micro": Text("微型", "Micro"),
}


@dataclass(frozen=True, slots=True)
class FactValue:
    """A fact of a firm: as stored (money in fen), who says so, for which day, and whether that is too long ago."""

    value: object
    source: str
    as_of: dt.date
    stale: bool


@dataclass(frozen=True, slots=True)
class EnterpriseView:
    """A firm as one reader may see it. *deidentified*: name, code and address masked, amounts in bands.

    *readable*: the kinds of data that the reader may see (empty without consent).
    """

    id: int
    uscc: str
    name: str
    kind: str
    status: str
    district_code: str
    address: str
    industry_code: str
    scope: str
    established_on: dt.date | None
    registered_capital: int | None
    capital_currency: str
    size_class: str | None
    labels: tuple[str, ...]
    invented: bool
    deidentified: bool
    readable: frozenset[str]
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    organisation_type: str = ""
    merged_into: int | None = None
    capital_foreign: int | None = None  # hundredths of capital_currency
    capital_band: str = ""  # in words, where the amount itself is not shown
    version: int = 1

    @property
    def district(self) -> Text:
        """Return the district's name."""
        return district_name(self.district_code)

    @property
    def kind_text(self) -> Text:
        """Return the kind in words."""
        return KINDS[self.kind]

    @property
    def status_text(self) -> Text:
        """Return the status in words."""
        return STATUSES[self.status]

    @property
    def size_text(self) -> Text | None:
        """Return the size class in words."""
        return SIZES[self.size_class] if self.size_class else None


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent of a firm: who may read what, for what, until when."""

    id: int
    enterprise_id: int
    reader_id: int | None
    reader_name: str  # empty for the platform itself
    purpose: str
    data_kinds: tuple[str, ...]
    given_at: dt.datetime
    until: dt.date
    withdrawn_at: dt.datetime | None

    @property
    def open(self) -> bool:
        """Return whether the reader may read today."""
        return self.withdrawn_at is None and self.until >= clock.today()

    @property
    def purpose_text(self) -> Text:
        """Return the purpose in words."""
        return PURPOSES.get(self.purpose, Text(self.purpose, self.purpose))

    @property
    def kind_texts(self) -> tuple[Text, ...]:
        """Return the kinds of data in words."""
        return tuple(DATA_KINDS[kind] for kind in self.data_kinds)


def consent_view(found: Consent) -> ConsentView:
    """Return the consent as a value (its reader must be loaded)."""
    return ConsentView(
        id=found.pk,
        enterprise_id=found.enterprise_id,
        reader_id=found.reader_id,
        reader_name=found.reader.name if found.reader else "",
        purpose=found.purpose,
        data_kinds=tuple(found.data_kinds),
        given_at=found.given_at,
        until=found.until,
        withdrawn_at=found.withdrawn_at,
    )


def newest(sheets: list[FactSheet], on: dt.date) -> dict[str, FactValue]:
    """Return each fact from the sheet with the latest day; of one day, from the later source by name (as in SQL)."""
    known = dictionary.definitions()
    found: dict[str, FactValue] = {}
    for sheet in sorted(sheets, key=lambda each: (each.as_of, each.source)):
        for code, value in sheet.values.items():
            stale = code in known and dictionary.is_stale(known[code], sheet.as_of, on)
            found[code] = FactValue(value, sheet.source, sheet.as_of, stale)
    return dict(sorted(found.items()))


def full(firm: Enterprise, facts: Mapping[str, FactValue]) -> EnterpriseView:
    """Return everything the register knows of *firm*."""
    return EnterpriseView(
        id=firm.pk,
        uscc=firm.uscc,
        name=firm.name,
        kind=firm.kind,
        status=firm.status,
        district_code=firm.district_code,
        address=firm.address,
        industry_code=firm.industry_code,
        scope=firm.scope,
        established_on=firm.established_on,
        registered_capital=firm.registered_capital,
        capital_currency=firm.capital_currency,
        capital_foreign=firm.capital_foreign,
        size_class=firm.size_class,
        labels=tuple(firm.labels),
        invented=firm.invented,
        deidentified=False,
        readable=frozenset(DATA_KINDS),
        facts=facts,
        organisation_type=firm.organisation_type,
        merged_into=firm.merged_into_id,
        version=firm.version,
    )


def partial(firm: Enterprise, facts: Mapping[str, FactValue], readable: frozenset[str]) -> EnterpriseView:
    """Return *firm* as somebody sees it who may read the kinds of data *readable*; the rest is masked or banded.

    Facts that anybody may look up (sensitivity "open") stay. Of the others, amounts become bands and the rest vanishes
    unless their kind is readable.
    """
    named = REGISTER in readable
    capital = firm.registered_capital
    return EnterpriseView(
        id=firm.pk,
        uscc=firm.uscc if named else masking.mask_uscc(firm.uscc),
        name=firm.name if named else masking.mask_name(firm.name),
        kind=firm.kind,
        status=firm.status,
        district_code=firm.district_code,
        address=firm.address if named else masking.mask_address(firm.address),
        industry_code=firm.industry_code if named else firm.industry_code[:3],
        scope=firm.scope if named else "",
        established_on=firm.established_on if named or firm.established_on is None else _year(firm.established_on),
        registered_capital=capital if named else None,
        capital_currency=firm.capital_currency,
        capital_foreign=firm.capital_foreign if named else None,
        capital_band=masking.band(capital) if capital is not None and not named else "",
        size_class=firm.size_class,
        labels=tuple(firm.labels),
        invented=firm.invented,
        deidentified=not named,
        readable=readable,
        facts=_visible(facts, readable),
        organisation_type=firm.organisation_type if named else "",
        version=firm.version,
    )


def _year(day: dt.date) -> dt.date:
    return day.replace(month=1, day=1)


def _visible(facts: Mapping[str, FactValue], readable: frozenset[str]) -> dict[str, FactValue]:
    known = dictionary.definitions()
    shown: dict[str, FactValue] = {}
    for code, fact in facts.items():
        definition = known.get(code)
        public = definition is not None and definition.sensitivity == "open"
        if public or kind_of(dictionary.source_of(code, fact.source), code) in readable:
            shown[code] = fact
        elif code in dictionary.money_codes() and isinstance(fact.value, int):
            shown[code] = FactValue(masking.band(fact.value), fact.source, fact.as_of, fact.stale)
    return shown

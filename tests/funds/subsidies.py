"""A subsidy programme with its fund, a bank with loans, and the bureau that pays."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from factories import firms, people
from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.catalogue import presets
from huoshui.catalogue.models import Programme, ProgrammeVersion
from huoshui.financing.models import Drawdown, Loan, Repayment
from huoshui.funds import actions_fund
from huoshui.kernel import clock

WAN = 1_000_000
YEAR = dt.date(2026, 1, 1)
Q1, Q2 = (dt.date(2026, 1, 1), dt.date(2026, 4, 1)), (dt.date(2026, 4, 1), dt.date(2026, 7, 1))
APRIL = dt.datetime(2026, 4, 2, 10, tzinfo=clock.ZONE)
JULY = dt.datetime(2026, 7, 2, 10, tzinfo=clock.ZONE)
_numbers = itertools.count(1)
ALL = {"fact": "district_code", "op": "starts_with", "value": "14"}
TERMS: dict[str, Any] = {
    "fraction": "0.5", "points_pct": None, "principal_cap": None, "firm_cap": None, "budget": None, "months": 12,
    "basis": 360, "flow": "bank_first", "central": False, "stacks_with": [], "purposes": [], "collateral": [],
    "shares": {"province": "30", "city": "30", "county": "40"},
}  # fmt: skip


@dataclass
class Scheme:
    """A published programme with its fund, the bureau's two people and a bank."""

    code: str
    version: int
    fund: int
    maker: Actor
    checker: Actor
    bank: Actor


def programme(*, code: str = "", valid_to: dt.date | None = None, **terms: Any) -> tuple[str, int, int]:
    """Return code, programme id and version id of a published programme with *terms*."""
    code = code or f"SUB-T{next(_numbers)}"
    made = Programme.objects.create(code=code, kind="subsidy", name=code)
    version = ProgrammeVersion.objects.create(
        programme=made, number=1, state="published", document_no="测试〔2026〕1号", terms=TERMS | terms, criteria=ALL,
        valid_from=dt.date(2025, 1, 1), valid_to=valid_to, version=1, published_at=APRIL,
    )  # fmt: skip
    return code, made.pk, version.pk


def fund_for(checker: Actor, programme_id: int, money: int) -> int:
    """Return a fund of the programme that holds *money*."""
    number = next(_numbers)
    with clock.at(dt.datetime(2026, 1, 2, 10, tzinfo=clock.ZONE)):
        fund = actions_fund.open_fund(
            checker, code=f"S-{number}", kind="subsidy", name=f"贴息{number}", district_code="140100",
            programme_id=programme_id, account_no=f"0502{number:010}",
        )  # fmt: skip
        if money:
            actions_fund.appropriate(checker, fund, amount=money, document_no=f"{number}号", on=dt.date(2026, 1, 2))
    return fund


def scheme(*, money: int = 100 * WAN, **terms: Any) -> Scheme:
    """Return a programme ready for claims."""
    presets.install(SYSTEM)
    office = people.organisation("government", district_code="140100", level="city")
    maker, checker = people.staff(Role.FINANCE_OFFICER, at=office), people.staff(Role.FINANCE_CHECKER, at=office)
    code, programme_id, version = programme(**terms)
    fund = fund_for(checker, programme_id, money)
    bank = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    return Scheme(code, version, fund, maker, checker, bank)


def loan(
    place: Scheme,
    *,
    amount: int = 200 * WAN,
    rate_ppm: int = 40_000,
    starts: dt.date = YEAR,
    paid: list[tuple[dt.date, int, int]] | None = None,
    firm: Any = None,
    **more: Any,
) -> Loan:
    """Return a loan of the bank, fully drawn on *starts*; *paid*: (day, principal, interest), else much interest."""
    owner = firm or firms.firm(name=f"太原贴息{next(_numbers)}有限公司")
    number = next(_numbers)
    bank = offices.organisation(place.bank.organisation_id or 0)
    slips = [(starts + dt.timedelta(days=20), 0, amount)] if paid is None else paid
    with transaction.atomic():
        made = Loan.objects.create(
            enterprise=owner, district_code=owner.district_code, bank_id=bank.id, bank_path=bank.path,
            contract_no=f"HT-S{number}", principal=amount, rate_ppm=rate_ppm, term_months=12, method="interest_only",
            collateral="credit", purpose="working_capital", signed_on=starts, starts_on=starts,
            matures_on=starts + dt.timedelta(days=365), drawn=amount, repaid=sum(slip[1] for slip in slips),
            state="active", created_at=clock.now(), **more,
        )  # fmt: skip
        Drawdown.objects.create(
            loan=made, amount=amount, drawn_on=starts, slip_no=f"D{number}", recorded_at=clock.now()
        )
        for at, (day, principal, interest) in enumerate(slips):
            Repayment.objects.create(
                loan=made, paid_on=day, principal=principal, interest=interest, slip_no=f"R{number}-{at}",
                recorded_at=clock.now(),
            )  # fmt: skip
    return made

"""What a loan's page shows: the book, the schedule with what is late, money out and back, acts possible now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing import queries
from huoshui.financing.actions_loan import CLASS_NAMES
from huoshui.financing.actions_renewal import PLANS
from huoshui.financing.queries import LoanView, RegistrationLine
from huoshui.financing.referral_lifecycle import ACT_NAMES, Act
from huoshui.kernel import clock, money
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text
from huoshui.portals.bank.lists_case import CLASS_TONES, LOAN_STATES
from huoshui.portals.bank.loan_acts import LOAN_ACTS, SECURITY_NAMES
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.flow import Lost, too_late
from huoshui.portals.shared.lines import Line
from huoshui.registry import queries as registry


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """An instalment and how it stands; amounts in fen."""

    number: int
    due_on: dt.date
    principal: int
    interest: int
    words: str
    tone: str

    @property
    def total(self) -> int:
        """Return principal and interest together."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """Money out or back; amounts in fen."""

    on: dt.date
    label: str
    principal: int
    interest: int | None
    slip_no: str


@dataclass(frozen=True, slots=True)
class OfferedLoanAct:
    """An act as the page offers it."""

    code: str
    label: Text
    form: Form
    open: bool
    hint: str


@dataclass(frozen=True, slots=True)
class LoanPage:
    """All of one loan."""

    loan: LoanView
    firm_name: str
    state: str
    five_class: Text
    class_tone: str
    tiles: tuple[Line, ...]
    schedule: tuple[ScheduleLine, ...]
    totals: tuple[int, int, int]
    money: tuple[MoneyLine, ...]
    acts: tuple[OfferedLoanAct, ...]
    timeline: tuple[Any, ...]
    security: RegistrationLine | None = None
    lost: Lost | None = None


def loan_page(actor: Actor, loan_id: int, *, bound: Mapping[str, Form] | None = None) -> LoanPage:
    """Return the page of a loan."""
    view, security = queries.loan(actor, loan_id), queries.registration_of(actor, loan_id)
    lines = _schedule(view)
    acts = _acts(actor, view, security, bound or {})
    principal, interest = sum(line.principal for line in lines), sum(line.interest for line in lines)
    return LoanPage(
        loan=view,
        firm_name=registry.names_of(actor, [view.enterprise_id]).get(view.enterprise_id, "—"),
        state=str(LOAN_STATES.get(view.state, view.state)),
        five_class=CLASS_NAMES[view.five_class],
        class_tone=CLASS_TONES[view.five_class],
        tiles=_tiles(view),
        schedule=lines,
        totals=(principal, interest, principal + interest),
        money=_money_lines(view),
        acts=acts,
        security=security,
        lost=too_late(bound or {}, {act.code for act in acts}),
        timeline=tuple(reversed(view.timeline)),
    )


def _tiles(view: LoanView) -> tuple[Line, ...]:
    return (
        Line(_("合同金额"), _said(view.principal)),
        Line(_("已放款"), _said(view.drawn), _("未放款 %(gap)s") % {"gap": _said(view.gap)} if view.gap else ""),
        Line(_("余额"), _said(view.balance)),
        Line(_("年利率"), f"{rate_text(view.rate_pct)}%"),
        Line(_("期限"), _("%(n)s 个月") % {"n": view.term_months}),
        Line(_("还款方式"), said(METHODS[view.method]) if view.method in METHODS else view.method),
        Line(_("担保方式"), said(COLLATERAL[view.collateral]) if view.collateral in COLLATERAL else view.collateral),
        Line(_("签订日期"), view.signed_on.isoformat()),
        Line(_("到期日"), view.matures_on.isoformat() if view.matures_on else "—", _renewal(view)),
    )


def _renewal(view: LoanView) -> str:
    return said(PLANS[view.renewal_plan]) if view.renewal_plan in PLANS else ""


def _said(fen: int) -> str:
    return money.human(fen).in_(get_language() or "zh")


def _schedule(view: LoanView) -> tuple[ScheduleLine, ...]:
    """Return the instalments; what was paid covers them from the first on, principal first prepaid not in the plan."""
    paid_interest = sum(interest for _on, _principal, interest, _slip in view.repayments)
    left = view.repaid - (view.drawn - sum(line.principal for line in view.schedule)) + paid_interest
    today, found = clock.today(), []
    for number, line in enumerate(view.schedule, start=1):
        left -= line.principal + line.interest
        words, tone = _standing(left >= 0, line.due_on, today)
        found.append(ScheduleLine(number, line.due_on, line.principal, line.interest, words, tone))
    return tuple(found)


def _standing(covered: bool, due_on: dt.date, today: dt.date) -> tuple[str, str]:
    if covered:
        return _("已还"), "green"
    if due_on < today:
        return _("逾期 %(n)s 天") % {"n": (today - due_on).days}, "red"
    return (_("今天到期"), "orange") if due_on == today else (_("未到期"), "secondary")


def _money_lines(view: LoanView) -> tuple[MoneyLine, ...]:
    out = [MoneyLine(on, _("放款"), amount, None, slip) for on, amount, slip in view.drawdowns]
    back = [MoneyLine(on, _("还款"), principal, interest, slip) for on, principal, interest, slip in view.repayments]
    return tuple(sorted([*out, *back], key=lambda line: line.on))


def _acts(
    actor: Actor, view: LoanView, security: RegistrationLine | None, bound: Mapping[str, Form]
) -> tuple[OfferedLoanAct, ...]:
    offered = _offered(actor, view, security)
    return tuple(
        OfferedLoanAct(
            code=str(code),
            label=SECURITY_NAMES[code] if code in SECURITY_NAMES else ACT_NAMES[Act(code)],
            form=bound.get(code) or LOAN_ACTS[code].form(initial=_initial(view, code)),
            open=code in bound or (not bound and code is offered[0]),
            hint=str(LOAN_ACTS[code].hint),
        )
        for code in offered
    )


def _offered(actor: Actor, view: LoanView, security: RegistrationLine | None) -> list[str]:
    """Return the acts possible now: while the security waits for its registration, that comes before any money."""
    if security is None or security.registered_on or view.state != "signed":
        talk = ["plan-renewal"] if view.renewal_due and actor.may(Permission.MANAGE_LOANS) else []
        return [*talk, *(act for act in LOAN_ACTS if act in view.acts)]
    if not actor.may(Permission.MANAGE_LOANS):
        return []
    return ["registered", "submit-security"] if security.submitted_on else ["submit-security"]


def _initial(view: LoanView, act: str) -> dict[str, Any]:
    today = clock.today()
    if act == Act.DRAW:
        return {"amount": view.gap, "drawn_on": today}
    return {"paid_on": today} if act == Act.REPAY else {}

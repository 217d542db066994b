"""A maturing loan: the bank talks to the firm early and says what is to happen. The bridge fund reads the plan."""

from __future__ import annotations

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing.models import Loan
from huoshui.financing.perform import loan_of, log, require, tell_firm, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

PLANS: dict[str, Text] = {
    "renew": Text("归还本金后续贷", "Repay, then renew"),
    "no_principal": Text("无还本续贷", "Renew without repaying first"),
    "bridge": Text("用应急周转资金归还后续贷", "Repay with the bridge fund, then renew"),
    "repay": Text("到期归还，不再续贷", "Repay, no renewal"),
}


def plan_renewal(actor: Actor, *, loan_id: int, plan: str, note: str = "") -> None:
    """Record what firm and bank agreed about a maturing loan; the firm is told. May be changed until maturity."""
    require(actor, Permission.MANAGE_LOANS)
    loan = loan_of(actor, loan_id)
    if plan not in PLANS:
        words = Text("请选择到期安排。", "Choose what is to happen.")
        raise DomainError("plan_unknown", words, field="plan", value=plan)
    if not renewal_time(loan):
        days = max(catalogue.parameter("renewal.warn_days"))
        words = Text(f"到期前 {days} 天内的在贷贷款才需安排。", f"Only active loans within {days} days of maturity.")
        raise DomainError("not_maturing", words, field="plan", value=plan)
    with writing():
        Loan.objects.filter(pk=loan.pk).update(
            renewal_plan=plan, renewal_note=note.strip(), renewal_planned_at=clock.now()
        )
        case = loan.referral
        if case is not None:
            log(actor, "RENEWAL_PLANNED", case.demand_id, {"plan": PLANS[plan]}, referral_id=case.pk, reason=note)
            said = {"contract": loan.contract_no, "plan": PLANS[plan]}
            tell_firm(actor, case.demand, "renewal_planned", said)


def renewal_time(loan: Loan) -> bool:
    """Return whether a loan is near enough to its maturity to talk about renewal."""
    if loan.state != "active" or loan.matures_on is None or loan.drawn == loan.repaid:
        return False
    days: int = max(catalogue.parameter("renewal.warn_days"))
    return (loan.matures_on - clock.today()).days <= days

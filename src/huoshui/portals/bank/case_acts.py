"""Each act on a bank's case: its form, the action it calls, what the officer reads afterwards. One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.financing import actions, queries
from huoshui.financing.queries import CaseView
from huoshui.financing.referral_lifecycle import Act
from huoshui.kernel import money
from huoshui.portals.bank.forms import (
    ContactForm,
    ContractForm,
    DeclineForm,
    GrantForm,
    NoteForm,
    PapersForm,
    ReasonForm,
    SeenForm,
)

Run = Callable[[Actor, int, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class CaseAct:
    """How the page offers an act. *danger*: ends the case; *hint*: what follows from it."""

    form: type[SeenForm]
    run: Run
    done: Any
    hint: Any = ""
    danger: bool = False


def _on_case(action: Callable[..., object]) -> Run:
    def run(actor: Actor, referral_id: int, data: dict[str, Any]) -> object:
        return action(actor, referral_id=referral_id, **data)

    return run


CASE_ACTS: dict[Act, CaseAct] = {
    Act.ACCEPT: CaseAct(SeenForm, _on_case(actions.accept_case), _("已受理，请按时联系企业。")),
    Act.CONTACT: CaseAct(ContactForm, _on_case(actions.record_contact), _("联系情况已记录。")),
    Act.COMPLETE: CaseAct(
        NoteForm, _on_case(actions.complete_documents), _("材料齐备，决定时限开始计。"), _("决定时限从此刻起计")
    ),
    Act.GRANT: CaseAct(GrantForm, _on_case(actions.grant), _("授信决定已登记，企业会收到通知。")),
    Act.SIGN: CaseAct(ContractForm, _on_case(actions.sign_contract), _("合同已登记，可以放款。")),
    Act.ASK_PAPERS: CaseAct(
        PapersForm, _on_case(actions.ask_papers), _("已请企业补材料，决定时限停表等待。"), _("决定时限停表")
    ),
    Act.PAPERS_ARRIVED: CaseAct(NoteForm, _on_case(actions.papers_arrived), _("已登记收到材料，决定时限继续计。")),
    Act.DECLINE: CaseAct(
        DeclineForm,
        _on_case(actions.decline_case),
        _("已登记不予授信，原因会告知企业。"),
        _("企业会看到原因和说明"),
        danger=True,
    ),
    Act.LAPSE: CaseAct(ReasonForm, _on_case(actions.lapse_offer), _("授信已失效。"), danger=True),
}


def form_of(actor: Actor, act: Act, view: CaseView, *args: Any, **kwargs: Any) -> SeenForm:
    """Return the form of *act* on a case; the contract's offers the firm's loans at this bank to renew."""
    kind = CASE_ACTS[act].form
    if kind is ContractForm:
        held = queries.renewable(actor, enterprise_id=view.asked.enterprise_id, bank_id=view.line.bank_id)
        lines = [
            (loan.pk, f"{loan.contract_no} · {money.human(loan.drawn - loan.repaid)} · {loan.matures_on}")
            for loan in held
        ]
        return ContractForm(*args, loans=lines, **kwargs)
    return kind(*args, **kwargs)


# the usual next step of a state stands open; contact comes last, since it stays possible later on
FIRST = (Act.ACCEPT, Act.GRANT, Act.SIGN, Act.COMPLETE, Act.PAPERS_ARRIVED, Act.CONTACT)

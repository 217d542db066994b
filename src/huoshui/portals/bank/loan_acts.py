"""Each act on a loan: its form, the action it calls, what the officer reads afterwards. One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.financing import actions
from huoshui.financing.referral_lifecycle import Act
from huoshui.kernel.text import Text
from huoshui.portals.bank.forms import (
    DrawdownForm,
    RegisteredForm,
    RenewalForm,
    RepaymentForm,
    SubmitSecurityForm,
    WordsForm,
)


@dataclass(frozen=True, slots=True)
class LoanAct:
    """How the page offers an act on a loan; money is counted once, by its slip."""

    form: type[forms.Form]
    run: Callable[..., object]
    done: Any
    hint: Any = ""


LOAN_ACTS: dict[str, LoanAct] = {
    Act.DRAW: LoanAct(DrawdownForm, actions.record_drawdown, _("放款已登记，还款计划已更新。"), _("可以分次")),
    Act.REPAY: LoanAct(RepaymentForm, actions.record_repayment, _("还款已登记。")),
    "submit-security": LoanAct(
        SubmitSecurityForm, actions.submit_registration, _("已登记递交情况。"), _("登记完成前不能放款")
    ),
    "registered": LoanAct(RegisteredForm, actions.complete_registration, _("抵质押登记完成，可以放款。")),
    "plan-renewal": LoanAct(
        RenewalForm, actions.plan_renewal, _("到期安排已记录，企业会收到通知。"), _("到期前与企业说定")
    ),
    Act.CLOSE_DRAWING: LoanAct(WordsForm, actions.close_drawing, _("已登记不再放款。"), _("合同余下的额度不再使用")),
}
SECURITY_NAMES: dict[str, Text] = {
    "submit-security": Text("登记递交抵质押材料", "Record papers handed to the registry"),
    "plan-renewal": Text("记录到期安排", "Record what happens at maturity"),
    "registered": Text("登记完成", "Record the certificate"),
}

"""Each act on a loan: its form, the action it calls, what the officer reads afterwards. One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.financing import actions
from huoshui.financing.referral_lifecycle import Act
from huoshui.portals.bank.forms import DrawdownForm, RepaymentForm, WordsForm


@dataclass(frozen=True, slots=True)
class LoanAct:
    """How the page offers an act on a loan; money is counted once, by its slip."""

    form: type[forms.Form]
    run: Callable[..., object]
    done: Any
    hint: Any = ""


LOAN_ACTS: dict[Act, LoanAct] = {
    Act.DRAW: LoanAct(DrawdownForm, actions.record_drawdown, _("放款已登记，还款计划已更新。"), _("可以分次")),
    Act.REPAY: LoanAct(RepaymentForm, actions.record_repayment, _("还款已登记。")),
    Act.CLOSE_DRAWING: LoanAct(WordsForm, actions.close_drawing, _("已登记不再放款。"), _("合同余下的额度不再使用")),
}

"""What is typed in the policy lab beside the rule: its name, and the average loan that money is reckoned by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.queries import parameter, reference_rate
from huoshui.catalogue.schemes import KINDS
from huoshui.kernel import clock
from huoshui.kernel.money import Fen
from huoshui.portals.government.forms_terms import SharePercent
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.fields import PercentField, WanField
from huoshui.screening.lab_money import Assumptions


class DraftForm(forms.Form):
    """What a draft is called. *seen*: the newest version when the page was opened."""

    name = forms.CharField(label=_("草稿名称"), max_length=100)
    note = forms.CharField(label=_("这一版改了什么"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("按哪类政策测算资金"), required=False, choices=text_choices(KINDS, empty=_("只看户数，不测算资金"))
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssumptionsForm(forms.Form):
    """The average loan; starts from the city's parameters."""

    take_up_pct = SharePercent(label=_("申贷比例"), required=True, help_text=_("符合条件的主体中预计贷款的比例。"))
    loan_amount = WanField(label=_("户均贷款"))
    rate_pct = PercentField(label=_("平均年利率"))
    months = forms.IntegerField(label=_("平均期限（月）"), min_value=1, max_value=360)
    cost_pct = SharePercent(
        label=_("财政成本占贷款"), required=True, help_text=_("只用于没有贴息公式的政策（补偿、担保等）。")
    )

    def assumptions(self) -> Assumptions:
        """Return what was typed; call once the form is valid."""
        data: dict[str, Any] = self.cleaned_data
        return Assumptions(
            data["take_up_pct"], Fen(data["loan_amount"]), data["rate_pct"], data["months"], data["cost_pct"]
        )


def usual_loan() -> dict[str, Any]:
    """Return where the form of the average loan starts."""
    return {
        "take_up_pct": parameter("lab.take_up_pct"),
        "loan_amount": int(parameter("lab.loan_amount")),
        "rate_pct": reference_rate("lpr_1y", clock.today()) or Decimal(3),
        "months": parameter("lab.months"),
        "cost_pct": parameter("lab.cost_pct"),
    }

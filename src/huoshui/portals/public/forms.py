"""What a visitor may ask the product pages for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.queries import institutions
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing.cost import Cost
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import WanField


class FilterForm(forms.Form):
    """Which products to show."""

    q = forms.CharField(label=_("名称或银行"), required=False, max_length=60)
    amount = WanField(label=_("想贷多少"), required=False)
    months = forms.IntegerField(label=_("用多久（月）"), required=False, min_value=1, max_value=360)
    collateral = forms.ChoiceField(label=_("担保方式"), required=False)
    bank = forms.ChoiceField(label=_("银行"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["collateral"].choices = text_choices(COLLATERAL, empty=str(_("都可以")))()  # type: ignore[attr-defined]
        banks = [(str(one.org_id), said(one.name)) for one in institutions() if one.kind != "guarantor"]
        self.fields["bank"].choices = [("", str(_("全部银行"))), *banks]  # type: ignore[attr-defined]


class CostForm(forms.Form):
    """For which loan to reckon the cost."""

    amount = WanField(label=_("金额"), required=False)
    months = forms.IntegerField(label=_("期限（月）"), required=False, min_value=1, max_value=360)
    method = forms.ChoiceField(label=_("还款方式"), required=False, choices=text_choices(METHODS))
    collateral = forms.ChoiceField(label=_("担保方式"), required=False, choices=text_choices(COLLATERAL))


def reckoned(cost: Cost) -> dict[str, object]:
    """Return the fields that stand for a cost, so that the page shows what was reckoned with."""
    return {"amount": cost.principal, "months": cost.months, "method": cost.method, "collateral": cost.collateral}

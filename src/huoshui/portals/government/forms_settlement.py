"""Forms of a subsidy fund's settlement: money advanced to a bank, money given back, a subsidy called back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.access import queries as access
from huoshui.portals.shared.fields import DayField, YuanField
from huoshui.portals.shared.templatetags.huoshui import say


class _BankForm(forms.Form):
    """A bank, a sum and a day."""

    organisation_id = forms.TypedChoiceField(label=_("银行"), coerce=int)
    amount = YuanField(label=_("金额"))
    on = DayField(label=_("日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = [(one.id, say(one.name)) for one in access.organisations(kind="bank")]
        self.fields["organisation_id"].choices = [("", "—"), *banks]  # type: ignore[attr-defined]


class AdvanceForm(_BankForm):
    """Cash given to a bank in advance of its claims."""

    document_no = forms.CharField(label=_("拨款文号"), max_length=60)


class GiveBackForm(_BankForm):
    """What a bank gives back of its advance."""

    slip_no = forms.CharField(label=_("银行流水号"), max_length=60)


class RecallForm(forms.Form):
    """Subsidy that was wrongly paid and came back."""

    amount = YuanField(label=_("追回金额"))
    recovered_on = DayField(label=_("到账日期"))
    slip_no = forms.CharField(label=_("银行流水号"), max_length=60)
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

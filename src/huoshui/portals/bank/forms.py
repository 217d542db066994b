"""What a bank's people type: decisions, contracts, money, capacity. Products have their own module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.papers import PAPERS
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing.actions_renewal import PLANS
from huoshui.financing.reasons import REASON_CODES
from huoshui.financing.registration import PLACES, REGISTRY_PAPERS
from huoshui.kernel import clock
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField, PercentField, WanField, YuanField


def paper_choices() -> list[tuple[str, str]]:
    """Return the papers a bank may ask for, those that departments supply last."""
    ordered = sorted(PAPERS.values(), key=lambda paper: paper.fetched)
    return [(paper.code, said(paper.name)) for paper in ordered]


def reason_choices() -> list[tuple[str, str]]:
    """Return the reasons for a refusal."""
    return [("", "—"), *((reason.code, said(reason.name)) for reason in REASON_CODES.values())]


class SeenForm(forms.Form):
    """A form on a case: carries the version that the officer saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(SeenForm):
    """Nothing but a remark."""

    note = forms.CharField(label=_("备注"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(SeenForm):
    """A remark that an act needs."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(SeenForm):
    """A first contact: what was agreed on the phone or at the door."""

    note = forms.CharField(
        label=_("联系情况"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("与谁、以何种方式、说定了什么；企业也能看到已联系这件事。"),
    )


class PapersForm(SeenForm):
    """Papers asked of the firm; the decision clock stops until they come."""

    papers = forms.MultipleChoiceField(
        label=_("需要的材料"), choices=paper_choices, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("给企业的说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class GrantForm(SeenForm):
    """A credit granted: amount, rate, term, method, security, conditions."""

    amount = WanField(label=_("授信金额"))
    rate_pct = PercentField(label=_("年利率"))
    term_months = forms.IntegerField(label=_("期限（月）"), min_value=1, max_value=360)
    method = forms.ChoiceField(label=_("还款方式"), choices=text_choices(METHODS))
    collateral = forms.ChoiceField(label=_("担保方式"), choices=text_choices(COLLATERAL))
    conditions = forms.CharField(
        label=_("附加条件"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclineForm(SeenForm):
    """A refusal: a counted code, and words that the firm reads."""

    reason_code = forms.ChoiceField(
        label=_("原因"),
        choices=reason_choices,
        widget=forms.Select(attrs={"data-words": "id_words", "data-source": "reason-words"}),
    )
    words = forms.CharField(
        label=_("给企业的说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("留空则使用该原因的标准说明。写清原因和补救办法，企业会原文看到。"),
    )

    def clean(self) -> dict[str, Any]:
        """Fill the words of the reason where the officer wrote none."""
        data = super().clean() or {}
        reason = REASON_CODES.get(data.get("reason_code", ""))
        if reason and not data.get("words", "").strip():
            data["words"] = reason.words.zh
        return data


class ContractForm(SeenForm):
    """A signed contract."""

    contract_no = forms.CharField(label=_("合同编号"), max_length=60)
    signed_on = DayField(label=_("签订日期"), initial=clock.today)
    renewal_of = forms.TypedChoiceField(
        label=_("续的是哪笔贷款"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("不是续贷请留空。"),
    )
    no_principal_renewal = forms.BooleanField(
        label=_("无还本续贷"), required=False, help_text=_("原贷款本金不先归还，直接续贷。")
    )

    def __init__(self, *args: Any, loans: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["renewal_of"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("不是续贷")), *loans]

    def clean(self) -> dict[str, Any]:
        """Ask for the former loan where the principal is not paid back first."""
        data = super().clean() or {}
        if data.get("no_principal_renewal") and not data.get("renewal_of"):
            self.add_error("renewal_of", _("无还本续贷请选择原贷款。"))
        return data


class RenewalForm(forms.Form):
    """What firm and bank agreed about a maturing loan."""

    plan = forms.ChoiceField(label=_("到期安排"), choices=text_choices(PLANS), widget=forms.RadioSelect)
    note = forms.CharField(label=_("与企业说定了什么"), required=False, max_length=300)


class SubmitSecurityForm(forms.Form):
    """Papers of a mortgage or pledge handed to the registry."""

    place = forms.ChoiceField(
        label=_("登记地"), choices=text_choices(PLACES), widget=forms.RadioSelect, initial="local"
    )
    office = forms.CharField(label=_("登记机构"), max_length=80)
    papers = forms.MultipleChoiceField(
        label=_("已递交的材料"),
        choices=text_choices(REGISTRY_PAPERS),
        widget=forms.CheckboxSelectMultiple,
        initial=list(REGISTRY_PAPERS),
    )
    submitted_on = DayField(label=_("递交日期"), initial=clock.today)


class RegisteredForm(forms.Form):
    """The registry's certificate."""

    certificate_no = forms.CharField(label=_("登记证明号"), max_length=60)
    registered_on = DayField(label=_("登记日期"), initial=clock.today)


class DrawdownForm(forms.Form):
    """Money paid out, in whole or in part."""

    amount = YuanField(label=_("放款金额"))
    drawn_on = DayField(label=_("放款日期"))
    slip_no = forms.CharField(label=_("借据号"), max_length=60, help_text=_("同一借据号只记一次。"))


class RepaymentForm(forms.Form):
    """Money that came back."""

    paid_on = DayField(label=_("还款日期"))
    principal = YuanField(label=_("归还本金"), minimum=0)
    interest = YuanField(label=_("支付利息"), minimum=0)
    slip_no = forms.CharField(label=_("流水号"), max_length=60, help_text=_("同一流水号只记一次。"))

    def clean(self) -> dict[str, Any]:
        """Refuse a repayment of nothing."""
        data = super().clean() or {}
        if data.get("principal") == 0 and data.get("interest") == 0:
            self.add_error("principal", _("本金和利息不能都为 0。"))
        return data


class WordsForm(forms.Form):
    """A remark that an act on a loan needs."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class UploadForm(forms.Form):
    """A file of repayments."""

    file = forms.FileField(
        label=_("还款文件"),
        help_text=_("Excel（.xlsx）或 CSV，表头与模板一致；任何一行有错则整份不入账。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class CapacityForm(forms.Form):
    """What a branch can carry, and whether it takes cases now."""

    weekly_capacity = forms.IntegerField(
        label=_("每周可接需求数"), min_value=0, max_value=10_000, help_text=_("派单时不超过这个数；0 表示不接。")
    )
    paused_until = DayField(
        label=_("暂停接单至"),
        required=False,
        help_text=_("留空表示正常接单；到期自动恢复。"),
    )

"""The terms of a product as a form; the criteria tree beside it has its own editor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.terms import COLLATERAL, FEE_TIMES, METHODS, PARTIES, RATE_KINDS
from huoshui.portals.bank.forms import paper_choices
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.fields import DayField, PercentField, WanField


class ProductForm(forms.Form):
    """Every term of a product version."""

    name = forms.CharField(label=_("产品名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    code = forms.RegexField(
        r"^[A-Z0-9-]{3,20}$",
        label=_("产品代码"),
        help_text=_("大写字母、数字和短横，3 至 20 位；之后不能更改。"),
        error_messages={"invalid": _("产品代码只能用大写字母、数字和短横，3 至 20 位，例如 JSB-RK-01。")},
    )
    summary = forms.CharField(
        label=_("一句话介绍"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("企业先看到这句话。"),
    )
    summary_en = forms.CharField(
        label=_("英文介绍"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    amount_min = WanField(label=_("最低额度"))
    amount_max = WanField(label=_("最高额度"))
    term_min_months = forms.IntegerField(label=_("最短期限（月）"), min_value=1, max_value=360)
    term_max_months = forms.IntegerField(label=_("最长期限（月）"), min_value=1, max_value=360)
    rate_kind = forms.ChoiceField(label=_("利率方式"), choices=text_choices(RATE_KINDS))
    rate_pct = PercentField(label=_("固定年利率"), required=False)
    spread_bp = forms.IntegerField(
        label=_("加减点（基点）"),
        required=False,
        min_value=-500,
        max_value=2000,
        help_text=_("1 个基点 = 0.01 个百分点。"),
    )
    methods = forms.MultipleChoiceField(
        label=_("还款方式"), choices=text_choices(METHODS), widget=forms.CheckboxSelectMultiple
    )
    collateral = forms.MultipleChoiceField(
        label=_("担保方式"), choices=text_choices(COLLATERAL), widget=forms.CheckboxSelectMultiple
    )
    papers = forms.MultipleChoiceField(
        label=_("所需材料"), choices=paper_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    districts = forms.MultipleChoiceField(
        label=_("适用区县"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选表示有网点服务的区县都适用。"),
    )
    exclusive_to = forms.CharField(
        label=_("专属对象"), max_length=80, required=False, help_text=_("例如“法兰产业镇”；留空表示普通产品。")
    )
    valid_from = DayField(label=_("生效日期"))
    valid_to = DayField(label=_("失效日期"), required=False)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], fixed_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["districts"].choices = districts  # type: ignore[attr-defined]
        if fixed_code:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Check what one field alone cannot: order of limits, and the rate that its kind needs."""
        data = super().clean() or {}
        self._order(data, "amount_min", "amount_max", _("最高额度不能低于最低额度。"))
        self._order(data, "term_min_months", "term_max_months", _("最长期限不能短于最短期限。"))
        self._order(data, "valid_from", "valid_to", _("失效日期不能早于生效日期。"))
        self._rate(data)
        return data

    def _order(self, data: dict[str, Any], low: str, high: str, message: Any) -> None:
        if data.get(low) is not None and data.get(high) is not None and data[low] > data[high]:
            self.add_error(high, message)

    def _rate(self, data: dict[str, Any]) -> None:
        fixed = data.get("rate_kind") == "fixed"
        needed, unused = ("rate_pct", "spread_bp") if fixed else ("spread_bp", "rate_pct")
        data[unused] = None
        if data.get(needed) is None and needed not in self.errors:
            self.add_error(needed, _("请填写固定年利率。") if fixed else _("请填写加减点。"))


class FeeForm(forms.Form):
    """One cost beside interest; an empty name means no such cost."""

    name = forms.CharField(label=_("费用名称"), max_length=40, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    payer = forms.ChoiceField(label=_("由谁承担"), choices=text_choices(PARTIES), required=False)
    payee = forms.ChoiceField(label=_("付给谁"), choices=text_choices(PARTIES), required=False)
    when = forms.ChoiceField(label=_("何时收取"), choices=text_choices(FEE_TIMES), required=False)
    pct = PercentField(label=_("按本金比例"), required=False)
    amount = WanField(label=_("或固定金额"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a named fee without an amount, or with two."""
        data = super().clean() or {}
        if data.get("name") and (data.get("pct") is None) == (data.get("amount") is None):
            self.add_error("pct", _("费用要么按比例，要么按固定金额，二选一。"))
        return data


FeeFormSet = forms.formset_factory(FeeForm, extra=1, max_num=6)

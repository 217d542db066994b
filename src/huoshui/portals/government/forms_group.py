"""What the taskforce types about groups."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.papers import PAPERS
from huoshui.financing.actions_group import KINDS
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField, PercentField, WanField
from huoshui.registry import queries as registry


def _papers() -> list[tuple[str, str]]:
    return [(paper.code, said(paper.name)) for paper in PAPERS.values() if not paper.fetched]


class GroupForm(forms.Form):
    """A group to open."""

    kind = forms.ChoiceField(label=_("类型"), choices=text_choices(KINDS))
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如“龙城农贸市场”，会印在贷款码海报上。"))
    district_code = forms.ChoiceField(label=_("区县"))
    organiser = forms.CharField(label=_("组织方"), max_length=120, required=False)
    core_code = forms.CharField(
        label=_("核心企业统一社会信用代码"), max_length=18, required=False, help_text=_("供应链类型填写付款方。")
    )
    summary = forms.CharField(
        label=_("情况说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    papers = forms.MultipleChoiceField(
        label=_("统一提供的材料"), choices=_papers, required=False, widget=forms.CheckboxSelectMultiple
    )
    closes_on = DayField(label=_("截止日期"), required=False)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district_code"].choices = districts  # type: ignore[attr-defined]

    def clean_core_code(self) -> int | None:
        """Return the core firm that the code names."""
        text = self.cleaned_data["core_code"].strip().upper()
        if not text:
            return None
        found = next((hit for hit in registry.search(None, text, limit=1) if hit.uscc == text), None)
        if found is None:
            raise forms.ValidationError(_("登记册里没有这个代码的企业。"))
        return found.id

    def group(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.cleaned_data)
        return {"core_enterprise_id": data.pop("core_code"), **data}


class MembersForm(forms.Form):
    """Numbers of demands to put into a group."""

    numbers = forms.CharField(
        label=_("需求编号"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("一行一个，或用空格、逗号隔开。"),
    )

    def clean_numbers(self) -> list[str]:
        """Return the numbers, each once."""
        return list(dict.fromkeys(filter(None, re.split(r"[\s,，、;；]+", self.cleaned_data["numbers"]))))


def _banks() -> list[tuple[str, str]]:
    return [(str(view.org_id), said(view.name)) for view in catalogue.institutions() if view.kind != "guarantor"]


class CreditForm(forms.Form):
    """The special credit of a bank for a group."""

    bank = forms.ChoiceField(label=_("银行"), choices=_banks)
    amount = WanField(label=_("专项授信额度"))
    rate_pct = PercentField(label=_("年利率"), required=False)
    term_months = forms.IntegerField(label=_("期限（月）"), min_value=1, max_value=360, required=False)
    document_no = forms.CharField(label=_("授信批复文号"), max_length=80)
    plan = forms.CharField(
        label=_("综合金融服务方案"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def credit(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.cleaned_data)
        return {"bank_id": int(data.pop("bank")), **data}

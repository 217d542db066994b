"""What the taskforce and the offices type about demands, visits and codes."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue import queries
from huoshui.catalogue.purposes import PURPOSES
from huoshui.catalogue.terms import COLLATERAL
from huoshui.financing.actions_care import OUTCOMES as OUTCOMES_OF_CARE
from huoshui.financing.actions_code import KINDS as CODE_KINDS
from huoshui.financing.actions_visit import OUTCOMES
from huoshui.financing.standards import VERDICT_NAMES
from huoshui.kernel import clock
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField, WanField


def purpose_choices() -> list[tuple[str, str]]:
    """Return the uses a loan may have."""
    return [(purpose.code, said(purpose.name)) for purpose in PURPOSES.values()]


def repair_choices() -> list[tuple[str, str]]:
    """Return the problems of the repair table that can be mended, by standard."""
    rows = queries.repair_measures()
    return [
        (row.code, f"{row.standard or '—'}. {said(row.problem)}（{said(row.department)}）")
        for row in rows
        if row.repairable
    ]


class SeenForm(forms.Form):
    """An act on a demand: carries the version that the officer saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AskForm(forms.Form):
    """What a firm asks for, typed by staff on its behalf."""

    amount = WanField(label=_("需要金额"))
    term_months = forms.IntegerField(label=_("期限（月）"), min_value=1, max_value=360, initial=12)
    purpose = forms.ChoiceField(label=_("用途"), choices=purpose_choices)
    purpose_text = forms.CharField(
        label=_("用途说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    collateral = forms.MultipleChoiceField(
        label=_("可提供的担保"),
        choices=text_choices(COLLATERAL),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=["credit"],
    )


class StaffDemandForm(AskForm):
    """A demand entered for a firm at the hall, at an event or from a list."""

    channel = forms.ChoiceField(
        label=_("来源"),
        choices=[
            ("staff", _("工作人员代填")),
            ("hall", _("服务大厅")),
            ("event", _("对接活动")),
            ("list", _("清单推送")),
        ],
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class VisitForm(forms.Form):
    """One call on a firm; the phone makes *client_id*, so that sending it twice keeps one visit."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    visited_on = DayField(label=_("走访日期"), initial=clock.today)
    outcome = forms.ChoiceField(label=_("走访结果"), choices=text_choices(OUTCOMES), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("情况记录"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    follow_up_on = DayField(label=_("下次回访"), required=False)
    amount = WanField(label=_("需要金额"), required=False)
    term_months = forms.IntegerField(label=_("期限（月）"), required=False, min_value=1, max_value=360)
    purpose = forms.ChoiceField(label=_("用途"), required=False, choices=purpose_choices)

    def clean(self) -> dict[str, Any]:
        """Ask for the term as soon as an amount is named, and refuse an amount where there is no need."""
        data = super().clean() or {}
        if data.get("amount") and data.get("outcome") not in (None, "need"):
            self.add_error("outcome", _("填了金额，走访结果应为“有融资需求”。"))
        if data.get("amount") and not data.get("term_months"):
            self.add_error("term_months", _("请填写期限。"))
        return data


class JudgementForm(SeenForm):
    """The five standards of one demand."""

    def __init__(self, *args: Any, suggested: dict[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, 6):
            self.fields[f"verdict_{number}"] = forms.ChoiceField(
                label=_("结论"),
                choices=text_choices(VERDICT_NAMES),
                widget=forms.RadioSelect,
                initial=(suggested or {}).get(number),
            )
            self.fields[f"note_{number}"] = forms.CharField(label=_("说明"), required=False, max_length=300)

    def verdicts(self) -> list[tuple[int, str, str]]:
        """Return (standard, verdict, note) of each standard."""
        data = self.cleaned_data
        return [(number, data[f"verdict_{number}"], data[f"note_{number}"]) for number in range(1, 6)]


class CodeForm(forms.Form):
    """A loan code to print and hang up."""

    kind = forms.ChoiceField(label=_("张贴地点类型"), choices=text_choices(CODE_KINDS))
    label = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如“小店区龙城农贸市场东门”，会印在海报上。"))
    district_code = forms.ChoiceField(label=_("区县"))

    def __init__(self, *args: Any, districts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district_code"].choices = districts  # type: ignore[attr-defined]


class OfferForm(SeenForm):
    """A demand offered to one bank by hand."""

    branch = forms.TypedChoiceField(label=_("派给网点"), coerce=int)
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)

    def __init__(self, *args: Any, branches: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = branches  # type: ignore[attr-defined]


class RepairForm(SeenForm):
    """Problems to be mended before a demand can be recommended."""

    measures = forms.MultipleChoiceField(
        label=_("需要修复的问题"), choices=repair_choices, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("给企业的说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclineForm(SeenForm):
    """Why a demand is not recommended; the firm reads it."""

    reason = forms.CharField(
        label=_("不予推荐的原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("企业会原文看到；可修复的请改用“转入修复”。"),
    )


class RecallForm(forms.Form):
    """Why a case is taken back from a bank."""

    reason = forms.CharField(label=_("收回的理由"), max_length=200)


class ReasonForm(SeenForm):
    """A remark that an act needs."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    """The answer to a rating of few stars."""

    words = forms.CharField(
        label=_("处理情况"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("先回访企业再填写；企业会收到这段话。"),
    )


class CareForm(forms.Form):
    """What came of a second look or a call."""

    outcome = forms.ChoiceField(label=_("结果"), choices=text_choices(OUTCOMES_OF_CARE))
    note = forms.CharField(label=_("情况"), required=False, max_length=300)

"""The forms of an evaluation: a card's items as fields, for a bank's own points and for the reviewer's figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField
from huoshui.statistics import cards, spans
from huoshui.statistics.cards import Card
from huoshui.statistics.queries import ResultView


class OpenForm(forms.Form):
    """A new evaluation."""

    card = forms.ChoiceField(
        label=_("评价表"), choices=text_choices({k: one.name for k, one in cards.shipped().items()})
    )
    kind = forms.ChoiceField(label=_("评价期"), choices=text_choices(spans.KINDS))
    last = DayField(label=_("截止日"))


class PointsForm(forms.Form):
    """A bank's own points, item by item."""

    note = forms.CharField(label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, card: Card, view: ResultView, **kwargs: Any) -> None:
        initial: dict[str, Any] = {item.code: item.self_points for item in view.items}
        initial |= {"note": view.self_note, "seen_version": view.version}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.card = card
        for item in card.items:
            self.fields[item.code] = forms.DecimalField(
                label=f"{said(item.name)}（0—{item.weight}）", min_value=Decimal(0), max_value=item.weight,
                decimal_places=2,
            )  # fmt: skip
        self.order_fields([*(item.code for item in card.items), "note"])

    def points(self) -> dict[str, Decimal]:
        """Return the points typed, by item."""
        return {item.code: self.cleaned_data[item.code] for item in self.card.items}


class ValuesForm(forms.Form):
    """The reviewer's figures of the items that no measure gives; empty means not known."""

    note = forms.CharField(
        label=_("复核说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, card: Card, view: ResultView, **kwargs: Any) -> None:
        figures = {item.code: item.figure for item in view.items}
        initial: dict[str, Any] = {item.code: figures[item.code] for item in card.manual}
        initial |= {"note": view.review_note, "seen_version": view.version}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.card = card
        for item in card.manual:
            label = f"{said(item.name)}（{item.zero_at} → {item.full_at}）"
            self.fields[item.code] = forms.DecimalField(label=label, required=False, decimal_places=4, max_digits=14)
        self.order_fields([*(item.code for item in card.manual), "note"])

    def values(self) -> dict[str, Decimal | None]:
        """Return the figures typed, by item."""
        return {item.code: self.cleaned_data[item.code] for item in self.card.manual}


class AppealForm(forms.Form):
    """A bank's appeal."""

    words = forms.CharField(label=_("申诉理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(ValuesForm):
    """The answer to an appeal, with the figures corrected where it is upheld."""

    note = None  # type: ignore[assignment]
    upheld = forms.TypedChoiceField(
        label=_("结论"), choices=(("yes", _("成立，按更正后的数据重新计算")), ("no", _("不成立"))),
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    words = forms.CharField(label=_("答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

"""What a firm fills in; few fields, each with its unit and an example."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.purposes import PURPOSES
from huoshui.catalogue.queries import parameter
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.fields import WanField

MEGABYTE = 1024 * 1024
AMOUNT_PICKS = ("10", "20", "30", "50", "100", "300")  # 万元
TERM_PICKS = (3, 6, 12, 24, 36)


class PhoneForm(forms.Form):
    """A mobile number; what is wrong with one is said by the action that sends the code."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        help_text=_("最好用营业执照登记时留的手机号。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "maxlength": 20}),
    )


class CodeForm(forms.Form):
    """The code of the message, and the phone it went to."""

    phone = forms.CharField(max_length=20, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("短信验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12}),
    )


def with_picks(data: QueryDict | None) -> QueryDict | None:
    """Return what was sent with a usual amount or term that was only ticked (without scripts) in its field."""
    if data is None:
        return None
    filled = data.copy()
    for field, pick in (("amount", "amount_pick"), ("term_months", "term_pick")):
        if not filled.get(field, "").strip():
            filled[field] = filled.get(pick, "")
    return filled


class PaperForm(forms.Form):
    """A photo or PDF from the phone; the action that keeps it looks at what it is."""

    file = forms.FileField(
        label=_("照片或文件"),
        help_text=_("支持 JPG、PNG、PDF。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )

    def clean_file(self) -> Any:
        """Return the file; one beyond the limit is refused before it is read."""
        given, most = self.cleaned_data["file"], parameter("paper.max_size_mb")
        if given.size > most * MEGABYTE:
            size = -(-given.size // MEGABYTE)
            message = _("文件约 %(size)s MB，超过 %(most)s MB。请压缩或重新拍照。")
            raise forms.ValidationError(message, params={"size": size, "most": most})
        return given


class LicenceForm(PaperForm):
    """Proof that somebody may speak for a firm whose registered phone is another or unknown."""

    declared = forms.BooleanField(label=_("我是这家企业的法定代表人、经营者或经其授权的人，所填内容属实。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("营业执照照片")
        self.fields["file"].help_text = _("拍清楚名称和代码，支持 JPG、PNG、PDF。")


class NeedForm(forms.Form):
    """Amount, term, use, and what could serve as security."""

    amount = WanField(label=_("想贷多少"), help_text=_("例如 30 表示 30 万元。"))
    term_months = forms.IntegerField(
        label=_("用多久（月）"),
        help_text=_("例如 12 表示一年。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    purpose = forms.ChoiceField(label=_("做什么用"))
    purpose_text = forms.CharField(
        label=_("用途说明（可不填）"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    collateral = forms.MultipleChoiceField(
        label=_("有没有可以抵押、质押的（可不选）"),
        required=False,
        choices=[
            ("mortgage", _("有房产、厂房、土地或车辆可抵押")),
            ("pledge", _("有设备、存货、专利、商标或应收账款可质押")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uses = {code: purpose.name for code, purpose in PURPOSES.items()}
        self.fields["purpose"].choices = text_choices(uses, empty=str(_("请选择")))()  # type: ignore[attr-defined]
        amount = self.fields["amount"]
        assert isinstance(amount, WanField)
        amount.minimum, amount.maximum = parameter("demand.min_amount"), parameter("demand.max_amount")

    def clean_term_months(self) -> int:
        """Return the term; DomainError-like words name the limits in force."""
        low, high = parameter("demand.min_term_months"), parameter("demand.max_term_months")
        months = int(self.cleaned_data["term_months"])
        if not low <= months <= high:
            message = _("期限应在 %(low)s 至 %(high)s 个月之间，您填写的是 %(value)s。")
            raise forms.ValidationError(message, params={"low": low, "high": high, "value": months})
        return months


class ConsentForm(forms.Form):
    """Consent to the platform's own matching: separate, unticked, and refusable."""

    agreed = forms.BooleanField(
        label=_("我已阅读并单独同意上述授权"),
        error_messages={"required": _("不同意授权就无法匹配产品；您可以随时退出，已填内容会保留。")},
    )


class RateForm(forms.Form):
    """How it went."""

    stars = forms.TypedChoiceField(
        label=_("打几分"),
        coerce=int,
        choices=[
            (5, _("5 分 很满意")),
            (4, _("4 分 满意")),
            (3, _("3 分 一般")),
            (2, _("2 分 不满意")),
            (1, _("1 分 很不满意")),
        ],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("想说的话（可不填）"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(forms.Form):
    """Why the demand is taken back."""

    reason = forms.CharField(label=_("原因（可不填）"), required=False, max_length=200)

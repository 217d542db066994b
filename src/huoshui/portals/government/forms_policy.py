"""What the office types about policy: parameters, calendar, repair table, programmes, and files to import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.schemes import KINDS
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.fields import DayField

DAY_KINDS: tuple[tuple[str, Any], ...] = (
    ("holiday", _("放假")),
    ("makeup_workday", _("调休上班")),
    ("ordinary", _("恢复平常（按星期）")),
)


class ParameterForm(forms.Form):
    """A policy value from a day on, with its document."""

    value = forms.CharField(label=_("新值"), max_length=200)
    valid_from = DayField(label=_("生效日期"))
    document_no = forms.CharField(label=_("依据文号"), max_length=80, help_text=_("例如“并政办发〔2026〕12号”。"))


class CalendarDayForm(forms.Form):
    """A day that is not what its weekday says."""

    day = DayField(label=_("日期"))
    kind = forms.ChoiceField(label=_("类型"), choices=DAY_KINDS)
    name = forms.CharField(label=_("节日"), max_length=40, required=False)
    source = forms.CharField(label=_("依据"), max_length=120, help_text=_("例如国务院办公厅放假通知的文号。"))


class AnnounceForm(forms.Form):
    """A year whose holidays are all entered."""

    year = forms.IntegerField(label=_("年份"), min_value=2004, max_value=2099)
    source = forms.CharField(label=_("依据"), max_length=120, help_text=_("放假通知的文号；确认前请逐日核对。"))


class RepairMeasureForm(forms.Form):
    """A row of the repair table."""

    code = forms.RegexField(r"^[a-z][a-z0-9_]{2,39}$", label=_("代码"), help_text=_("小写字母、数字、下划线。"))
    problem = forms.CharField(label=_("问题"), max_length=120)
    problem_en = forms.CharField(label=_("问题（英文）"), max_length=160)
    department = forms.CharField(label=_("责任部门"), max_length=80)
    department_en = forms.CharField(label=_("责任部门（英文）"), max_length=120)
    measure = forms.CharField(label=_("修复措施"), widget=forms.Textarea(attrs={"rows": 2}))
    measure_en = forms.CharField(label=_("修复措施（英文）"), widget=forms.Textarea(attrs={"rows": 2}))
    standard = forms.TypedChoiceField(
        label=_("对应标准"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "—"), *((str(n), str(n)) for n in range(1, 6))],
    )
    repairable = forms.BooleanField(label=_("可修复"), required=False, initial=True)


class BranchForm(forms.Form):
    """The area and contact of a branch."""

    districts = forms.MultipleChoiceField(label=_("服务区县"), widget=forms.CheckboxSelectMultiple)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    contact = forms.CharField(label=_("联系人"), max_length=60, required=False)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["districts"].choices = districts  # type: ignore[attr-defined]


class DecisionNoteForm(forms.Form):
    """Words with a decision on a product version."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("审核意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ProgrammeVersionForm(forms.Form):
    """A new version of a programme: document and validity; terms and criteria have forms of their own."""

    document_no = forms.CharField(label=_("文号"), max_length=80)
    issued_by = forms.CharField(label=_("发文单位"), max_length=120, required=False)
    summary = forms.CharField(label=_("政策要点"), widget=forms.Textarea(attrs={"rows": 3}))
    summary_en = forms.CharField(label=_("政策要点（英文）"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    valid_from = DayField(label=_("生效日期"))
    valid_to = DayField(label=_("失效日期"), required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        data = super().clean() or {}
        if data.get("valid_to") and data.get("valid_from") and data["valid_to"] < data["valid_from"]:
            self.add_error("valid_to", _("失效日期不能早于生效日期。"))
        return data


class NewProgrammeForm(ProgrammeVersionForm):
    """The first version of a scheme, with its name."""

    code = forms.CharField(label=_("代码"), max_length=30, help_text=_("大写字母、数字和短横，例如 YZ-ZXZN-50。"))
    kind = forms.ChoiceField(label=_("类型"), choices=text_choices(KINDS))
    name = forms.CharField(label=_("名称"), max_length=100)
    name_en = forms.CharField(label=_("英文名称"), max_length=140, required=False)
    field_order = ("code", "kind", "name", "name_en")


class PublishForm(forms.Form):
    """Publication of the draft that was read."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class ImportUploadForm(forms.Form):
    """A file to take into the register."""

    source = forms.ChoiceField(label=_("数据来源"))
    kind = forms.ChoiceField(
        label=_("内容"),
        choices=[("enterprises", _("经营主体名单（新增或更新）")), ("facts", _("部门数据（按信用代码）"))],
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV（UTF-8 或 GB18030）、Excel 或 Parquet；上传后先试运行，确认再入库。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.parquet"}),
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which column of the file is which fact."""

    def __init__(
        self, *args: Any, headers: list[str], targets: list[tuple[str, str]], known: dict[str, str], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.headers = headers
        for number, header in enumerate(headers):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=header, choices=[("", _("（不导入）")), *targets], required=False, initial=known.get(header, "")
            )

    def mapping(self) -> dict[str, str]:
        """Return {header: fact} of the columns that are taken in."""
        chosen = ((header, self.cleaned_data[f"column_{n}"]) for n, header in enumerate(self.headers))
        return {header: target for header, target in chosen if target}

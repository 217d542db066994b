"""What is typed about grids, campaigns and the second look at visits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.portals.government.forms import VisitForm
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import DayField
from huoshui.screening import queries_list as lists
from huoshui.service.actions_campaign import MOST, Wanted, visitors
from huoshui.service.campaigns import AIMS, KINDS

VERDICTS = (("sound", _("属实")), ("doubtful", _("存疑")), ("unreached", _("未联系上")))


class CampaignForm(forms.Form):
    """A campaign: its days, and whom it is to reach."""

    use_required_attribute = False

    name = forms.CharField(label=_("名称"), max_length=80)
    first_day = DayField(label=_("开始日"))
    last_day = DayField(label=_("结束日"))
    kind = forms.ChoiceField(label=_("主体类型"), required=False)
    industry = forms.CharField(
        label=_("行业代码（开头即可）"), required=False, max_length=5, help_text=_("如 C、F52；不填为全部行业。")
    )
    label = forms.CharField(label=_("标签"), required=False, max_length=20, help_text=_("如 专精特新；不填为不限。"))
    listed = forms.ChoiceField(
        label=_("企业名单"), required=False, help_text=_("只走访名单最新一期里的企业，如有效无贷户。")
    )
    aims = forms.MultipleChoiceField(label=_("只走访"), required=False, widget=forms.CheckboxSelectMultiple)
    most = forms.IntegerField(label=_("最多户数"), min_value=1, max_value=MOST, initial=500)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].choices = list_choices(actor)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("全部")), *text_choices(KINDS)()]  # type: ignore[attr-defined]
        self.fields["aims"].choices = text_choices(AIMS)  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return whom the form means."""
        data = self.cleaned_data
        return Wanted(
            data["kind"], data["industry"].strip().upper(), data["label"].strip(), tuple(data["aims"]), data["most"],
            data["listed"],
        )  # fmt: skip


def list_choices(actor: Actor) -> list[tuple[str, Any]]:
    """Return the lists that firms may be chosen from, none first."""
    return [("", _("不限")), *((code, said(name)) for code, name in lists.usable(actor))]


class GridForm(forms.Form):
    """A grid: streets by words of the address, and who answers for it."""

    use_required_attribute = False

    code = forms.CharField(label=_("编号"), max_length=30)
    name = forms.CharField(label=_("名称"), max_length=60)
    street = forms.CharField(label=_("街道（乡镇）"), max_length=60)
    words = forms.CharField(
        label=_("包含的路名"), max_length=400, help_text=_("用顿号、逗号或空格分开；地址里有它的企业归入本网格。")
    )
    keeper = forms.ChoiceField(label=_("负责人"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].choices = [("", _("暂无")), *visitor_choices(actor)]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """To whom the selected firms go."""

    use_required_attribute = False

    visitor = forms.ChoiceField(label=_("走访人员"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visitor"].choices = visitor_choices(actor)  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """What the second look at a visit found."""

    use_required_attribute = False

    verdict = forms.ChoiceField(label=_("结论"), choices=VERDICTS)
    note = forms.CharField(label=_("说明"), required=False, max_length=300)


class CallForm(VisitForm):
    """The visit of a firm on the visitor's list."""


def visitor_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the office's visitors by name."""
    able = set(visitors(actor))
    people = access_people(actor)
    return [(str(pk), name) for pk, name in people if pk in able]


def access_people(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return (id, name) of the office's people who record visits."""
    from huoshui.access.roles import Permission

    return offices.colleagues(actor.organisation_id or 0, permission=Permission.RECORD_VISIT)

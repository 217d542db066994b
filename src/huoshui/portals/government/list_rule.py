"""The editor of a list: what it is for and whom its rule takes, counted while it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.criteria_editor import ROOT, Group, Row, edited, from_post, from_tree, to_tree
from huoshui.portals.shared.criteria_facts import fact_fields
from huoshui.portals.shared.criteria_view import editor
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.trial import quiet, trial
from huoshui.screening import actions_list
from huoshui.screening import queries_list as queries
from huoshui.screening.list_kinds import KINDS, SCHEDULES


class RuleForm(forms.Form):
    """What a rule has beside its conditions."""

    use_required_attribute = False
    without = forms.MultipleChoiceField(
        label=_("去掉这些名单上的企业"), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs_products = forms.IntegerField(
        label=_("至少符合几个在架产品"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_("0 为不要求；产品按银行公布的准入条件判断。"),
    )
    document_no = forms.CharField(label=_("依据文件"), max_length=120)

    def __init__(self, *args: Any, exclusions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["without"].choices = exclusions  # type: ignore[attr-defined]


class NewListForm(RuleForm):
    """A list that does not exist yet."""

    name = forms.CharField(label=_("名单名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    code = forms.RegexField(
        r"^[a-z0-9-]{2,40}$",
        label=_("名单代码"),
        help_text=_("小写字母、数字、短横；之后不能更改。"),
    )
    kind = forms.ChoiceField(label=_("类型"), choices=text_choices({k: v for k, v in KINDS.items() if k != "scheme"}))
    schedule = forms.ChoiceField(label=_("更新"), choices=text_choices(SCHEDULES))
    source = forms.CharField(label=_("数据来源"), max_length=200)

    field_order = ("name", "name_en", "code", "kind", "schedule", "source", "document_no", "needs_products", "without")


class ListEditor:
    """One editing of a list's rule; *pk* None: of a list that is set up with it."""

    def __init__(self, actor: Actor, data: QueryDict | None, pk: int | None) -> None:
        self.actor, self.pk, self.command = actor, pk, str(data.get("edit", "")) if data is not None else ""
        self.held = queries.definitions(actor).filter(pk=pk).first() if pk else None
        if pk and (self.held is None or self.held.kind == "scheme"):
            raise Http404
        rule = queries.rule_of(actor, pk) if pk else None
        self.facts, made = fact_fields(), {"exclusions": [(c, said(n)) for c, n in queries.exclusions(actor)]}
        initial = {"without": rule.without, "needs_products": rule.needs_products} if rule else {}
        kind = RuleForm if pk else NewListForm
        self.form: forms.Form = kind(data, initial=initial, **made)
        start = from_tree(rule.criteria, self.facts) if rule else Group(ROOT, "all", (Row(f"{ROOT}-0"),))
        self.criteria = start if data is None else from_post(data)
        if self.command:
            self.criteria = edited(self.criteria, self.command)
            self.form = quiet(self.form, **made)
        self.tree, problems = to_tree(self.criteria, self.facts)
        self.problems = () if data is None or self.command else problems
        self.refused = False

    def save(self) -> int | None:
        """Keep the rule; return the list's id, None when something is wrong (then the page says what)."""
        outcome = attempt(self.form, self._keep) if not self.problems else None
        if self.problems:
            self.form.is_valid()
        self.refused = outcome is None or not outcome.done
        return outcome.value if outcome else None

    def _keep(self) -> int:
        if self.held is None:
            return actions_list.define(self.actor, criteria=self.tree, **self.form.cleaned_data)
        actions_list.change_rule(self.actor, list_id=self.held.pk, criteria=self.tree, **self.form.cleaned_data)
        return int(self.held.pk)

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        back = reverse("gov:firm_list", args=[self.pk]) if self.pk else reverse("gov:firm_lists")
        return {
            "heading": said(Text(self.held.name, self.held.name_en)) if self.held else gettext("新建名单"),
            "back": back,
            "form": self.form,
            "editor": editor(self.criteria, self.facts, self.problems),
            "panel": "trial/panel.html",
            "trial": trial(self.actor, *to_tree(self.criteria, self.facts)),
        }

"""The terms of a public scheme as a form, one for each kind: what the document says, field by field.

A form's field and its place in the stored terms (see `catalogue.schemes`) stand in one table; what a form does not show
stays as it was. Amounts are typed in 万元, shares and rates in percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue import schemes
from huoshui.catalogue.purposes import PURPOSES
from huoshui.catalogue.terms import COLLATERAL
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import parse_yuan, yuan_text
from huoshui.portals.shared.choices import said, text_choices
from huoshui.portals.shared.fields import MoneyField, PercentField, WanField
from huoshui.portals.shared.templatetags.huoshui import money_words

BASES = (("360", _("360 天")), ("365", _("365 天")))
FLOWS = (("automatic", _("免申即享（按贷款记录自动核算）")), ("bank_first", _("先拨银行，企业少付利息")), ("firm_first", _("企业先付息，再申领")))  # fmt: skip
READINGS = (("whole_period", _("全程按所在档计费")), ("marginal", _("逐档分段计费")))
RATE_KINDS = (("benchmark_1y", _("一年期贷款基准利率")), ("lpr_1y", _("一年期 LPR")), ("lpr_5y", _("五年期以上 LPR")))
TRIGGERS = (("substandard", _("贷款列入次级")), ("doubtful", _("贷款列入可疑")), ("loss", _("贷款列入损失")))


class SharePercent(PercentField):
    """A share typed in percent; the clean value is Decimal percent."""

    default_error_messages = {
        "not_number": _("“%(value)s”不是比例，请填写百分数，例如 50。"),
        "range": _("比例应在 0 至 %(limit)s 之间，您填写的是 %(value)s。"),
        "too_precise": _("比例最多四位小数：%(value)s。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"maximum": "100", "required": False, **kwargs})


class Multiple(SharePercent):
    """A plain number such as 1.5 times."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["data-unit"] = _("倍")


# terms alone are judged; the document comes with the draft
_DOCUMENT = {"document_no": "—", "valid_from": "2000-01-01"}


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term in words: what it is, its value with its unit."""

    label: Any
    value: str


@dataclass(frozen=True, slots=True)
class Codec:
    """How a stored value becomes a form's and back."""

    shown: Callable[[Any], Any]
    stored: Callable[[Any], Any]


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


MONEY = Codec(parse_yuan, yuan_text)
NUMBER = Codec(Decimal, _plain)
SHARE = Codec(lambda text: Decimal(text) * 100, lambda number: _plain(number / 100))
WHOLE = Codec(int, int)
AS_IS = Codec(lambda value: value, lambda value: value)
CODES = Codec(" ".join, lambda text: [code for code in re.split(r"[\s,，、]+", text) if code])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field's value stands: a path like "shares.city" or "tiers.0.pct"."""

    field: str
    path: str
    codec: Codec = AS_IS

    def of(self, terms: Mapping[str, Any]) -> Any:
        """Return the stored value as the form shows it; None where there is none."""
        found: Any = terms
        for step in self.path.split("."):
            found = _step(found, step)
        return None if found in (None, "") else self.codec.shown(found)


def _step(found: Any, step: str) -> Any:
    if isinstance(found, list):
        return found[int(step)] if step.isdigit() and int(step) < len(found) else None
    return found.get(step) if isinstance(found, Mapping) else None


def _scope(form: forms.Form) -> None:
    """Give *form* the fields that every kind has: what the loan is for and how it is secured."""
    form.fields["purposes"] = forms.MultipleChoiceField(
        label=_("限定用途"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(code, said(purpose.name)) for code, purpose in PURPOSES.items()],
        help_text=_("不勾选为不限。"),
    )
    form.fields["collateral"] = forms.MultipleChoiceField(
        label=_("限定担保方式"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=text_choices(COLLATERAL),
        help_text=_("不勾选为不限。"),
    )


class TermsForm(forms.Form):
    """What all kinds share. *places*: each field's place; *rows*: lists whose empty lines are left out."""

    places: ClassVar[tuple[Place, ...]] = ()
    rows: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, *, terms: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.before = dict(terms or {})
        initial = {place.field: shown for place in self._all() if (shown := place.of(self.before)) is not None}
        super().__init__(data, initial=initial, prefix="terms", **kwargs)
        _scope(self)

    def terms(self) -> dict[str, Any]:
        """Return the terms as they are stored; call once the form is valid."""
        built: dict[str, Any] = deepcopy(self.before)
        for name in self.rows:
            built[name] = []
        for place in self._all():
            value = self.cleaned_data.get(place.field)
            empty = value is None or (value == "" and place.codec is not CODES)
            _put(built, place.path.split("."), None if empty else place.codec.stored(value))
        for name in self.rows:
            built[name] = [line for line in built[name] if any(value is not None for value in line.values())]
        return built

    def judged(self, kind: str) -> dict[str, Any]:
        """Return the valid form's terms. Raises Refused with every problem, each at its field."""
        terms = self.terms()
        found = [each for each in schemes.judge(kind, {**_DOCUMENT, "terms": terms}) if each.field.startswith("terms")]
        if found:
            raise self.at_fields(found)
        return terms

    def at_fields(self, problems: Iterable[Problem]) -> Refused:
        """Return *problems* with stored terms as problems of this form's fields."""
        return Refused(replace(problem, field=self.field_of(problem.field) or "") for problem in problems)

    def field_of(self, path: str) -> str | None:
        """Return the field where a problem with the stored *path* ("terms.tiers.1.pct", lines from 1) belongs."""
        wanted = re.sub(r"\.(\d+)", lambda found: f".{int(found[1]) - 1}", path.removeprefix("terms."))
        exact = [place.field for place in self._all() if place.path == wanted]
        below = [place.field for place in self._all() if place.path.startswith(f"{wanted}.")]
        return next(iter(exact + below), None)

    def _all(self) -> tuple[Place, ...]:
        return (*self.places, Place("purposes", "purposes"), Place("collateral", "collateral"))


def _put(built: Any, path: list[str], value: Any) -> None:
    head, *rest = path
    if isinstance(built, list):
        while len(built) <= int(head):
            built.append({})
        _put(built[int(head)], rest, value)
    elif not rest:
        built[head] = value
    elif rest[0].isdigit():
        _put(built.setdefault(head, []), rest, value)
    else:
        inner = built.setdefault(head, {})
        if value is None and head in ("shares", "additions"):  # nobody's share is not written as nothing
            inner.pop(rest[0], None)
        else:
            _put(inner, rest, value)


def _whole(label: Any, most: int, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, required=required)


class SubsidyTerms(TermsForm):
    """Interest subsidy: how much of the interest, on how much principal, for how long, who pays."""

    fraction = SharePercent(label=_("贴利息的比例"), help_text=_("例如 50；与百分点至少填一项。"))
    points_pct = PercentField(label=_("贴息百分点"), required=False, help_text=_("例如 1，即年贴息 1 个百分点。"))
    principal_cap = WanField(label=_("贴息本金上限"), required=False)
    firm_cap = WanField(label=_("每户贴息上限"), required=False)
    year_cap = WanField(
        label=_("每户全年合计上限"), required=False, help_text=_("一年内各项贴息合计；超出部分不贴并写明。")
    )
    budget = WanField(label=_("预算"), required=False, help_text=_("用完为止；不填为不限。"))
    months = _whole(_("最长贴息月数"), 120)
    basis = forms.ChoiceField(label=_("年计息天数"), choices=BASES)
    flow = forms.ChoiceField(label=_("拨付方式"), choices=FLOWS)
    central = forms.BooleanField(
        label=_("中央财政贴息"), required=False, help_text=_("一笔贷款只享受一项中央财政贴息。")
    )
    stacks_with = forms.CharField(
        label=_("可叠加的政策代码"), required=False, max_length=300, help_text=_("用空格隔开。")
    )
    share_central = SharePercent(label=_("中央承担"))
    share_province = SharePercent(label=_("省级承担"))
    share_city = SharePercent(label=_("市级承担"))
    share_county = SharePercent(label=_("县级承担"), help_text=_("各级之和应为 100%。"))
    places = (
        Place("fraction", "fraction", SHARE),
        Place("points_pct", "points_pct", NUMBER),
        *(Place(name, name, MONEY) for name in ("principal_cap", "firm_cap", "year_cap", "budget")),
        Place("months", "months", WHOLE),
        Place("basis", "basis", WHOLE),
        Place("flow", "flow"),
        Place("central", "central"),
        Place("stacks_with", "stacks_with", CODES),
        *(Place(f"share_{who}", f"shares.{who}", NUMBER) for who in ("central", "province", "city", "county")),
    )


class CompensationTerms(TermsForm):
    """Risk compensation: the pool, what part of a loss it bears by size of loan, and when it stops."""

    pool = WanField(label=_("补偿金规模"))
    trigger = forms.ChoiceField(label=_("启动条件"), choices=TRIGGERS)
    tier1_up_to = WanField(label=_("第一档：贷款不超过"), required=False)
    tier1_pct = SharePercent(label=_("第一档：补偿比例"))
    tier2_up_to = WanField(label=_("第二档：贷款不超过"), required=False)
    tier2_pct = SharePercent(label=_("第二档：补偿比例"))
    tier3_up_to = WanField(label=_("第三档：贷款不超过"), required=False)
    tier3_pct = SharePercent(label=_("第三档：补偿比例"))
    add_key_firm = SharePercent(label=_("重点企业加成"))
    add_ip_pledge = SharePercent(label=_("知识产权质押加成"))
    add_policy_tool = SharePercent(label=_("政策工具加成"))
    cap_pct = SharePercent(label=_("补偿比例上限"), required=True)
    breaker_pct = SharePercent(label=_("熔断不良率"), required=True, help_text=_("达到后暂停新增登记。"))
    yearly_quota = WanField(label=_("年度额度"), required=False)
    policy_money_cap_pct = SharePercent(label=_("财政资金合计上限"), help_text=_("与其他财政分担合计。"))
    rows = ("tiers",)
    places = (
        Place("pool", "pool", MONEY),
        Place("trigger", "trigger"),
        *(
            place
            for n in (1, 2, 3)
            for place in (
                Place(f"tier{n}_up_to", f"tiers.{n - 1}.up_to", MONEY),
                Place(f"tier{n}_pct", f"tiers.{n - 1}.pct", NUMBER),
            )
        ),
        *(Place(f"add_{who}", f"additions.{who}", NUMBER) for who in ("key_firm", "ip_pledge", "policy_tool")),
        Place("cap_pct", "cap_pct", NUMBER),
        Place("breaker_pct", "breaker_pct", NUMBER),
        Place("yearly_quota", "yearly_quota", MONEY),
        Place("policy_money_cap_pct", "policy_money_cap_pct", NUMBER),
    )


class BridgeTerms(TermsForm):
    """Bridge fund: fee by the day in bands of a reference rate, and how long money stays out."""

    fund = WanField(label=_("资金规模"), required=False)
    rate_kind = forms.ChoiceField(label=_("费率基准"), choices=RATE_KINDS)
    band1_to_day = _whole(_("第一档：到第几天"), 366)
    band1_multiple = Multiple(label=_("第一档：基准的倍数"))
    band2_to_day = _whole(_("第二档：到第几天"), 366)
    band2_multiple = Multiple(label=_("第二档：基准的倍数"))
    band3_to_day = _whole(_("第三档：到第几天"), 366)
    band3_multiple = Multiple(label=_("第三档：基准的倍数"))
    reading = forms.ChoiceField(label=_("分档计费方式"), choices=READINGS)
    basis = forms.ChoiceField(label=_("年计息天数"), choices=BASES)
    minimum_days = _whole(_("最少计费天数"), 366)
    max_days = _whole(_("最长使用天数"), 366, required=True)
    overdue_multiple = Multiple(label=_("逾期倍数"), required=True)
    cover_pct = SharePercent(label=_("可垫付到期本金的比例"), required=True)
    fee_cost_share_pct = SharePercent(label=_("使用费中的成本比例"))
    one_open = forms.BooleanField(label=_("一户同时只能使用一笔"), required=False)
    rows = ("bands",)
    places = (
        Place("fund", "fund", MONEY),
        Place("rate_kind", "rate_kind"),
        *(
            place
            for n in (1, 2, 3)
            for place in (
                Place(f"band{n}_to_day", f"bands.{n - 1}.to_day", WHOLE),
                Place(f"band{n}_multiple", f"bands.{n - 1}.multiple", NUMBER),
            )
        ),
        Place("reading", "reading"),
        Place("basis", "basis", WHOLE),
        Place("minimum_days", "minimum_days", WHOLE),
        Place("max_days", "max_days", WHOLE),
        *(Place(name, name, NUMBER) for name in ("overdue_multiple", "cover_pct", "fee_cost_share_pct")),
        Place("one_open", "one_open"),
    )


class GuaranteeTerms(TermsForm):
    """Public guarantee: who bears the loss, the largest guarantee, its fee and the limits."""

    single_max = WanField(label=_("单户担保上限"))
    fee_pct = SharePercent(label=_("年担保费率上限"), required=True)
    share_guarantor = SharePercent(label=_("担保机构分担"))
    share_re_guarantee = SharePercent(label=_("省级再担保分担"))
    share_national_fund = SharePercent(label=_("国家融资担保基金分担"))
    share_bank = SharePercent(label=_("银行分担"), help_text=_("各方之和应为 100%。"))
    leverage = Multiple(label=_("担保放大倍数上限"), required=True)
    leverage_small = Multiple(label=_("小微为主时的放大倍数上限"))
    single_share_pct = SharePercent(label=_("单户占净资产上限"))
    group_share_pct = SharePercent(label=_("集团占净资产上限"))
    small_share_pct = SharePercent(label=_("小微占比下限"))
    under_500_share_pct = SharePercent(label=_("500 万元以下占比下限"))
    places = (
        Place("single_max", "single_max", MONEY),
        Place("fee_pct", "fee_pct", NUMBER),
        *(
            Place(f"share_{who}", f"shares.{who}", NUMBER)
            for who in ("guarantor", "re_guarantee", "national_fund", "bank")
        ),
        *(
            Place(name, name, NUMBER)
            for name in (
                "leverage",
                "leverage_small",
                "single_share_pct",
                "group_share_pct",
                "small_share_pct",
                "under_500_share_pct",
            )
        ),
    )


class PreferentialTerms(TermsForm):
    """Preferential rate: which products, by how much."""

    products = forms.CharField(label=_("适用产品代码"), max_length=2000, help_text=_("用空格隔开，例如 CL-FLANGE。"))
    discount_bp = _whole(_("降低的基点"), 1000, required=True)
    places = (Place("products", "products", CODES), Place("discount_bp", "discount_bp", WHOLE))


FORMS: dict[str, type[TermsForm]] = {
    "subsidy": SubsidyTerms,
    "compensation": CompensationTerms,
    "bridge": BridgeTerms,
    "guarantee": GuaranteeTerms,
    "preferential": PreferentialTerms,
}


def terms_form(kind: str, data: Any = None, *, terms: Mapping[str, Any] | None = None) -> TermsForm:
    """Return the form of *kind*'s terms (a subsidy's where *kind* is none of the known)."""
    return FORMS.get(kind, SubsidyTerms)(data, terms=terms)


def term_lines(kind: str, terms: Mapping[str, Any]) -> tuple[TermLine, ...]:
    """Return the *terms* of a scheme in words, as its form names them; what is not set is left out."""
    form = terms_form(kind, terms=terms)
    found = []
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value in (None, "", [], False):
            continue
        found.append(TermLine(field.label, _worded(field, value)))
    return tuple(found)


def _worded(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return gettext("是")
    if isinstance(field, forms.ChoiceField):
        names = {str(code): str(label) for code, label in field.widget.choices}
        return "、".join(names.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value]))
    if isinstance(field, MoneyField) and isinstance(value, int):
        return money_words(value)
    unit = field.widget.attrs.get("data-unit", "")
    return f"{field.prepare_value(value)} {unit}".strip()

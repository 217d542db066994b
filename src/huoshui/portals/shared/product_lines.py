"""The terms of a product line by line in words, alone or beside the version before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.catalogue import terms as known
from huoshui.catalogue.papers import PAPERS
from huoshui.catalogue.queries import VersionView
from huoshui.kernel import money
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.registry import queries as registry
from huoshui.rules import tree, words
from huoshui.rules.facts import FactDictionary


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term: what it is now, what it was, and whether that differs."""

    label: str
    new: str
    old: str = ""
    changed: bool = False


def term_lines(version: VersionView, before: VersionView | None = None) -> tuple[TermLine, ...]:
    """Return every term of *version*; with *before*, what it was there and whether it changed."""
    now, then = _lines(version), _lines(before) if before else {}
    return tuple(
        TermLine(label, value, then.get(label, ""), before is not None and then.get(label, "") != value)
        for label, value in now.items()
    )


def _lines(version: VersionView) -> dict[str, str]:
    given = version.terms
    return {
        _("产品名称"): _own(given, "name"),
        _("一句话介绍"): _own(given, "summary"),
        _("额度"): f"{_amount(given['amount_min'])} – {_amount(given['amount_max'])}",
        _("期限"): _("%(low)s – %(high)s 个月") % {"low": given["term_min_months"], "high": given["term_max_months"]},
        _("利率"): said(version.rate_text),
        _("还款方式"): _named(given["methods"], known.METHODS),
        _("担保方式"): _named(given["collateral"], known.COLLATERAL),
        _("费用"): "\n".join(_fee(fee) for fee in given["fees"]),
        _("准入条件"): criteria_words(given["criteria"]),
        _("材料"): "、".join(said(PAPERS[code].name) for code in given["papers"] if code in PAPERS),
        _("适用区县"): "、".join(said(registry.district_name(code)) for code in given["districts"])
        or _("有网点服务的区县"),
        _("专属对象"): given["exclusive_to"],
        _("有效期"): f"{given['valid_from']} – {given['valid_to'] or ''}",
    }


def _own(given: Mapping[str, Any], name: str) -> str:
    """Return words that a bank wrote in both languages, Chinese where it wrote no English."""
    return said(Text(given[name], given.get(f"{name}_en") or given[name]))


def criteria_words(criteria: dict[str, Any]) -> str:
    """Return a criteria tree as a sentence; facts that the dictionary lost are named as they stand."""
    try:
        return said(words.sentence(tree.parse(criteria, _named_places())))
    except (KeyError, ValueError) as problem:
        return str(problem)


def _named_places() -> FactDictionary:
    """The dictionary with the districts' names, so that a sentence says 迎泽区 and not its code."""
    known = registry.dictionary()
    names = {view.code: view.text for view in registry.districts()}
    return known.extended([replace(known["district_code"], names=names)])


def _amount(yuan: str) -> str:
    return money.human(money.parse_yuan(yuan)).in_(get_language() or "zh")


def _named(codes: Sequence[str], names: Mapping[str, Text]) -> str:
    return "、".join(said(names[code]) if code in names else code for code in codes)


def _fee(fee: Mapping[str, str]) -> str:
    size = f"{fee['pct']}%" if fee.get("pct") else _amount(fee["amount"])
    when = said(known.FEE_TIMES[fee["when"]]) if fee["when"] in known.FEE_TIMES else fee["when"]
    return f"{_own(fee, 'name')} {size}，{when}，{said(known.party(fee['payer']))} → {said(known.party(fee['payee']))}"

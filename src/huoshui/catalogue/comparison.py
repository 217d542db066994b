"""What changed between two versions of a product, in words; and what criteria would do to a sample of firms."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.catalogue import criteria, terms
from huoshui.catalogue.models import ProductVersion
from huoshui.catalogue.papers import PAPERS
from huoshui.kernel import money, rates
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.rules import firm, words
from huoshui.rules.firm import Verdict
from huoshui.rules.tree import All, Atom, Node

NOTHING = Text("—", "—")


@dataclass(frozen=True, slots=True)
class Change:
    """One term that differs: its name, what it was and what it is."""

    field: str
    label: Text
    before: Text
    after: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What criteria make of a sample: counts, and how often each condition fails or lacks its fact."""

    yes: int
    no: int
    unknown: int
    failing: tuple[tuple[Text, int], ...]
    missing: tuple[tuple[Text, int], ...]


def compare_versions(actor: Actor, *, before_id: int, after_id: int) -> tuple[Change, ...]:
    """Return every term that differs between two versions *actor* may see, in the order of the form."""
    rows = scope(actor, ProductVersion.objects.select_related("product")).in_bulk([before_id, after_id])
    if missing := {before_id, after_id} - set(rows):
        said = Text("没有这个产品版本，或您无权查看。", "There is no such version for you.")
        raise DomainError("product_version_unknown", said, field="version_id", value=sorted(missing))
    one, other = (_terms(rows[number]) for number in (before_id, after_id))
    return changes(one, other)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return every term that differs between *before* and *after*, as a bank writes them. Criteria by condition."""
    found = [
        Change(name, label, said(before.get(name)), said(after.get(name)))
        for name, (label, said) in _FIELDS.items()
        if before.get(name) != after.get(name)
    ]
    if before.get("criteria") != after.get("criteria"):
        found += _conditions(criteria.read(before["criteria"]), criteria.read(after["criteria"]))
    return tuple(found)


def try_on(tree: object, sample: Iterable[Mapping[str, Any]], *, as_of: dt.date) -> Outcome:
    """Return what criteria *tree* make of a *sample* of firms' typed facts. Raises Refused for a tree that cannot be read.

    The population engine answers the same question for the whole register; this is its small, plain counterpart.
    """
    node = criteria.read(tree)
    verdicts: Counter[Verdict] = Counter()
    failing: Counter[Atom] = Counter()
    missing: Counter[Atom] = Counter()
    for facts in sample:
        trace = firm.explain(node, facts, as_of=as_of)
        verdicts[trace.verdict] += 1
        failing.update(_atoms(firm.failing(trace)))
        missing.update(_atoms(firm.missing(trace)))
    return Outcome(
        yes=verdicts[Verdict.YES],
        no=verdicts[Verdict.NO],
        unknown=verdicts[Verdict.UNKNOWN],
        failing=_counted(failing),
        missing=_counted(missing),
    )


def _atoms(leaves: Iterable[firm.Trace]) -> set[Atom]:
    return {leaf.node for leaf in leaves if isinstance(leaf.node, Atom)}


def _counted(found: Counter[Atom]) -> tuple[tuple[Text, int], ...]:
    rows = [(words.requirement(atom), count) for atom, count in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0].zh)))


def _terms(row: ProductVersion) -> dict[str, Any]:
    return terms.written(row.product.name, row.product.name_en, row)


def _conditions(before: Node, after: Node) -> list[Change]:
    """Return the conditions that went and came; where trees are more than lists of conditions, whole branches."""
    label = Text("准入条件", "Criteria")
    old, new = _branches(before), _branches(after)
    gone = [Change("criteria", label, words.sentence(part), NOTHING) for part in old if part not in new]
    return gone + [Change("criteria", label, NOTHING, words.sentence(part)) for part in new if part not in old]


def _branches(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, All) else (node,)


def _plain(value: Any) -> Text:
    return NOTHING if value in (None, "", []) else Text(str(value), str(value))


def _amount(value: Any) -> Text:
    return money.human(money.parse_yuan(value)) if value else NOTHING


def _rate(value: Any) -> Text:
    return NOTHING if not value else Text(f"{value}%", f"{value} %")


def _months(value: Any) -> Text:
    return Text(f"{value} 个月", f"{value} months")


def _points(value: Any) -> Text:
    return NOTHING if value is None else Text(f"{value} 个基点", f"{value} bp")


def _listed(table: Mapping[str, Text]) -> Any:
    def said(codes: Any) -> Text:
        names = [table.get(code, Text(code, code)) for code in codes or []]
        return Text("、".join(name.zh for name in names) or "—", ", ".join(name.en for name in names) or "—")

    return said


def _fees(fees: Any) -> Text:
    shown = [_fee(fee) for fee in fees or []]
    return Text("；".join(text.zh for text in shown) or "—", "; ".join(text.en for text in shown) or "—")


def _fee(fee: Mapping[str, Any]) -> Text:
    size = f"{rates.rate_text(rates.parse_rate(fee['pct']))}%" if fee.get("pct") else f"{fee['amount']} 元"
    payer, when = terms.party(fee["payer"]), terms.FEE_TIMES[fee["when"]]
    zh = f"{fee['name']} {size}（{payer.zh}承担，{when.zh}）"
    return Text(zh, f"{fee.get('name_en') or fee['name']} {size} (paid by {payer.en}, {when.en})")


_PAPER_NAMES = {code: paper.name for code, paper in PAPERS.items()}
_FIELDS: dict[str, tuple[Text, Any]] = {
    "name": (Text("名称", "Name"), _plain),
    "name_en": (Text("英文名称", "English name"), _plain),
    "summary": (Text("简介", "Summary"), _plain),
    "amount_min": (Text("最低金额", "Least amount"), _amount),
    "amount_max": (Text("最高金额", "Most"), _amount),
    "term_min_months": (Text("最短期限", "Shortest term"), _months),
    "term_max_months": (Text("最长期限", "Longest term"), _months),
    "rate_kind": (Text("利率类型", "Kind of rate"), lambda kind: terms.RATE_KINDS[kind]),
    "rate_pct": (Text("年利率", "Yearly rate"), _rate),
    "spread_bp": (Text("加减点", "Spread"), _points),
    "methods": (Text("还款方式", "Repayment"), _listed(terms.METHODS)),
    "collateral": (Text("担保方式", "Security"), _listed(terms.COLLATERAL)),
    "papers": (Text("申请材料", "Papers"), _listed(_PAPER_NAMES)),
    "fees": (Text("费用", "Fees"), _fees),
    "districts": (Text("适用区县", "Districts"), _listed({})),
    "exclusive_to": (Text("专属对象", "Only for"), _plain),
    "valid_from": (Text("生效日期", "First day"), _plain),
    "valid_to": (Text("失效日期", "Last day"), _plain),
}

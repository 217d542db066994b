"""What a pool's terms say of one claim: has the trigger been met, how much, and each line of the calculation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.funds.compensation import Bank, Compensation, Tier, compensation_for
from huoshui.kernel.money import Fen, human, parse_yuan, round_half_up
from huoshui.kernel.text import Text

BAD_CLASSES = ("substandard", "doubtful", "loss")
PAPERS: dict[str, Text] = {
    "form": Text("补偿申请表", "Claim form"),
    "contract": Text("借款合同", "Loan contract"),
    "drawdown_slip": Text("放款凭证", "Drawdown slip"),
    "classification_proof": Text("风险分类或逾期证明", "Proof of class or of being overdue"),
    "collection_record": Text("催收记录", "Collection record"),
}
ADDITIONS: dict[str, Text] = {
    "key_firm": Text("重点企业", "Key firm"),
    "ip_pledge": Text("知识产权质押", "IP pledge"),
    "policy_tool": Text("政策工具资金", "Policy-tool money"),
}
CUTS: dict[str, Text] = {
    "tiers": Text("贷款超出各档上限", "Loan beyond every tier"),
    "cap_pct": Text("比例封顶", "Ratio capped"),
    "breaker_pct": Text("银行年度损失率超限，暂停补偿", "Bank suspended by the yearly breaker"),
    "quota_left": Text("银行年度额度不足", "Bank's yearly quota"),
    "pool_balance": Text("资金池余额不足", "Pool balance"),
    "policy_money_cap_pct": Text("财政资金合计封顶", "All public money capped"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What is paid (fen) and how it came about, line by line."""

    ratio_pct: Decimal
    payable: Fen
    cuts: tuple[str, ...]
    lines: tuple[tuple[Text, Text], ...]


def trigger_met(terms: Mapping[str, Any], *, overdue_days: int, five_class: str, guarantor_paid: bool = False) -> bool:
    """Return whether a loan has gone bad as the programme's trigger means it; an unknown trigger is never met."""
    return {
        "overdue_days": overdue_days >= int(terms.get("overdue_days", 90)),
        "substandard": five_class in BAD_CLASSES,
        "certified_loss": five_class == "loss",
        "guarantor_paid": guarantor_paid,
    }.get(str(terms.get("trigger")), False)


def missing_papers(terms: Mapping[str, Any], given: Sequence[str]) -> tuple[str, ...]:
    """Return the papers of the programme's checklist that are not there."""
    return tuple(code for code in terms.get("papers", ()) if code not in given)


def compute(
    terms: Mapping[str, Any],
    *,
    principal: int,
    unpaid: int,
    additions: Sequence[str],
    bank: Bank,
    pool: int | None,
    other_paid: int = 0,
) -> Result:
    """Return what the pool pays on *unpaid* fen of a loan of *principal* fen, with each line of the calculation.

    *other_paid*: public money that was paid on the same loss already; all together stays within the programme's cap.
    """
    tiers = [Tier(parse_yuan(row["up_to"]) if row["up_to"] else None, Decimal(row["pct"])) for row in terms["tiers"]]
    added = [Decimal(terms["additions"][code]) for code in additions if code in terms["additions"]]
    cap = Decimal(terms["cap_pct"]) if terms.get("cap_pct") else None
    found = compensation_for(
        principal, unpaid_principal=unpaid, tiers=tiers, additions_pct=added, cap_pct=cap, bank=bank, pool_balance=pool
    )
    limits = {"breaker_pct": 0, "quota_left": bank.quota_left, "pool_balance": pool}
    return _with_policy_cap(terms, found, unpaid, other_paid, added, limits)


def _with_policy_cap(
    terms: Mapping[str, Any],
    found: Compensation,
    unpaid: int,
    other_paid: int,
    added: Sequence[Decimal],
    limits: dict[str, int | None],
) -> Result:
    payable, cuts = int(found.payable), found.limited_by
    limit = terms.get("policy_money_cap_pct")
    if limit is not None:
        room = max(0, round_half_up(unpaid * Decimal(limit) / 100) - other_paid)
        limits["policy_money_cap_pct"] = room
        if room < payable:
            payable, cuts = room, (*cuts, "policy_money_cap_pct")
    lines = [
        (Text("未还本金", "Unpaid principal"), human(unpaid)),
        (Text("附加比例", "Additions"), _same(f"{sum(added, Decimal(0))} %")),
        (Text("补偿比例", "Ratio"), _same(f"{found.ratio_pct} %")),
        *_cut_lines(cuts, round_half_up(unpaid * found.ratio_pct / 100), limits, terms),
        (Text("应补偿", "Payable"), human(payable)),
    ]
    return Result(found.ratio_pct, Fen(payable), cuts, tuple(lines))


def _cut_lines(
    cuts: Sequence[str], full: int, limits: Mapping[str, int | None], terms: Mapping[str, Any]
) -> list[tuple[Text, Text]]:
    """Return each cut with what it took of *full* fen, in order; those of the ratio with the percent it came down to."""
    lines, now = [], full
    for cut in cuts:
        limit = limits.get(cut)
        if limit is None:
            lines.append((CUTS[cut], _same(f"{terms['cap_pct'] if cut == 'cap_pct' else 0} %")))
            continue
        taken, now = now - limit, limit
        lines.append((CUTS[cut], Text(f"−{human(taken).zh}", f"−{human(taken).en}")))
    return lines


def _same(words: str) -> Text:
    return Text(words, words)

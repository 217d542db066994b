"""What subsidies record and whom they tell."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "SUBSIDY_CLAIMED": Text(
        "贴息申报 {number}：{lines} 笔贷款，应贴 {amount}，排队 {queued}", "Claim {number}: {lines} loans, {amount}"
    ),
    "SUBSIDY_STRUCK": Text("剔除贴息明细 {text}（{amount}）：{words}", "{text} ({amount}) struck: {words}"),
    "SUBSIDY_ACCEPTED": Text(
        "贴息申报 {number} 已受理，转入支付 {amount}", "Claim {number} accepted, {amount} to be paid"
    ),
    "SUBSIDY_REJECTED": Text("贴息申报 {number} 退回：{words}", "Claim {number} rejected: {words}"),
    "SUBSIDY_RESUMED": Text(
        "贴息申报 {number} 排队部分获得预算 {amount}", "Claim {number}: {amount} of the queue granted"
    ),
    "SUBSIDY_CALLED_BACK": Text("追回贴息 {text}（{amount}）：{words}", "{amount} of {text} called back: {words}"),
}
NOTICES: dict[str, Text] = {
    "subsidy_paid": Text(
        "贷款贴息 {amount} 已支付（{number}）", "Your interest subsidy of {amount} was paid ({number})"
    ),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)

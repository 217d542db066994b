"""What the bridge fund records and whom it tells: one sentence a kind."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "BRIDGE_FUND_PAID_IN": Text(
        "应急周转资金拨入 {amount}（{document_no}）", "{amount} paid into the fund ({document_no})"
    ),
    "BRIDGE_REQUESTED": Text("申请应急周转 {amount}，贷款银行{bank}", "Asked for a bridge advance of {amount}; {bank}"),
    "BRIDGE_COMMITTED": Text(
        "银行书面承诺续贷 {amount}，承诺函 {commitment_no}",
        "The bank commits to renew {amount}, letter {commitment_no}",
    ),
    "BRIDGE_REFUSED": Text("银行不续贷：{why}", "The bank will not renew: {why}"),
    "BRIDGE_RESERVED": Text("审核通过，已预留资金 {amount}", "Approved; {amount} is reserved"),
    "BRIDGE_APPROVED": Text("拨付 {amount} 已批准，支付编号 {payment}", "Payment of {amount} approved, no. {payment}"),
    "BRIDGE_SENT_BACK": Text("银行退回拨付款 {amount}：{why}", "The bank sent {amount} back: {why}"),
    "BRIDGE_ADVANCED": Text(
        "已拨付 {amount} 归还旧贷款，{due} 前归还专户", "{amount} paid to the old loan; due back by {due}"
    ),
    "BRIDGE_OLD_LOAN_REPAID": Text("旧贷款已还 {amount}，回单 {slip_no}", "Old loan repaid: {amount}, slip {slip_no}"),
    "BRIDGE_NEW_LOAN_GRANTED": Text("新贷款已放 {amount}，合同 {contract_no}", "New loan: {amount}, no. {contract_no}"),
    "BRIDGE_MONEY_BACK": Text(
        "资金归还 {amount}，用款 {days} 天，占用费 {fee}", "{amount} came back after {days} days, fee {fee}"
    ),
    "BRIDGE_DECLINED": Text("未同意周转：{why}", "Declined: {why}"),
    "BRIDGE_WITHDRAWN": Text("企业撤回申请：{why}", "Withdrawn: {why}"),
    "BRIDGE_OVERDUE": Text("周转资金逾期：应于 {due} 前归还", "Overdue: it was to be back by {due}"),
}
NOTICES: dict[str, Text] = {
    "bridge_asks_bank": Text(
        "企业申请应急周转 {amount}，合同 {contract_no}，请答复是否承诺续贷",
        "A firm asks for a bridge advance of {amount} on {contract_no}: will you renew?",
    ),
    "bridge_committed": Text(
        "银行已承诺续贷，应急周转 {amount} 进入审核", "The bank commits to renew; {amount} is checked now"
    ),
    "bridge_advanced": Text(
        "应急周转 {amount} 已拨付，请在 {due} 前归还专户", "{amount} was paid out; it is due back by {due}"
    ),
    "bridge_returned": Text("应急周转 {amount} 已归还，占用费 {fee}", "The money came back: {amount}, fee {fee}"),
    "bridge_declined": Text("应急周转申请未同意：{why}", "Your bridge request was declined: {why}"),
    "bridge_due": Text(
        "应急周转 {amount} 还有 {left} 天到期（{due}），请按时归还", "{amount} is due back in {left} days ({due})"
    ),
    "bridge_overdue": Text(
        "应急周转 {amount} 已逾期 {left} 天（{due} 到期）", "{amount} is {left} days overdue ({due})"
    ),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)

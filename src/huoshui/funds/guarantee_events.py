"""What guarantees record, whom they tell, and what the database refuses, in words."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.financing import constraints as lending
from huoshui.funds.constraints import SENTENCES
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "GUARANTOR_STANDING": Text("登记担保机构净资产 {amount}（{document_no}）", "Net assets {amount} by {document_no}"),
    "GUARANTEE_REQUESTED": Text(
        "{bank} 向{guarantor}申请担保 {amount}", "{bank} asked {guarantor} to guarantee {amount}"
    ),
    "GUARANTEE_AGREED": Text("企业同意担保机构查看资料", "The firm agreed that the guarantor reads its data"),
    "GUARANTEE_REVIEWED": Text("担保机构受理审查", "The guarantor took it up"),
    "GUARANTEE_APPROVED": Text("批准担保 {amount}，费率 {rate}%", "{amount} approved at {rate} % a year"),
    "GUARANTEE_DECLINED": Text("不予担保：{words}", "Declined: {words}"),
    "GUARANTEE_ISSUED": Text("出具担保函 {letter_no}，担保费 {fee}", "Letter {letter_no} issued, fee {fee}"),
    "GUARANTEE_IN_FORCE": Text("担保费 {fee} 到账，担保生效", "Fee of {fee} paid; in force"),
    "GUARANTEE_RELEASED": Text("贷款结清，解除担保", "The loan is repaid; released"),
    "GUARANTEE_WITHDRAWN": Text("银行撤回担保申请：{words}", "Withdrawn by the bank: {words}"),
    "GUARANTEE_CLAIMED": Text("银行申请代偿，未还本金 {amount}", "Payout claimed on {amount} unpaid"),
    "GUARANTEE_CLAIM_REJECTED": Text("代偿申请退回：{words}", "The claim was sent back: {words}"),
    "GUARANTEE_CLAIM_ACCEPTED": Text("核定代偿 {amount}，资金已预留", "Payout of {amount} accepted and reserved"),
    "GUARANTEE_PAYOUT_ORDERED": Text(
        "复核代偿 {amount}，提交财政支付，编号 {payment}", "Payout of {amount} confirmed for payment, no. {payment}"
    ),
    "GUARANTEE_PAYOUT_SENT_BACK": Text("银行退回代偿款 {amount}：{words}", "The bank sent {amount} back: {words}"),
    "GUARANTEE_PAID_OUT": Text("代偿 {amount} 已拨付银行", "{amount} paid out to the bank"),
    "GUARANTEE_RECOVERED": Text(
        "追偿到账 {amount}，费用 {cost}，按比例分回", "{amount} recovered, cost {cost}, shared back"
    ),
    "GUARANTEE_CLOSED": Text("追偿结束，结案：{words}", "Recovery ended: {words}"),
}
NOTICES: dict[str, Text] = {
    "guarantee_asks_firm": Text(
        "{bank}为您的贷款申请了{guarantor}的担保，请确认同意",
        "{bank} asked {guarantor} to guarantee your loan: please agree",
    ),
    "guarantee_moved": Text("担保 {number}：{state}", "Guarantee {number}: {state}"),
}
_HALF = Text("这一步没有完整保存，已全部撤销。", "This was not kept whole and is undone.")
_OTHER = Text("同一笔担保须由两个人办理。", "Two people handle a guarantee.")
_DRAWDOWN = Text("担保还没有生效，不能放款。", "The guarantee is not in force yet; nothing can be paid out.")
CONSTRAINTS: dict[str, Text] = {
    "drawdown_guarantee_in_force": _DRAWDOWN,
    "guarantee_within_ceilings": Text(
        "批准后将超过担保责任限额。", "It would pass what the guarantor may stand in for."
    ),
    "guarantee_fixed": Text("担保的要素不能改动。", "What a guarantee is about is fixed."),
    "guarantee_written_once": Text("这条记录不能改动。", "This record is written once."),
    "guarantee_shares_sum": Text("各方分担与损失合计不符，已撤销。", "The shares do not equal the loss; undone."),
    "guarantor_net_assets_positive": Text("净资产应大于 0。", "Net assets are above 0."),
    "guarantor_standing_once": Text("这份净资产证明已登记。", "This document is recorded already."),
    "guarantee_amount_positive": Text("担保金额应大于 0。", "The amount is above 0."),
    "guarantee_state_known": _HALF,
    "guarantee_one_per_case": Text("这笔授信已有一笔在办的担保。", "This credit has a guarantee already."),
    "guarantee_closed_pair": _HALF,
    "guarantee_approved_first": Text("担保须先批准。", "A guarantee is approved first."),
    "guarantee_approved_by_another": _OTHER,
    "guarantee_letter_first": Text("担保函须先出具。", "The letter is issued first."),
    "guarantee_fee_first": Text("担保费须先到账。", "The fee is paid first."),
    "guarantee_payout_within_loss": Text("代偿不能超过担保金额。", "A payout is within what is guaranteed."),
    "guarantee_accepted_holds_money": _HALF,
    "guarantee_paid_has_posting": _HALF,
    "guarantee_paid_by_another": _OTHER,
    "guarantee_returned_within_loss": Text("追回不能超过损失。", "Never more comes back than was lost."),
    "guarantee_paper_once": Text("这份材料刚刚有人上传。", "This paper has just been added."),
    "guarantee_share_once": _HALF,
    "guarantee_share_amounts": Text("分回不能超过各自承担。", "Nobody gets back more than it bore."),
    "guarantee_recovery_amounts": Text("追偿费用应在 0 与追回金额之间。", "The cost is within what was recovered."),
    "guarantee_recovery_posted": _HALF,
    "guarantee_slip_once": Text("这张追偿凭证已登记。", "This slip is recorded already."),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)
    SENTENCES.update(CONSTRAINTS)
    lending.SENTENCES["drawdown_guarantee_in_force"] = _DRAWDOWN

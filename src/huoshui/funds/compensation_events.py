"""What risk compensation records, whom it tells, and what the database refuses, in words."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.funds.constraints import SENTENCES
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "COMPENSATION_REGISTERED": Text("备案贷款 {count} 笔，合计 {amount}", "{count} loans registered, {amount}"),
    "COMPENSATION_FILED": Text("补偿申请 {number} 提交，应补偿 {amount}", "Claim {number} filed, {amount} computed"),
    "COMPENSATION_RETURNED": Text("补偿申请 {number} 退回补正：{words}", "Claim {number} returned: {words}"),
    "COMPENSATION_REJECTED": Text("补偿申请 {number} 不予补偿：{words}", "Claim {number} rejected: {words}"),
    "COMPENSATION_ACCEPTED": Text(
        "补偿申请 {number} 审核通过，转入支付 {amount}", "Claim {number} accepted, {amount} to be paid"
    ),
    "COMPENSATION_PAID": Text("补偿申请 {number} 已支付 {amount}", "Claim {number} paid {amount}"),
    "COMPENSATION_UNPAID": Text("补偿申请 {number} 的支付未成：{words}", "Payment of {number} failed: {words}"),
    "COMPENSATION_RECOVERED": Text(
        "补偿申请 {number} 追回 {amount}，返还资金池 {returned}", "{number}: {amount} recovered, {returned} to the pool"
    ),
    "COMPENSATION_CLOSED": Text("补偿申请 {number} 追偿结束：{words}", "Claim {number} closed: {words}"),
}
NOTICES: dict[str, Text] = {
    "compensation_moved": Text("风险补偿申请 {number}：{state}", "Risk compensation claim {number}: {state}"),
}
_HALF = Text("这一步没有完整保存，已全部撤销。", "This was not kept whole and is undone.")
CONSTRAINTS: dict[str, Text] = {
    "compensation_registered_sound": Text(
        "只能备案正常、未逾期的在贷贷款。", "Only a drawn loan that is normal and not overdue may be registered."
    ),
    "compensation_loan_principal": Text("贷款本金应大于 0。", "The principal is above 0."),
    "compensation_state_known": _HALF,
    "compensation_claim_once": Text("这笔贷款已提交过补偿申请。", "A claim for this loan was filed already."),
    "compensation_amounts": Text("补偿金额超出未还本金。", "A claim is within the unpaid principal."),
    "compensation_paid_within_amount": Text("支付超过应补偿金额。", "More is paid than computed."),
    "compensation_returned_within_paid": Text("返还不能超过已补偿金额。", "Never more comes back than was paid."),
    "compensation_paid_pair": _HALF,
    "compensation_fixed": Text("备案与追回记录不能改动。", "Registrations and recoveries are fixed."),
    "compensation_claim_follows": Text(
        "贷款在备案之前已出险，或与备案不符。", "The loan went bad before it was registered, or does not match."
    ),
    "compensation_recovery_sum": _HALF,
    "compensation_recovery_amounts": Text("追回金额应大于 0。", "A recovery is above 0."),
    "compensation_recovery_posted": _HALF,
    "compensation_slip_once": Text("这张追回凭证已登记。", "This slip is recorded already."),
    "compensation_paper_once": Text("这份材料刚刚有人上传。", "This paper has just been added."),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)
    SENTENCES.update(CONSTRAINTS)

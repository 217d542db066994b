"""What the database refuses of funds, payments and subsidies, in words: for whoever comes second. Others add theirs."""

from __future__ import annotations

from huoshui.kernel.text import Text

_HALF = Text(
    "这一步没有完整保存，已全部撤销，请刷新后重试。", "This was not kept whole and is undone; look again and retry."
)

SENTENCES: dict[str, Text] = {
    "fund_account_once": Text("这个银行账户已用于另一项资金。", "That account belongs to another fund."),
    "fund_kind_known": Text("没有这种资金。", "There is no such kind of fund."),
    "payee_account_of_one": _HALF,
    "payee_account_firm_current": Text("收款账户刚刚有人更新。", "Somebody has just changed the account."),
    "payee_account_office_current": Text("收款账户刚刚有人更新。", "Somebody has just changed the account."),
    "notice_days_in_order": _HALF,
    "payment_state_known": _HALF,
    "payment_amount_positive": Text("支付金额应大于 0。", "A payment is above 0."),
    "payment_checked_by_another": Text("经办人不能复核自己的支付。", "Who prepared it cannot check it."),
    "payment_approved_by_another": Text("经办人不能批准自己的支付。", "Who prepared it cannot approve it."),
    "payment_checked_first": Text("支付须先复核。", "A payment is checked first."),
    "payment_approved_first": Text("支付须先批准。", "A payment is approved first."),
    "payment_noticed_first": Text("这笔支付须先公示。", "A payment is published first."),
    "payment_approved_holds_money": _HALF,
    "payment_paid_has_posting": _HALF,
    "payment_closed_pair": _HALF,
    "payment_line_number": _HALF,
    "payment_line_amount": Text("明细金额应大于 0。", "A line is above 0."),
    "payment_line_state": _HALF,
    "payment_line_objection": Text("请写明异议内容。", "Write what the objection is."),
    "payment_line_struck_why": Text("请写明剔除原因。", "Say why the line is struck."),
    "payment_lines_sum": Text("支付金额与明细合计不符，已撤销。", "A payment does not equal its lines; undone."),
    "payment_fixed": Text("已批准的支付不能改动。", "An approved payment is fixed."),
    "statement_once": Text("这份对账单已导入过。", "This statement was taken in before."),
    "statement_line_once": Text("对账单中有已导入过的流水。", "A line of the statement was taken in before."),
    "statement_match_once": Text("这笔支付已核对过。", "This payment is matched already."),
    "statement_match_sum": Text("核对的支付合计与流水金额不符。", "The payments do not sum to the line's amount."),
    "statement_line_note": Text("请写明说明。", "Write the explanation."),
    "subsidy_day_once": Text("同一贷款同一天已享受贴息。", "A day of this loan is subsidised already."),
    "subsidy_claim_days": Text("结束日期应晚于开始日期。", "The end is after the beginning."),
    "subsidy_claim_sum": Text("申报金额与明细合计不符，已撤销。", "A claim does not equal its lines; undone."),
    "subsidy_line_fixed": Text("已计算的贴息明细不能改动。", "A computed line is fixed."),
    "subsidy_line_within_interest": Text("贴息不能超过利息。", "A subsidy is never more than the interest."),
    "subsidy_line_paid_within_granted": Text("支付超过核定贴息。", "More is paid than was granted."),
    "subsidy_line_clawed_within_paid": Text("追回超过已付贴息。", "More comes back than was paid."),
    "subsidy_recall_slip_once": Text("这笔追回已登记。", "This recall is recorded already."),
}

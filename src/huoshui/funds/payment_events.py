"""What funds and payments record: one sentence a kind."""

from __future__ import annotations

from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "FUND_OPENED": Text("设立资金“{name}”（{code}）", "Fund {name} ({code}) opened"),
    "FUND_PAID_IN": Text("财政拨款 {amount}（{document_no}）", "{amount} appropriated ({document_no})"),
    "FUND_RECOVERED": Text("收回资金 {amount}：{text}", "{amount} came back: {text}"),
    "FUND_ADVANCED": Text("向{bank}预拨 {amount}", "{amount} advanced to {bank}"),
    "PAYEE_ACCOUNT_SET": Text("登记收款账户（尾号 {tail}，{bank}）", "Account ending in {tail} at {bank} recorded"),
    "PAYMENT_ASKED": Text("支付 {number}：向{payee}支付 {amount}", "Payment {number}: {amount} to {payee}"),
    "PAYMENT_CHECKED": Text("支付 {number} 已复核（{amount}）", "Payment {number} checked ({amount})"),
    "PAYMENT_PUBLISHED": Text("支付 {number} 公示至 {ends}（{notice}）", "Payment {number} published until {ends}"),
    "PAYMENT_OBJECTED": Text("对“{text}”提出异议：{words}", "Objection to “{text}”: {words}"),
    "PAYMENT_LINE_KEPT": Text("异议不成立，恢复“{text}”：{words}", "“{text}” stands: {words}"),
    "PAYMENT_LINE_STRUCK": Text("异议成立，剔除“{text}”（{amount}）：{words}", "“{text}” struck ({amount}): {words}"),
    "PAYMENT_APPROVED": Text("支付 {number} 已批准，资金已占用 {amount}", "Payment {number} approved, {amount} held"),
    "PAYMENT_IN_FILE": Text("支付 {number} 已列入 {file}", "Payment {number} is in file {file}"),
    "PAYMENT_PAID": Text("支付 {number} 已于 {on} 支付 {amount}", "Payment {number}: {amount} paid on {on}"),
    "PAYMENT_RETURNED": Text("支付 {number} 被银行退回：{words}", "Payment {number} came back: {words}"),
    "PAYMENT_SENT_AGAIN": Text("支付 {number} 更正后重付", "Payment {number} is sent again"),
    "PAYMENT_CANCELLED": Text("支付 {number} 取消：{words}", "Payment {number} cancelled: {words}"),
    "PAYMENT_FILE_MADE": Text("支付文件 {number}：{count} 笔，{amount}", "Payment file {number}: {count}, {amount}"),
    "STATEMENT_TAKEN_IN": Text(
        "导入对账单“{name}”：{count} 行，核对 {matched} 行", "Statement {name}: {count} lines, {matched} matched"
    ),
    "STATEMENT_LINE_MATCHED": Text(
        "人工核对流水 {reference}（{amount}）", "Line {reference} ({amount}) matched by hand"
    ),
    "STATEMENT_LINE_EXPLAINED": Text(
        "流水 {reference}（{amount}）说明：{words}", "Line {reference} ({amount}) explained: {words}"
    ),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)

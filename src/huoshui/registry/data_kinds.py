"""What a firm can let others read, and for which purposes: two tables that pages, checks and consents share.

Personal Information Protection Law: consent is separate, and names receiver, purpose and kind of data.
"""

from __future__ import annotations

from huoshui.kernel.text import Text

REGISTER, CONTACT = "register", "contact"

DATA_KINDS: dict[str, Text] = {
    REGISTER: Text("登记信息（名称、代码、地址、经营范围）", "Registration (name, code, address, scope)"),
    CONTACT: Text("联系方式", "Contact"),
    "tax": Text("纳税信息", "Tax"),
    "invoices": Text("发票与经营流水", "Invoices and turnover"),
    "social_security": Text("社保与公积金", "Social insurance and housing fund"),
    "credit": Text("融资与信用记录", "Borrowing and credit record"),
    "court": Text("司法与行政处罚", "Court and penalties"),
    "operations": Text("水电气、订单等经营数据", "Utilities, orders and other operations"),
    "assets": Text("不动产、知识产权等资产", "Property, patents and other assets"),
    "permits": Text("资质与许可", "Qualifications and permits"),
    "papers": Text("申请材料", "Application papers"),
}

MATCHING = "matching"  # the one purpose of the platform itself; all others name an institution

PURPOSES: dict[str, Text] = {
    MATCHING: Text("匹配贷款产品和政策", "Finding products and schemes"),
    "loan_application": Text("贷款申请与审批", "Loan application"),
    "loan_management": Text("贷后管理", "Loan management"),
    "renewal": Text("续贷", "Renewal"),
    "guarantee": Text("担保审核", "Guarantee"),
    "bridge": Text("应急周转", "Bridge advance"),
    "subsidy": Text("贴息审核", "Interest subsidy"),
    "compensation": Text("风险补偿审核", "Risk compensation"),
    "product_offer": Text("产品推介", "Product offers"),
}

CONSENT_TEXT_VERSION = "2026-11"
# Credit-information rules: records of queries are kept at least three years; event and consent rows are never deleted.
RETENTION_YEARS = 3

# department of the fact dictionary -> kind of data a firm consents to; what is not named here counts as operations
KIND_OF_SOURCE: dict[str, str] = {
    "market": REGISTER,
    "tax": "tax",
    "social": "social_security",
    "court": "court",
    "environment": "court",
    "emergency": "court",
    "credit": "credit",
    "utilities": "operations",
    "trading": "operations",
    "customs": "operations",
    "farming": "operations",
    "land": "assets",
    "science": "assets",
    "firm": "papers",
}
_INVOICES = "invoice_"  # the tax office's facts about invoices are a kind of their own


def kind_of(source: str, code: str = "") -> str:
    """Return the kind of data that fact *code* of department *source* is."""
    return "invoices" if code.startswith(_INVOICES) else KIND_OF_SOURCE.get(source, "operations")

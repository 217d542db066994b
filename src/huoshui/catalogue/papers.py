"""The papers a bank may ask for, by code: what the firm reads, and whether the platform can fetch it with consent.

*fetched*: departments supply it once the firm consents, so nobody uploads it. *per_case*: belongs to one demand and is
not reused for another.
"""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper. *code* never changes; the words may."""

    code: str
    name: Text
    fetched: bool = False
    per_case: bool = False


_ALL = (
    PaperKind("business_licence", Text("营业执照", "Business licence"), fetched=True),
    PaperKind("legal_person_id", Text("法定代表人身份证明", "Identity of the legal representative")),
    PaperKind("articles", Text("公司章程或合伙协议", "Articles or partnership agreement")),
    PaperKind("premises_proof", Text("经营场所证明（产权证或租赁合同）", "Title or lease of the premises")),
    PaperKind("bank_statements", Text("近12个月银行流水", "Bank statements of 12 months")),
    PaperKind("trading_flow", Text("近12个月收单流水", "Trading flow of 12 months"), fetched=True),
    PaperKind("tax_returns", Text("纳税申报表", "Tax returns"), fetched=True),
    PaperKind("tax_certificate", Text("完税证明", "Tax certificate"), fetched=True),
    PaperKind("invoices", Text("开票明细", "Invoice records"), fetched=True),
    PaperKind("financial_statements", Text("近两年财务报表", "Accounts of two years")),
    PaperKind("purchase_contract", Text("购销合同或订单", "Contract or order"), per_case=True),
    PaperKind("bid_notice", Text("中标通知书", "Notice of award"), per_case=True),
    PaperKind("receivables", Text("应收账款明细及确认函", "Receivables with confirmation"), per_case=True),
    PaperKind("equipment_quote", Text("设备采购合同或报价单", "Equipment contract or quote"), per_case=True),
    PaperKind("renovation_quote", Text("装修改造预算", "Budget of the renovation"), per_case=True),
    PaperKind("use_plan", Text("贷款用途说明", "Plan for the money"), per_case=True),
    PaperKind("property_certificate", Text("不动产权证书", "Property title")),
    PaperKind("valuation", Text("抵（质）押物评估报告", "Valuation of the security"), per_case=True),
    PaperKind("ip_certificate", Text("专利或商标证书", "Patent or trade mark certificate"), fetched=True),
    PaperKind(
        "qualification", Text("高新技术、专精特新等资质证书", "High-tech or specialised-firm certificate"), fetched=True
    ),
    PaperKind("permit", Text("行业经营许可证", "Permit of the trade"), fetched=True),
    PaperKind("land_contract", Text("土地承包或流转合同", "Land contract")),
    PaperKind("member_register", Text("合作社成员名册", "Register of the cooperative's members")),
    PaperKind("social_security_proof", Text("社会保险缴纳证明", "Social insurance record"), fetched=True),
    PaperKind("employment_record", Text("吸纳就业人员名册", "Register of people newly employed")),
    PaperKind("environment_approval", Text("环评批复或登记表", "Environmental approval"), fetched=True),
    PaperKind("old_loan_contract", Text("原借款合同及还款记录", "Old loan contract and its repayments"), per_case=True),
    PaperKind("guarantee_letter", Text("担保意向函", "Letter of the guarantor"), per_case=True),
    PaperKind("order_records", Text("维修工单、订单与回头客记录", "Repair orders and repeat customers")),
    PaperKind("market_letter", Text("市场或商会推荐函", "Letter of the market or trade body")),
    PaperKind("credit_authorisation", Text("征信查询授权书", "Consent to a credit enquiry"), per_case=True),
)

PAPERS: dict[str, PaperKind] = {paper.code: paper for paper in _ALL}

"""Why a bank declines: codes that are counted, the words a firm reads, and the measures that mend it.

A refusal without a code is not accepted. *repairs* are codes of the catalogue's repair table; *final* means that
mending does not help with this request, so the firm is pointed elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. *code* never changes; *name* is for officers and statistics, *words* for the firm."""

    code: str
    name: Text
    words: Text
    repairs: tuple[str, ...] = ()
    final: bool = False


_ALL = (
    Reason(
        "too_young",
        Text("经营时间不足", "In business too short"),
        Text(
            "企业经营时间还没有达到产品要求，满足后可以再申请。",
            "The firm is younger than the product asks; apply again later.",
        ),
        ("too_young",),
    ),
    Reason(
        "premises",
        Text("经营场所不稳定或无法核实", "Premises not verified"),
        Text(
            "没有核实到固定的经营场所，请先补充登记或租赁合同。",
            "No fixed place of business was found; register it or show a lease.",
        ),
        ("premises_unregistered", "premises_mismatch", "lease_short"),
    ),
    Reason(
        "no_genuine_need",
        Text("融资需求不真实或交易背景不足", "No genuine trade behind the request"),
        Text(
            "现有材料看不出真实的交易，请补充合同、订单或发票。",
            "The papers do not show the trade; add contracts, orders or invoices.",
        ),
        ("trade_background_missing", "purpose_unclear"),
    ),
    Reason(
        "amount_out_of_proportion",
        Text("金额与经营规模不匹配", "Amount out of proportion"),
        Text(
            "申请金额高于经营规模能承担的水平，可以降低金额或增加担保。",
            "The amount is more than the business carries; ask for less or add security.",
        ),
        ("amount_too_high", "guarantee_needed"),
    ),
    Reason(
        "revenue_unproven",
        Text("经营收入无法证明", "Turnover not proven"),
        Text(
            "收入缺少可核实的记录，可以授权读取税务、开票或收单数据。",
            "Turnover could not be checked; consent to tax, invoice or trading data.",
        ),
        ("revenue_unproven", "turnover_low"),
    ),
    Reason(
        "invoice_interrupted",
        Text("开票中断或月份不足", "Invoices interrupted"),
        Text(
            "连续开票的月份不够，坚持开票后系统会自动复核。",
            "Too few months of invoices in a row; it is looked at again automatically.",
        ),
        ("invoice_short",),
    ),
    Reason(
        "tax_record",
        Text("纳税信用或欠税问题", "Tax record"),
        Text(
            "纳税信用级别或欠税不符合要求，修复后可以再申请。",
            "The tax grade or arrears do not fit; repair and apply again.",
        ),
        ("tax_grade_low", "tax_arrears"),
    ),
    Reason(
        "credit_overdue",
        Text("征信有逾期记录", "Overdue on the credit record"),
        Text(
            "信用报告中有逾期，请先结清；对记录有疑问可以提出异议。",
            "The record shows overdue payments; settle them, or dispute a wrong entry.",
        ),
        ("overdue_record",),
    ),
    Reason(
        "credit_enquiries",
        Text("近期征信查询过多", "Too many recent credit enquiries"),
        Text(
            "短期内查询次数较多，建议两三个月内不再多头申请。",
            "There were many enquiries lately; wait two or three months.",
        ),
    ),
    Reason(
        "dishonest",
        Text("失信被执行人", "Dishonest debtor"),
        Text(
            "企业或负责人在失信名单中，需先履行判决并移出名单。",
            "The firm or its head is on the court's list; fulfil the judgment first.",
        ),
        ("dishonest",),
    ),
    Reason(
        "litigation",
        Text("有重大未结诉讼或执行", "Open lawsuit or enforcement"),
        Text(
            "有未结的执行案件，结清或和解后可以再申请。",
            "There is an open enforcement case; settle it and apply again.",
        ),
        ("litigation_open",),
    ),
    Reason(
        "penalty",
        Text("行政处罚或经营异常", "Penalty or abnormal operation"),
        Text(
            "有未修复的处罚或异常记录，办理信用修复后可以再申请。",
            "A penalty or abnormal entry is open; have it repaired.",
        ),
        ("abnormal_operation", "serious_violation", "penalty_recent", "annual_report_missing"),
    ),
    Reason(
        "environment",
        Text("环保或安全不达标", "Environment or safety"),
        Text(
            "环保或安全记录不符合要求，整改复评后可以再申请。",
            "The environmental or safety record does not fit; mend it and be rated again.",
        ),
        ("environment_red", "safety_violation"),
    ),
    Reason(
        "labour",
        Text("拖欠工资或社保", "Wages or social insurance owed"),
        Text("有欠薪或欠缴社保，结清后可以再申请。", "Wages or social insurance are owed; pay and apply again."),
        ("wage_arrears", "social_security_arrears"),
    ),
    Reason(
        "debt_high",
        Text("负债过高", "Too much debt"),
        Text(
            "现有负债偏高，新增贷款会加重负担，可以先降负债或找担保。",
            "The firm already owes much; reduce debt or find a guarantor.",
        ),
        ("debt_high",),
    ),
    Reason(
        "multiple_lenders",
        Text("多头授信", "Too many lenders"),
        Text("已有多家银行授信，本行暂不新增。", "Several banks already lend; this one does not add."),
        ("debt_high",),
    ),
    Reason(
        "cash_flow_weak",
        Text("还款来源不足", "Repayment not covered"),
        Text(
            "近一年的现金流不足以覆盖还款，可以延长期限或减少金额。",
            "The year's cash flow does not cover repayment; a longer term or less money may.",
        ),
        ("amount_too_high", "turnover_low"),
    ),
    Reason(
        "security_missing",
        Text("担保不足", "Too little security"),
        Text("需要补充担保，可以申请政府性融资担保。", "Security is needed; a public guarantee can be asked for."),
        ("guarantee_needed", "collateral_unregistered", "ip_missing"),
    ),
    Reason(
        "security_value",
        Text("抵（质）押物不合要求", "Security not acceptable"),
        Text(
            "抵押物价值或权属不符合要求，可以更换抵押物或改用信用产品。",
            "Value or title of the security does not fit; offer another or take an unsecured product.",
        ),
        ("collateral_unregistered",),
    ),
    Reason(
        "purpose",
        Text("贷款用途不符", "Use not allowed"),
        Text(
            "贷款用途不符合规定，请改为生产经营用途并说明收款方。",
            "The use is not allowed; choose a business use and name the payees.",
        ),
        ("purpose_unclear", "purpose_out_of_scope", "purpose_forbidden"),
    ),
    Reason(
        "industry_restricted",
        Text("行业限制", "Restricted sector"),
        Text(
            "本行对该行业暂不准入，平台会为您推荐其他银行。",
            "This bank does not lend to the sector; the platform offers others.",
        ),
        final=True,
    ),
    Reason(
        "qualification_missing",
        Text("缺少许可或资质", "Permit or certificate missing"),
        Text("缺少产品要求的许可或资质，取得后可以再申请。", "A permit or certificate the product needs is missing."),
        ("permit_missing", "label_sme", "label_tech", "cooperative_papers"),
    ),
    Reason(
        "papers_missing",
        Text("材料长期未补齐", "Papers not handed in"),
        Text("需要的材料没有补齐，补齐后可以直接继续。", "Papers are still missing; go on once they are complete."),
        ("papers_missing",),
    ),
    Reason(
        "outside_area",
        Text("不在服务区域", "Outside the service area"),
        Text(
            "经营地不在该支行服务范围，平台会转给附近的支行。",
            "The place is outside the branch's area; the platform offers another.",
        ),
        final=True,
    ),
    Reason(
        "unreachable",
        Text("联系不上企业", "Firm not reached"),
        Text(
            "银行多次联系没有接通，请确认联系电话后重新发起。",
            "The bank could not reach you; check the phone and start again.",
        ),
    ),
    Reason(
        "firm_gave_up",
        Text("企业主动放弃", "The firm gave up"),
        Text(
            "您表示暂不需要这笔贷款，需要时可以随时再来。", "You said the loan is not needed now; come back any time."
        ),
        final=True,
    ),
    Reason(
        "price",
        Text("价格未谈拢", "No agreement on price"),
        Text("利率或费用没有达成一致，可以比较其他产品。", "Rate or fees were not agreed; compare other products."),
        final=True,
    ),
)

REASON_CODES: dict[str, Reason] = {reason.code: reason for reason in _ALL}

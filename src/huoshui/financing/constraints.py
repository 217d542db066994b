"""What the database refuses, in words: the sentence for whoever comes second, or finds a gap in our own checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text

_HALF = Text(
    "这一步没有完整保存，已全部撤销，请刷新后重试。", "This was not kept whole and is undone; look again and retry."
)

SENTENCES: dict[str, Text] = {
    "demand_amount_positive": Text("需求金额应大于 0。", "The amount must be above 0."),
    "demand_state_known": _HALF,
    "demand_closed_pair": _HALF,
    "demand_declared_at": _HALF,
    "demand_recommended_at": _HALF,
    "demand_lent_at": _HALF,
    "demand_one_open_per_purpose": Text(
        "企业同一用途已有一笔在办需求。", "The firm has an open demand for this use already."
    ),
    "demand_term_range": Text("期限应在 1 到 360 个月之间。", "The term is 1 to 360 months."),
    "demand_choice_rank": Text("同一顺位只能选一个产品。", "One product for each place in the order."),
    "demand_choice_once": Text("同一产品只能选一次。", "A product is chosen once."),
    "demand_choice_at_most_three": Text("最多选三个产品。", "At most three products."),
    "standard_judged_once": Text("这项标准刚刚有人判断。", "Somebody has just judged this standard."),
    "standard_one_to_five": Text("只有五项标准。", "There are five standards."),
    "standard_verdict_known": Text("没有这种结论。", "There is no such verdict."),
    "referral_one_open_per_bank": Text("这家银行正在办理这笔需求。", "That bank has this demand already."),
    "referral_state_known": _HALF,
    "referral_closed_pair": _HALF,
    "referral_decided_at": _HALF,
    "referral_complete_at": _HALF,
    "clock_once_per_kind": Text("这个时限已经开始计时。", "This deadline runs already."),
    "clock_kind_known": _HALF,
    "clock_ends_once": Text("这个时限已经结束。", "This deadline has ended already."),
    "credit_decision_complete": Text(
        "授信须有金额、利率和期限；不予授信须有原因和说明。",
        "A grant needs amount, rate and term; a refusal needs reason and words.",
    ),
    "loan_contract_once": Text("合同编号已登记。", "The contract is recorded already."),
    "loan_first_once_per_firm": Text(
        "该企业的首贷已在另一家银行登记。", "The firm's first loan is recorded at another bank."
    ),
    "loan_principal_positive": Text("合同金额应大于 0。", "The contract's amount must be above 0."),
    "loan_state_known": _HALF,
    "loan_drawn_pair": _HALF,
    "loan_settled_pair": Text("贷款还有余额，不能结清。", "There is a balance left; it cannot be settled."),
    "loan_five_class_known": Text("没有这个五级分类。", "There is no such class."),
    "loan_renewal_pair": Text("无还本续贷请选择原贷款。", "Name the loan that is renewed."),
    "loan_drawn_within_principal": Text("放款超过合同金额。", "More is paid out than the contract allows."),
    "loan_repaid_within_drawn": Text("归还本金超过已放款。", "More principal comes back than was paid out."),
    "loan_equals_its_slips": Text("贷款余额与借据、还款合计不符，已撤销。", "The loan does not equal its slips; undone."),
    "loan_terms_signed": Text("已签合同的条款不能修改。", "Signed terms are fixed."),
    "drawdown_slip_once": Text("这张借据已登记。", "This slip is recorded already."),
    "drawdown_amount_positive": Text("放款金额应大于 0。", "The drawdown must be above 0."),
    "repayment_slip_once": Text("这笔还款流水已登记。", "This slip is recorded already."),
    "repayment_amounts": Text("本金和利息不能为负，也不能都为 0。", "Principal and interest: not below 0, not both 0."),
    "instalment_number": _HALF,
    "rating_one_to_five": Text("请选择 1 到 5 星。", "Choose one to five stars."),
    "rating_answer_pair": Text("请写明答复。", "Write the answer."),
    "financing_rating_demand_id_key": Text("您已经评价过了。", "You have rated this already."),
    "financing_creditdecision_referral_id_key": Text("这个案件已有授信决定。", "The case is decided already."),
    "financing_loan_referral_id_key": Text("这个案件已登记合同。", "The case has a contract already."),
    "financing_drawdown_written_once": Text("已登记的放款不能改动，请另记一笔更正。", "A drawdown stays; add a correction."),
    "financing_repayment_written_once": Text("已登记的还款不能改动，请另记一笔更正。", "A repayment stays; add a correction."),
    "financing_creditdecision_written_once": Text("授信决定不能改动。", "A decision is not changed."),
    "aftercare_step_once": Text("这一步跟进已经安排。", "This step is planned already."),
    "aftercare_step_known": _HALF,
    "aftercare_done_pair": Text("请选择跟进结果。", "Say what came of it."),
    "registration_place_known": Text("请选择本地或跨省登记。", "Choose local or cross-province."),
    "registration_done_pair": Text(
        "登记完成须有登记证明号，日期不早于递交。", "A registration needs its certificate, not before it was handed in."
    ),
    "dispatch_run_state": Text("这批派单刚刚有人处理。", "Somebody has just handled this batch."),
    "group_kind_known": _HALF,
    "group_chain_has_core": Text("供应链需求请选择核心企业。", "A supply chain needs its core firm."),
    "group_credit_positive": Text("专项授信金额应大于 0。", "The special credit must be above 0."),
    "invoice_financed_once": Text("这张发票已用于另一笔融资。", "This invoice is financed already."),
    "invoice_amount_positive": Text("发票金额应大于 0。", "An invoice is above 0."),
    "invoice_days_in_order": Text("到期日不能早于开票日。", "Due no earlier than issued."),
}  # fmt: skip


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what a known constraint refuses into Refused with its sentence; anything else stays an error."""
    try:
        yield
    except IntegrityError as broken:
        name = str(getattr(getattr(broken.__cause__, "diag", None), "constraint_name", None) or "")
        if name not in SENTENCES:
            raise
        raise Refused([Problem(name, SENTENCES[name])]) from broken

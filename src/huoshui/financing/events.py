"""What the package records and whom it tells: one sentence a kind of event, one a notice.

The firm reads its case's events like a parcel's way, so sentences say what happened and who acted; who and when stand
beside them on the page.
"""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "CODE_CREATED": Text("生成贷款码“{label}”", "Made the loan code “{label}”"),
    "CODE_CLOSED": Text("停用贷款码“{label}”", "Closed the loan code “{label}”"),
    "VISIT_RECORDED": Text("走访企业：{outcome}", "Called on the firm: {outcome}"),
    "DEMAND_DECLARED": Text(
        "提交融资需求 {number}：{amount}，{term} 个月，用于{purpose}",
        "Asked for {amount} over {term} months: {purpose} (no. {number})",
    ),
    "STANDARD_JUDGED": Text("第 {standard} 项标准“{name}”判断为{verdict}", "Standard {standard}, “{name}”: {verdict}"),
    "DEMAND_RECOMMENDED": Text(
        "县级工作专班审核通过，列入推荐清单", "The county taskforce put it on the recommended list"
    ),
    "DEMAND_SENT_TO_REPAIR": Text(
        "需要先解决 {count} 个问题：{problems}", "{count} problems to mend first: {problems}"
    ),
    "REPAIR_RESOLVED": Text("已解决：{problem}", "Mended: {problem}"),
    "DEMAND_REPAIRED": Text("问题全部解决，需求回到申报清单", "All problems are mended; the demand is declared again"),
    "DEMAND_DECLINED": Text("未予推荐：{words}", "Not recommended: {words}"),
    "DEMAND_DISPATCHED": Text("已派给 {banks}", "Sent to {banks}"),
    "DEMAND_MOVED": Text("企业换行办理：由 {from_bank} 转到 {bank}", "The firm moved from {from_bank} to {bank}"),
    "DEMAND_WITHDRAWN": Text("企业撤回了需求", "The firm withdrew the demand"),
    "DEMAND_GRANTED": Text("至少一家银行已同意授信", "A bank has granted a credit"),
    "DEMAND_AWAITS_BANK": Text("等待安排下一家银行", "Waiting for another bank"),
    "DEMAND_LENT": Text("贷款已到账", "The money has arrived"),
    "DEMAND_FOLLOWED_DISTRICT": Text(
        "区划调整：由{old}转{new}继续办理", "The districts changed: {new} goes on with it, in place of {old}"
    ),
    "GROUP_FOLLOWED_DISTRICT": Text(
        "区划调整：集群“{name}”由{old}转{new}", "The districts changed: the group “{name}” went from {old} to {new}"
    ),
    "DEMAND_CLOSED": Text("需求办结：{why}", "Closed: {why}"),
    "CASE_OFFERED": Text(
        "派给{bank}（{basis}），应在 {due} 前受理", "Sent to {bank} ({basis}); to be accepted by {due}"
    ),
    "CASE_ACCEPTED": Text("{bank}已受理，应在 {due} 前联系您", "{bank} accepted the case; first contact by {due}"),
    "CASE_ASSIGNED": Text("由客户经理 {officer} 办理", "Handled by {officer}"),
    "FIRM_CONTACTED": Text("{bank}已联系企业", "{bank} has been in touch with the firm"),
    "PAPERS_ASKED": Text(
        "{bank}请企业补充材料：{papers}；等待期间不计时", "{bank} asked for {papers}; the clock stands"
    ),
    "PAPERS_ARRIVED": Text("材料已补交，{bank}应在 {due} 前答复", "The papers came; {bank} answers by {due}"),
    "PAPERS_COMPLETE": Text("材料齐备，{bank}应在 {due} 前答复", "Papers complete; {bank} answers by {due}"),
    "CREDIT_GRANTED": Text(
        "{bank}同意授信 {amount}，年利率 {rate}%，{term} 个月", "{bank} granted {amount} at {rate} % for {term} months"
    ),
    "CASE_DECLINED": Text("{bank}未予授信：{words}", "{bank} declined: {words}"),
    "OFFER_LAPSED": Text("{bank}的授信过期未签约，已失效", "The offer of {bank} lapsed unsigned"),
    "CASE_WITHDRAWN": Text("不再由{bank}办理：{words}", "No longer with {bank}: {words}"),
    "CASE_RECALLED": Text("{bank}超时未办理，需求已收回：{words}", "Taken back from {bank}, which was late: {words}"),
    "CONTRACT_SIGNED": Text("与{bank}签订借款合同，金额 {amount}", "Contract signed with {bank} over {amount}"),
    "LOAN_DRAWN": Text("{bank}放款 {amount}，累计 {drawn}", "{bank} paid out {amount}, {drawn} in all"),
    "DRAWING_CLOSED": Text("不再继续放款，实际放款 {drawn}", "No more drawdowns; {drawn} was drawn"),
    "LOAN_REPAID": Text(
        "归还本金 {principal}，支付利息 {interest}", "Paid back {principal} and interest of {interest}"
    ),
    "LOAN_SETTLED": Text("贷款已结清", "The loan is settled"),
    "LOAN_OVERDUE": Text("贷款逾期 {days} 天，分类为{name}", "{days} days overdue, classed as {name}"),
    "LOAN_CURRENT": Text("逾期款项已还清", "Nothing is overdue any more"),
    "REPAYMENTS_IMPORTED": Text(
        "导入还款文件：{rows} 行，入账 {recorded}，已有 {known}",
        "Took in repayments: {rows} rows, {recorded} new, {known} known",
    ),
    "CASE_REMINDED": Text("{kind}将到期或已超时，已提醒{to}", "Reminded {to}: {kind} is due"),
    "FIRST_LOAN_JUDGED": Text("首贷认定：{said}", "First loan: {said}"),
    "PAPER_ADDED": Text("提交材料：{paper}", "Handed in {paper}"),
    "PAPER_WITHDRAWN": Text("撤回材料：{paper}", "Took back {paper}"),
    "LOAN_MATURING": Text(
        "贷款还有 {days} 天到期，已提醒银行和企业", "The loan matures in {days} days; bank and firm told"
    ),
    "CASE_RATED": Text("企业评价 {stars} 星", "The firm gave {stars} stars"),
    "RATING_REOPENED": Text(
        "低分评价转工作专班回访，应在 {due} 前答复", "The taskforce looks into the low rating by {due}"
    ),
    "RATING_ANSWERED": Text("工作专班答复评价：{words}", "The taskforce answered the rating: {words}"),
    "DEMAND_GREEN": Text("列入绿色通道：{words}", "Put in the green channel: {words}"),
    "DEMAND_NOT_GREEN": Text("移出绿色通道：{words}", "Taken out of the green channel: {words}"),
    "DISPATCH_PLANNED": Text(
        "生成派单方案：{demands} 笔需求，{places} 个派单", "Planned a dispatch: {demands} demands, {places} places"
    ),
    "DISPATCH_RUN_CONFIRMED": Text("确认派单方案：{places} 个派单", "Confirmed a dispatch of {places} places"),
    "DISPATCH_RUN_DROPPED": Text("放弃派单方案", "Dropped a dispatch plan"),
    "DEMAND_OPEN_TO_CLAIM": Text("开放银行抢单，至 {until}", "Open for banks to claim until {until}"),
    "GROUP_OPENED": Text("建立集群需求“{name}”（{kind}）", "Opened the group “{name}” ({kind})"),
    "GROUP_JOINED": Text("加入集群“{name}”", "Joined the group “{name}”"),
    "GROUP_CREDIT_GIVEN": Text("{bank}给集群“{name}”专项授信 {amount}", "{bank} gave the group “{name}” {amount}"),
    "GROUP_CLOSED": Text("集群需求“{name}”结束", "The group “{name}” ended"),
    "INVOICES_LISTED": Text("列入应收账款发票 {count} 张，合计 {total}", "{count} invoices over {total} listed"),
    "RENEWAL_PLANNED": Text("到期安排：{plan}", "At maturity: {plan}"),
    "AFTERCARE_OPENED": Text(
        "安排专人跟进：{adviser}，{due} 前复核", "{adviser} looks after the firm; a second look by {due}"
    ),
    "AFTERCARE_DONE": Text("{step}：{outcome}", "{step}: {outcome}"),
    "SECURITY_TO_REGISTER": Text("需办理抵质押登记，应在 {due} 前完成", "The security is to be registered by {due}"),
    "SECURITY_SUBMITTED": Text("抵质押登记材料已递交{office}", "Papers for the registration went to {office}"),
    "SECURITY_REGISTERED": Text(
        "抵质押登记完成，登记证明号 {certificate}", "Security registered, certificate {certificate}"
    ),
}
STAFF_ONLY = (
    "STANDARD_JUDGED",
    "AFTERCARE_DONE",
    "GROUP_OPENED",
    "GROUP_CLOSED",
    "GROUP_FOLLOWED_DISTRICT",
    "GROUP_CREDIT_GIVEN",
    "DISPATCH_PLANNED",
    "DISPATCH_RUN_CONFIRMED",
    "DISPATCH_RUN_DROPPED",
    "CASE_REMINDED",
    "FIRST_LOAN_JUDGED",
    "VISIT_RECORDED",
    "CODE_CREATED",
    "CODE_CLOSED",
)

NOTICES: dict[str, Text] = {
    "demand_recommended": Text(
        "您的需求 {number} 已通过审核，即将安排银行。", "Your demand {number} passed; banks come next."
    ),
    "demand_repair": Text("您的需求 {number} 有 {count} 个问题需要先解决。", "Demand {number}: {count} problems to mend first."),
    "demand_declined": Text("您的需求 {number} 未予推荐：{words}", "Your demand {number} was not recommended: {words}"),
    "demand_dispatched": Text("您的需求 {number} 已派给 {banks}。", "Your demand {number} went to {banks}."),
    "demand_awaits": Text("需求 {number} 需要另行安排银行。", "Demand {number} needs another bank."),
    "case_offered": Text("收到新的融资需求 {number}，请在 {due} 前受理。", "New demand {number}; please accept by {due}."),
    "case_assigned": Text("需求 {number} 指派给您办理。", "Demand {number} is yours to handle."),
    "case_accepted": Text("{bank}已受理您的需求，将在 {due} 前联系您。", "{bank} accepted your demand; expect a call by {due}."),
    "papers_asked": Text("{bank}请您补充材料：{papers}", "{bank} asks you for {papers}."),
    "papers_arrived": Text("需求 {number} 的材料已补交。", "The papers of {number} have come."),
    "credit_granted": Text("{bank}同意授信 {amount}，请联系签约。", "{bank} granted {amount}; get in touch to sign."),
    "case_declined": Text("{bank}未予授信：{words}", "{bank} declined: {words}"),
    "case_closed": Text("需求 {number} 不再由贵行办理：{words}", "Demand {number} is no longer with you: {words}"),
    "case_due": Text("需求 {number} 的{kind}应在 {due} 前完成。", "Demand {number}: {kind} is due {due}."),
    "case_overdue": Text("需求 {number} 的{kind}已超时，应在 {due} 前完成。", "Demand {number}: {kind} was due {due}."),
    "case_late_here": Text("{bank}办理需求 {number} 已超时（{kind}）。", "{bank} is late with demand {number} ({kind})."),
    "papers_owed": Text("您还有材料没有提交：{papers}", "Papers still to hand in: {papers}"),
    "repair_due": Text("需求 {number} 的修复期限已到，请复核。", "The time to mend demand {number} is up; look again."),
    "loan_drawn": Text("{bank}已向您放款 {amount}。", "{bank} paid {amount} to you."),
    "loan_maturing": Text("合同 {contract} 还有 {days} 天到期。", "Contract {contract} matures in {days} days."),
    "rate_case": Text("需求 {number} 已放款，请评价银行的服务。", "Demand {number} is paid out; please rate the service."),
    "rate_closed": Text("需求 {number} 已办结，请在 {days} 天内评价服务。", "Demand {number} is closed; please rate it within {days} days."),
    "rating_answered": Text("您对需求 {number} 的评价有了答复：{words}", "Your rating of {number} was answered: {words}"),
    "aftercare_firm": Text("需求 {number} 由 {adviser} 跟进，会与您联系。", "{adviser} looks after demand {number} and will call you."),
    "renewal_planned": Text("合同 {contract} 到期安排：{plan}。", "Contract {contract}, at maturity: {plan}."),
    "aftercare_due": Text("需求 {number} 的{step}应在 {due} 前完成。", "Demand {number}: {step} is due {due}."),
    "security_due": Text("合同 {contract} 的抵质押登记应在 {due} 前完成。", "Contract {contract}: register the security by {due}."),
    "demands_moved_away": Text(
        "区划调整：{count} 笔办理中的需求随企业转到{new}，由{new}继续办理。",
        "The districts changed: {new} goes on with {count} demands, as their firms are there now.",
    ),
    "demands_moved_here": Text(
        "区划调整：{old}有 {count} 笔办理中的需求随企业转来，请接着办理。",
        "The districts changed: {count} demands under way came from {old}; please go on with them.",
    ),
    "low_rating": Text("需求 {number} 获低分评价（{stars} 星），请回访。", "Demand {number} got {stars} stars; call the firm."),
}  # fmt: skip


def register() -> None:
    """Make kinds and notices known."""
    kinds.register(KINDS, staff_only=STAFF_ONLY)
    notice_texts.register(NOTICES)

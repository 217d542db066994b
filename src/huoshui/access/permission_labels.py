"""What each permission lets somebody do, in words."""

from __future__ import annotations

from huoshui.access.roles import Permission
from huoshui.kernel.text import Text

_P = Permission

PERMISSION_LABELS: dict[Permission, Text] = {
    _P.APPLY: Text("申请贷款、查看本企业办理进度", "apply for a loan and follow the own case"),
    _P.MANAGE_CONSENT: Text("授权与撤回授权", "give and withdraw consent"),
    _P.READ_REGISTER: Text("查看主体登记信息", "read the register"),
    _P.IMPORT_REGISTER: Text("导入部门数据、处理更正", "take in departmental files, decide corrections"),
    _P.PLAN_VISITS: Text("组织走访", "plan visits"),
    _P.RECORD_VISIT: Text("记录走访", "record visits"),
    _P.ENTER_DEMAND: Text("代为登记融资需求", "enter a demand for a firm"),
    _P.READ_DEMANDS: Text("查看融资需求", "read demands"),
    _P.JUDGE_DEMANDS: Text("按五项标准审核、推荐、退回修复", "judge by the five standards, recommend, send to repair"),
    _P.DISPATCH_DEMANDS: Text("推送需求给银行", "dispatch demands to banks"),
    _P.MANAGE_CODES: Text("管理贷款码", "manage loan codes"),
    _P.READ_CASES: Text("查看本行案件", "read the bank's cases"),
    _P.HANDLE_CASES: Text("受理、联系、要求补充材料", "accept, contact, ask for papers"),
    _P.DECIDE_CREDIT: Text("授信审批", "grant or decline"),
    _P.MANAGE_LOANS: Text("登记合同、放款、还款", "record contracts, drawdowns, repayments"),
    _P.ASSIGN_CASES: Text("分派案件", "assign cases"),
    _P.MANAGE_CAPACITY: Text("维护网点与受理能力", "keep branches and their capacity"),
    _P.EDIT_PRODUCTS: Text("编制产品", "write products"),
    _P.APPROVE_PRODUCTS: Text("审定产品", "approve products"),
    _P.EDIT_PROGRAMMES: Text("编制政策项目", "write programmes"),
    _P.PUBLISH_PROGRAMMES: Text("发布政策项目", "publish programmes"),
    _P.EDIT_PARAMETERS: Text("维护政策参数与工作日历", "keep policy values and the calendar"),
    _P.MANAGE_LISTS: Text("生成与推送名单", "make and push lists"),
    _P.READ_LISTS: Text("查看名单", "read lists"),
    _P.USE_POLICY_LAB: Text("政策测算", "use the policy lab"),
    _P.READ_FUNDS: Text("查看资金", "read the funds"),
    _P.SUBMIT_CLAIMS: Text("提交贴息与补偿申请", "file subsidy and compensation claims"),
    _P.PREPARE_PAYMENTS: Text("经办付款", "prepare payments"),
    _P.APPROVE_PAYMENTS: Text("复核付款", "approve payments"),
    _P.HANDLE_GUARANTEES: Text("办理担保", "handle guarantees"),
    _P.APPROVE_GUARANTEES: Text("批准担保、拨付代偿", "approve guarantees, pay out"),
    _P.MANAGE_EVENTS: Text("组织对接活动", "run matchmaking events"),
    _P.WORK_HALL: Text("大厅窗口办理", "work at the service hall"),
    _P.HANDLE_COMPLAINTS: Text("办理投诉与异议", "handle complaints and objections"),
    _P.EDIT_POLICY_LIBRARY: Text("维护政策库", "keep the policy library"),
    _P.READ_STATISTICS: Text("查看统计", "read statistics"),
    _P.MANAGE_BULLETINS: Text("编发通报", "issue bulletins"),
    _P.MANAGE_EVALUATION: Text("组织机构评价", "run the evaluation of institutions"),
    _P.READ_EVALUATION: Text("查看评价结果", "read evaluation results"),
    _P.ANSWER_EVALUATION: Text("提交自评和申诉", "send the bank's own score, appeal"),
    _P.ADMINISTER_SYSTEM: Text("系统运行管理", "administer the system"),
    _P.ADMINISTER_PEOPLE: Text("机构、人员与角色管理", "administer organisations, people, roles"),
    _P.READ_AUDIT: Text("查阅与校验审计记录", "read and verify the log of events"),
}

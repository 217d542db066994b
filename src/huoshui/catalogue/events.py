"""What the catalogue records: one sentence a kind of event."""

from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "INSTITUTION_REGISTERED": Text("登记金融机构“{name}”", "Registered institution “{name}”"),
    "BRANCH_REGISTERED": Text("登记网点“{name}”，服务区县 {districts}", "Registered branch “{name}” for {districts}"),
    "BRANCH_CHANGED": Text("修改网点“{name}”的服务区县和联系方式", "Changed the area and contact of branch “{name}”"),
    "CAPACITY_SET": Text(
        "网点“{name}”每周接单上限改为 {weekly_capacity}，暂停至 {paused_until}",
        "Branch “{name}” now takes {weekly_capacity} cases a week; paused until {paused_until}",
    ),
    "PRODUCT_DRAFTED": Text("起草产品“{name}”第 {number} 版", "Drafted “{name}”, version {number}"),
    "PRODUCT_DRAFT_EDITED": Text(
        "修改产品“{name}”第 {number} 版草稿", "Edited the draft of “{name}”, version {number}"
    ),
    "PRODUCT_SUBMITTED": Text("提交产品“{name}”第 {number} 版审核", "Submitted “{name}”, version {number}"),
    "PRODUCT_APPROVED": Text(
        "产品“{name}”第 {number} 版通过审核，{valid_from} 起上架",
        "Approved “{name}”, version {number}, from {valid_from}",
    ),
    "PRODUCT_REJECTED": Text("退回产品“{name}”第 {number} 版", "Sent back “{name}”, version {number}"),
    "PRODUCT_TAKEN_BACK": Text("撤回待审核的产品“{name}”第 {number} 版", "Took back “{name}”, version {number}"),
    "PRODUCT_WITHDRAWN": Text("产品“{name}”第 {number} 版下架", "Withdrew “{name}”, version {number}"),
    "PRODUCT_REMOVED": Text("责令产品“{name}”第 {number} 版下架", "Removed “{name}”, version {number}"),
    "PROGRAMME_DRAFTED": Text("起草政策“{name}”第 {number} 版", "Drafted programme “{name}”, version {number}"),
    "PROGRAMME_EDITED": Text("修改政策“{name}”第 {number} 版草稿", "Edited programme “{name}”, version {number}"),
    "PROGRAMME_PUBLISHED": Text(
        "发布政策“{name}”第 {number} 版，文号 {document_no}，{valid_from} 起施行",
        "Published programme “{name}”, version {number}, {document_no}, from {valid_from}",
    ),
    "PROGRAMME_ENDED": Text("政策“{name}”第 {number} 版于 {valid_to} 终止", "Ended programme “{name}” on {valid_to}"),
    "PARAMETER_SET": Text(
        "政策参数“{label}”自 {valid_from} 起为 {value}（{document_no}）",
        "Policy value “{label}” is {value} from {valid_from} ({document_no})",
    ),
    "CALENDAR_DAY_SET": Text("工作日历 {day} 设为 {kind}", "Calendar: {day} is now {kind}"),
    "CALENDAR_YEAR_ANNOUNCED": Text("{year} 年放假安排已录入", "The holidays of {year} are entered"),
    "RATE_PUBLISHED": Text(
        "录入参考利率 {rate_kind}：{effective_on} 起 {rate_pct}%", "{rate_kind} is {rate_pct} % from {effective_on}"
    ),
    "REPAIR_MEASURE_SAVED": Text("修复措施“{problem}”已保存", "Saved the repair measure “{problem}”"),
    "CATALOGUE_INSTALLED": Text("装入出厂数据：{counts}", "Installed the shipped tables: {counts}"),
}


def register() -> None:
    """Make the kinds known to the log."""
    kinds.register(KINDS)

"""What snapshots, runs, lists and leads record, and what they tell people."""

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "SNAPSHOT_TAKEN": Text("保存登记库快照 {snapshot}（{rows} 户）", "Kept snapshot {snapshot} of the register ({rows} firms)"),
    "SCREENING_ASKED": Text("要求全库筛查（快照 {snapshot}，{rules} 条规则）", "Asked for a run over {snapshot}, {rules} rules"),
    "SCREENING_DONE": Text("全库筛查完成：{rows} 户 × {rules} 条规则", "Screened {rows} firms by {rules} rules"),
    "SCREENING_FAILED": Text("全库筛查未完成：{problem}", "The run over the register failed: {problem}"),
    "LIST_DEFINED": Text("设立名单“{name}”", "Set up the list “{name}”"),
    "LIST_RULE_CHANGED": Text("“{name}”改用第 {number} 版规则（{document}）", "“{name}” uses rule {number} ({document})"),
    "LIST_MADE": Text(
        "“{name}”第 {number} 期：{count} 户，较上期新增 {came}、移出 {went}",
        "“{name}”, edition {number}: {count} firms, {came} in and {went} out",
    ),
    "LEADS_PUSHED": Text("“{name}”第 {number} 期推送 {count} 户给 {banks} 家银行", "Handed {count} firms of “{name}” #{number} to {banks} banks"),
    "LEADS_LEFT": Text("“{name}”有 {count} 户暂无银行能接", "{count} firms of “{name}” that no bank can take now"),
    "LEAD_INVITED": Text("{bank}请企业授权查看资料", "{bank} asked for the firm's consent"),
    "LEAD_CONTACTED": Text("{bank}已联系企业（名单推送）", "{bank} contacted the firm (from a list)"),
    "LEAD_APPLIED": Text("企业已向{bank}申请（名单推送）", "The firm applied to {bank} (from a list)"),
    "LEAD_REFUSED": Text("{bank}反馈未能对接：{reason}", "{bank}: not taken up, {reason}"),
    "LEAD_WITHDRAWN": Text("因列入排除名单撤回推送 {count} 户", "Took back {count} leads of firms on an exclusion list"),
    "LEADS_RECALLED": Text("{bank}到期未反馈，收回名单企业 {count} 户", "Recalled {count} leads that {bank} did not answer in time"),
    "FIRM_EXCLUDED": Text("数据变化后列入“{name}”", "Came onto the list “{name}” when its facts changed"),
    "FIRM_NO_LONGER_EXCLUDED": Text("数据变化后不再列入“{name}”", "Left the list “{name}” when its facts changed"),
    "SCORE_READ": Text("查看薄信息评分 {count} 户", "Read the thin-file score of {count} firms"),
    "SCHEME_TOLD": Text("告知 {count} 户企业新符合“{name}”", "Told {count} firms that they now qualify for “{name}”"),
}  # fmt: skip
NOTICES: dict[str, Text] = {
    "LEAD_INVITATION": Text(
        "{bank}希望了解贵企业的经营情况，为您推荐“{product}”。如愿意，请在“授权管理”中同意；不同意不影响任何事项。",
        "{bank} would like to read your data to offer “{product}”. Agree under consents if you wish; it is your choice.",
    ),
    "SCHEME_QUALIFIES": Text(
        "贵企业现已符合“{name}”的全部条件，可以去看看适合的产品并申请。",
        "Your firm now meets every condition of “{name}”; have a look at the products that go with it.",
    ),
    "LEADS_DUE": Text(
        "{count} 户名单企业的反馈期限是 {due}，到期未反馈的将收回改推其他银行。",
        "{count} firms from lists are due on {due}; those without a word go to another bank.",
    ),
    "LEADS_RECALLED_NEWS": Text(
        "{count} 户名单企业到期未反馈，已收回。", "{count} firms from lists were taken back: no word in time."
    ),
    "LEADS_ARRIVED": Text(
        "收到“{name}”推送的 {count} 户企业线索，请尽快联系并反馈。",
        "{count} firms of “{name}” were handed to you; contact them and report back.",
    ),
}


def register() -> None:
    """Make the kinds and templates known."""
    kinds.register(
        KINDS,
        staff_only=(
            "FIRM_EXCLUDED",
            "FIRM_NO_LONGER_EXCLUDED",
            "LEADS_PUSHED",
            "LEADS_LEFT",
            "LEAD_WITHDRAWN",
            "LEADS_RECALLED",
            "SCORE_READ",
        ),
    )
    notice_texts.register(NOTICES)

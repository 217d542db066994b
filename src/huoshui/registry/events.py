"""The kinds of event that the register writes, each with its sentence."""

from __future__ import annotations

from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "REGISTER_IMPORTED": Text(
        "导入 {file}（来源 {source}）：{rows} 行，新增 {created}，变更 {changed}，未变 {unchanged}，拒收 {refused}",
        "Took in {file} (source {source}): {rows} rows, {created} new, {changed} changed, {unchanged} as before,"
        " {refused} refused",
    ),
    "REGISTER_LOADED": Text("批量装入 {count} 个主体", "Loaded {count} firms"),
    "ENTERPRISE_REGISTERED": Text("登记主体 {name}（{uscc}）", "Registered {name} ({uscc})"),
    "ENTERPRISE_CORRECTED": Text("{field} 由“{old}”更正为“{new}”", "{field} put right from “{old}” to “{new}”"),
    "CORRECTION_REQUESTED": Text(
        "申请把 {field} 由“{old}”更正为“{new}”", "Asked to put {field} right from “{old}” to “{new}”"
    ),
    "CORRECTION_REFUSED": Text("不予更正 {field}：{words}", "Declined to put {field} right: {words}"),
    "ENTERPRISES_MERGED": Text("把 {absorbed} 并入 {survivor}", "Merged {absorbed} into {survivor}"),
    "MERGE_UNDONE": Text("撤销把 {absorbed} 并入 {survivor}", "Undid the merging of {absorbed} into {survivor}"),
    "FACTS_RECORDED": Text("{source} 更新 {count} 项事实（{as_of}）", "{source} recorded {count} facts ({as_of})"),
    "FACT_DEFINED": Text("新增事实“{label}”（{code}）", "Defined the fact {label} ({code})"),
    "REPRESENTATIVE_CONFIRMED": Text("确认 {person} 代表 {enterprise}", "Confirmed {person} to act for {enterprise}"),
    "REPRESENTATIVE_ENDED": Text("{person} 不再代表 {enterprise}", "{person} no longer acts for {enterprise}"),
    "CONSENT_GIVEN": Text(
        "授权 {reader} 为“{purpose}”读取 {kinds}，至 {until}", "Let {reader} read {kinds} for {purpose} until {until}"
    ),
    "CONSENT_WITHDRAWN": Text("撤回对 {reader} 的授权（{purpose}）", "Withdrew the consent to {reader} ({purpose})"),
    "ENTERPRISE_READ": Text("查看主体资料", "Read the firm's data"),
    "ENTERPRISES_LISTED": Text("查看主体列表：{count} 个", "Read a list of {count} firms"),
    "SNAPSHOT_EXPORTED": Text("导出登记库快照：{rows} 个主体", "Exported a snapshot of {rows} firms"),
    "DISTRICT_DISSOLVED": Text(
        "{district} 自 {on} 起撤销（{into}），改登记企业 {moved} 户，待定 {stay} 户",
        "{district} was dissolved from {on} ({into}): {moved} firms moved, {stay} to be placed",
    ),
    "DISTRICT_FIRMS_PLACED": Text(
        "原{district}的企业再改登记 {moved} 户，待定 {stay} 户",
        "Moved {moved} more firms of {district}, {stay} to be placed",
    ),
    "DIVISIONS_INSTALLED": Text("更新行政区划 {count} 个", "Brought {count} divisions up to date"),
}

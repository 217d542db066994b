"""What the package records and whom it tells."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "GRID_SAVED": Text("划定网格“{name}”（{words}）", "Drew the grid “{name}” ({words})"),
    "CAMPAIGN_OPENED": Text("发起走访行动“{name}”，{firms} 户", "Opened the campaign “{name}”: {firms} firms"),
    "CAMPAIGN_CLOSED": Text("结束走访行动“{name}”", "Closed the campaign “{name}”"),
    "TARGETS_HANDED_OVER": Text("把 {firms} 户改派给别的走访人员", "Gave {firms} firms to another visitor"),
    "SAMPLE_DRAWN": Text("按 {percent}% 抽查走访，新抽 {visits} 户", "Drew {visits} visits to check ({percent} %)"),
    "POLICY_SAVED": Text("编写政策文件“{title}”", "Wrote the policy document “{title}”"),
    "POLICY_PUBLISHED": Text("发布政策文件“{title}”", "Published the policy document “{title}”"),
    "POLICY_REPEALED": Text("标记政策文件“{title}”已废止", "Marked the policy document “{title}” as repealed"),
    "POLICY_IMPORTED": Text(
        "导入政策文件：新增 {created}，更新 {changed}，退回 {refused}",
        "Took in policy documents: {created} new, {changed} changed, {refused} refused",
    ),
    "VISIT_CHECKED": Text("抽查走访：{verdict} {note}", "Checked a visit: {verdict} {note}"),
}

NOTICES: dict[str, Text] = {
    "CAMPAIGN_GIVEN": Text(
        "走访行动“{name}”给您分了 {firms} 户，请在 {until} 前走访完。",
        "The campaign “{name}” gives you {firms} firms to visit by {until}.",
    ),
}


def register() -> None:
    """Make kinds and notices known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)

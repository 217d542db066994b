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
    "COMPLAINT_FILED": Text("收到{kind} {number}", "{kind} {number} came in"),
    "COMPLAINT_MOVED": Text("{act}（{state}） {words}", "{act} ({state}) {words}"),
    "COMPLAINT_STATED": Text("{bank} 说明：{words}", "{bank} states: {words}"),
    "COMPLAINT_LATE": Text("{number} 逾期未办，已上报第 {level} 级", "{number} is late: told to level {level} above"),
    "EVENT_OPENED": Text("发起活动“{title}”，邀请 {firms} 户", "Opened the event “{title}”, inviting {firms} firms"),
    "EVENT_ENDED": Text("活动“{title}”{state}", "The event “{title}”: {state}"),
    "FIRMS_SIGNED_IN": Text("按名单签到 {count} 户", "Signed in {count} firms from the list"),
    "EVENT_ANSWERED": Text("答复活动提问", "Answered a question of the event"),
    "ATTENDANCE_SAVED": Text("活动“{title}”：{state}", "Event “{title}”: {state}"),
    "TICKET_MADE": Text("大厅取号 {number}", "Hall number {number}"),
    "TICKET_MOVED": Text("大厅 {number}：{state}", "Hall number {number}: {state}"),
    "QUARTER_NEED_REPORTED": Text("上报 {quarter} 需求 {firms} 户", "Reported the needs of {quarter}: {firms} firms"),
    "STAGE_REPORTED": Text("大厅登记进度：{stage} {bank} {note}", "The hall reported: {stage} {bank} {note}"),
    "VISIT_CHECKED": Text("抽查走访：{verdict} {note}", "Checked a visit: {verdict} {note}"),
}

NOTICES: dict[str, Text] = {
    "COMPLAINT_WAITS": Text("{number} 等待办理，请在 {due} 前答复。", "{number} waits; answer by {due}."),
    "COMPLAINT_IS_LATE": Text(
        "{number} 逾期未办（期限 {due}），请督办。", "{number} is late (due {due}); please step in."
    ),
    "COMPLAINT_STATED": Text("{number}：被投诉机构已说明情况。", "{number}: the institution has stated its case."),
    "COMPLAINT_NEWS": Text("您反映的 {number}：{state}，点开查看。", "Your matter {number}: {state}."),
    "STAGE_NEWS": Text(
        "服务大厅登记了您的办理进度：{stage}（{bank}）{note}", "The hall reports where you are: {stage} ({bank}) {note}"
    ),
    "EVENT_INVITES": Text("邀请您参加“{title}”，{on}，{place}。", "You are invited to “{title}” on {on} at {place}."),
    "EVENT_QUESTION_ANSWERED": Text(
        "您在“{title}”的提问已有回答，点开查看。", "Your question for “{title}” is answered; open to read."
    ),
    "EVENT_CANCELLED": Text("“{title}”已取消。", "“{title}” is cancelled."),
    "CAMPAIGN_GIVEN": Text(
        "走访行动“{name}”给您分了 {firms} 户，请在 {until} 前走访完。",
        "The campaign “{name}” gives you {firms} firms to visit by {until}.",
    ),
}


def register() -> None:
    """Make kinds and notices known."""
    kinds.register(KINDS)
    notice_texts.register(NOTICES)

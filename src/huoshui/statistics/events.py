"""What the package records and whom it tells."""

from __future__ import annotations

from huoshui.access import notice_texts
from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "FIGURES_COUNTED": Text("统计数据已更新到 {day}（{count} 项）", "Figures counted up to {day} ({count} tallies)"),
    "FIGURES_DROPPED": Text("清理过期统计数据 {count} 项", "Dropped {count} old counts"),
    "DEFINITION_CHANGED": Text(
        "统计口径 {tally} 自 {day} 起启用第 {version} 版（{document}）",
        "Definition {tally} has version {version} from {day} ({document})",
    ),
    "BULLETIN_DRAFTED": Text("起草《{title}》", "Drafted “{title}”"),
    "BULLETIN_COUNTED": Text("重新统计《{title}》", "Counted “{title}” again"),
    "BULLETIN_FROZEN": Text(
        "《{title}》定稿，编号 {number}，校验码 {digest}", "Froze “{title}” as {number}, digest {digest}"
    ),
    "BULLETIN_SUPERSEDED": Text("{number}被修订替代", "{number} was replaced by a revision"),
    "BULLETIN_PUBLISHED": Text("公开发布{number}", "Published {number}"),
    "BULLETIN_DROPPED": Text("作废《{title}》草稿", "Dropped the draft of “{title}”"),
    "BULLETIN_REVISED": Text("起草《{title}》的修订稿", "Drafted a revision of “{title}”"),
    "EVALUATION_OPENED": Text(
        "发起评价“{card}”（{span}），自评到 {day}", "Opened “{card}” over {span}; own scores until {day}"
    ),
    "SELF_SCORE_SENT": Text("{bank}提交自评", "{bank} sent its own score"),
    "EVALUATION_CLOSED": Text("自评结束，开始复核", "Self-scoring ended, the review began"),
    "RESULT_REVIEWED": Text("复核{bank}", "Reviewed {bank}"),
    "EVALUATION_FED_BACK": Text("反馈结果，申诉到 {day}", "Fed back; appeals until {day}"),
    "RESULT_APPEALED": Text("{bank}提出申诉", "{bank} appealed"),
    "APPEAL_ANSWERED": Text("答复{bank}的申诉", "Answered the appeal of {bank}"),
    "EVALUATION_PUBLISHED": Text("公布评价“{card}”（{span}）", "Published “{card}” over {span}"),
    "EVALUATION_CANCELLED": Text("取消评价“{card}”（{span}）", "Cancelled “{card}” over {span}"),
    "BOUNDARIES_TAKEN_IN": Text("导入区划边界 {count} 个（{source}）", "Took in {count} boundaries ({source})"),
}
NOTICES: dict[str, Text] = {
    "evaluation_opened": Text(
        "评价“{card}”（{span}）已开始，请在 {day} 前提交自评。",
        "“{card}” over {span} is open; send your own score by {day}.",
    ),
    "evaluation_feedback": Text(
        "评价“{card}”（{span}）的结果已反馈，有异议请在 {day} 前申诉。",
        "“{card}” over {span}: see your result; appeal by {day}.",
    ),
    "evaluation_answered": Text(
        "您对评价“{card}”（{span}）的申诉已有答复。", "Your appeal on “{card}” over {span} is answered."
    ),
}


def register() -> None:
    """Make kinds and notices known."""
    kinds.register(KINDS, staff_only=tuple(KINDS))
    notice_texts.register(NOTICES)

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
    "BOUNDARIES_TAKEN_IN": Text("导入区划边界 {count} 个（{source}）", "Took in {count} boundaries ({source})"),
}
NOTICES: dict[str, Text] = {}


def register() -> None:
    """Make kinds and notices known."""
    kinds.register(KINDS, staff_only=tuple(KINDS))
    notice_texts.register(NOTICES)

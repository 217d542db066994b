"""What the policy lab records: one sentence a kind of event."""

from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "LAB_DRAFT_SAVED": Text(
        "保存政策测算草稿“{name}”第 {number} 版（符合 {yes} 户，快照 {snapshot}）",
        "Saved the policy draft “{name}”, version {number} ({yes} firms, snapshot {snapshot})",
    ),
    "LAB_DRAFT_DROPPED": Text("删除政策测算草稿“{name}”", "Dropped the policy draft “{name}”"),
    "LAB_SNAPSHOT_ASKED": Text("要求更新测算用的登记库快照", "Asked for a fresh snapshot for the policy lab"),
}


def register() -> None:
    """Make the kinds known."""
    kinds.register(KINDS)

"""What becomes of a complaint: how it is taken in, which acts are open in which state, what a low mark does. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "complaint": Text("投诉", "Complaint"),
    "objection": Text("异议", "Objection"),
    "question": Text("咨询", "Question"),
}
SUBJECTS: dict[str, Text] = {
    "bank": Text("银行或担保机构", "A bank or guarantor"),
    "platform": Text("平台", "The platform"),
    "office": Text("政府部门", "An office"),
    "notice": Text("资金公示", "A public notice of funds"),
    "score": Text("评价或评分", "An evaluation or score"),
}
STATES: dict[str, Text] = {
    "evidence": Text("待补充", "Evidence asked for"),
    "received": Text("待受理", "To be taken up"),
    "accepted": Text("办理中", "Being worked on"),
    "answered": Text("已答复", "Answered"),
    "closed": Text("已办结", "Closed"),
    "refused": Text("不予受理", "Not taken up"),
}
# (state, act) → next state; who acts: the office or the one who complained
TRANSITIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("evidence", "add_evidence"): ("received", "firm"),
    ("evidence", "withdraw"): ("closed", "firm"),
    ("received", "withdraw"): ("closed", "firm"),
    ("accepted", "withdraw"): ("closed", "firm"),
    ("received", "accept"): ("accepted", "office"),
    ("received", "ask_evidence"): ("evidence", "office"),
    ("received", "refuse"): ("refused", "office"),
    ("evidence", "refuse"): ("refused", "office"),
    ("accepted", "ask_evidence"): ("evidence", "office"),
    ("accepted", "reply"): ("answered", "office"),
    ("answered", "rate"): ("closed", "firm"),
    ("answered", "reopen"): ("accepted", "firm"),
    ("closed", "reopen"): ("accepted", "firm"),
}
OPEN = ("evidence", "received", "accepted")
ACTS: dict[str, Text] = {
    "accept": Text("受理并由我办理", "Take it up myself"),
    "ask_evidence": Text("请对方补充材料", "Ask for evidence"),
    "refuse": Text("不予受理", "Do not take it up"),
    "reply": Text("答复", "Reply"),
    "add_evidence": Text("补充材料", "Add evidence"),
    "withdraw": Text("撤回", "Withdraw"),
    "rate": Text("评价", "Rate the answer"),
    "reopen": Text("没有解决，请再办理", "Not settled: open it again"),
}


@dataclass(frozen=True, slots=True)
class Sorted:
    """How a matter is taken in: as what, in which state, and what the firm is told."""

    kind: str
    state: str
    told: Text


def sort(kind: str, subject: str, *, met: bool, evidence: str) -> Sorted:
    """Return how a matter is taken in.

    A complaint about a bank that the firm has had neither case nor loan with on the platform is not refused (they may
    have met elsewhere) and not held against the bank: without evidence it is asked for; with it somebody looks first.
    """
    if kind == "complaint" and subject == "bank" and not met and not evidence.strip():
        told = Text(
            "平台上没有查到贵企业与这家机构的申请或贷款。请补充合同号、网点、日期或书面材料，收到后马上转办。",
            "We find no application or loan between your firm and this bank. Please add a contract number, branch, date "
            "or paper; we go on as soon as it is here.",
        )
        return Sorted(kind, "evidence", told)
    return Sorted(kind, "received", Text("已收到，会在期限内答复。", "Received; you get an answer in time."))


def acts(state: str, side: str, *, mine: bool = True) -> tuple[str, ...]:
    """Return the acts open to *side* (office or firm) in *state*; a reply is for the owner (*mine*) alone."""
    found = (act for (at, act), (_next, who) in TRANSITIONS.items() if at == state and who == side)
    return tuple(act for act in found if act != "reply" or mine)


def after_rating(stars: int, *, low: int, reopened: int, most: int) -> str:
    """Return the state that a mark of 1–5 leads to: at most *low* opens the matter again, *most* times at most."""
    return "accepted" if stars <= low and reopened < most else "closed"

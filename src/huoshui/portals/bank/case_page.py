"""What the case page shows: the ask, the firm as far as it agreed, deadlines, papers, and every act that is possible now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.forms import Form
from django.http import FileResponse, Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.catalogue.terms import COLLATERAL
from huoshui.financing import queries
from huoshui.financing.queries import CaseView, DeadlineView, PapersView
from huoshui.financing.reasons import REASON_CODES
from huoshui.financing.referral_lifecycle import ACT_NAMES, CLOSED_STATES, Act, State
from huoshui.kernel import money
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text
from huoshui.portals.bank.case_acts import CASE_ACTS, FIRST, form_of
from huoshui.portals.bank.lists_case import TONES
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.firm import FactLine, fact_lines, register_lines, shown
from huoshui.portals.shared.flow import Lost, too_late
from huoshui.portals.shared.lines import Line
from huoshui.registry import queries as registry
from huoshui.registry.queries import EnterpriseView
from huoshui.screening import queries_score
from huoshui.screening.score import Assessment


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act as the page offers it; the usual next one stands open."""

    code: str
    label: Text
    form: Form
    open: bool
    danger: bool
    hint: str


@dataclass(frozen=True, slots=True)
class FitRow:
    """One condition of the product, what is so, and whether it is met."""

    requirement: str
    now: str
    words: Text
    tone: str


FIT_WORDS = {
    "YES": (Text("符合", "Met"), "green"),
    "NO": (Text("不符合", "Not met"), "red"),
    "UNKNOWN": (Text("没有数据", "No data"), "yellow"),
}


@dataclass(frozen=True, slots=True)
class CasePage:
    """All of one case."""

    case: CaseView
    firm_name: str
    district: Text
    tone: str
    tiles: tuple[Line, ...]
    acts: tuple[OfferedAct, ...]
    nothing_to_do: str
    masked_why: str
    firm_lines: tuple[Line, ...]
    facts: tuple[FactLine, ...]
    papers: tuple[Any, ...]
    owed: tuple[PapersView, ...]
    clocks: tuple[DeadlineView, ...]
    people: tuple[Line, ...]
    decision: tuple[Line, ...]
    timeline: tuple[Any, ...]
    words_by_reason: dict[str, str]
    stale: bool
    lost: Lost | None = None
    fit: tuple[FitRow, ...] = ()
    scored: Assessment | None = None


def case_page(
    actor: Actor, referral_id: int, *, bound: Mapping[str, Form] | None = None, stale: bool = False
) -> CasePage:
    """Return the page of a case; the firm is read as far as it agreed, and the read is recorded."""
    view = queries.case(actor, referral_id)
    firm = registry.enterprise(actor, view.asked.enterprise_id, reason="case_work")
    acts = _acts(actor, view, bound or {})
    return CasePage(
        case=view,
        firm_name=firm.name,
        district=registry.district_name(view.asked.district_code),
        tone=TONES[view.line.state],
        tiles=_tiles(view),
        acts=acts,
        nothing_to_do=_nothing(view),
        masked_why=_masked(firm.deidentified),
        firm_lines=register_lines(firm),
        facts=fact_lines(firm),
        papers=queries.papers(actor, enterprise_id=view.asked.enterprise_id),
        owed=view.line.papers,
        clocks=view.line.deadlines,
        people=(*_people(view), *_group(actor, view)),
        decision=_decision(view),
        timeline=tuple(reversed(view.timeline)),
        words_by_reason=_words() if Act.DECLINE in view.acts else {},
        stale=stale,
        lost=too_late(bound or {}, {act.code for act in acts}),
        fit=_fit(actor, referral_id, firm),
        scored=queries_score.assessment(actor, firm.id) if queries_score.shown_to(actor) else None,
    )


def _fit(actor: Actor, referral_id: int, firm: EnterpriseView) -> tuple[FitRow, ...]:
    """Return the product's conditions with what the firm agreed to show of each fact."""
    rows = []
    for line in queries.fit_of(actor, referral_id):
        known = firm.facts.get(line.fact)
        value = known.value if known else None if firm.deidentified else getattr(firm, line.fact, None)
        hidden = _("企业未授权查看") if line.verdict.name != "UNKNOWN" else "—"
        now = shown(line.fact, value) if value is not None else hidden
        words, tone = FIT_WORDS[line.verdict.name]
        rows.append(FitRow(said(line.requirement), now, words, tone))
    return tuple(rows)


def _tiles(view: CaseView) -> tuple[Line, ...]:
    asked = view.asked
    return (
        Line(_("需要金额"), _money(asked.amount)),
        Line(_("期限"), _("%(n)s 个月") % {"n": asked.term_months}),
        Line(_("用途"), said(asked.purpose)),
        Line(_("可提供的担保"), "、".join(said(COLLATERAL[code]) for code in asked.collateral if code in COLLATERAL)),
    )


def _money(fen: int) -> str:
    return money.human(fen).in_(get_language() or "zh")


def _next_step(view: CaseView, act: Act) -> bool:
    """Return whether *act* is what the case waits for; a further contact never is, only the first one."""
    return act is not Act.CONTACT or view.line.state is State.ACCEPTED


def _acts(actor: Actor, view: CaseView, bound: Mapping[str, Form]) -> tuple[OfferedAct, ...]:
    offered = [act for act in CASE_ACTS if act in view.acts]
    first = next((act for act in FIRST if act in offered), None)
    offered.sort(key=lambda act: act is not first)
    return tuple(
        OfferedAct(
            code=act.value,
            label=ACT_NAMES[act],
            form=bound.get(act) or form_of(actor, act, view, initial=_initial(view, act)),
            open=act in bound if bound else act is first and _next_step(view, act),
            danger=CASE_ACTS[act].danger,
            hint=str(CASE_ACTS[act].hint),
        )
        for act in offered
    )


def _initial(view: CaseView, act: Act) -> dict[str, Any]:
    initial: dict[str, Any] = {"seen_version": view.version}
    if act is Act.GRANT:
        first = view.asked.collateral[0] if view.asked.collateral else "credit"
        initial |= {"amount": view.asked.amount, "term_months": view.asked.term_months, "collateral": first}
    return initial


def _nothing(view: CaseView) -> str:
    if view.line.state in CLOSED_STATES:
        return _("案件已结束。")
    if view.line.loan_id:
        return _("放款、还款在贷款页登记。")
    return _("现在不需要您操作；有变化时会出现在“今天要做的”里。")


def _masked(deidentified: bool) -> str:
    if not deidentified:
        return ""
    return _("企业还没有同意向本行展示身份信息，名称、代码和地址已遮盖，金额以区间显示。受理后可请企业在手机上同意。")


def _people(view: CaseView) -> tuple[Line, ...]:
    line = view.line
    return (
        Line(_("客户经理"), line.officer or _("还没有指派")),
        Line(_("网点"), line.branch or said(line.bank)),
        Line(_("产品"), line.product or "—"),
        Line(_("派单依据"), said(line.basis), said(line.why)),
        Line(_("同时对接的银行"), str(view.banks_asked)),
        Line(_("来源"), said(view.asked.channel)),
    )


def _group(actor: Actor, view: CaseView) -> tuple[Line, ...]:
    """Return the group that the firm asks with, its special credit, and the invoices behind the demand."""
    lines = []
    found = queries.credit_of_demand(actor, view.asked.id)
    if found:
        name, credit = found
        left = (
            _("%(bank)s 专项授信余额 %(left)s") % {"bank": credit.bank, "left": _money(credit.left)} if credit else ""
        )
        lines.append(Line(_("集群需求"), name, left))
    held = queries.invoices_of(actor, view.asked.id)
    if held:
        total = _money(sum(line.amount for line in held))
        said_of = _("%(n)s 张，合计 %(total)s，付款方 %(buyer)s")
        buyer = held[0].buyer
        lines.append(Line(_("应收账款"), said_of % {"n": len(held), "total": total, "buyer": buyer}))
    return tuple(lines)


def _decision(view: CaseView) -> tuple[Line, ...]:
    found = view.line.decision
    if found is None:
        return ()
    if not found.granted:
        reason = REASON_CODES.get(found.reason_code)
        return (
            Line(_("原因"), said(reason.name) if reason else found.reason_code),
            Line(_("给企业的说明"), found.words),
        )
    return (
        Line(_("授信金额"), _money(found.amount or 0)),
        Line(_("年利率"), f"{rate_text(found.rate_pct)}%" if found.rate_pct is not None else "—"),
        Line(_("期限"), _("%(n)s 个月") % {"n": found.term_months}),
        Line(_("附加条件"), found.conditions or "—"),
    )


def _words() -> dict[str, str]:
    return {code: said(reason.words) for code, reason in REASON_CODES.items()}


def paper_file(actor: Actor, referral_id: int, paper_id: int) -> FileResponse:
    """Return one paper of the case's firm, as far as it agreed; the register records the read."""
    view = queries.case(actor, referral_id)
    held = queries.papers(actor, enterprise_id=view.asked.enterprise_id)
    paper = next((each for each in held if each.id == paper_id), None)
    if paper is None or not default_storage.exists(paper.file):
        raise Http404
    registry.enterprise(actor, view.asked.enterprise_id, reason=f"paper {paper.kind}")
    return FileResponse(default_storage.open(paper.file), as_attachment=False, filename=paper.file_name)

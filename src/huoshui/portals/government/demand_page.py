"""Everything about one demand on one page: the ask, five standards, repairs, every bank's progress, acts possible now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue.terms import COLLATERAL
from huoshui.financing import actions, queries
from huoshui.financing.demand_lifecycle import ACT_NAMES, Act, State
from huoshui.financing.queries import CareLine, CaseLine, DemandView, RatingLine
from huoshui.financing.standards import VERDICT_NAMES
from huoshui.kernel import money
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text
from huoshui.portals.government import dispatch_preview
from huoshui.portals.government.demand_acts import DEMAND_ACTS, FIRST, alone, form_of
from huoshui.portals.government.dispatch_preview import PreviewLine
from huoshui.portals.government.forms import AnswerForm, CareForm, JudgementForm
from huoshui.portals.government.lists_demand import TONES
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.flow import Lost, too_late
from huoshui.portals.shared.lines import Line
from huoshui.registry import queries as registry
from huoshui.service import queries_complaint as complaints

VERDICT_TONES = {"yes": "green", "repair": "yellow", "no": "red", None: "secondary"}
CASE_TONES = {"granted": "green", "contracted": "green", "lending": "green", "lent": "green", "declined": "red",
              "recalled": "red", "papers_owed": "yellow", "withdrawn": "secondary", "settled": "secondary"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One verdict to choose."""

    value: str
    label: Text
    selected: bool


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A standard: what the data say or what was judged, and the choices."""

    number: int
    name: Text
    judged: bool
    words: Text
    tone: str
    judged_by: str
    evidence: tuple[tuple[bool | None, Text], ...]
    options: tuple[Option, ...]
    note: str


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act as the page offers it; *preview* what an automatic dispatch would do."""

    code: str
    label: Text
    form: Form
    open: bool
    danger: bool
    hint: str
    preview: tuple[PreviewLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class BankLine:
    """One bank's progress. *may_recall*: it is late, and this reader may take the case back."""

    case: CaseLine
    tone: str
    result: str
    may_recall: bool


@dataclass(frozen=True, slots=True)
class DemandPage:
    """All of one demand."""

    demand: DemandView
    tone: str
    district: Text
    tiles: tuple[Line, ...]
    standards: tuple[StandardLine, ...]
    may_judge: bool
    judge_errors: tuple[str, ...]
    acts: tuple[OfferedAct, ...]
    may_resolve: bool
    banks: tuple[BankLine, ...]
    timeline: tuple[Any, ...]
    stale: bool
    lost: Lost | None = None
    rating: RatingLine | None = None
    care: tuple[CareLine, ...] = ()
    may_care: bool = False
    answer_form: Form | None = None
    care_form: Form | None = None
    matter: int | None = None  # the complaint about this demand


def page(
    actor: Actor,
    demand_id: int,
    *,
    bound: Mapping[str, Form] | None = None,
    judged: JudgementForm | None = None,
    stale: bool = False,
) -> DemandPage:
    """Return the page of a demand."""
    view = queries.demand(actor, demand_id)
    judging = Act.JUDGE in view.acts
    acts = _acts(actor, view, bound or {})
    offered = {"answer", "care", *(act.code for act in acts), *(["judge"] if judging else [])}
    return DemandPage(
        demand=view,
        tone=TONES[view.state],
        district=registry.district_name(view.asked.district_code),
        tiles=_tiles(view),
        standards=_standards(actor, view, judged) if judging or view.judgements else (),
        may_judge=judging,
        judge_errors=_errors(judged),
        acts=acts,
        may_resolve=Act.RESOLVE in view.acts,
        banks=tuple(_bank(actor, line) for line in view.cases),
        timeline=tuple(reversed(view.timeline)),
        stale=stale,
        lost=too_late({**(bound or {}), "judge": judged}, offered),
        rating=queries.rating_of(actor, demand_id),
        care=queries.care_of(actor, demand_id),
        may_care=queries.may_care(actor),
        answer_form=(bound or {}).get("answer") or AnswerForm(),
        care_form=(bound or {}).get("care") or CareForm(),
        matter=complaints.about(actor, f"demand:{demand_id}"),
    )


def _tiles(view: DemandView) -> tuple[Line, ...]:
    asked = view.asked
    return (
        Line(_("需要金额"), _money(asked.amount)),
        Line(_("期限"), _("%(n)s 个月") % {"n": asked.term_months}),
        Line(_("用途"), said(asked.purpose)),
        Line(_("可提供的担保"), "、".join(said(COLLATERAL[code]) for code in asked.collateral if code in COLLATERAL)),
        Line(_("来源"), said(asked.channel), view.code_label),
        Line(_("申请人"), view.applicant or "—"),
    )


def _money(fen: int) -> str:
    return money.human(fen).in_(get_language() or "zh")


def _standards(actor: Actor, view: DemandView, posted: JudgementForm | None) -> tuple[StandardLine, ...]:
    known = {line.standard: line for line in view.judgements}
    found = []
    for check in actions.precheck(actor, demand_id=view.id):
        line = known.get(check.standard)
        verdict = line.verdict if line else check.suggested
        chosen = posted.data.get(f"verdict_{check.standard}") if posted else verdict
        note = posted.data.get(f"note_{check.standard}", "") if posted else line.note if line else ""
        found.append(
            StandardLine(
                number=check.standard,
                name=check.name,
                judged=line is not None,
                words=VERDICT_NAMES[verdict] if verdict else Text("数据不足，请核实", "Not known; please check"),
                tone=VERDICT_TONES[verdict],
                judged_by=line.judged_by if line else "",
                evidence=line.evidence if line else tuple((each.holds, each.words) for each in check.evidence),
                options=tuple(Option(code, words, code == chosen) for code, words in VERDICT_NAMES.items()),
                note=note,
            )
        )
    return tuple(found)


def _errors(form: JudgementForm | None) -> tuple[str, ...]:
    if form is None:
        return ()
    return tuple(
        f"{name.rpartition('_')[2]}. {error}" if name != "__all__" else str(error)
        for name, errors in form.errors.items()
        for error in errors
    )


def _acts(actor: Actor, view: DemandView, bound: Mapping[str, Form]) -> tuple[OfferedAct, ...]:
    offered = [act for act in DEMAND_ACTS if act in view.acts]
    if view.state is State.DECLARED and Act.RECOMMEND not in view.acts and Act.JUDGE in view.acts:
        offered = [act for act in offered if act is not Act.RECOMMEND]
    return tuple(_offered(actor, view, act, bound) for act in offered)


def _offered(actor: Actor, view: DemandView, act: Act, bound: Mapping[str, Form]) -> OfferedAct:
    row = DEMAND_ACTS[act]
    return OfferedAct(
        code=act.value,
        label=ACT_NAMES[act],
        form=bound.get(act) or form_of(act, district=view.asked.district_code, seen=view.version),
        open=act in bound if bound else act in FIRST,
        danger=row.danger,
        hint=str(row.hint),
        preview=dispatch_preview.preview(actor, view.id) if act is Act.DISPATCH else None,
    )


def _bank(actor: Actor, line: CaseLine) -> BankLine:
    due = line.next_deadline
    late = due is not None and due.overdue and actor.may(Permission.DISPATCH_DEMANDS)
    return BankLine(line, CASE_TONES.get(line.state, "blue"), _result(line), late)


def _result(line: CaseLine) -> str:
    found = line.decision
    if found is None:
        return ""
    if not found.granted:
        return found.words
    facts = {
        "amount": _money(found.amount or 0),
        "rate": rate_text(found.rate_pct) if found.rate_pct is not None else "—",
        "n": found.term_months,
    }
    return _("%(amount)s，年利率 %(rate)s%%，%(n)s 个月") % facts


def judge(actor: Actor, demand_id: int, form: JudgementForm, *, then: str) -> str:
    """Keep the verdicts, recommend where asked; return what the officer reads. Raises what either refuses."""
    verdicts: Sequence[tuple[int, str, str]] = form.verdicts()
    actions.judge_all(actor, demand_id=demand_id, verdicts=verdicts, seen_version=form.cleaned_data["seen_version"])
    if then != "recommend":
        return _("五项标准的判断已保存。")
    alone(actions.recommend(actor, demand_ids=[demand_id]))
    return _("判断已保存，需求已进入推荐清单。")

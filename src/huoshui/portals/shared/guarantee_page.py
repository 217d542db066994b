"""Pages of guarantees that bank, guarantor and finance bureau share: the list, one guarantee, acts with their forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.funds import actions_guarantee as acts
from huoshui.funds import actions_payout as payouts
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.compensation_terms import PAPERS as PAPER_NAMES
from huoshui.funds.guarantee_lifecycle import ACT_NAMES, BEING_PAID, LIABLE_STATES, NEXT, Act, State
from huoshui.funds.guarantee_terms import PAPERS
from huoshui.funds.queries_guarantee import GuaranteeView
from huoshui.kernel import clock
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.fields import DayField, PercentField, YuanField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.lines import Line
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.templatetags.huoshui import money_words, yuan
from huoshui.registry import queries as registry

TONES = {
    State.REQUESTED: "yellow",
    State.SUBMITTED: "yellow",
    State.REVIEWING: "azure",
    State.APPROVED: "azure",
    State.ISSUED: "azure",
    State.IN_FORCE: "green",
    State.CLAIMED: "orange",
    State.ACCEPTED: "orange",
    State.PAID: "red",
    State.RECOVERING: "red",
    State.CLOSED: "secondary",
    State.RELEASED: "green",
    State.DECLINED: "secondary",
    State.WITHDRAWN: "secondary",
}


class SeenForm(forms.Form):
    """Nothing but the version that the page was made of."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(SeenForm):
    """Why; bank and firm read it."""

    reason = forms.CharField(
        label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("银行和企业会看到。")
    )


class ReviewForm(SeenForm):
    """The reviewer's opinion."""

    opinion = forms.CharField(label=_("审查意见"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    group_code = forms.CharField(
        label=_("所属集团（统一社会信用代码）"), max_length=60, required=False, help_text=_("没有关联企业的不填。")
    )


class ApproveForm(SeenForm):
    """The fee's rate."""

    rate_pct = PercentField(label=_("担保年费率"), maximum="3")


class IssueForm(SeenForm):
    """The letter."""

    letter_no = forms.CharField(label=_("担保函编号"), max_length=60)
    issued_on = DayField(label=_("出函日期"))


class FeeForm(SeenForm):
    """The fee as it arrived."""

    amount = YuanField(label=_("到账金额"))
    paid_on = DayField(label=_("到账日期"))
    slip_no = forms.CharField(label=_("缴费凭证号"), max_length=60)


class ClaimForm(forms.Form):
    """The papers of a claim."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("initial", None)
        super().__init__(*args, **kwargs)
        for code in PAPERS:
            self.fields[code] = forms.FileField(label=said(PAPER_NAMES[code]), required=False)

    def papers(self) -> dict[str, tuple[str, bytes]]:
        """Return (file name, content) of every paper given."""
        return {code: (data.name, data.read()) for code, data in self.cleaned_data.items() if data}


class RecoveryForm(SeenForm):
    """Money recovered from the debtor."""

    received_on = DayField(label=_("到账日期"))
    recovered = YuanField(label=_("追回金额"))
    cost = YuanField(label=_("追偿费用"), minimum=0, initial=0)
    slip_no = forms.CharField(label=_("追偿凭证号"), max_length=60)


@dataclass(frozen=True, slots=True)
class HowTo:
    """An act's form, what it calls, and a hint beside its name."""

    form: type[forms.Form]
    run: Callable[..., object]
    hint: Any = ""


_LAST_RESORTS = (Act.DECLINE, Act.WITHDRAW, Act.REJECT, Act.CLOSE)
_ANOTHER = _("须由另一位人员办理")
ACTS: dict[Act, HowTo] = {
    Act.REVIEW: HowTo(ReviewForm, acts.review_guarantee),
    Act.APPROVE: HowTo(ApproveForm, acts.approve_guarantee, _ANOTHER),
    Act.DECLINE: HowTo(ReasonForm, acts.decline_guarantee),
    Act.ISSUE: HowTo(IssueForm, acts.issue_letter),
    Act.CONFIRM_FEE: HowTo(FeeForm, acts.confirm_fee, _("到账后担保生效，银行即可放款")),
    Act.RELEASE: HowTo(SeenForm, acts.release_guarantee),
    Act.CLAIM: HowTo(ClaimForm, payouts.claim_payout),
    Act.ACCEPT: HowTo(SeenForm, payouts.accept_payout, _("按今天的贷款台账核定，专户余额不足时不能预留")),
    Act.PAY: HowTo(SeenForm, payouts.pay_out, _ANOTHER),
    Act.REJECT: HowTo(ReasonForm, payouts.reject_payout),
    Act.RECOVER: HowTo(RecoveryForm, payouts.record_recovery, _("扣除费用后按各方未收回的承担额分回")),
    Act.CLOSE: HowTo(ReasonForm, payouts.close_recovery),
    Act.WITHDRAW: HowTo(ReasonForm, acts.withdraw_guarantee),
}


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act as the page offers it."""

    code: str
    label: Text
    form: forms.Form
    open: bool
    hint: str


def show(
    request: ActingRequest, pk: int, *, urls: Mapping[str, str], bound: Mapping[Act, forms.Form] | None = None
) -> HttpResponseBase:
    """Show a guarantee; *urls*: names of the pages to act on, to open the loan and a paper, where the portal has them."""
    view = queries.guarantee(request.actor, pk)
    names = registry.names_of(request.actor, [view.row.enterprise_id])
    context = {
        "view": view, "firm": names.get(view.row.enterprise_id, "—"), "tone": TONES[view.state],
        "tiles": tiles(view), "acts": _offered(view, bound or {}), "urls": urls,
        "timeline": tuple(reversed(view.timeline)), "next": next_step(view),
    }  # fmt: skip
    return render(request, "officer/guarantee.html", context, status=422 if bound else 200)


def next_step(view: GuaranteeView) -> Text | None:
    """Return whose turn it is, in words; None when nobody's."""
    return BEING_PAID if view.state is State.ACCEPTED and view.payment else NEXT.get(view.state)


def act(request: ActingRequest, pk: int, code: str, *, urls: Mapping[str, str]) -> HttpResponseBase:
    """Do one act by its form; what is refused comes back on the page."""
    chosen = next((one for one in ACTS if one == code), None)
    if chosen is None:
        raise Http404
    form = ACTS[chosen].form(request.POST, request.FILES or None)
    outcome = attempt(form, lambda: ACTS[chosen].run(request.actor, guarantee_id=pk, **_given(form)))
    if outcome.done:
        messages.success(request, _said("已办理：%(what)s。") % {"what": said(ACT_NAMES[chosen])})
        return redirect(urls["page"], pk)
    return show(request, pk, urls=urls, bound={chosen: form})


def _given(form: forms.Form) -> dict[str, Any]:
    return {"papers": form.papers()} if isinstance(form, ClaimForm) else form.cleaned_data


def tiles(view: GuaranteeView) -> tuple[Line, ...]:
    """Return the figures on top of the page."""
    row = view.row
    found = [Line(_said("担保金额"), money_words(row.amount), _said("%(n)s 个月") % {"n": row.term_months})]
    if view.rate_pct is not None:
        found.append(
            Line(_said("担保费"), yuan(row.fee), _said("元，年费率 %(rate)s%%") % {"rate": rate_text(view.rate_pct)})
        )
    if row.in_force_on:
        found.append(Line(_said("生效日期"), row.in_force_on.isoformat(), row.letter_no))
    if row.in_force_on and view.state in LIABLE_STATES:
        found.append(Line(_said("担保余额"), money_words(row.balance)))
    if view.loan is not None and view.loan.overdue_days:
        found.append(Line(_said("贷款逾期"), _said("%(n)s 天") % {"n": view.loan.overdue_days}))
    if row.loss:
        found.append(Line(_said("未还本金"), money_words(row.loss)))
    if row.payout:
        found.append(
            Line(
                _said("代偿金额"),
                money_words(row.payout),
                _said("银行自担 %(sum)s") % {"sum": money_words(row.loss - row.payout)},
            )
        )
    if view.payment and not row.paid_on:
        found.append(Line(_said("代偿款支付"), said(view.payment.state_name), view.payment.number))
    if row.paid_on:
        found.append(
            Line(
                _said("净追回"),
                money_words(row.returned),
                _said("尚欠 %(sum)s") % {"sum": money_words(row.loss - row.returned)},
            )
        )
    return tuple(found)


def _offered(view: GuaranteeView, bound: Mapping[Act, forms.Form]) -> tuple[OfferedAct, ...]:
    late = view.loan is not None and view.loan.overdue_days > 0
    offered = [one for one in view.acts if one in ACTS and (late or one is not Act.CLAIM)]
    return tuple(
        OfferedAct(
            code=one.value,
            label=ACT_NAMES[one],
            form=bound.get(one) or ACTS[one].form(initial=_initial(view)),
            open=one in bound or (not bound and one is offered[0] and one not in _LAST_RESORTS),
            hint=str(ACTS[one].hint),
        )
        for one in offered
    )


def _initial(view: GuaranteeView) -> dict[str, Any]:
    today = clock.today()
    return {
        "seen_version": view.row.version, "amount": view.row.fee, "issued_on": today, "paid_on": today,
        "received_on": today, "group_code": view.row.group_code, "cost": 0,
        "rate_pct": queries.highest_fee(view.row),
    }  # fmt: skip


def paper_response(actor: Actor, pk: int, paper_id: int) -> HttpResponse:
    """Return a paper of the claim as it was uploaded; nothing in it is run by the browser."""
    name, content = queries.paper(actor, pk, paper_id)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{pk}-{paper_id}.{name.rsplit(".", 1)[-1][:8]}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

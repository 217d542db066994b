"""What every page of a bridge advance shows, and the acts on it with their forms: bank and finance bureau share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.actor import Actor
from huoshui.funds import actions_bridge as actions
from huoshui.funds import queries_bridge as queries
from huoshui.funds.bridge_lifecycle import ACT_NAMES, STATE_NAMES, Act, State
from huoshui.funds.queries_bridge import AdvanceView
from huoshui.kernel import clock
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.fields import DayField, YuanField
from huoshui.portals.shared.lines import Line
from huoshui.portals.shared.templatetags.huoshui import money_words, yuan
from huoshui.registry import queries as registry

TONES = {
    State.REQUESTED: "yellow",
    State.COMMITTED: "azure",
    State.RESERVED: "azure",
    State.ADVANCED: "blue",
    State.REPAID: "blue",
    State.RENEWED: "cyan",
    State.RETURNED: "green",
    State.RECOVERED: "orange",
    State.DECLINED: "secondary",
    State.WITHDRAWN: "secondary",
}


class SeenForm(forms.Form):
    """Nothing but the version that the page was made of."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class CommitForm(SeenForm):
    """The bank's written commitment."""

    amount = YuanField(label=gettext_lazy("承诺续贷金额"))
    commitment_no = forms.CharField(label=gettext_lazy("承诺函编号"), max_length=60)
    committed_on = DayField(label=gettext_lazy("承诺日期"))


class ReasonForm(SeenForm):
    """Why; the firm reads it."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("企业会看到。"),
    )  # fmt: skip


class RepaidForm(SeenForm):
    """The old loan's repayment."""

    paid_on = DayField(label=gettext_lazy("还款日期"))
    slip_no = forms.CharField(label=gettext_lazy("还款回单号"), max_length=60)
    interest = YuanField(label=gettext_lazy("同时支付利息"), minimum=0, initial=0)


class RenewedForm(SeenForm):
    """The new loan, chosen among the renewals of the old one."""

    new_loan_id = forms.TypedChoiceField(label=gettext_lazy("新贷款合同"), coerce=int)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_loan_id"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["new_loan_id"].help_text = _("还没有登记为续贷、且放款不少于周转金额的新贷款。")


class BackForm(SeenForm):
    """Money that came back to the fund's account."""

    returned_on = DayField(label=gettext_lazy("到账日期"))
    slip_no = forms.CharField(label=gettext_lazy("银行回单号"), max_length=60)
    principal = YuanField(label=gettext_lazy("归还本金"), required=False, help_text=gettext_lazy("不填即全部。"))
    reason = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300, help_text=gettext_lazy("逾期追回须写明来源。")
    )


@dataclass(frozen=True, slots=True)
class HowTo:
    """An act's form, what it calls, what is read afterwards, and a hint beside its name."""

    form: type[Form]
    run: Callable[..., object]
    done: Any
    hint: Any = ""


ACTS: dict[Act, HowTo] = {
    Act.COMMIT: HowTo(CommitForm, actions.commit_bridge, gettext_lazy("承诺已登记，资金进入审核。")),
    Act.REFUSE: HowTo(ReasonForm, actions.refuse_bridge, gettext_lazy("已告知企业。")),
    Act.RESERVE: HowTo(
        SeenForm, actions.reserve_bridge, gettext_lazy("资金已预留，等待另一人复核批准。"),
        gettext_lazy("专户余额不足时不能预留"),
    ),
    Act.DECLINE: HowTo(ReasonForm, actions.decline_bridge, gettext_lazy("已告知企业，预留的资金已释放。")),
    Act.ADVANCE: HowTo(
        SeenForm, actions.advance_bridge, gettext_lazy("拨付已批准，可列入支付文件；对账单核对后起计天数。"),
        gettext_lazy("须由预留人以外的人办理"),
    ),
    Act.CONFIRM_REPAID: HowTo(RepaidForm, actions.confirm_repaid, gettext_lazy("旧贷款的还款已登记。")),
    Act.CONFIRM_RENEWED: HowTo(RenewedForm, actions.confirm_renewed, gettext_lazy("新贷款已对上，请将资金归还专户。")),
    Act.TAKE_BACK: HowTo(
        BackForm, actions.take_back, gettext_lazy("归还已登记，占用费按实际天数计收。"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act as the page offers it."""

    code: str
    label: Text
    form: Form
    open: bool
    hint: str


@dataclass(frozen=True, slots=True)
class BridgePage:
    """All of one advance."""

    view: AdvanceView
    firm_name: str
    state: Text
    tone: str
    tiles: tuple[Line, ...]
    acts: tuple[OfferedAct, ...]
    timeline: tuple[Any, ...]


def bridge_page(actor: Actor, pk: int, *, bound: Mapping[Act, Form] | None = None) -> BridgePage:
    """Return the page of an advance as *actor* may see and act on it."""
    view = queries.advance(actor, pk)
    return BridgePage(
        view=view,
        firm_name=registry.names_of(actor, [view.enterprise_id]).get(view.enterprise_id, "—"),
        state=STATE_NAMES[view.state],
        tone=TONES[view.state],
        tiles=tuple(_tiles(view)),
        acts=_acts(actor, view, bound or {}),
        timeline=tuple(reversed(view.timeline)),
    )


def form_of(actor: Actor, act: Act, pk: int, data: Mapping[str, Any] | None = None, **initial: Any) -> Form:
    """Return the form of an act on an advance."""
    more: dict[str, Any] = {"choices": queries.new_loans(actor, pk)} if act is Act.CONFIRM_RENEWED else {}
    return ACTS[act].form(data, initial=initial, **more)


def _tiles(view: AdvanceView) -> list[Line]:
    tiles = [Line(_("周转金额"), money_words(view.amount), yuan(view.amount))]
    if view.live:
        left = view.live.left
        words = _("还有 %(n)s 天") % {"n": left} if left >= 0 else _("已逾期 %(n)s 天") % {"n": -left}
        tiles += [
            Line(_("已用天数"), str(view.live.days), words),
            Line(_("今天归还的占用费"), yuan(view.live.fee), _("元")),
        ]
    if view.payment and not view.advanced_on:
        tiles.append(Line(_("拨付进度"), said(view.payment.state_name), view.payment.number))
    if view.due_on:
        tiles.append(Line(_("应归还日"), view.due_on.isoformat()))
    if view.rate_pct is not None:
        tiles.append(Line(_("基准年利率"), f"{rate_text(view.rate_pct)}%", _("按实际天数分档计收")))
    if view.backs:
        tiles += [
            Line(_("已归还本金"), money_words(view.returned)),
            Line(_("已收占用费"), yuan(view.fee_paid), _("%(n)s 天") % {"n": view.backs[-1].days}),
        ]
    if view.committed:
        tiles.append(Line(_("银行承诺续贷"), money_words(view.committed), view.commitment_no))
    return tiles


def _acts(actor: Actor, view: AdvanceView, bound: Mapping[Act, Form]) -> tuple[OfferedAct, ...]:
    offered = [act for act in view.acts if act in ACTS]
    return tuple(
        OfferedAct(
            code=act.value,
            label=ACT_NAMES[act],
            form=bound.get(act) or form_of(actor, act, view.id, **_initial(view)),
            open=act in bound or (not bound and act is offered[0]),
            hint=str(ACTS[act].hint),
        )
        for act in offered
    )


def _initial(view: AdvanceView) -> dict[str, Any]:
    today = clock.today()
    return {
        "seen_version": view.version, "amount": view.amount, "committed_on": today, "paid_on": today,
        "returned_on": today,
    }  # fmt: skip

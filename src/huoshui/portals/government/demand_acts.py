"""Each act on one demand: its form, the action it calls, what the officer reads afterwards. One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions
from huoshui.financing.batch import BatchResult
from huoshui.financing.demand_lifecycle import Act
from huoshui.kernel.errors import Refused
from huoshui.portals.government.forms import DeclineForm, OfferForm, ReasonForm, RepairForm, SeenForm
from huoshui.portals.shared.choices import said

Run = Callable[[Actor, int, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class DemandAct:
    """How the page offers an act. *danger*: ends the demand; *hint*: what follows from it."""

    form: type[forms.Form]
    run: Run
    done: Any
    hint: Any = ""
    danger: bool = False


def alone(result: BatchResult) -> None:
    """Raise what a batch of one was refused for."""
    for _pk, problems in result.refused:
        raise Refused(problems)


def _recommend(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    alone(actions.recommend(actor, demand_ids=[pk], versions={pk: data["seen_version"]}))


def _repair(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    seen = {pk: data["seen_version"]}
    result = actions.send_to_repair(actor, demand_ids=[pk], measures=data["measures"], note=data["note"], versions=seen)
    return alone(result)


def _decline(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    alone(actions.decline(actor, demand_ids=[pk], reason=data["reason"], versions={pk: data["seen_version"]}))


def _dispatch(actor: Actor, pk: int, data: dict[str, Any]) -> object:
    return actions.dispatch(actor, demand_id=pk, seen_version=data["seen_version"])


def _offer(actor: Actor, pk: int, data: dict[str, Any]) -> object:
    return actions.offer_to(
        actor, demand_id=pk, branch_id=data["branch"], reason=data["reason"], seen_version=data["seen_version"]
    )


def _withdraw(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    actions.withdraw_demand(actor, demand_id=pk, reason=data["reason"], seen_version=data["seen_version"])


def _green(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    actions.set_green_channel(actor, demand_id=pk, green=True, **data)


def _ungreen(actor: Actor, pk: int, data: dict[str, Any]) -> None:
    actions.set_green_channel(actor, demand_id=pk, green=False, **data)


DEMAND_ACTS: dict[Act, DemandAct] = {
    Act.RECOMMEND: DemandAct(SeenForm, _recommend, _("已进入推荐清单。"), _("五项标准全部符合后可推荐")),
    Act.DISPATCH: DemandAct(
        SeenForm,
        _dispatch,
        _("已派单，银行收到通知，受理时限开始计。"),
        _("按企业选择、现有贷款行、产品匹配、网点能力排序"),
    ),
    Act.OFFER: DemandAct(OfferForm, _offer, _("已派给指定网点。"), _("自动派单不合适时")),
    Act.REPAIR: DemandAct(RepairForm, _repair, _("已转入修复，企业会看到问题、责任部门和办法。")),
    Act.DECLINE: DemandAct(DeclineForm, _decline, _("已登记不予推荐，原因会告知企业。"), danger=True),
    Act.GREEN: DemandAct(
        ReasonForm, _green, _("已列入绿色通道，银行决定时限缩短。"), _("银行须在绿色通道时限内作出决定")
    ),
    Act.UNGREEN: DemandAct(ReasonForm, _ungreen, _("已移出绿色通道。"), _("正在走的时限不延长")),
    Act.WITHDRAW: DemandAct(ReasonForm, _withdraw, _("需求已撤回。"), _("应企业要求"), danger=True),
}
FIRST = (Act.RECOMMEND, Act.DISPATCH)


def form_of(act: Act, *, district: str = "", data: Any = None, seen: int | None = None) -> forms.Form:
    """Return the form of *act*, bound to *data* where it was posted; branches of *district*, of all where empty."""
    kind = DEMAND_ACTS[act].form
    if kind is OfferForm:
        return OfferForm(data, branches=branches(district), initial={"seen_version": seen})
    return kind(data, initial={"seen_version": seen})


def branches(district: str) -> list[tuple[int, str]]:
    """Return the branches that serve *district* (any where empty) and take cases, with their banks."""
    open_ones = [view for view in catalogue.branches() if not view.paused]
    serving = [view for view in open_ones if not district or district in view.districts]
    return [(view.org_id, f"{said(view.bank_name)} · {said(view.name)}") for view in serving]

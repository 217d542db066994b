"""Pages of risk compensation that bank and finance bureau share: list, claim page, acts with their forms."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.funds import actions_compensation as actions
from huoshui.funds import queries_compensation as queries
from huoshui.funds.compensation_lifecycle import ACT_NAMES, STATE_NAMES, Act, State
from huoshui.funds.compensation_terms import PAPERS
from huoshui.portals.shared.fields import DayField, YuanField
from huoshui.portals.shared.firm_names import Names
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, TextFilter
from huoshui.portals.shared.templatetags.huoshui import say
from huoshui.registry import queries as registry

TONES = {
    State.FILED: "yellow",
    State.RETURNED: "orange",
    State.ACCEPTED: "azure",
    State.PAID: "blue",
    State.CLOSED: "green",
    State.REJECTED: "secondary",
}


class PaperForm(forms.Form):
    """The papers of a claim: each one that the programme asks for, where it is not there yet."""

    def __init__(self, *args: Any, codes: tuple[str, ...], required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in codes:
            self.fields[code] = forms.FileField(label=say(PAPERS[code]), required=required)

    def papers(self) -> dict[str, tuple[str, bytes]]:
        """Return (file name, content) of every paper given."""
        given = {code: data for code, data in self.cleaned_data.items() if code in PAPERS and data}
        return {code: (data.name, data.read()) for code, data in given.items()}


class NothingForm(forms.Form):
    """An act without words."""


class ReasonForm(forms.Form):
    """Why; the bank reads it."""

    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class RecoveryForm(forms.Form):
    """Money recovered from the debtor."""

    received_on = DayField(label=_("到账日期"))
    recovered = YuanField(label=_("追回本金"))
    cost = YuanField(label=_("追偿费用"), minimum=0, initial=0)
    slip_no = forms.CharField(label=_("追回凭证号"), max_length=60)


Runner = Callable[[Actor, int, Any], object]
ACTS: dict[Act, tuple[type[forms.Form], Runner]] = {
    Act.ACCEPT: (NothingForm, lambda actor, pk, form: actions.accept_claim(actor, claim_id=pk)),
    Act.RETURN: (ReasonForm, lambda actor, pk, form: actions.return_claim(actor, claim_id=pk, **form.cleaned_data)),
    Act.REJECT: (ReasonForm, lambda actor, pk, form: actions.reject_claim(actor, claim_id=pk, **form.cleaned_data)),
    Act.CLOSE: (ReasonForm, lambda actor, pk, form: actions.close_claim(actor, claim_id=pk, **form.cleaned_data)),
    Act.RECOVER: (
        RecoveryForm,
        lambda actor, pk, form: actions.report_recovery(actor, claim_id=pk, **form.cleaned_data),
    ),
    Act.REFILE: (
        PaperForm,
        lambda actor, pk, form: actions.refile_claim(actor, claim_id=pk, papers=form.papers()),
    ),
}


def form_of(act: Act, view: queries.ClaimView, data: Any = None, files: Any = None) -> forms.Form:
    """Return the form of *act*, bound to *data* where given."""
    if act is Act.REFILE:
        return PaperForm(data, files, codes=tuple(code for code, _name, _file in view.papers), required=False)
    return ACTS[act][0](data)


def claims(actor: Actor, link: Callable[[Any], str], *, actions: tuple[Action, ...] = (), lead: Any = "") -> Table:
    """Return every claim *actor* may see, newest first."""
    names = Names(actor)
    return Table(
        name="compensation",
        title=_("风险补偿"),
        rows=queries.claims(actor),
        see=names.see,
        columns=(
            Column("number", _("编号"), sort="number", link=link),
            Column("firm", _("企业"), names, "words"),
            Column("bank", _("贷款银行"), "registration.bank.name", sort="registration__bank__name"),
            Column("contract", _("贷款合同"), "registration.loan.contract_no"),
            Column("unpaid", _("未还本金"), "unpaid", "money", sort="unpaid"),
            Column("amount", _("应补偿"), "amount", "money", sort="amount"),
            Column("paid", _("已补偿"), lambda row: row.paid or None, "money"),
            Column("returned", _("已返还"), lambda row: row.returned or None, "money"),
            Column("state", _("状态"), lambda row: (STATE_NAMES[State(row.state)], TONES[State(row.state)]), "status"),
        ),
        filters=(
            TextFilter(
                "q", _("编号、合同或企业"), fields=("number", "registration__loan__contract_no", "enterprise__name")
            ),
            ChoiceFilter("state", _("状态"), choices=[(state.value, words) for state, words in STATE_NAMES.items()]),
            AmountFilter("amount", _("金额"), "amount"),
        ),
        actions=actions,
        lead=lead,
        empty=Empty(_("还没有补偿申请"), _("贷款出险前先备案；达到条件后由银行提交申请。")),
    )


def show(
    request: ActingRequest,
    pk: int,
    *,
    act_url: str,
    paper_url: str,
    payment_url: str = "",
    letter_url: str = "",
    bound: dict[Act, forms.Form] | None = None,
) -> HttpResponseBase:
    """Show a claim with its computed lines, anomalies, papers and acts."""
    view = queries.claim(request.actor, pk)
    acts = [
        {"code": act, "label": ACT_NAMES[act], "form": (bound or {}).get(act) or form_of(act, view)}
        for act in view.acts
    ]
    names = registry.names_of(request.actor, [view.row.enterprise_id])
    context = {
        "claim": view, "acts": acts, "act_url": act_url, "paper_url": paper_url, "payment_url": payment_url, "bound": bool(bound),
        "letter_url": letter_url, "firm": names.get(view.row.enterprise_id, "—"), "tone": TONES[State(view.row.state)],
        "entries": queries.events(view.row.pk),
    }  # fmt: skip
    return render(request, "officer/compensation.html", context, status=422 if bound else 200)


def paper(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Hand out a paper of a claim as it was uploaded, to be saved and not run."""
    name, data = queries.paper(request.actor, pk, code)
    return FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type="application/octet-stream")


def act(request: ActingRequest, pk: int, code: str, *, page_url: str, act_url: str, paper_url: str) -> HttpResponseBase:
    """Do one act by its form; what is refused comes back on the page."""
    chosen = next((one for one in ACTS if one == code), None)
    if chosen is None:
        raise Http404
    view = queries.claim(request.actor, pk)
    form = form_of(chosen, view, request.POST, request.FILES)
    outcome = attempt(form, lambda: ACTS[chosen][1](request.actor, pk, form))
    if outcome.done:
        messages.success(request, _said("已办理。"))
        return redirect(page_url, pk)
    return show(request, pk, act_url=act_url, paper_url=paper_url, bound={chosen: form})

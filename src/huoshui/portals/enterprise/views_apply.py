"""Applying: find the firm, confirm the phone, say what is needed, consent. Each step is kept before the next opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access import actions as access
from huoshui.access.guard import actor_of, public
from huoshui.access.sign_in import address_of
from huoshui.financing import actions as financing
from huoshui.kernel.errors import DomainError
from huoshui.portals.enterprise import drafts, proof
from huoshui.portals.enterprise.consent import platform_consent
from huoshui.portals.enterprise.firms import by_code, find
from huoshui.portals.enterprise.forms import (
    AMOUNT_PICKS,
    TERM_PICKS,
    CodeForm,
    ConsentForm,
    LicenceForm,
    NeedForm,
    PhoneForm,
    with_picks,
)
from huoshui.portals.enterprise.gate import Visit, onwards, step
from huoshui.portals.shared.flow import attempt, blame
from huoshui.portals.shared.request import posted
from huoshui.registry import queries as registry


@public
def scan(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take in a loan code: where it hung goes with the application; an unknown one does not stand in the way."""
    typed = drafts.of(request)
    try:
        code = financing.scan_code(token.replace("\x00", ""))
    except DomainError as refusal:
        messages.warning(request, " ".join(refusal.lines(get_language() or "zh")))
        return redirect("enterprise:apply")
    typed.put(code_token=code.token, code_label=code.label, channel="code")
    if code.product_id:
        typed.put(product_ids=[code.product_id])
    return drafts.kept(redirect("enterprise:apply"), typed)


@step("firm")
def apply(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for the firm's name or credit code; a choice leads to its confirmation."""
    if request.method == "POST":
        return _choose_firm(request, visit)
    product = request.GET.get("product", "")
    if product.isascii() and product.isdigit() and len(product) < 10:
        visit.typed.put(product_ids=[int(product)])
    own = [registry.own_view(number) for number in visit.actor.enterprise_ids]
    found = find(visit.actor, request.GET.get("q", visit.typed.get("query") or ""))
    return render(request, "enterprise/apply.html", {"visit": visit, "found": found, "own": own})


def _choose_firm(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    chosen = by_code(request.POST.get("uscc", ""))
    if chosen is None:
        messages.error(request, _("没有找到这家企业，请重新输入名称或代码。"))
        return redirect("enterprise:apply")
    firm = {"uscc": chosen.uscc, "name": chosen.name, "district": [chosen.district.zh, chosen.district.en]}
    visit.typed.put(enterprise_id=chosen.id, firm=firm, query=request.POST.get("q", "")[:100], confirmed=False)
    return redirect("enterprise:firm")


@public
def check(request: HttpRequest) -> HttpResponseBase:
    """Answer while a name or code is typed: is the check character right, which firms are meant (a part of a page)."""
    return render(request, "enterprise/_found.html", {"found": find(actor_of(request), request.GET.get("q", ""))})


@step("phone")
def firm(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Show the firm found and ask whether it is the one."""
    if request.method == "POST":
        visit.typed.put(confirmed=True)
        return onwards(visit)
    return render(request, "enterprise/firm.html", {"visit": visit})


@step("phone")
def phone(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Confirm the phone: send a code, check it; then see whether the phone is the register's."""
    if visit.represents:
        return onwards(visit)
    if visit.actor.kind == "owner":
        return redirect("enterprise:proof")
    if request.method == "POST" and "code" in request.POST:
        return _check_code(request, visit)
    form = PhoneForm(posted(request))
    sent = attempt(form, lambda: access.send_code(form.cleaned_data["phone"], address=address_of(request)))
    if request.method == "POST" and sent.done:
        code_form = CodeForm(initial={"phone": form.cleaned_data["phone"]})
        return render(request, "enterprise/code.html", {"visit": visit, "form": code_form, "sent": sent.value})
    status = 422 if request.method == "POST" else 200
    return render(request, "enterprise/phone.html", {"visit": visit, "form": form}, status=status)


def _check_code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            actor = proof.enter(request, visit.typed, **form.cleaned_data)
            return onwards(Visit(visit.typed, actor, visit.way))
        except DomainError as refusal:
            blame(form, refusal)
    return render(request, "enterprise/code.html", {"visit": visit, "form": form}, status=422)


@step("phone")
def proof_page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for the licence where the phone is not the register's."""
    if visit.actor.kind != "owner":
        return redirect("enterprise:phone")
    if visit.represents:
        return onwards(visit)
    form = LicenceForm(posted(request), request.FILES or None)
    done = attempt(form, lambda: proof.by_licence(request, visit.typed, **form.cleaned_data))
    if request.method == "POST" and done.done and done.value:
        return onwards(Visit(visit.typed, done.value, visit.way))
    return render(request, "enterprise/proof.html", {"visit": visit, "form": form}, status=422 if form.errors else 200)


@step("need", saves=True)
def need(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for amount, term and use; what is right is kept in the draft, what is not stays on the page as typed."""
    given = {name: visit.typed.get(name) for name in drafts.NEED}
    form = NeedForm(with_picks(posted(request)), initial=given)
    if request.method == "POST" and form.is_valid():
        visit.typed.put(**form.cleaned_data)
        return onwards(visit)
    context = {"visit": visit, "form": form, "amounts": AMOUNT_PICKS, "terms": TERM_PICKS}
    return render(request, "enterprise/need.html", context, status=422 if form.errors else 200)


@step("consent", saves=True)
def consent(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for the firm's consent to matching: who reads what, for what, until when."""
    asked = platform_consent()
    form = ConsentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        visit.typed.put(consent=asked.record())
        return onwards(visit)
    context = {"visit": visit, "form": form, "asked": asked}
    return render(request, "enterprise/consent.html", context, status=422 if form.errors else 200)

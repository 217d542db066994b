"""The owner's sign-in by phone and code."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from huoshui.access import actions as access
from huoshui.access.guard import actor_of, public
from huoshui.access.sign_in import address_of
from huoshui.access.sign_in import enter as sign_in_person
from huoshui.kernel.errors import DomainError
from huoshui.portals.enterprise.forms import CodeForm, PhoneForm
from huoshui.portals.shared.flow import attempt, blame
from huoshui.portals.shared.request import posted


@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Let the owner of a firm in: a phone, then the code sent to it."""
    if actor_of(request).kind == "owner":
        return redirect(_back(request))
    if request.method == "POST" and "code" in request.POST:
        return _check(request)
    form = PhoneForm(posted(request))
    sent = attempt(form, lambda: access.send_code(form.cleaned_data["phone"], address=address_of(request)))
    if request.method == "POST" and sent.done:
        code_form = CodeForm(initial={"phone": form.cleaned_data["phone"]})
        return render(request, "enterprise/sign_in_code.html", {"form": code_form, "sent": sent.value})
    return render(request, "enterprise/sign_in.html", {"form": form}, status=422 if form.errors else 200)


def _check(request: HttpRequest) -> HttpResponseBase:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            person = access.check_code(form.cleaned_data["phone"], form.cleaned_data["code"])
            sign_in_person(request, person)
            return redirect(_back(request))
        except DomainError as refusal:
            blame(form, refusal)
    return render(request, "enterprise/sign_in_code.html", {"form": form}, status=422)


def _back(request: HttpRequest) -> str:
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}) else "/my/"

"""The policy library for everybody: ask in one's own words, read what a document means and whom it helps."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public
from huoshui.catalogue import queries as catalogue
from huoshui.portals.public.programmes import programme_page
from huoshui.service import queries_policy as queries


@public
def library(request: HttpRequest) -> HttpResponse:
    """Search the library; without a question show what is new and what others ask. HTMX gets only the answers."""
    asked = request.GET.get("q", "").strip()
    context = {"asked": asked, "found": queries.search(asked, limit=20) if asked else []}
    if request.headers.get("HX-Target") == "found":
        return render(request, "public/_policy_found.html", context)
    if not asked:
        context |= {"newest": queries.newest(), "questions": queries.common_questions()}
    return render(request, "public/policies.html", context)


@public
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a document: what it means, who qualifies, what to bring, questions, the words of the document itself."""
    view = queries.document(pk)
    if view is None:
        raise Http404
    code = view.row.programme_code
    scheme = next((one for one in catalogue.published_programmes() if code and one.code == code), None)
    context = {"view": view, "scheme": programme_page(scheme) if scheme else None}
    return render(request, "public/policy.html", context)

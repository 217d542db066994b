"""Public notices of payments: anybody may read who is to be paid what, and object."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public
from huoshui.funds import queries_payment as queries


@public
def notices(request: HttpRequest) -> HttpResponse:
    """List the public notices, newest first."""
    return render(request, "public/notices.html", {"notices": queries.public_notices()})


@public
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show one notice with its lines."""
    view = queries.public_notice(number)
    if view is None:
        raise Http404
    return render(request, "public/notice.html", {"view": view})

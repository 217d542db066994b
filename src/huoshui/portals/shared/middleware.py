"""The last hand on every answer: refused acts become pages a person understands; headers keep foreign scripts out."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel.errors import DomainError, Stale
from huoshui.portals.shared.views import problem_page

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # widths of bars; no style sheet and no script comes in this way
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class DomainErrorMiddleware:
    """Answers a DomainError that no form has caught with status 422 and all its problems; a Stale one with 409.

    Also sets the content security policy of every answer that has none of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a refused act; None leaves other errors to Django."""
        if isinstance(exception, Stale):
            lines = [
                *exception.lines(get_language() or "zh"),
                _("请返回并刷新页面，看到最新情况后再操作；没有任何内容被改动。"),
            ]
            return problem_page(request, 409, _("别人刚刚更新了这条记录"), lines)
        if isinstance(exception, DomainError):
            status = 404 if exception.code.endswith(("_unknown", "_not_found")) and request.method == "GET" else 422
            return problem_page(request, status, _("没有办成"), exception.lines(get_language() or "zh"))
        return None

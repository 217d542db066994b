"""Views of the frame: home by role, language, notices; and the pages for what went wrong."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST

from huoshui.access import actions, queries
from huoshui.access.guard import actor_of, public, signed_in
from huoshui.portals.shared.navigation import portal_of

HOMES = {"bank": "/bank/", "gov": "/gov/", "my": "/my/", "public": "/"}


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the first page of their portal."""
    return redirect(HOMES[portal_of(actor_of(request))])


@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, and go back to the page it was chosen on."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "/")
    response = redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    if chosen in dict(settings.LANGUAGES):
        year = 365 * 24 * 3600
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=year, samesite="Lax", httponly=True)
        if actor_of(request).person_id:
            actions.set_language(actor_of(request), language=chosen)
    return response


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """Show the reader's notices, newest first."""
    actor = actor_of(request)
    frame = "base_simple.html" if portal_of(actor) == "my" else "base.html"
    return render(request, "shared/notices.html", {"notices": queries.notices_for(actor), "frame": frame})


@require_POST
@signed_in
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark every notice of the reader as read."""
    actions.mark_all_read(actor_of(request))
    return redirect("shared:notices")


def _page(request: HttpRequest, status: int, title: str, lines: list[str]) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    template = "shared/_problem.html" if part else "shared/problem.html"
    return render(request, template, {"title": title, "lines": lines, "status": status}, status=status)


def problem_page(request: HttpRequest, status: int, title: str, lines: list[str]) -> HttpResponse:
    """Return a page (a part for HTMX) that says in words what went wrong and what to do."""
    return _page(request, status, title, lines)


@public
@requires_csrf_token
def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why a page is closed to the reader (403)."""
    said = str(exception) if exception and str(exception) else _("您没有打开此页面的权限。")
    return _page(request, 403, _("不能打开此页面"), [said])


@public
@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page or record, or none the reader may see (404)."""
    return _page(
        request, 404, _("没有找到"), [_("页面不存在，或这条记录不在您的权限范围内。请检查地址，或从首页重新进入。")]
    )


@public
@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """Say that the platform failed (500); needs no database."""
    return render(request, "shared/broken.html", status=500)


@public
@requires_csrf_token
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form's token has run out (403), and how to go on without typing again."""
    lines = [_("这张表单打开太久，或浏览器没有保存 Cookie。"), _("请返回上一页，刷新后再提交；已保存的内容不会丢失。")]
    return _page(request, 403, _("表单已过期"), lines)

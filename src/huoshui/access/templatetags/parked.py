"""``{% parked_form %}``: says on any page that something typed before the session ended is waiting."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huoshui.access import parked

register = template.Library()


@register.simple_tag(takes_context=True)
def parked_form(context: dict[str, Any]) -> SafeString | str:
    """Return the line with the way back to what is parked, or nothing; asks the database only where a cookie names one."""
    request, address = context.get("request"), reverse("access_resume")
    if request is None or parked.COOKIE not in request.COOKIES or request.path == address:
        return ""
    if parked.waiting(request) is None:
        return ""
    words, link = _("登录失效前您填写的内容还在。"), _("继续填写")
    return format_html(
        '<div class="alert alert-info" role="status">{} <a class="alert-link" href="{}">{}</a></div>',
        words,
        address,
        link,
    )

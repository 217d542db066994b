"""What a view is given: Django's request with the actor and HTMX's details on it."""

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from huoshui.access.actor import Actor


class ActingRequest(HttpRequest):
    """A request after the middleware: *actor* is who acts, *htmx* is true when a part of a page is asked for."""

    actor: Actor
    htmx: HtmxDetails


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, None where the page is only looked at; an empty form that was sent is still a form."""
    return request.POST if request.method == "POST" else None

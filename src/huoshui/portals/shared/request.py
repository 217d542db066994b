"""What a view is given: Django's request with the actor and HTMX's details on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from huoshui.access.actor import Actor


class ActingRequest(HttpRequest):
    """A request after the middleware: *actor* is who acts, *htmx* is true when a part of a page is asked for."""

    actor: Actor
    htmx: HtmxDetails

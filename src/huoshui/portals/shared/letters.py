"""The letter about a payment (告知书), as bureau, bank and firm fetch it."""

from __future__ import annotations

from django.http import HttpResponse

from huoshui.access.actor import Actor
from huoshui.funds import queries_letter


def letter_response(actor: Actor, pk: int) -> HttpResponse:
    """Return the PDF; raises DomainError where there is none for the actor."""
    number, made = queries_letter.letter(actor, pk)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return answer

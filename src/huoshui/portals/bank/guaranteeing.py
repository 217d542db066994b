"""What a case's or loan's page says of its guarantee: one under way, or that one must be asked for."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.guarantee_lifecycle import STATE_NAMES, State
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.lines import Link


def link(actor: Actor, referral_id: int | None) -> Link | None:
    """Return where the guarantee of a bank's case is, or where to ask for one; None where none is needed."""
    if referral_id is None:
        return None
    row = queries.of_case(actor, referral_id)
    if row is not None:
        return Link(
            _("担保：%(state)s") % {"state": said(STATE_NAMES[State(row.state)])},
            reverse("bank:guarantee", args=[row.pk]),
        )
    needed = actor.may(Permission.MANAGE_LOANS) and queries.to_ask(actor).filter(pk=referral_id).exists()
    return Link(_("申请担保"), reverse("bank:guarantee_ask", args=[referral_id])) if needed else None

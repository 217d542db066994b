"""Leaving notices and marking them as read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from huoshui.access import notice_texts, quiet, wordings
from huoshui.access.actor import Actor
from huoshui.access.models import Delivery, Notice
from huoshui.access.scope import scope
from huoshui.kernel import clock


def notify(
    actor: Actor,
    *,
    template: str,
    facts: dict[str, Any],
    link: str = "",
    person_id: int | None = None,
    organisation_id: int | None = None,
    enterprise_id: int | None = None,
) -> int:
    """Leave a notice for a person, an organisation or a firm and queue its delivery; part of the caller's transaction.

    *template* is registered in notice_texts (KeyError otherwise); *facts* fill its words, a Text as {"zh": …, "en": …}.
    """
    if not notice_texts.known(template):
        raise KeyError(f"no notice template {template} is registered")
    now = clock.now()
    with transaction.atomic(savepoint=False):
        notice = Notice.objects.create(
            template=template,
            facts=facts,
            link=link,
            person_id=person_id,
            organisation_id=organisation_id,
            enterprise_id=enterprise_id,
            wording=wordings.newest(template),
            created_at=now,
        )
        Delivery.objects.bulk_create(_deliveries(notice))
    return int(notice.pk)


def notify_firms(
    actor: Actor, *, template: str, facts: dict[str, Any], enterprise_ids: Sequence[int], link: str = ""
) -> int:
    """Leave the same notice for many firms at once, as `notify` for each; returns how many. Part of the caller's act."""
    if not notice_texts.known(template):
        raise KeyError(f"no notice template {template} is registered")
    now, wording = clock.now(), wordings.newest(template)
    with transaction.atomic(savepoint=False):
        notices = Notice.objects.bulk_create(
            Notice(template=template, facts=facts, link=link, enterprise_id=pk, wording=wording, created_at=now)
            for pk in enterprise_ids
        )
        Delivery.objects.bulk_create([sent for notice in notices for sent in _deliveries(notice)], batch_size=1000)
    return len(notices)


def _deliveries(notice: Notice) -> Iterable[Delivery]:
    """One row a channel; who receives it is found when it is sent, by the worker, who may read addresses."""
    body, now = wordings.say(notice.template, notice.facts, notice.wording).zh, notice.created_at
    for channel in getattr(settings, "NOTICE_CHANNELS", ["recorded"]):
        recorded = channel == "recorded"  # written down is all that this channel does
        state = Delivery.State.SENT if recorded else Delivery.State.QUEUED
        sent_at = now if recorded else None
        due_at = quiet.waits_until(now, *wordings.quiet_hours()) if channel in quiet.RINGING else None
        yield Delivery(
            notice=notice, channel=channel, body=body, state=state, created_at=now, sent_at=sent_at, due_at=due_at
        )


def mark_read(actor: Actor, *, notice_id: int) -> bool:
    """Mark one of the actor's own notices as read; False where it is not theirs or was read already."""
    own = scope(actor, Notice.objects.filter(pk=notice_id, read_at__isnull=True))
    return own.update(read_at=clock.now()) == 1


def mark_all_read(actor: Actor) -> int:
    """Mark every notice of the actor as read; returns how many."""
    return scope(actor, Notice.objects.filter(read_at__isnull=True)).update(read_at=clock.now())

"""Background work that pages ask for: taking a file into the register, on the worker's own connection."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from procrastinate.contrib.django import app

from huoshui.access.actor import actor_for
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import uploads
from huoshui.registry import imports


@app.task(name="government.take_in", queue="imports")
def take_in(key: str) -> None:
    """Try or take in an upload; safe to run twice, since the same file changes nothing the second time."""
    upload = uploads.find(key)
    if upload is None:
        return
    try:
        batch = imports.run(
            upload.source,
            upload.path,
            actor=actor_for(get_user_model().objects.get(pk=upload.person_id)),
            mapping=upload.mapping,
            kind=upload.kind,
            dry_run=upload.dry_run,
        )
    except DomainError as refusal:
        uploads.save(upload, state="failed", message=" ".join(uploads.named(upload, refusal.lines())))
        return
    uploads.save(upload, state="done", batch=batch.id, message="")

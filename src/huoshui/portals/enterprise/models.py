"""What somebody has typed so far on the way to a demand. Private to the portal."""

from __future__ import annotations

import uuid

from django.db import models


class Draft(models.Model):
    """An application not sent yet. *key* is also the key of the form: however often it is sent, it makes one demand.

    A browser holds a token (only its hash is here); once the phone is confirmed, the person finds it from any browser.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey("access.Person", on_delete=models.CASCADE, null=True, related_name="+")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-updated_at"], name="draft_person", condition=models.Q(sent_at=None))
        ]

    def __str__(self) -> str:
        return str(self.key)

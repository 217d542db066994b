"""Tables of the event log. Private to the package; the database refuses update, delete and truncate on both."""

from django.db import models


class Event(models.Model):
    """One thing that was done or read: who, for whom, what, on what, why, under which rule version."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_id = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=120)
    acting_for = models.CharField(max_length=120, blank=True, default="")
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    topic = models.CharField(max_length=60, blank=True, default="")  # the case a reader follows, e.g. "demand:12"
    facts = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    rule_version = models.CharField(max_length=120, blank=True, default="")
    request_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_event_subject"),
            models.Index(fields=["topic", "id"], name="audit_event_topic", condition=~models.Q(topic="")),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
            models.Index(fields=["kind", "-id"], name="audit_event_kind"),
            models.Index(fields=["-at"], name="audit_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.subject_type}:{self.subject_id}"


class Link(models.Model):
    """The place of one event in the chain; written by the database itself when the transaction commits."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="link")
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"#{self.seq}"

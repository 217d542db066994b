"""The policy library: documents, what people ask about them, and the index that finds them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PolicyDocument(models.Model):
    """A document as it was issued, and what it means in plain words. *key* tells one document from another at import."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        REPEALED = "repealed", "已废止"

    key = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True, default="")
    issuer = models.CharField(max_length=120, blank=True, default="")
    issued_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    url = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    summary = models.TextField(blank=True, default="")
    summary_en = models.TextField(blank=True, default="")
    programme_code = models.CharField(max_length=60, blank=True, default="")  # whose conditions say who qualifies
    papers = ArrayField(models.CharField(max_length=120), default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "published", "repealed"]), name="policy_document_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_from=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="policy_document_ends_after_it_begins",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "-issued_on"], name="policy_document_newest")]

    def __str__(self) -> str:
        return self.title


class PolicyQuestion(models.Model):
    """What people ask about a document, and the answer."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.CASCADE, related_name="questions")
    place = models.PositiveSmallIntegerField(default=0)
    ask = models.CharField(max_length=200)
    ask_en = models.CharField(max_length=300, blank=True, default="")
    answer = models.TextField()
    answer_en = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.ask


class PolicyPart(models.Model):
    """A stretch of a document that is found by itself: number 0 is the head, the others are its articles."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    length = models.PositiveIntegerField()  # words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="policy_part_once")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.number}"


class PolicyWord(models.Model):
    """How often a word stands in a part."""

    word = models.CharField(max_length=40)
    part = models.ForeignKey(PolicyPart, on_delete=models.CASCADE, related_name="words")
    hits = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["word"], include=["part_id", "hits"], name="policy_word_found")]

    def __str__(self) -> str:
        return self.word

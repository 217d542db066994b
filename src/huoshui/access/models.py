"""Organisations, people, roles, one-time codes and notices. Private to the package."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.utils.crypto import salted_hmac

from huoshui.access.roles import SEPARATE_ROLES, Role


class Organisation(models.Model):
    """An office, bank (tree of branches), guarantor, operator or auditor. *path* is "/1/7/" from the root down."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", "政府部门"
        BANK = "bank", "银行"
        GUARANTOR = "guarantor", "担保机构"
        OPERATOR = "operator", "平台运营"
        AUDITOR = "auditor", "审计"

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"
        HEAD = "head", "总行（总部）"
        BRANCH = "branch", "分支机构"
        NONE = "none", "—"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.NONE)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120, db_index=True, default="/")
    district_code = models.CharField(max_length=6, blank=True, default="")  # the area a government office answers for
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["government", "bank", "guarantor", "operator", "auditor"]),
                name="organisation_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)

    def acting(self) -> models.QuerySet[Person]:
        """Return people with organisation and open roles, so that an actor is made from one query."""
        open_grants = RoleGrant.objects.filter(person=models.OuterRef("pk"), ended_at__isnull=True)
        return self.select_related("organisation").annotate(open_roles=ArraySubquery(open_grants.values("role")))


class Person(AbstractBaseUser):
    """A human being who signs in: staff of an organisation, or the owner of a firm. No shared accounts."""

    class Kind(models.TextChoices):
        STAFF = "staff", "工作人员"
        OWNER = "owner", "企业用户"

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.STAFF)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    email = models.EmailField(blank=True, default="")
    phone_cipher = models.BinaryField(null=True)  # encrypted; phone_hash finds it
    phone_hash = models.CharField(max_length=64, null=True, unique=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)  # the first password was set by somebody else
    session_epoch = models.PositiveIntegerField(default=0)  # one more ends every session of the person
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="owner", organisation__isnull=True)
                | models.Q(kind="staff", organisation__isnull=False),
                name="person_staff_has_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        held = f"{self.password}:{self.session_epoch}"
        return salted_hmac("huoshui.access.person", held, secret=secret, algorithm="sha256").hexdigest()

    @property
    def office(self) -> Organisation | None:
        """Return the organisation, None for the owner of a firm."""
        return self.organisation

    def held_roles(self) -> frozenset[Role]:
        """Return the roles that have not ended."""
        loaded: list[str] | None = getattr(self, "open_roles", None)  # set by PersonManager.acting
        if loaded is None:
            loaded = list(self.grants.filter(ended_at__isnull=True).values_list("role", flat=True))
        return frozenset(map(Role, loaded))

    def represented(self) -> tuple[int, ...]:
        """Return the ids of the firms that the person acts for, ascending; none for staff."""
        if self.kind != self.Kind.OWNER:
            return ()
        links: Any = self.represents  # declared by the register on its own table
        return tuple(
            links.filter(ended_at__isnull=True).order_by("enterprise_id").values_list("enterprise_id", flat=True)
        )


class RoleGrant(models.Model):
    """A role that a person holds. Ended grants stay for the record."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(ended_at__isnull=True), name="role_grant_once"
            ),
            # system, security and audit administration are held by different people; an index judges even two
            # grants made at the same moment
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True, role__in=sorted(SEPARATE_ROLES)),
                name="role_grant_administrations_apart",
            ),
            models.CheckConstraint(condition=models.Q(role__in=sorted(Role)), name="role_grant_role_known"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("granted_by")), name="role_grant_not_to_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role}"


class OneTimeCode(models.Model):
    """A code sent to a phone; only hashes are kept."""

    phone_hash = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=30, default="sign_in")
    address_hash = models.CharField(max_length=64, blank=True, default="")  # where it was asked from, for the limit
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["address_hash", "-created_at"], name="one_time_code_address")]

    def __str__(self) -> str:
        return f"code {self.pk}"


class Notice(models.Model):
    """A message to a person, an organisation (with a role) or a firm; shown in the inbox and sent by adapters."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    enterprise_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    template = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True, default="")
    wording = models.PositiveSmallIntegerField(default=1)  # version of the words it was sent with; 1 is shipped
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False)
                | models.Q(organisation__isnull=False)
                | models.Q(enterprise_id__isnull=False),
                name="notice_has_recipient",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="notice_org")]

    def __str__(self) -> str:
        return self.template


class Delivery(models.Model):
    """One attempt to send a notice or code through a channel (recorded, sms, email, wechat)."""

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "失败"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="deliveries")
    channel = models.CharField(max_length=12)
    recipient_hash = models.CharField(max_length=64, blank=True, default="")
    recipient_cipher = models.BinaryField(null=True)  # where to send it; taken away once it is sent
    body = models.TextField()  # what is sent; a one-time code is kept here only in practice mode
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # not before: a quiet hour or a second attempt
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=["recorded", "sms", "email", "wechat"]), name="delivery_channel_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed"]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="delivery_waiting", condition=models.Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class NoticeWording(models.Model):
    """The operator's words for a template in place of the shipped ones; the newest version holds for new notices."""

    template = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    zh = models.CharField(max_length=600)
    en = models.CharField(max_length=900)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="notice_wording_once"),
            models.CheckConstraint(condition=models.Q(version__gte=2), name="notice_wording_after_shipped"),
            models.CheckConstraint(condition=~models.Q(zh="") & ~models.Q(en=""), name="notice_wording_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.version}"


class QuietHours(models.Model):
    """When no message rings a phone: from one o'clock to another, over midnight too; equal means never. Newest holds."""

    begins = models.TimeField()
    ends = models.TimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


class ParkedForm(models.Model):
    """What somebody had typed when their session had ended; encrypted, given back once after signing in again."""

    token_hash = models.CharField(max_length=64, unique=True)  # the token itself is only in the browser's cookie
    path = models.CharField(max_length=500)
    cipher = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.path

"""Registration of the package with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "huoshui.audit"
    label = "audit"

"""Registration of the package with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "huoshui.ledger"
    label = "ledger"

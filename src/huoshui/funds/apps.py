"""Registration of the package with Django."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "huoshui.funds"
    label = "funds"

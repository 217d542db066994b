"""Registration of the package with Django."""

from django.apps import AppConfig


class FinancingConfig(AppConfig):
    name = "huoshui.financing"
    label = "financing"

"""Registration of the package with Django."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "huoshui.statistics"
    label = "statistics"

"""Registration of the package with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "huoshui.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Make the sentences of the books' events known."""
        from huoshui.ledger import events  # noqa: F401

"""Registration of the package with Django."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "huoshui.funds"
    label = "funds"

    def ready(self) -> None:
        """Make the package's sentences and scopes known."""
        from huoshui.funds import (
            bridge_events,
            bridge_scoping,
            bridge_tracing,
            compensation_events,
            compensation_scoping,
            guarantee_events,
            guarantee_scoping,
            guarantee_tracing,
            payment_events,
            payment_scoping,
            payment_tracing,
            period_events,
            subsidy_events,
        )

        period_events.register()
        bridge_events.register()
        compensation_events.register()
        compensation_scoping.install()
        guarantee_events.register()
        guarantee_scoping.install()
        guarantee_tracing.install()
        bridge_scoping.install()
        bridge_tracing.install()
        payment_events.register()
        payment_scoping.install()
        payment_tracing.install()
        subsidy_events.register()
        from huoshui.financing import drawing
        from huoshui.funds import (
            actions_bridge_payment,
            actions_compensation,
            actions_payout,
            actions_subsidy,
            queries_guarantee,
            reactions,
        )

        drawing.needs("guarantee", queries_guarantee.not_in_force)

        reactions.register(actions_subsidy.KIND, actions_subsidy.react)
        reactions.register(actions_compensation.KIND, actions_compensation.react)
        reactions.register(actions_bridge_payment.KIND, actions_bridge_payment.react)
        reactions.register(actions_payout.KIND, actions_payout.react)
        reactions.posts(actions_payout.KIND, actions_payout.draft)
        reactions.posts(actions_bridge_payment.KIND, actions_bridge_payment.draft)

"""Registration of the package with Django."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "huoshui.screening"
    label = "screening"

    def ready(self) -> None:
        """Make the package's sentences known, and the tables whose rows never change."""
        from huoshui.access import web_role
        from huoshui.registry import changes
        from huoshui.screening import events_lab, events_list, following, scoping

        events_lab.register()
        events_list.register()
        scoping.install()
        changes.listen(following.follow)
        web_role.append_only(
            "screening_policydraftversion",
            "screening_listrule",
            "screening_listedition",
            "screening_listchange",
            "screening_leadpush",
        )

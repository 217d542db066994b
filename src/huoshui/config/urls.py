"""Where each portal hangs."""

from django.urls import URLPattern, URLResolver, include, path

from huoshui.config.doctor import examine
from huoshui.portals.government.system import register_examination

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("huoshui.access.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("huoshui.portals.shared.urls")),
    path("", include("huoshui.portals.public.urls")),
    path("", include("huoshui.portals.enterprise.urls")),
    path("bank/", include("huoshui.portals.bank.urls")),
    path("gov/", include("huoshui.portals.government.urls")),
]
handler403 = "huoshui.portals.shared.views.not_permitted"
handler404 = "huoshui.portals.shared.views.not_found"
handler500 = "huoshui.portals.shared.views.broken"
register_examination(examine)

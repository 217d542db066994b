"""Addresses anybody may open."""

from django.urls import path, re_path

from huoshui.portals.public import (
    views,
    views_event,
    views_figures,
    views_hall,
    views_notice,
    views_policy,
    views_practice,
)

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.products, name="products"),
    path("products/<int:pk>/", views.product, name="product"),
    path("programmes/", views.programmes, name="programmes"),
    path("policy/", views_policy.library, name="policies"),
    path("policy/<int:pk>/", views_policy.document, name="policy"),
    path("events/", views_event.events, name="events"),
    path("hall/screen/", views_hall.screen, name="hall_screen"),
    path("demo/", views_practice.roles, name="practice"),
    path("payment-notices/", views_notice.notices, name="notices"),
    path("payment-notices/<str:number>/", views_notice.notice, name="notice"),
    path("figures/", views_figures.figures, name="figures"),
    re_path(r"^figures/data\.(?P<kind>csv|json)$", views_figures.data, name="figures_data"),
    path("figures/bulletins/<int:pk>/", views_figures.bulletin, name="bulletin"),
    re_path(
        r"^figures/bulletins/(?P<pk>\d+)/file\.(?P<kind>pdf|xlsx)$", views_figures.bulletin_file, name="bulletin_file"
    ),
    path("programmes/<str:code>/", views.programme, name="programme"),
]

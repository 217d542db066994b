"""Addresses anybody may open."""

from django.urls import path

from huoshui.portals.public import views, views_practice

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.products, name="products"),
    path("products/<int:pk>/", views.product, name="product"),
    path("programmes/", views.programmes, name="programmes"),
    path("demo/", views_practice.roles, name="practice"),
    path("programmes/<str:code>/", views.programme, name="programme"),
]

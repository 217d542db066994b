"""Addresses of the bank portal."""

from django.urls import path

from huoshui.portals.bank import views_branch, views_home, views_product

app_name = "bank"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("products/", views_product.products, name="products"),
    path("products/new/", views_product.new_product, name="product_new"),
    path("products/<int:pk>/", views_product.product, name="product"),
    path("products/<int:pk>/v<int:number>/", views_product.product, name="product_version"),
    path("products/<int:pk>/edit/", views_product.edit_product, name="product_edit"),
    path("products/<int:pk>/versions/<int:version>/<slug:act>/", views_product.act_on_product, name="product_act"),
    path("branches/", views_branch.branches, name="branches"),
    path("branches/<int:pk>/", views_branch.branch, name="branch"),
    path("team/", views_branch.team, name="team"),
]

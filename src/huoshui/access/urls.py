"""Addresses of the package; they hang below accounts/ beside allauth's."""

from django.urls import path

from huoshui.access import views

urlpatterns = [path("resume/", views.resume, name="access_resume")]

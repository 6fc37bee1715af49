"""Addresses of pictures; `addresses` writes and reads what stands in them."""

from django.urls import path

from courant.pictures import views

app_name = "pictures"
urlpatterns = [path("<str:signature>/<int:picture_id>/<str:name>", views.rendition, name="rendition")]

"""Configuration of other people's applications."""

from wagtail.users.apps import WagtailUsersAppConfig


class NewsroomUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user screens, with the fields our accounts have."""

    user_viewset = "courant.readers.newsroom.accounts.ReaderViewSet"

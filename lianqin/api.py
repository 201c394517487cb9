"""The map of ``/api/v1/``."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("relay.api.urls")),
    path("", include("grids.api.urls")),
    path("", include("catalogue.api.urls")),
    path("", include("workorders.api.urls")),
    path("", include("dispatch.api.urls")),
    path("", include("insight.api.urls")),
    path("citizen/", include("citizens.api.urls")),
    path("setup/", include("configuration.api.urls")),
]

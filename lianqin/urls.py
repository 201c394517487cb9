"""The site map."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from lianqin import health
from relay.api.sink import DemoGateway

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("healthz", health.healthy, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include(("lianqin.api", "api"))),
    path("accounts/", include("accounts.urls")),
    path("citizen/", include("citizens.urls")),
    path("citizen-desk/", include("citizens.desk_urls")),
    path("intake/", include("citizens.intake_urls")),
    path("open311/v2/", include("citizens.api.open311_urls")),
    path("configuration/", include("configuration.urls")),
    path("demo/gateway/<slug:kind>/", DemoGateway.as_view(), name="demo-gateway"),
    path("", include("dispatch.urls")),
    path("", include("workorders.urls")),
]

handler400 = "accounts.views.bad_request"
handler403 = "accounts.views.permission_denied"
handler404 = "accounts.views.not_found"
handler500 = "accounts.views.server_error"

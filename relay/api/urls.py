"""What the relay answers under ``/api/v1/``."""

from django.urls import URLPattern, path

from relay.api.views import StreamTicketView

urlpatterns: list[URLPattern] = [path("stream/ticket/", StreamTicketView.as_view(), name="stream-ticket")]

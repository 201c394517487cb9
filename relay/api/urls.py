"""What the relay answers under ``/api/v1/``."""

from django.urls import URLPattern, path

from relay.api import channels
from relay.api.views import StreamTicketView

urlpatterns: list[URLPattern] = [
    path("stream/ticket/", StreamTicketView.as_view(), name="stream-ticket"),
    path("channels/", channels.Channels.as_view(), name="channels"),
    path("channels/<int:pk>/", channels.OneChannel.as_view(), name="channel"),
    path("channels/<int:pk>/secrets/", channels.ChannelSecrets.as_view(), name="channel-secrets"),
    path("channels/<int:pk>/tests/", channels.ChannelTests.as_view(), name="channel-tests"),
    path("messages/", channels.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/resend/", channels.MessageResend.as_view(), name="message-resend"),
    path("messages/<int:pk>/discard/", channels.MessageDiscard.as_view(), name="message-discard"),
]

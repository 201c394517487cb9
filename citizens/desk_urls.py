"""Mounted at ``/citizen-desk/``."""

from django.urls import path

from citizens.views import community_desk, desk, following_desk, platforms, reading, volunteers_desk
from citizens.views import privacy as privacy_views

app_name = "desk"
urlpatterns = [
    path("", desk.DeskView.as_view(), name="desk"),
    path("callbacks/", following_desk.CallbacksView.as_view(), name="callbacks"),
    path("spot-checks/", following_desk.SpotChecksView.as_view(), name="spot-checks"),
    path("draws/<int:pk>/", following_desk.DrawView.as_view(), name="draw"),
    path("pictures/", following_desk.PicturesView.as_view(), name="publish"),
    path("pictures/<str:number>/", following_desk.OrderPicturesView.as_view(), name="order-pictures"),
    path("platforms/", platforms.Platforms.as_view(), name="platforms"),
    path("platforms/<slug:code>/", platforms.Platform.as_view(), name="platform"),
    path("letters/", platforms.Letters.as_view(), name="letters"),
    path("letters/<int:pk>/", platforms.Letter.as_view(), name="letter"),
    path("returns/", platforms.Returns.as_view(), name="returns"),
    path("reading/", reading.ReadingView.as_view(), name="reading"),
    path("community/", community_desk.StandingsView.as_view(), name="standings"),
    path("volunteers/", volunteers_desk.TeamsView.as_view(), name="patrol-teams"),
    path("volunteers/calendar/", volunteers_desk.CalendarView.as_view(), name="patrol-calendar"),
    path("volunteers/<int:pk>/", volunteers_desk.TeamView.as_view(), name="patrol-team"),
    path("privacy/", privacy_views.NoticesView.as_view(), name="privacy-notices"),
]

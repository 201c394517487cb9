"""Mounted at ``/citizen/``."""

from django.urls import path

from citizens.views import appeals, feeds, following, me, own_data, privacy, pwa, reporting, site, statistics
from citizens.views import community as community_views
from citizens.views import volunteers as volunteer_views

app_name = "citizens"
urlpatterns = [
    path("", site.HomeView.as_view(), name="home"),
    path("privacy/", privacy.PrivacyView.as_view(), name="privacy"),
    path("me/", me.MeView.as_view(), name="me"),
    path("me/out/", me.SignOutView.as_view(), name="me-out"),
    path("me/agree/", me.AgreeView.as_view(), name="me-agree"),
    path("me/news/", me.NewsView.as_view(), name="me-news"),
    path("me/code/<str:key>/", me.CodeView.as_view(), name="me-code"),
    path("me/data/", own_data.DataView.as_view(), name="me-data"),
    path("me/data/take/", own_data.TakeDataView.as_view(), name="me-take"),
    path("me/leave/", own_data.LeaveView.as_view(), name="me-leave"),
    path("me/left/", own_data.LeftView.as_view(), name="me-left"),
    path("type/", site.TypeView.as_view(), name="type"),
    path("report/", reporting.ReportView.as_view(), name="report"),
    path("report/number/", reporting.NumberView.as_view(), name="report-number"),
    path("report/near/", reporting.NearView.as_view(), name="report-near"),
    path("report/near/<uuid:key>/", reporting.NearPictureView.as_view(), name="report-near-picture"),
    path("report/join/", reporting.JoinView.as_view(), name="report-join"),
    path("receipt/<str:code>/", reporting.ReceiptView.as_view(), name="receipt"),
    path("site.webmanifest", pwa.ManifestView.as_view(), name="manifest"),
    path("sw.js", pwa.WorkerView.as_view(), name="worker"),
    path("offline/", pwa.OfflineView.as_view(), name="offline"),
    path("community/", community_views.NeighbourhoodView.as_view(), name="community"),
    path("volunteer/", volunteer_views.VolunteerView.as_view(), name="volunteer"),
    path("volunteer/<int:pk>/", volunteer_views.VolunteerShiftView.as_view(), name="volunteer-shift"),
    path("statistics/", statistics.StatisticsView.as_view(), name="statistics"),
    path("statistics/datapackage.json", statistics.PackageView.as_view(), name="statistics-package"),
    path("statistics/<str:span>.<str:form>", statistics.DataView.as_view(), name="statistics-data"),
    path("feeds/", feeds.FeedsView.as_view(), name="feeds"),
    path("feeds/<str:code>.<str:form>", feeds.FeedView.as_view(), name="feed"),
    path("feeds/<str:code>/", feeds.ClosedView.as_view(), name="street-closed"),
    path("track/", following.TrackView.as_view(), name="track"),
    path("track/<str:code>/", following.TrackOneView.as_view(), name="track-one"),
    path("track/<str:code>/mine/<uuid:key>/", following.OwnPictureView.as_view(), name="track-picture"),
    path("track/<str:code>/shown/<uuid:key>/", following.PublishedPictureView.as_view(), name="track-shown"),
    path("appeal/", appeals.AppealView.as_view(), name="appeal"),
    path("appeal/<str:code>/", appeals.AppealAnswerView.as_view(), name="appeal-answer"),
]

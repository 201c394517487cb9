"""Mounted at ``/citizen/``."""

from django.urls import path

from citizens.views import following, me, own_data, privacy, pwa, reporting, site

app_name = "citizens"
urlpatterns = [
    path("", site.HomeView.as_view(), name="home"),
    path("privacy/", privacy.PrivacyView.as_view(), name="privacy"),
    path("me/", me.MeView.as_view(), name="me"),
    path("me/out/", me.SignOutView.as_view(), name="me-out"),
    path("me/agree/", me.AgreeView.as_view(), name="me-agree"),
    path("me/code/<str:key>/", me.CodeView.as_view(), name="me-code"),
    path("me/data/", own_data.DataView.as_view(), name="me-data"),
    path("me/data/take/", own_data.TakeDataView.as_view(), name="me-take"),
    path("me/leave/", own_data.LeaveView.as_view(), name="me-leave"),
    path("me/left/", own_data.LeftView.as_view(), name="me-left"),
    path("type/", site.TypeView.as_view(), name="type"),
    path("report/", reporting.ReportView.as_view(), name="report"),
    path("report/near/", reporting.NearView.as_view(), name="report-near"),
    path("report/join/", reporting.JoinView.as_view(), name="report-join"),
    path("receipt/<str:code>/", reporting.ReceiptView.as_view(), name="receipt"),
    path("site.webmanifest", pwa.ManifestView.as_view(), name="manifest"),
    path("sw.js", pwa.WorkerView.as_view(), name="worker"),
    path("offline/", pwa.OfflineView.as_view(), name="offline"),
    path("track/", following.TrackView.as_view(), name="track"),
    path("track/<str:code>/", following.TrackOneView.as_view(), name="track-one"),
    path("track/<str:code>/mine/<uuid:key>/", following.OwnPictureView.as_view(), name="track-picture"),
    path("track/<str:code>/shown/<uuid:key>/", following.PublishedPictureView.as_view(), name="track-shown"),
]

"""Mounted at ``/citizen/``."""

from django.urls import path

from citizens.views import appeals, demo, feeds, following, me, own_data, privacy, pwa, reporting, site, statistics
from citizens.views import community as community_views
from citizens.views import deliberation as deliberation_views
from citizens.views import observers as observer_views
from citizens.views import open311 as open311_views
from citizens.views import points as points_views
from citizens.views import shop as shop_views
from citizens.views import tips as tips_views
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
    path("demo/messages/", demo.MessagesView.as_view(), name="demo-messages"),
    path("me/data/", own_data.DataView.as_view(), name="me-data"),
    path("me/data/take/", own_data.TakeDataView.as_view(), name="me-take"),
    path("me/leave/", own_data.LeaveView.as_view(), name="me-leave"),
    path("me/left/", own_data.LeftView.as_view(), name="me-left"),
    path("points/", points_views.MyPointsView.as_view(), name="points"),
    path("points/vouchers/<uuid:key>/", points_views.VoucherView.as_view(), name="voucher"),
    path("shop/", shop_views.ShopView.as_view(), name="shop"),
    path("shop/<uuid:key>/", shop_views.RewardView.as_view(), name="reward"),
    path("shop/<uuid:key>/picture/", shop_views.RewardPictureView.as_view(), name="reward-picture"),
    path("tips/", tips_views.TipsView.as_view(), name="tips"),
    path("tips/mine/", tips_views.TipView.as_view(), name="tip-mine"),
    path("type/", site.TypeView.as_view(), name="type"),
    path("developers/", open311_views.DevelopersView.as_view(), name="developers"),
    path("developers/<str:code>/", open311_views.DeveloperKeyView.as_view(), name="developer-key"),
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
    path("matters/", deliberation_views.MattersView.as_view(), name="matters"),
    path("matters/new/", deliberation_views.MatterNewView.as_view(), name="matter-new"),
    path("matters/<int:pk>/", deliberation_views.MatterView.as_view(), name="matter"),
    path("remarks/", observer_views.RemarksView.as_view(), name="remarks"),
    path("remarks/place/", observer_views.RemarkPlaceView.as_view(), name="remark-place"),
    path("remarks/<int:pk>/picture/", observer_views.RemarkPictureView.as_view(), name="remark-picture"),
    path("volunteer/", volunteer_views.VolunteerView.as_view(), name="volunteer"),
    path("volunteer/<int:pk>/", volunteer_views.VolunteerShiftView.as_view(), name="volunteer-shift"),
    path("statistics/", statistics.StatisticsView.as_view(), name="statistics"),
    path("statistics/datapackage.json", statistics.PackageView.as_view(), name="statistics-package"),
    path("statistics/<str:span>.<str:form>", statistics.DataView.as_view(), name="statistics-data"),
    path("feeds/", feeds.FeedsView.as_view(), name="feeds"),
    path("feeds/<str:code>.<str:form>", feeds.FeedView.as_view(), name="feed"),
    path("feeds/<str:code>/", feeds.ClosedView.as_view(), name="street-closed"),
    path("pictures/<uuid:key>.jpg", open311_views.PublicPictureView.as_view(), name="public-picture"),
    path("track/", following.TrackView.as_view(), name="track"),
    path("track/<str:code>/", following.TrackOneView.as_view(), name="track-one"),
    path("track/<str:code>/mine/<uuid:key>/", following.OwnPictureView.as_view(), name="track-picture"),
    path("track/<str:code>/shown/<uuid:key>/", following.PublishedPictureView.as_view(), name="track-shown"),
    path("appeal/", appeals.AppealView.as_view(), name="appeal"),
    path("appeal/<str:code>/", appeals.AppealAnswerView.as_view(), name="appeal-answer"),
]

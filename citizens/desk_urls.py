"""Mounted at ``/citizen-desk/``."""

from django.urls import path

from citizens.views import (
    batches,
    community_desk,
    deliberation_desk,
    desk,
    following_desk,
    moderation,
    platforms,
    points_desk,
    reading,
    shop_desk,
    tips_desk,
    volunteers_desk,
)
from citizens.views import observers as observer_views
from citizens.views import open311 as open311_views
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
    path("batches/", batches.Batches.as_view(), name="intake-batches"),
    path("batches/<int:pk>/", batches.Batch.as_view(), name="intake-batch"),
    path("batches/<int:pk>/progress/", batches.BatchProgress.as_view(), name="intake-batch-progress"),
    path("batches/template/<slug:code>/", batches.BatchTemplate.as_view(), name="intake-batch-template"),
    path("letters/", platforms.Letters.as_view(), name="letters"),
    path("letters/<int:pk>/", platforms.Letter.as_view(), name="letter"),
    path("returns/", platforms.Returns.as_view(), name="returns"),
    path("moderation/", moderation.QueueView.as_view(), name="moderation"),
    path("moderation/words/", moderation.WordsView.as_view(), name="moderation-words"),
    path("moderation/blocks/", moderation.BlocksView.as_view(), name="moderation-blocks"),
    path("reading/", reading.ReadingView.as_view(), name="reading"),
    path("api-keys/", open311_views.ApiKeysView.as_view(), name="api-keys"),
    path("community/", community_desk.StandingsView.as_view(), name="standings"),
    path("matters/", deliberation_desk.MattersDeskView.as_view(), name="matters-desk"),
    path("matters/<int:pk>/", deliberation_desk.MatterDeskView.as_view(), name="matter-desk"),
    path("remarks/", observer_views.RemarksDeskView.as_view(), name="remarks-desk"),
    path("volunteers/", volunteers_desk.TeamsView.as_view(), name="patrol-teams"),
    path("volunteers/calendar/", volunteers_desk.CalendarView.as_view(), name="patrol-calendar"),
    path("volunteers/<int:pk>/", volunteers_desk.TeamView.as_view(), name="patrol-team"),
    path("points/", points_desk.PointsRulesView.as_view(), name="points-rules"),
    path("points/order/", points_desk.OrderPointsView.as_view(), name="points-order"),
    path("shop/", shop_desk.ShopDeskView.as_view(), name="shop-desk"),
    path("shop/new/", shop_desk.RewardDeskView.as_view(), name="shop-reward-new"),
    path("shop/<int:pk>/", shop_desk.RewardDeskView.as_view(), name="shop-reward"),
    path("vouchers/", shop_desk.VouchersView.as_view(), name="vouchers"),
    path("tips/", tips_desk.TipsDeskView.as_view(), name="tips-desk"),
    path("tips/<int:pk>/", tips_desk.TipDeskView.as_view(), name="tip-desk"),
    path("privacy/", privacy_views.NoticesView.as_view(), name="privacy-notices"),
]

from django.urls import path

from dispatch.api import views

urlpatterns = [
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/read/", views.NoticesRead.as_view(), name="notices-read"),
    path("notices/<int:pk>/read/", views.NoticeRead.as_view(), name="notice-read"),
    path("supervision-orders/", views.SupervisionOrders.as_view(), name="supervision-orders"),
    path(
        "supervision-orders/<str:number>/acknowledge/",
        views.SupervisionOrderAcknowledge.as_view(),
        name="supervision-order-acknowledge",
    ),
]

"""Mounted at ``/``."""

from django.urls import path
from django.views.generic import RedirectView

from workorders import views

app_name = "workorders"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workorders:queue"), name="home"),
    path("orders/", views.QueueView.as_view(), name="queue"),
    path("orders/new/", views.NewReportView.as_view(), name="new"),
    path("orders/<str:number>/", views.QueueView.as_view(), name="order"),
    path("orders/<str:number>/print/", views.PrintView.as_view(), name="print"),
]

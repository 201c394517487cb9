from django.urls import path

from insight.api import views

urlpatterns = [
    path("totals/", views.TotalsView.as_view(), name="totals"),
    path("totals/open/", views.OpenOrdersView.as_view(), name="totals-open"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("divisions/", views.Divisions.as_view(), name="divisions"),
    path("divisions/boundaries/", views.Boundaries.as_view(), name="division-boundaries"),
    path("divisions/<str:code>/", views.OneDivision.as_view(), name="division"),
    path("units/", views.Units.as_view(), name="units"),
    path("locate/", views.Locate.as_view(), name="locate"),
]

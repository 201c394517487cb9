from django.urls import path

from . import attention, cameras, elements, history, map_ground, tile_layers, views

urlpatterns = [
    path("divisions/", views.Divisions.as_view(), name="divisions"),
    path("divisions/boundaries/", views.Boundaries.as_view(), name="division-boundaries"),
    path("divisions/<str:code>/", views.OneDivision.as_view(), name="division"),
    path("units/", views.Units.as_view(), name="units"),
    path("ground/history/", history.GroundHistory.as_view(), name="ground-history"),
    path("ground/versions/", history.GroundVersions.as_view(), name="ground-versions"),
    path("map/ground/", map_ground.MapGround.as_view(), name="map-ground"),
    path("map/basemaps/", tile_layers.Basemaps.as_view(), name="map-basemaps"),
    path("map/tiles/<slug:code>/<int:part>/<int:z>/<int:x>/<int:y>/", tile_layers.MapTile.as_view(), name="map-tile"),
    path("locate/", views.Locate.as_view(), name="locate"),
    path("elements/", elements.Elements.as_view(), name="elements"),
    path("elements/types/", elements.ElementTypes.as_view(), name="element-types"),
    path("elements/<str:code>/", elements.OneElement.as_view(), name="element"),
    path("attention/", attention.AttentionList.as_view(), name="attention"),
    path("attention/<str:code>/", attention.OnePerson.as_view(), name="attention-person"),
    path("attention/<str:code>/reveal/", attention.RevealPerson.as_view(), name="attention-reveal"),
    path("attention/<str:code>/retire/", attention.RetirePerson.as_view(), name="attention-retire"),
    path("cameras/", cameras.Cameras.as_view(), name="cameras"),
    path("cameras/<str:code>/", cameras.OneCamera.as_view(), name="camera"),
]

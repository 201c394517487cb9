from django.urls import path

from catalogue.api import admissions
from catalogue.api.responsible import Responsible
from catalogue.api.views import CategoryTree

urlpatterns = [
    path("categories/", CategoryTree.as_view(), name="category-tree"),
    path("responsible/", Responsible.as_view(), name="responsible"),
    path("admissions/", admissions.Admissions.as_view(), name="admissions"),
    path("admissions/<int:pk>/", admissions.OneAdmission.as_view(), name="admission"),
    path("admissions/<int:pk>/moves/", admissions.Moves.as_view(), name="admission-moves"),
    path("admissions/<int:pk>/papers/", admissions.Papers.as_view(), name="admission-papers"),
    path("admissions/<int:pk>/papers/<uuid:key>/", admissions.OnePaper.as_view(), name="admission-paper"),
    path("admissions/<int:pk>/category/", admissions.AdmittedCategory.as_view(), name="admission-category"),
]

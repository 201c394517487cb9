from django.urls import path

from catalogue.api.views import CategoryTree

urlpatterns = [
    path("categories/", CategoryTree.as_view(), name="category-tree"),
]

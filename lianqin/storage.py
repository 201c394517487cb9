"""Static files under names that carry a hash of their content."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrite ``import`` paths inside ES modules, so that a module never loads a stale neighbour."""

    support_js_module_import_aggregation = True


class PlainManifestStorage(ManifestStaticFilesStorage):
    """The same without packing: Brotli takes minutes where nothing is saved, on one machine."""

    support_js_module_import_aggregation = True

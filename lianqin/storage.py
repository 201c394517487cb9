"""Static files under names that carry a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrite ``import`` paths inside ES modules, so that a module never loads a stale neighbour."""

    support_js_module_import_aggregation = True

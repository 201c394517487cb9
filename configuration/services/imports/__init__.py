"""From a file to the tables and back: upload, map, check, apply, undo."""

from configuration.services.imports.jobs import drop, map_columns, start, upload
from configuration.services.imports.keeping import purge
from configuration.services.imports.running import run

__all__ = ["drop", "map_columns", "purge", "run", "start", "upload"]

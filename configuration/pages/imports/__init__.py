"""Imports and exports: the tables, one file from upload to undo, templates and exports."""

from configuration.pages.imports.files import TableExport, TableTemplate, WrongRows
from configuration.pages.imports.jobs import ImportNew, ImportPage, ImportProgress, Imports

__all__ = ["ImportNew", "ImportPage", "ImportProgress", "Imports", "TableExport", "TableTemplate", "WrongRows"]

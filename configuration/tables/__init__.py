"""The tables that can be read from files and written to them: one django-import-export resource each."""

from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table, table_named, tables

__all__ = ["Column", "Info", "Line", "RowFault", "TableResource", "table", "table_named", "tables"]

"""Files of strangers: spreadsheets and map files, read within limits, or refused with a remedy."""

from configuration.reading.geodata import GEOMETRY, open_features
from configuration.reading.sheets import Sheet, open_sheet

__all__ = ["GEOMETRY", "Sheet", "open_features", "open_sheet"]

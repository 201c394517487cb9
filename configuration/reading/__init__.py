"""Map files of strangers, read within limits or refused with a remedy; spreadsheets are the kernel's."""

from configuration.reading.geodata import GEOMETRY, open_features
from lianqin.kernel.sheets import Sheet, open_sheet

__all__ = ["GEOMETRY", "Sheet", "open_features", "open_sheet"]

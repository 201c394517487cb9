"""Geometry of the ground, pure: reading, checking and re-dividing boundaries without leaving a gap."""

from .areas import square_metres
from .faults import Fault, FaultKind, between, faults_of
from .lattice import from_lattice, to_lattice
from .mosaic import Mosaic
from .operations import draw, merge, move, remove, reshape, split
from .repair import Repaired, repair
from .seams import insert_vertices, new_vertices, stitch
from .shapes import geojson_of, polygon_of, require_coverage, simple_polygon_of, union_of

__all__ = [
    "Fault",
    "FaultKind",
    "Mosaic",
    "Repaired",
    "between",
    "draw",
    "faults_of",
    "from_lattice",
    "geojson_of",
    "insert_vertices",
    "merge",
    "move",
    "new_vertices",
    "polygon_of",
    "remove",
    "repair",
    "require_coverage",
    "reshape",
    "simple_polygon_of",
    "split",
    "square_metres",
    "stitch",
    "to_lattice",
    "union_of",
]

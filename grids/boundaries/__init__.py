"""Geometry of the ground, pure: reading, checking and re-dividing boundaries without leaving a gap."""

from .shapes import geojson_of, polygon_of, require_coverage, union_of

__all__ = ["geojson_of", "polygon_of", "require_coverage", "union_of"]

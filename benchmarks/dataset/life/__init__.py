"""Courses of life: what becomes of a report, told as people do it. Four in five end at the street."""

from benchmarks.dataset.life import detours, district, ends, street
from benchmarks.dataset.life.abandoned import ABANDONED
from benchmarks.dataset.life.registry import COURSES, SOURCES, Course

__all__ = ["ABANDONED", "COURSES", "SOURCES", "Course", "detours", "district", "ends", "street"]

"""Processes that measure beside this one, each with a Django of its own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import django


def workers(processes: int) -> ProcessPoolExecutor:
    """Fresh processes: nothing is inherited but the environment, least of all connections and threads.

    What they call must be a function of a module.
    """
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup)

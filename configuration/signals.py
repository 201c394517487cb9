"""What wakes the worker: sent after the commit of a job that waits for one."""

from django.dispatch import Signal

import_wanted = Signal()  # job_id

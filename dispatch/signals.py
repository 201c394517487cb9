"""What wakes a worker of dispatch: sent after the commit of what waits for one."""

from django.dispatch import Signal

trial_wanted = Signal()  # trial_id

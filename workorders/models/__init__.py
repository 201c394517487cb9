"""Shape of what happened: orders, their events, assignments, requests, timers and attachments."""

from workorders.models.archive import ArchivedMonth, ArchiveState
from workorders.models.attachments import Attachment
from workorders.models.contacts import ReporterContact
from workorders.models.events import DailyRoot, Event, EventText
from workorders.models.orders import NumberDay, OrderText, WorkOrder
from workorders.models.timers import Alarm, Downtime, SweepRecord, Timer
from workorders.models.work import Assignment, Request

__all__ = [
    "Alarm",
    "ArchiveState",
    "ArchivedMonth",
    "Assignment",
    "Attachment",
    "DailyRoot",
    "Downtime",
    "Event",
    "EventText",
    "NumberDay",
    "OrderText",
    "ReporterContact",
    "Request",
    "SweepRecord",
    "Timer",
    "WorkOrder",
]

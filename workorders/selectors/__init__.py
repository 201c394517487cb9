"""Reads of orders."""

from workorders.selectors.counting import open_counts as open_counts
from workorders.selectors.counting import total as total
from workorders.selectors.finding import Wanted as Wanted
from workorders.selectors.finding import newest as newest
from workorders.selectors.finding import soonest as soonest
from workorders.selectors.ground import open_orders_on as open_orders_on
from workorders.selectors.handover import LeftBehind as LeftBehind
from workorders.selectors.handover import can_be_handed_over as can_be_handed_over
from workorders.selectors.handover import left_behind as left_behind
from workorders.selectors.handover import numbers_in_unit as numbers_in_unit
from workorders.selectors.handover import open_in_units as open_in_units
from workorders.selectors.lines import history_of as history_of
from workorders.selectors.lines import lines_of as lines_of
from workorders.selectors.lines import with_names as with_names
from workorders.selectors.lines import with_parts as with_parts
from workorders.selectors.queues import overdue as overdue
from workorders.selectors.queues import queue_of as queue_of
from workorders.selectors.searching import sought as sought
from workorders.selectors.visibility import by_letter as by_letter
from workorders.selectors.visibility import seen_among as seen_among
from workorders.selectors.visibility import visible_order as visible_order
from workorders.selectors.visibility import visible_to as visible_to

"""The doors of orders: /api/v1/work-orders/…"""

from __future__ import annotations

from django.urls import URLPattern, path

from workorders.api.inputs import ORDER_ACTIONS, PART_ACTIONS
from workorders.api.views import actions, batch, contacts, files, orders, parts

ONE = "work-orders/<str:number>/"
FILE = f"{ONE}attachments/<uuid:key>/"

urlpatterns: list[URLPattern] = [
    path("work-orders/", orders.Orders.as_view(), name="work-orders"),
    path("work-orders/counts/", orders.OrderCounts.as_view(), name="work-order-counts"),
    path("work-orders/batch/verify/", batch.BatchVerify.as_view(), name="work-order-batch-verify"),
    path("work-orders/batch/dispatch/", batch.BatchDispatch.as_view(), name="work-order-batch-dispatch"),
    path(ONE, orders.OneOrder.as_view(), name="work-order"),
    path(f"{ONE}actions/", actions.Offers.as_view(), name="work-order-actions"),
    path(f"{ONE}events/", parts.Events.as_view(), name="work-order-events"),
    path(f"{ONE}timers/", parts.Timers.as_view(), name="work-order-timers"),
    path(f"{ONE}duplicates/", parts.Duplicates.as_view(), name="work-order-duplicates"),
    path(
        f"{ONE}register-and-dispatch/", actions.RegisterAndDispatch.as_view(), name="work-order-register-and-dispatch"
    ),
    path(f"{ONE}assignments/", parts.Assignments.as_view(), name="work-order-assignments"),
    *(
        path(
            f"{ONE}assignments/<int:assignment_id>/{word}/",
            actions.part_view(word).as_view(),
            name=f"assignment-{word}",
        )
        for word in PART_ACTIONS
    ),
    path(f"{ONE}reveal-contact/", contacts.RevealContact.as_view(), name="work-order-reveal-contact"),
    path(f"{ONE}requests/", parts.Requests.as_view(), name="work-order-requests"),
    path(f"{ONE}requests/<int:request_id>/approve/", actions.Approve.as_view(), name="request-approve"),
    path(f"{ONE}requests/<int:request_id>/refuse/", actions.Refuse.as_view(), name="request-refuse"),
    path(f"{ONE}attachments/", files.Attachments.as_view(), name="work-order-attachments"),
    path(f"{FILE}file", files.AttachmentFile.as_view(), name="work-order-attachment-file"),
    path(f"{FILE}thumbnail", files.AttachmentThumbnail.as_view(), name="work-order-attachment-thumbnail"),
    # One path for each action of the transition table.
    *(path(f"{ONE}{verb}/", actions.action_view(verb).as_view(), name=f"work-order-{verb}") for verb in ORDER_ACTIONS),
]

"""What dispatch keeps: one room of tables a part."""

from dispatch.models.accountability import Accountability
from dispatch.models.announcements import Announcement, AnnouncementState, Receipt
from dispatch.models.duty import SWAP_OPEN, Handover, Leave, Position, Swap, SwapState
from dispatch.models.messages import DispatchPreference, MessageTemplate, WaitingMessage
from dispatch.models.notices import Gravity, Notice
from dispatch.models.rosters import (
    COMING,
    DutyPost,
    Rotation,
    RotationMember,
    Shift,
    ShiftSegment,
    ShiftTemplate,
    Watch,
    WatchState,
)
from dispatch.models.supervision import (
    ENDED,
    GROUNDS,
    OWED,
    DocumentCounter,
    Ground,
    SupervisionOrder,
    SupervisionReply,
)
from dispatch.models.trials import UNDER_WAY, Trial, TrialState
from dispatch.models.whistles import Summons, Whistle, WhistleRule
from dispatch.models.workbench import SavedFilter

__all__ = [
    "COMING",
    "ENDED",
    "GROUNDS",
    "OWED",
    "SWAP_OPEN",
    "UNDER_WAY",
    "Accountability",
    "Announcement",
    "AnnouncementState",
    "DispatchPreference",
    "DocumentCounter",
    "DutyPost",
    "Gravity",
    "Ground",
    "Handover",
    "Leave",
    "MessageTemplate",
    "Notice",
    "Position",
    "Receipt",
    "Rotation",
    "RotationMember",
    "SavedFilter",
    "Shift",
    "ShiftSegment",
    "ShiftTemplate",
    "Summons",
    "SupervisionOrder",
    "SupervisionReply",
    "Swap",
    "SwapState",
    "Trial",
    "TrialState",
    "WaitingMessage",
    "Watch",
    "WatchState",
    "Whistle",
    "WhistleRule",
]

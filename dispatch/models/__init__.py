"""What dispatch keeps: one room of tables a part."""

from dispatch.models.notices import Gravity, Notice
from dispatch.models.supervision import GROUNDS, Ground, SupervisionOrder

__all__ = ["GROUNDS", "Gravity", "Ground", "Notice", "SupervisionOrder"]

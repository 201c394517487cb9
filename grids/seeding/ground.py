"""Write the whole demonstration ground, once."""

from __future__ import annotations

from django.db import transaction

from ..models import District
from ..services import today, touch_ground
from .divisions import write_divisions
from .elements import write_elements
from .kinds import seat_occupiers
from .people import write_people
from .plans import write_plans
from .service import write_service
from .stewards import write_stewards
from .training import write_training
from .units import write_units

CODE = "320111"


@transaction.atomic
def seed_ground() -> bool:
    """Write divisions, units and people unless the district is there; return whether anything was written."""
    if District.objects.filter(code=CODE).exists():
        return False
    write_units(write_divisions())
    seat_occupiers()
    write_people()
    write_training(today())
    write_stewards()
    write_service()
    touch_ground()
    write_elements()
    write_plans()
    return True

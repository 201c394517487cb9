from decimal import Decimal

from grids.services import Wanted, create_unit, draft_appointments, entrust
from tests.workorders.conftest import Desk


def prepare(desk: Desk) -> dict[str, str]:
    """A person, a list and an entrusted service to look at."""
    by = desk.cast.sysadmin
    wanted = Wanted(user=desk.cast.user("outsider"), role="supervisor", unit=desk.ground.sub_center)
    group = create_unit(values={"name": "社工中心", "kind": "social_group"}, by=by)
    made = entrust(
        unit=group, entrusted_by=desk.ground.water_bureau, matter="走访", year=2026, amount=Decimal(1000), by=by
    )
    return {
        "person": str(desk.cast.user("handler").pk),
        "posts": str(draft_appointments(title="一批", lines=[wanted], by=by).pk),
        "entrusted": str(made.pk),
    }


FIGURES = {
    "page people": ("/configuration/people/", "sysadmin", 8),
    "page person": ("/configuration/people/{person}/", "sysadmin", 13),
    "page person-new": ("/configuration/people/new/", "sysadmin", 2),
    "page person-edit": ("/configuration/people/{person}/edit/", "sysadmin", 3),
    "page person-leave": ("/configuration/people/{person}/leave/", "sysadmin", 11),
    "page passwords": ("/configuration/people/passwords/", "sysadmin", 2),
    "page staffing": ("/configuration/people/staffing/", "sysadmin", 7),
    "page appoint": ("/configuration/people/appoint/", "secadmin", 5),
    "page appointments": ("/configuration/people/lists/", "secadmin", 6),
    "page appointment-list": ("/configuration/people/lists/{posts}/", "secadmin", 5),
    "page units": ("/configuration/units/", "sysadmin", 6),
    "page unit": ("/configuration/units/320999-centre/", "sysadmin", 12),
    "page unit-new": ("/configuration/units/new/", "sysadmin", 5),
    "page unit-edit": ("/configuration/units/320999-water/edit/", "sysadmin", 6),
    "page secondments": ("/configuration/units/secondments/", "sysadmin", 4),
    "page secondment-new": ("/configuration/units/secondments/new/", "sysadmin", 5),
    "page entrusted": ("/configuration/units/entrusted/", "sysadmin", 7),
    "page entrusted-new": ("/configuration/units/entrusted/new/", "sysadmin", 4),
    "page entrusted-pay": ("/configuration/units/entrusted/{entrusted}/pay/", "sysadmin", 4),
    "api setup-people": ("/api/v1/setup/people/", "sysadmin", 5),
    "api setup-person": ("/api/v1/setup/people/handler/", "sysadmin", 4),
    "api setup-staffing": ("/api/v1/setup/staffing/", "sysadmin", 5),
    "api setup-appointments": ("/api/v1/setup/appointments/", "sysadmin", 4),
    "api setup-appointment-list": ("/api/v1/setup/appointments/{posts}/", "sysadmin", 4),
    "api setup-unit": ("/api/v1/setup/units/320999-centre/", "sysadmin", 3),
    "api setup-secondments": ("/api/v1/setup/secondments/", "sysadmin", 3),
    "api setup-entrusted": ("/api/v1/setup/entrusted/", "sysadmin", 3),
}

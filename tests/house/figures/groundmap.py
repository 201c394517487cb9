"""Divisions, grids, norms and the pages of re-divisions."""

GRID = "320999001001001"
FIGURES = {
    "page grids": ("/configuration/grids/", "sysadmin", 7),
    "page grids of a street": ("/configuration/grids/?within=320999001&norm=outside", "sysadmin", 7),
    "page grids with a panel": (f"/configuration/grids/?grid={GRID}", "sysadmin", 11),
    "page grids printed": ("/configuration/grids/?print=1", "sysadmin", 8),
    "page grid": (f"/configuration/grids/{GRID}/", "commander", 9),
    "page grid-norms": ("/configuration/grids/norms/", "sysadmin", 5),
    "page division": (f"/configuration/divisions/grid/{GRID}/", "sysadmin", 4),
    "page division-new": ("/configuration/divisions/community/new/?parent=320999001", "sysadmin", 3),
    "page boundaries": ("/configuration/boundaries/", "sysadmin", 7),
    "page boundary": ("/configuration/boundaries/{ground_plan}/", "sysadmin", 5),
    "page boundary-new": ("/configuration/boundaries/new/", "sysadmin", 8),
    "page grid-whose": ("/configuration/boundaries/whose/?lon=118.605&lat=32.055&on=2026-01-01", "commander", 6),
    "api setup-grids": ("/api/v1/setup/grids/", "commander", 5),
    "api setup-grid-norms": ("/api/v1/setup/grids/norms/", "commander", 3),
}

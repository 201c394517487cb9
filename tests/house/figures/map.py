FIGURES = {
    "page map": ("/map/", "commander", 5),
    "page map-division": ("/map/divisions/320999001001001/", "commander", 8),
    "page basemaps": ("/configuration/basemaps/", "sysadmin", 4),
    "api map-ground": ("/api/v1/map/ground/?level=grid", "handler", 4),
    "api map-basemaps": ("/api/v1/map/basemaps/", "handler", 4),
    "api map-orders": ("/api/v1/map/orders/?bbox=118,31,119,33", "commander", 6),
    "api map-load": ("/api/v1/map/load/", "commander", 4),
    "api map-heat": ("/api/v1/map/heat/", "commander", 3),
    "api map-people": ("/api/v1/map/people/", "commander", 8),
    "api map-find": ("/api/v1/map/find/?q=网格", "commander", 8),
    "api map-card": ("/api/v1/map/divisions/320999001001001/", "commander", 8),
    "api setup-tile-layers": ("/api/v1/setup/tile-layers/", "sysadmin", 3),
}

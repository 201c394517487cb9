# Who looks first pays for everybody: what was computed a moment ago costs who asks and the place alone.
FIGURES = {
    "api wall": ("/api/v1/wall/", "commander", 4),
    "page wall": ("/wall/?street=320999001", "commander", 5),
}

FIGURES = {
    "page whistle-rules": ("/configuration/whistle-rules/", "sysadmin", 4),
    "api setup-whistle-rules": ("/api/v1/setup/whistle-rules/", "sysadmin", 3),
}

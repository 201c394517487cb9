FIGURES = {
    "page start": ("/configuration/", "sysadmin", 2),
    "page overview": ("/configuration/overview/", "sysadmin", 2),
}

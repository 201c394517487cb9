FIGURES = {
    "page start": ("/configuration/", "sysadmin", 2),
    "page overview": ("/configuration/overview/", "sysadmin", 21),
    "page approvals": ("/configuration/approvals/", "sysadmin", 2),
    "page changes": ("/configuration/changes/", "sysadmin", 3),
}

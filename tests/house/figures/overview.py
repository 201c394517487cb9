FIGURES = {
    "page start": ("/configuration/", "sysadmin", 2),
    "page overview": ("/configuration/overview/", "sysadmin", 26),
    "page approvals": ("/configuration/approvals/", "sysadmin", 14),
    "page changes": ("/configuration/changes/", "sysadmin", 4),
}

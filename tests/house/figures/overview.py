FIGURES = {
    "page start": ("/configuration/", "sysadmin", 2),
    "page overview": ("/configuration/overview/", "sysadmin", 31),
    "page approvals": ("/configuration/approvals/", "sysadmin", 24),
    "page changes": ("/configuration/changes/", "sysadmin", 4),
}

"""Notices, signing in, and one's own data."""

FIGURES = {
    "page privacy": ("/citizen/privacy/", "citizen", 3),
    "page me": ("/citizen/me/", "citizen", 8),
    "page me-code": ("/citizen/me/code/nothing/", "citizen", 2),
    "page me-data": ("/citizen/me/data/", "citizen", 20),
    "page me-take": ("/citizen/me/data/take/", "citizen", 21),
    "page me-leave": ("/citizen/me/leave/", "citizen", 4),
    "page me-left": ("/citizen/me/left/", "citizen", 2),
    "page privacy-notices": ("/citizen-desk/privacy/", "commander", 6),
}

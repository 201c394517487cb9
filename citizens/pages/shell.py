"""What the public site needs to open without a network."""

from __future__ import annotations

PAGES = ("report", "offline")
# The report page's own script and all that it imports, told in its head; what it needs first stands first.
MODULES = (
    "citizens/report/form.js",
    "core/words.js",
    "citizens/report/queue.js",
    "citizens/report/given.js",
    "citizens/report/files.js",
    "citizens/report/voice.js",
    "citizens/report/where.js",
    "citizens/report/near.js",
    "citizens/report/number.js",
    "citizens/report/sending.js",
    "citizens/report/kept.js",
)
STATICS = (
    "core/favicon.svg",
    "core/tokens.css",
    "citizens/site.css",
    "citizens/report/report.css",
    *MODULES,
    "citizens/late.js",
    "citizens/codes.js",
    "citizens/offline.js",
    "vendor/icons.svg",
)
ICONS: tuple[dict[str, str], ...] = (
    {"src": "citizens/icons/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    {"src": "citizens/icons/192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
    {"src": "citizens/icons/512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
    {"src": "citizens/icons/maskable.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
)

"""Unpack what the pages use of the front-end packages from node_modules into build/vendor.

One style sheet, one script, charts, and a sprite with only the icons named below. Source map comments are removed:
the maps are not served, and hashing static files would fail on a reference to a missing file.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
TARGET = ROOT / "build" / "vendor"

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}

# a page may use `{% icon "name" %}` for these; a test keeps list and use equal in one direction: used means listed
ICONS = """
adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up arrows-sort
ban bell book briefcase building building-bank building-community building-store building-warehouse calendar
calendar-event camera cash chart-bar chart-line check checklist chevron-down chevron-left chevron-right chevron-up
circle circle-check circle-dashed circle-x clipboard-check clipboard-list clock clock-pause coin coins
credit-card database device-mobile dots download droplet edit external-link eye eye-off file file-certificate
file-check file-dollar file-export file-import file-text files filter fingerprint flag forms gavel gift hand-stop
heart-handshake help-circle history home id inbox info-circle key language layout-grid list list-check list-details
loader lock lock-open login logout mail map-pin menu-2 message message-circle messages minus moon network news note
notes package paperclip pencil percentage phone photo pin plus point printer puzzle qrcode receipt receipt-2 refresh
report report-money report-search road rotate route scale school search send server settings shield shield-check
shield-lock sitemap speakerphone star star-filled sum switch-horizontal table tag target test-pipe thumb-down
thumb-up ticket tool trash trending-up truck-delivery upload urgent user user-check user-circle user-plus user-search
users users-group wallet world x zoom-check zoom-in
""".split()

_MAP_COMMENT = re.compile(r"(?m)^\s*(?:/\*#\s*sourceMappingURL=.*?\*/|//#\s*sourceMappingURL=.*)\s*$")


def main() -> int:
    """Fill the folder anew; return the exit status."""
    if not PACKAGES.is_dir():
        print("node_modules is missing: run npm ci first", file=sys.stderr)
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for name, source in FILES.items():
        text = (PACKAGES / source).read_text(encoding="utf-8")
        (TARGET / name).write_text(_MAP_COMMENT.sub("", text), encoding="utf-8")
    (TARGET / "icons.svg").write_text(sprite(), encoding="utf-8")
    return 0


def sprite() -> str:
    """Return one SVG file whose symbols are the icons; raises KeyError for a name the package does not have."""
    package = json.loads((PACKAGES / "@iconify-json" / "tabler" / "icons.json").read_text(encoding="utf-8"))
    bodies = {name: package["icons"][_named(package, name)]["body"] for name in sorted(set(ICONS))}
    symbols = (f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in bodies.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _named(package: dict[str, dict[str, dict[str, str]]], name: str) -> str:
    return name if name in package["icons"] else package["aliases"][name]["parent"]


if __name__ == "__main__":
    sys.exit(main())

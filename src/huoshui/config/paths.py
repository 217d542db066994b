"""Where the installation keeps its things. HUOSHUI_HOME, HUOSHUI_VAR and HUOSHUI_VENDOR move them."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = Path(os.environ.get("HUOSHUI_HOME", PACKAGE.parent.parent))
VAR = Path(os.environ.get("HUOSHUI_VAR", ROOT / "var"))
VENDOR = Path(os.environ.get("HUOSHUI_VENDOR", ROOT / "build" / "vendor"))

"""What the case page shows: the ask, the firm as far as it agreed, deadlines, papers, and every act that is possible now."""

from __future__ import annotations

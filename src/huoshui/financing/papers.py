"""The papers a bank may ask a firm for: the catalogue's table, which products are written against too."""

from huoshui.catalogue.papers import PAPERS, PaperKind

__all__ = ["PAPERS", "PaperKind"]

"""The uses of a loan, as demands name them: the catalogue's table, which programmes are written against too."""

from huoshui.catalogue.purposes import PURPOSES, Purpose

__all__ = ["PURPOSES", "Purpose"]

"""Departmental files into the register. Doors: `run`, `batches`, `batch`, `refusals`; everything else is how.

A file of any kind is read as text in blocks, every column of a block checked at once, good rows staged by COPY on two
connections while the next block is checked, then merged set by set in one transaction. Guarantees: rows in = created +
changed + unchanged + refused; every refused row is kept with all its reasons; nothing is half done when killed; the
same file again changes nothing; an old value is never lost.
"""

from huoshui.registry.imports.doors import BatchView, batch, batches, refusals, run

__all__ = ["BatchView", "batch", "batches", "refusals", "run"]

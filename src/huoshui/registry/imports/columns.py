"""Which column is which field: told, remembered for the source, or recognised by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huoshui.registry.imports.fields import UNITS, Field, plain
from huoshui.registry.imports.problems import FileRefused

IGNORE = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file read as *field*; money cells are in *unit* (a key of UNITS)."""

    name: str
    field: Field
    unit: str = "元"

    @property
    def remembered(self) -> str:
        """Return how a column map keeps it: ``field`` or ``field@万元``."""
        return f"{self.field.code}@{self.unit}" if self.field.kind == "money" else self.field.code


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """The columns that are read, in file order, and the names of those that are not."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]

    def codes(self) -> set[str]:
        """Return the fields that the file says something about."""
        return {column.field.code for column in self.columns}

    def remembered(self) -> dict[str, str]:
        """Return the map to keep for the source."""
        return {column.name: column.remembered for column in self.columns} | dict.fromkeys(self.ignored, IGNORE)


def resolve(
    names: list[str], fields: Iterable[Field], *, told: Mapping[str, str], remembered: Mapping[str, str]
) -> ColumnPlan:
    """Return which of *names* are which *fields*. What is *told* goes before what is *remembered*, that before names.

    Both map a column to ``field``, ``field@unit`` or ``-`` (ignore). Raises FileRefused for a told column that the file
    lacks, an unknown field, or a field mapped from two columns; everything of a kind is named at once.
    """
    known = {field.code: field for field in fields}
    _refuse_unknown(names, known, told)
    kept = {
        name: target for name, target in remembered.items() if target.partition("@")[0] in known or target == IGNORE
    }
    synonyms = _synonyms(known.values())
    found = [_column(name, {**kept, **told}, known, synonyms) for name in names]
    columns = tuple(column for column in found if column)
    _refuse_twice(columns)
    used = {column.name for column in columns}
    return ColumnPlan(columns, tuple(name for name in names if name not in used))


def _refuse_unknown(names: list[str], known: Mapping[str, Field], told: Mapping[str, str]) -> None:
    if missing := [name for name in told if name not in names]:
        raise FileRefused("column_unknown", columns="、".join(missing), seen="、".join(names))
    targets = [target.partition("@")[0] for target in told.values() if target != IGNORE]
    if unknown := [target for target in targets if target not in known]:
        raise FileRefused("field_unknown", fields="、".join(unknown), known="、".join(known))


def _refuse_twice(columns: tuple[Column, ...]) -> None:
    by_field: dict[str, list[str]] = {}
    for column in columns:
        by_field.setdefault(column.field.code, []).append(column.name)
    for code, sources in by_field.items():
        if len(sources) > 1:
            raise FileRefused("field_twice", field=code, columns="、".join(sources))


def _synonyms(fields: Iterable[Field]) -> dict[str, Field]:
    return {
        plain(name)[0]: each
        for each in fields
        for name in (each.code, each.label.zh, each.label.en, *each.names)
        if name
    }


def _column(
    name: str, said: Mapping[str, str], known: Mapping[str, Field], synonyms: Mapping[str, Field]
) -> Column | None:
    stem, unit = plain(name)
    if target := said.get(name, ""):
        code, _, told_unit = target.partition("@")
        return Column(name, known[code], _unit(told_unit or unit)) if target != IGNORE else None
    each = synonyms.get(stem)
    return Column(name, each, _unit(unit)) if each else None


def _unit(name: str) -> str:
    return name if name in UNITS else "元"

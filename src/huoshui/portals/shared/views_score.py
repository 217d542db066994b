"""The model card of the thin-file score: what it is for, its whole table, how good it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import actor_of, signed_in
from huoshui.kernel.text import Text
from huoshui.portals.shared.navigation import portal_of
from huoshui.screening.score import Bands, shipped


@dataclass(frozen=True, slots=True)
class BandLine:
    """One band of a figure: from, up to (not included), None where it has no end; its points."""

    low: float | None
    high: float | None
    points: int


@dataclass(frozen=True, slots=True)
class FigureLines:
    """A figure with all its bands. *counts*: whether they differ at all."""

    name: Text
    unit: str
    bands: tuple[BandLine, ...]
    counts: bool


@signed_in
def card(request: HttpRequest) -> HttpResponse:
    """Show the card to whoever is signed in; it says nothing of any firm."""
    found = shipped()
    frame = "base_simple.html" if portal_of(actor_of(request)) == "my" else "base.html"
    figures = [_lines(bands) for bands in found.bands]
    return render(request, "officer/score_card.html", {"card": found, "figures": figures, "frame": frame})


def _lines(bands: Bands) -> FigureLines:
    ends = (None, *bands.limits, None)
    lines = tuple(BandLine(ends[at], ends[at + 1], points) for at, points in enumerate(bands.points))
    return FigureLines(bands.feature.name, bands.feature.unit, lines, len(bands.points) > 1)

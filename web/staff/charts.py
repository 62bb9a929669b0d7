"""Charts as plain figures: where each bar, point and line of the scale goes. The template draws them as SVG.

Drawn on the server: no script, no style attribute, nothing loaded from elsewhere; every
chart stands beside a table of the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 10.0, 26.0
_LABELS = 8
"""At most this many words stand below a chart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a column; ``series`` is the number of its name."""

    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series as points (x, y, words), in pieces where figures are missing."""

    series: int
    pieces: tuple[tuple[tuple[float, float, str], ...], ...]

    @property
    def paths(self) -> list[str]:
        """The pieces as SVG writes them."""
        return ["M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in piece) for piece in self.pieces]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to draw, in units of a picture ``width`` by ``height``."""

    names: tuple[str, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    scale: tuple[tuple[float, str], ...]
    below: tuple[tuple[float, str], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    floor: float = HEIGHT - BOTTOM


def column_chart(names: Sequence[str], columns: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """A column for each label, its figures (one for each name) on top of each other."""
    top = _round_up(max((sum(figures) for _, figures in columns), default=0))
    step = _step(columns)
    bars = []
    for number, (label, figures) in enumerate(columns):
        y = HEIGHT - BOTTOM
        for series, figure in enumerate(figures):
            height = figure / top * _inner()
            y -= height
            if figure:
                words = f"{label}: {names[series]} {figure}"
                bars.append(Bar(LEFT + (number + 0.12) * step, y, 0.76 * step, height, series, words))
    scale = tuple((_y(part * top / 4, top), str(part * top // 4)) for part in range(5))
    return Chart(tuple(names), tuple(bars), (), scale, _below(columns, step))


def share_chart(names: Sequence[str], columns: Sequence[tuple[str, Sequence[float | None]]]) -> Chart:
    """A line for each name through its shares (0 to 1); None where there is nothing to tell."""
    step = _step(columns)
    lines = []
    for series, name in enumerate(names):
        pieces: list[list[tuple[float, float, str]]] = [[]]
        for number, (label, figures) in enumerate(columns):
            figure = figures[series]
            if figure is None:
                pieces.append([])
            else:
                x, words = LEFT + (number + 0.5) * step, f"{label}: {name} {figure:.0%}"
                pieces[-1].append((x, _y(figure, 1), words))
        lines.append(Line(series, tuple(tuple(piece) for piece in pieces if piece)))
    scale = tuple((_y(part / 4, 1), f"{part * 25}%") for part in range(5))
    return Chart(tuple(names), (), tuple(lines), scale, _below(columns, step))


def _inner() -> float:
    return HEIGHT - TOP - BOTTOM


def _y(figure: float, top: float) -> float:
    return HEIGHT - BOTTOM - figure / top * _inner()


def _step(columns: Sequence[object]) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, len(columns))


def _below(columns: Sequence[tuple[str, object]], step: float) -> tuple[tuple[float, str], ...]:
    every = -(-len(columns) // _LABELS) or 1
    chosen: Iterable[int] = range(0, len(columns), every)
    return tuple((LEFT + (number + 0.5) * step, columns[number][0]) for number in chosen)


def _round_up(figure: int) -> int:
    """The least of 4, 8, 12, 20, 40, 80, 120, 200, ... that is not below: four equal steps of whole numbers."""
    power = 1
    while True:
        for steps in (4, 8, 12, 20):
            if figure <= steps * power:
                return steps * power
        power *= 10

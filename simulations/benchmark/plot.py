"""Throughput over time as an SVG file, which reads on light and on dark pages."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

NAMESPACE = "http://www.w3.org/2000/svg"
WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 20, 64, 48
# Told apart by all common kinds of colour blindness, on white and on black; then by their dashes.
COLOURS = (("#1d6fb8", "#6cb4ee"), ("#c05200", "#ff9d57"), ("#00795a", "#4cc9a4"), ("#9a3d86", "#e294d0"))
DASHES = ("", "7 4", "2 3", "9 3 2 3")
STEPS = (1, 2, 5)
TICKS = 5


class Line(NamedTuple):
    """One line: what the legend says, and the value of each window from the start on."""

    label: str
    values: Sequence[float]


class _Scale(NamedTuple):
    """From a value to a place on the drawing."""

    highest: float
    start: float
    length: float

    def __call__(self, value: float) -> float:
        return round(self.start + self.length * value / self.highest, 1)


def draw(title: str, lines: Sequence[Line], *, width_s: float = 1.0, y_label: str = "runs/s") -> str:
    """Return the drawing; ``values`` are per window of ``width_s`` and drawn per second."""
    longest = max((len(line.values) for line in lines), default=0) * width_s or 1.0
    highest = max((value / width_s for line in lines for value in line.values), default=0.0) or 1.0
    x_step, y_step = tick_step(longest), tick_step(highest)
    x = _Scale(longest, LEFT, WIDTH - LEFT - RIGHT)
    y = _Scale(-(-highest // y_step) * y_step, HEIGHT - BOTTOM, -(HEIGHT - TOP - BOTTOM))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts = [
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(title)}</title>',
        f"<style>{_style(len(lines))}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="name" x="{LEFT}" y="24">{escape(title)}</text>',
        *_grid(x, y, x_step, y_step),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" class="middle">seconds</text>',
        f'<text class="middle" transform="translate(14 {middle}) rotate(-90)">{escape(y_label)}</text>',
        *(_curve(ix, line, x, y, width_s) for ix, line in enumerate(lines)),
        *_legend(lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def tick_step(highest: float) -> float:
    """Return the round step that makes about five ticks up to a value."""
    exact = highest / TICKS
    power = 10.0 ** (len(str(int(exact))) - 1) if exact >= 1 else 0.1
    return next((step * power for step in STEPS if step * power >= exact), 10 * power)


def _style(n_lines: int) -> str:
    def rules(dark: bool) -> str:
        ink, page, faint = ("#e6e6e6", "#16181c", "#3a3f47") if dark else ("#222222", "#ffffff", "#d9d9d9")
        curves = (f".c{ix}{{stroke:{COLOURS[ix % len(COLOURS)][dark]}}}" for ix in range(n_lines))
        frame = f"text{{fill:{ink}}}.page{{fill:{page}}}.grid{{stroke:{faint}}}.axis{{stroke:{ink}}}"
        return frame + "".join(curves)

    return (
        "text{font:13px system-ui,sans-serif}.name{font-size:16px;font-weight:600}.middle{text-anchor:middle}"
        f".end{{text-anchor:end}}.curve{{fill:none;stroke-width:2}}{rules(False)}"
        f"@media(prefers-color-scheme:dark){{{rules(True)}}}"
    )


def _grid(x: _Scale, y: _Scale, x_step: float, y_step: float) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for value in _ticks(y.highest, y_step):
        kind = "grid" if value else "axis"
        parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{right}" y1="{y(value)}" y2="{y(value)}"/>')
        parts.append(f'<text class="end" x="{LEFT - 8}" y="{y(value) + 4.5}">{value:,.10g}</text>')
    for value in _ticks(x.highest, x_step):
        parts.append(
            f'<line class="axis" x1="{x(value)}" x2="{x(value)}" y1="{bottom}" y2="{bottom + 5}"/>'
            f'<text class="middle" x="{x(value)}" y="{bottom + 20}">{value:,.10g}</text>'
        )
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{bottom}"/>')
    return parts


def _ticks(highest: float, step: float) -> list[float]:
    return [step * n for n in range(int(highest / step + 1e-9) + 1)]


def _curve(ix: int, line: Line, x: _Scale, y: _Scale, width_s: float) -> str:
    # Each window's value at its middle.
    points = (f"{x((n + 0.5) * width_s)},{y(value / width_s)}" for n, value in enumerate(line.values))
    return f'<polyline class="curve c{ix}"{_dash(ix)} points="{" ".join(points)}"/>'


def _legend(lines: Sequence[Line]) -> list[str]:
    each = (WIDTH - LEFT - RIGHT) / max(3, len(lines))
    return [
        f'<line class="curve c{ix}"{_dash(ix)} x1="{LEFT + ix * each:.0f}" x2="{LEFT + ix * each + 28:.0f}" '
        f'y1="44" y2="44"/><text x="{LEFT + ix * each + 34:.0f}" y="48.5">{escape(line.label)}</text>'
        for ix, line in enumerate(lines)
    ]


def _dash(ix: int) -> str:
    dash = DASHES[ix % len(DASHES)]
    return f' stroke-dasharray="{dash}"' if dash else ""

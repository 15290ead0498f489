"""The drawing beside a benchmark's page."""

from xml.etree import ElementTree as ET

import pytest

from simulations.benchmark.plot import Line, draw, tick_step
from simulations.benchmark.report import plot
from tests.simulations.benchmark.factories import a_level, an_outcome

SVG = "{http://www.w3.org/2000/svg}"


def test_a_plot_has_a_line_and_a_legend_for_each_level() -> None:
    drawing = ET.fromstring(plot(an_outcome(a_level(1, 30), a_level(3, 15))))
    curves = drawing.findall(f"{SVG}polyline")
    assert [len(curve.attrib["points"].split()) for curve in curves] == [31, 16]
    texts = [text.text for text in drawing.findall(f"{SVG}text")]
    assert {"1 worker", "3 workers", "seconds", "runs/s"} <= set(texts)


def test_a_plot_stays_within_its_frame() -> None:
    drawing = ET.fromstring(draw("t", [Line("a", [0.0, 7.3, 1234.5])]))
    for point in drawing.findall(f"{SVG}polyline")[0].attrib["points"].split():
        x, y = map(float, point.split(","))
        assert 76 <= x <= 740
        assert 64 <= y <= 312


def test_names_in_a_plot_can_hold_any_character() -> None:
    assert ET.fromstring(draw("<a & b>", [Line("<&>", [1.0])])).findtext(f"{SVG}title") == "<a & b>"


@pytest.mark.parametrize(("highest", "step"), [(0.4, 0.1), (5, 1), (24, 5), (41, 10), (90_000, 20_000)])
def test_ticks_are_round(highest: float, step: float) -> None:
    assert tick_step(highest) == pytest.approx(step)

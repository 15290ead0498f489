"""Gaps between batches, and handing them out."""

import pytest

from simulations.sizing import FIRST_RUNS, Sizer
from simulations.spans import Span, SpanQueue, missing_spans


@pytest.mark.parametrize(
    ("done", "missing"),
    [
        ([], [Span(0, 100)]),
        ([Span(0, 100)], []),
        ([Span(0, 10), Span(20, 30)], [Span(10, 10), Span(50, 50)]),
        ([Span(90, 10), Span(0, 10)], [Span(10, 80)]),
        ([Span(0, 60), Span(40, 30)], [Span(70, 30)]),
        ([Span(0, 120)], []),
    ],
)
def test_gaps_are_what_no_batch_covers(done: list[Span], missing: list[Span]) -> None:
    assert missing_spans(done, 100) == missing


def test_a_queue_cuts_gaps_into_spans() -> None:
    queue = SpanQueue([Span(0, 10), Span(50, 3)], 100)
    assert [queue.take(6), queue.take(6), queue.take(6), queue.take(6)] == [
        Span(0, 6),
        Span(6, 4),
        Span(50, 3),
        None,
    ]


def test_a_span_that_is_put_back_comes_next_and_whole() -> None:
    queue = SpanQueue([Span(0, 100)], 100)
    span = queue.take(40)
    assert span is not None
    queue.put_back(span)
    assert queue.remaining == 100
    assert queue.take(1) == span


def test_an_extended_queue_hands_out_the_new_runs() -> None:
    queue = SpanQueue([], 100)
    queue.extend_to(90)
    assert queue.take(50) is None
    queue.extend_to(120)
    assert queue.take(50) == Span(100, 20)


def test_a_fixed_size_is_kept() -> None:
    sizer = Sizer(2, fixed=7, most=1000)
    sizer.observe(10, 1e-9)
    assert sizer.next_size(3) == 7


def test_batches_hold_about_a_second_of_work() -> None:
    sizer = Sizer(2, fixed=None, most=10**9)
    assert sizer.next_size(10**9) == FIRST_RUNS
    sizer.observe(500, 0.5)
    assert sizer.next_size(10**9) == 1000


def test_batches_shrink_towards_the_end_but_not_below_a_twentieth_of_a_second() -> None:
    sizer = Sizer(2, fixed=None, most=10**9)
    sizer.observe(1000, 1.0)
    assert sizer.next_size(4000) == 500
    assert sizer.next_size(10) == 50


def test_no_batch_exceeds_what_can_be_stored() -> None:
    sizer = Sizer(1, fixed=None, most=5000)
    sizer.observe(10**6, 0.1)
    assert sizer.next_size(10**9) == 5000

"""What windows of time say of a benchmark's batches."""

import pytest

from simulations.benchmark.windows import Finished, shares, spread, steady, tail_s


def test_a_batch_counts_in_the_windows_in_which_it_was_computed() -> None:
    assert spread([Finished(0, 100, 2.0, 2.0)]) == [50, 50, 0]
    assert spread([Finished(0, 60, 1.5, 11.5)]) == pytest.approx([40, 20])


def test_windows_keep_every_run() -> None:
    batches = [Finished(n % 3, 7 + n, 0.3 + 0.41 * n, 1.0 + 0.77 * n) for n in range(20)]
    assert sum(spread(batches)) == pytest.approx(sum(batch.n_runs for batch in batches))


def test_a_batch_that_took_no_time_is_counted_once() -> None:
    assert spread([Finished(0, 5, 0.0, 3.0)]) == [5]


def test_the_steady_state_leaves_out_the_first_window_and_the_last() -> None:
    assert steady([1, 30, 50, 2]) == 40
    assert steady([1, 2]) is None


def test_shares_count_runs_and_show_who_did_nothing() -> None:
    batches = [Finished(0, 30, 1, 1), Finished(2, 10, 1, 1)]
    assert shares(batches, 3) == [0.75, 0, 0.25]


def test_the_tail_lasts_from_the_first_worker_without_work_to_the_last() -> None:
    batches = [Finished(0, 1, 1, 5), Finished(1, 1, 1, 3), Finished(0, 1, 1, 6.5)]
    assert tail_s(batches) == 3.5

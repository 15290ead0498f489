"""What many runs add up to: everything merges by addition, minimum and maximum."""

import hashlib
import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from .compile import CompiledEvent
from .layout import MOMENTS, NO_MAX, NO_MIN, TIME_BINS

SUMMARY_FORMAT = 2
# What summaries of format 1 did not hold.
SINCE_FORMAT_2 = ("board_count", "board_sum", "board_min", "board_max", "board_bins")
HEADER = struct.Struct("<H8sQ")  # format, hash of the shapes, runs


def summary_shapes(compiled: CompiledEvent) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array of a summary of this event (T teams, R rows, N tiles, …)."""
    n_teams, n_rows, n_tiles = compiled.n_teams, compiled.n_rows, compiled.n_tiles
    points = compiled.total_points
    n_activities, n_drops = len(compiled.activity_keys), len(compiled.drops)
    return {
        "wins": (n_teams, n_teams),
        "points_hist": (n_teams, points + 1),
        "tiles_hist": (n_teams, n_tiles + 1),
        "row_hist": (n_teams, n_rows),
        "margin_hist": (n_teams, 2 * points + 1),
        "row_count": (n_teams, n_rows),
        "row_sum": (n_teams, n_rows),
        "row_min": (n_teams, n_rows),
        "row_max": (n_teams, n_rows),
        "row_bins": (n_teams, n_rows, TIME_BINS),
        "tile_count": (n_teams, n_tiles),
        "tile_sum": (n_teams, n_tiles),
        "tile_min": (n_teams, n_tiles),
        "tile_max": (n_teams, n_tiles),
        "tile_bins": (n_teams, n_tiles, TIME_BINS),
        "board_count": (n_teams,),
        "board_sum": (n_teams,),
        "board_min": (n_teams,),
        "board_max": (n_teams,),
        "board_bins": (n_teams, TIME_BINS),
        "tile_opened_row": (n_teams, n_tiles),
        "moment_sum": (n_teams, MOMENTS),
        "moment_sumsq": (n_teams, MOMENTS),
        "moment_hist": (n_teams, MOMENTS, compiled.n_moment_bins),
        "activity_attempts": (n_teams, n_activities),
        "activity_seconds": (n_teams, n_activities),
        "tile_attempts": (n_teams, n_tiles),
        "tile_seconds": (n_teams, n_tiles),
        "drop_granted": (n_teams, n_drops),
        "drop_wasted": (n_teams, n_drops),
        "drop_lost": (n_teams, n_drops),
    }


class SummaryError(ValueError):
    """Stored bytes that are no summary of this event in this format."""


@dataclass
class Summary:
    """Sums over runs, per team; every array is int64 with the shape of `summary_shapes`.

    ``runs`` counts the runs. ``wins[t, k - 1]`` counts those that team t won together with k − 1
    others. ``*_hist`` are histograms over whole values (``margin_hist`` is shifted by the board's
    points; ``moment_hist`` has bins of ``moment_width`` points), ``*_bins`` over the event in 256
    equal parts. ``row_*`` are the seconds in which rows opened, ``tile_*`` those in which tiles
    finished, ``board_*`` those in which all tiles were; minima without any are ``NO_MIN``, maxima
    ``NO_MAX``. ``*_attempts`` (a party's is one) and ``*_seconds`` (of players) are the effort by
    activity and by tile aimed at. ``drop_*`` are units, ``drop_lost`` millionths of progress beyond
    what tiles needed.
    """

    runs: int
    arrays: dict[str, np.ndarray]

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.__dict__["arrays"][name]
        except KeyError:
            raise AttributeError(name) from None

    @classmethod
    def empty(cls, compiled: CompiledEvent) -> "Summary":
        """Return the summary of no run."""
        return cls(
            0,
            {
                name: np.full(shape, nothing(name), dtype=np.int64)
                for name, shape in summary_shapes(compiled).items()
            },
        )

    def merge(self, other: "Summary") -> None:
        """Add another summary of the same event to this one, in place."""
        self.runs += other.runs
        for name, mine in self.arrays.items():
            merge_function(name)(mine, other.arrays[name], out=mine)

    @property
    def lacks_board_times(self) -> bool:
        """Whether some of the seconds in which boards were finished are missing: format 1 had none."""
        return bool((self.board_count < self.tiles_hist[:, -1]).any())

    def add_board_times(self, team: int, seconds: np.ndarray, duration_s: int) -> None:
        """Add the seconds in which a team finished its board, one for each run in which it did."""
        if not len(seconds):
            return
        seconds = seconds.astype(np.int64)
        bins = np.minimum(seconds * TIME_BINS // duration_s, TIME_BINS - 1)
        self.board_count[team] += len(seconds)
        self.board_sum[team] += seconds.sum()
        self.board_min[team] = min(self.board_min[team], seconds.min())
        self.board_max[team] = max(self.board_max[team], seconds.max())
        self.board_bins[team] += np.bincount(bins, minlength=TIME_BINS)

    def forget_board_times(self) -> None:
        """Take back what `add_board_times` added, in this summary and in those merged into it."""
        for name in SINCE_FORMAT_2:
            self.arrays[name][:] = nothing(name)

    def to_bytes(self) -> bytes:
        """Pack for storage: a header, then the arrays one after the other, compressed."""
        whole = np.concatenate([array.ravel() for array in self.arrays.values()])
        header = HEADER.pack(SUMMARY_FORMAT, shapes_hash(self._shapes()), self.runs)
        return header + zlib.compress(whole.astype("<i8", copy=False).tobytes(), 1)

    @classmethod
    def from_bytes(cls, packed: bytes, compiled: CompiledEvent) -> "Summary":
        """Unpack what `to_bytes` packed, of this format or of format 1, which `lacks_board_times`.

        Raises `SummaryError` where it is damaged, of another format or of another event.
        """
        whole = cls.empty(compiled)
        try:
            written_format, written_shapes, whole.runs = HEADER.unpack_from(packed)
            shapes = shapes_of_format(written_format, compiled)
            if written_shapes != shapes_hash(shapes):
                raise SummaryError("the summary belongs to another event")
            content = zlib.decompress(memoryview(packed)[HEADER.size :])
        except (struct.error, zlib.error) as error:
            raise SummaryError(f"the summary is damaged: {error}") from error
        ends = np.cumsum([math.prod(shape) for shape in shapes.values()])
        if len(content) != 8 * ends[-1]:
            raise SummaryError("the summary is damaged: its length is wrong")
        parts = np.split(np.frombuffer(content, dtype="<i8"), ends[:-1])
        for (name, shape), part in zip(shapes.items(), parts, strict=True):
            whole.arrays[name][:] = part.reshape(shape)
        return whole

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: array.shape for name, array in self.arrays.items()}


def shapes_of_format(written: int, compiled: CompiledEvent) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the arrays in a stored summary; raise `SummaryError` for an unknown format."""
    if written not in (1, SUMMARY_FORMAT):
        raise SummaryError("the summary was written by another version")
    missing = SINCE_FORMAT_2 if written == 1 else ()
    return {name: shape for name, shape in summary_shapes(compiled).items() if name not in missing}


def shapes_hash(shapes: dict[str, tuple[int, ...]]) -> bytes:
    """Return 8 bytes that tell summaries of differently shaped events apart."""
    return hashlib.blake2b(repr(list(shapes.items())).encode(), digest_size=8).digest()


def nothing(name: str) -> int:
    """Return what an array of a summary holds of no run."""
    return {"min": NO_MIN, "max": NO_MAX}.get(name.rpartition("_")[2], 0)


def merge_function(name: str) -> np.ufunc:
    """Return how an array of a summary merges."""
    kind = name.rpartition("_")[2]
    return np.minimum if kind == "min" else np.maximum if kind == "max" else np.add

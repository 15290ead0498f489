"""Figures of simulations as their pages write them."""

HOUR_S = 3600
DAY_S = 24 * HOUR_S
# So many bytes, and a word for them.
UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def from_to(least: int, most: int) -> dict[str, str]:
    """Return what a field for a whole number says outside its range: Django's words part no thousands."""
    told = f"Must be a whole number from {least:,} to {most:,}."
    return {"min_value": told, "max_value": told}


def long(seconds: float | None) -> str:
    """Write how long after the start of an event something happened, with its two largest units."""
    if seconds is None:
        return "–"
    if seconds < HOUR_S:
        return f"{round(seconds / 60)} min"
    if seconds < DAY_S:
        minutes = round(seconds / 60)
        return f"{minutes // 60} h {minutes % 60:02d} min"
    hours = round(seconds / HOUR_S)
    return f"{hours // 24} d {hours % 24} h"


def about(seconds: float) -> str:
    """Write how long something will take, no more exactly than anyone knows."""
    if seconds < 1.5:
        return "about a second"
    if seconds < 100:
        return f"about {round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"about {minutes} min"
    hours = round(seconds / HOUR_S)
    return f"about {hours} h" if hours < 48 else f"about {round(seconds / DAY_S)} days"


def size(n_bytes: int) -> str:
    """Write an amount of bytes."""
    for unit, name in UNITS:
        if n_bytes >= unit:
            return f"{n_bytes / unit:,.1f} {name}"
    return f"{n_bytes} bytes"

"""Small words that messages have in common."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, in the plural where it takes one."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"

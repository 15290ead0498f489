"""What somebody hands over as text: how much of it is read, and what is none."""

# The largest document that is read, in letters of several bytes, with all its spaces.
LARGEST_INPUT = 8 * 1024 * 1024
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NotText(ValueError):
    """What was handed over is no text that can be read; the message says what it is."""


def decoded(content: bytes) -> str:
    """Return the text that bytes hold, in UTF-8; raise `NotText` where they hold none."""
    if len(content) > LARGEST_INPUT:
        raise NotText(f"is larger than {LARGEST_INPUT // 2**20} MB")
    if content.startswith(UTF_16_MARKS):
        raise NotText("is text in UTF-16: save it in UTF-8")
    if b"\0" in content:
        raise NotText("is no text but binary data")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotText(f"is not text in UTF-8, from line {line} on") from None
    if not text.strip():
        raise NotText("is empty")
    return text

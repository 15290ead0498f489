"""Forms that take a text: written or pasted into the page, or uploaded as a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from events.admin.kept import KeptForm
from events.document.text import LARGEST_INPUT, NotText, decoded

# Of what is written into a page; Django takes 2.5 MB of a form that are no files.
MOST_WRITTEN_BYTES = 2_000_000
TOO_LONG = f"This is more than {MOST_WRITTEN_BYTES // 10**6} MB: save it as a file and upload that."


class SourceForm(KeptForm):
    """A text, from a file or written here; a file takes the place of what is written."""

    file = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=f"Up to {LARGEST_INPUT // 2**20} MB; takes the place of the text below.",
        error_messages={"empty": "The file is empty."},
    )
    text = forms.CharField(
        required=False,
        strip=False,  # errors name lines as they are here
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 14, "spellcheck": "false", "wrap": "off", "data-most-bytes": MOST_WRITTEN_BYTES}
        ),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text.encode(errors="replace")) > MOST_WRITTEN_BYTES:
            raise ValidationError(TOO_LONG)
        return text.replace("\r\n", "\n")

    def clean_file(self) -> str | None:
        """Return what the file holds, if there is one."""
        upload: UploadedFile | None = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return decoded(upload.read(LARGEST_INPUT + 1))
        except NotText as error:
            raise ValidationError(f"{upload.name} {error}.") from None

    @property
    def source_field(self) -> str:
        """The field that the text comes from, where what is wrong with it belongs."""
        return "file" if self.files.get("file") else "text"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        source = cleaned["file"] if cleaned["file"] is not None else cleaned["text"]
        if not source.strip():
            raise ValidationError({"text": "Write or paste something here, or upload a file."})
        cleaned["source"] = source
        self._show(source)
        return cleaned

    def _show(self, source: str) -> None:
        """Let the page show what a file held, so that it can be mended there and then."""
        if self.source_field == "file" and len(source.encode()) <= MOST_WRITTEN_BYTES:
            self.data = {**self.data.dict(), "text": source}  # type: ignore[attr-defined]  # of a request

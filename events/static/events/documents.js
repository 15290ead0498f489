// Small helps on the pages of documents: filling in, copying, going to the line of an error.

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("id_text");

  const textOf = (id) => {
    const source = document.getElementById(id);
    return "value" in source ? source.value : source.textContent;
  };

  // A form too long for the server is answered without a page: better to be told before it is sent.
  const checkLength = () => {
    const most = Number(field.dataset.mostBytes);
    const isTooLong = new Blob([field.value]).size > most;
    field.setCustomValidity(isTooLong ? `This is more than ${most / 1e6} MB: save it as a file and upload that.` : "");
    return !isTooLong;
  };

  const goToLine = (line) => {
    const lines = field.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(line - 4, 0);
    field.scrollIntoView({ block: "center" });
  };

  const copy = async (button) => {
    const label = button.querySelector("[data-label]");
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      // Pages that are not served over TLS have no clipboard.
      source.select();
      document.execCommand("copy");
    }
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = "Copy"), 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill], [data-copy], [data-line]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if (button.dataset.fill && field) {
      field.value = textOf(button.dataset.fill);
      field.closest("details")?.setAttribute("open", "");
      field.focus();
      field.setSelectionRange(0, 0);
      field.scrollIntoView({ block: "center" });
    }
    if (button.dataset.line && field) {
      event.preventDefault();
      goToLine(Number(button.dataset.line));
    }
  });

  field?.form.addEventListener("submit", (event) => {
    if (!checkLength()) {
      event.preventDefault();
      field.reportValidity();
    }
  });
  field?.addEventListener("input", () => field.setCustomValidity(""));

  // The name of a chosen file, which the field that looks like one shows.
  const file = document.getElementById("id_file");
  file?.addEventListener("change", () => {
    const shown = file.form.querySelector('label[for="id_file"] input[type="text"]');
    if (shown && file.files.length) shown.value = file.files[0].name;
  });
});

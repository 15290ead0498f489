// The usual numbers of runs: a button puts its number into the field, as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-runs]");
  if (!button) return;
  const field = document.getElementById(button.dataset.for);
  field.value = button.dataset.runs;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// The usual numbers of runs: a button puts its number into the field, as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-runs]");
  if (!button) return;
  const field = document.getElementById(button.dataset.for);
  field.value = button.dataset.runs;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// What a button opens closes again with Escape, or when something else is clicked.
const openActions = () => document.querySelectorAll("details.sim-action[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const action of openActions()) {
    action.open = false;
    action.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const action of openActions()) if (!action.contains(event.target)) action.open = false;
});

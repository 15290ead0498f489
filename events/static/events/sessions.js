// Copies a session to other days: a new row each, unless the day has a session of that start already.
"use strict";
{
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const isThere = (row) => !row.hasAttribute("data-removed");

  function copy(row, days) {
    const section = row.closest("[data-nested]");
    const add = section.querySelector("[data-nested-add]");
    const rows = () => [...section.querySelectorAll("[data-nested-row]")];
    const start = field(row, "start").value;
    for (const day of days) {
      const has = rows().some((other) => isThere(other) && field(other, "day").value === day && field(other, "start").value === start);
      if (has) continue;
      // As many as there may be are there.
      if (add.disabled) return;
      add.click();
      const added = rows().at(-1);
      field(added, "day").value = day;
      for (const name of ["start", "until", "minutes"]) field(added, name).value = field(row, name).value;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-days]");
    if (!button) return;
    copy(button.closest("[data-nested-row]"), button.dataset.copyDays.split(" "));
    button.focus();
  });
}

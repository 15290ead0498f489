// Who is ticked, or is the first that was found when Enter is pressed, moves to the end of the roster; the others
// stay where they are found. The roster's order is the page's, which the buttons change.
"use strict";
{
  document.addEventListener("DOMContentLoaded", () => {
    for (const roster of document.querySelectorAll("[data-roster]")) start(roster);
  });

  function start(roster) {
    const inside = roster.querySelector("[data-roster-in]");
    const outside = roster.querySelector("[data-roster-out]");
    const search = roster.querySelector("[data-roster-search]");
    const rowOf = (element) => element.closest(".roster-player");

    const update = () => {
      roster.querySelector("[data-roster-count]").textContent = inside.children.length;
      roster.toggleAttribute("data-empty", inside.children.length === 0);
      const rows = [...inside.children];
      rows.forEach((row, ix) => {
        row.querySelector("[data-roster-up]").setAttribute("aria-disabled", ix === 0);
        row.querySelector("[data-roster-down]").setAttribute("aria-disabled", ix === rows.length - 1);
      });
    };
    const isFound = (row) => {
      // As the game takes names: spaces, hyphens and underscores are the same.
      const typed = search ? search.value.normalize("NFKC").toLowerCase() : "";
      const words = typed.split(/[\s_\p{Pd}]+/u).filter((word) => word);
      return words.every((word) => row.dataset.player.includes(word));
    };
    const find = () => {
      const others = [...roster.querySelectorAll(".roster-list:not([data-roster-in]) > li")];
      for (const row of others) {
        row.hidden = !isFound(row);
        row.classList.remove("roster-first");
      }
      firstFound()?.classList.add("roster-first");
      const nobody = roster.querySelector("[data-roster-nobody]");
      if (!nobody) return;
      nobody.hidden = !search.value.trim() || others.some((row) => !row.hidden);
      const here = [...inside.children].filter(isFound).map((row) => row.querySelector(".roster-name").textContent);
      nobody.textContent = here.length ? `In the team already: ${here.join(", ")}.` : "Nobody of that name.";
    };
    const firstFound = () =>
      search?.value.trim() ? roster.querySelector(".roster-list:not([data-roster-in]) > li:not([hidden])") : null;
    const takeIn = (row) => {
      row.hidden = false;
      inside.append(row);
    };

    roster.addEventListener("change", (event) => {
      if (event.target.type !== "checkbox") return;
      const row = rowOf(event.target);
      if (event.target.checked) takeIn(row);
      else outside.prepend(row);
      event.target.focus();
      update();
      find();
    });
    roster.addEventListener("click", (event) => {
      const button = event.target.closest("[data-roster-up], [data-roster-down]");
      if (!button) return;
      const row = rowOf(button);
      // The neighbour moves, not the row: what leaves the page for a moment loses the focus.
      if (button.matches("[data-roster-up]")) row.previousElementSibling && row.after(row.previousElementSibling);
      else if (row.nextElementSibling) row.before(row.nextElementSibling);
      button.dispatchEvent(new Event("change", { bubbles: true }));
      update();
    });
    if (search) {
      search.addEventListener("input", find);
      search.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        // Enter is for finding here, not for saving.
        event.preventDefault();
        const row = firstFound();
        if (!row) return;
        row.querySelector("[type=checkbox]").checked = true;
        takeIn(row);
        search.value = "";
        search.dispatchEvent(new Event("change", { bubbles: true }));
        update();
        find();
      });
    }
    update();
  }
}

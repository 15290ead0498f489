// Rows of nested forms: adding, moving, removing and taking removed ones back, on every level alike.
// A row keeps the number in its fields' names for good; its place is in its ORDER field. A removed row stays in
// the page, marked in its DELETE field, so that numbers have no gaps and a slip can be taken back.
(() => {
  "use strict";

  const own = (section, selector) =>
    [...section.querySelectorAll(selector)].find((found) => found.closest("[data-nested]") === section);

  const rowsOf = (section) => [...own(section, "[data-nested-rows]").children];
  const isRemoved = (row) => row.hasAttribute("data-removed");
  const ownIn = (row, selector) =>
    [...row.querySelectorAll(selector)].find((found) => found.closest("[data-nested-row]") === row);

  // Numbers what counts, and offers only what can be done.
  function renumber(section) {
    const most = Number(section.dataset.most);
    const kept = rowsOf(section).filter((row) => !isRemoved(row));
    rowsOf(section).forEach((row, place) => {
      ownIn(row, "[data-nested-order]").value = place;
    });
    kept.forEach((row, ix) => {
      const name = `${section.dataset.noun} ${ix + 1}`;
      ownIn(row, "[data-nested-number]").textContent = ix + 1;
      row.setAttribute("aria-label", name);
      for (const [action, what] of [["up", "Move up"], ["down", "Move down"], ["remove", "Remove"]]) {
        const button = ownIn(row, `[data-nested-${action}]`);
        button.setAttribute("aria-label", `${what}: ${name}`);
        // Not disabled: a button that has the focus must not lose it.
        const idle = (action === "up" && ix === 0) || (action === "down" && ix === kept.length - 1);
        button.setAttribute("aria-disabled", idle);
      }
    });
    own(section, "[data-nested-add]").disabled = kept.length >= most;
    section.toggleAttribute("data-empty", kept.length === 0);
    section.toggleAttribute("data-single", kept.length === 1);
  }

  function changed(element) {
    element.dispatchEvent(new Event("change", { bubbles: true }));
    element.dispatchEvent(new CustomEvent("nested:changed", { bubbles: true }));
  }

  function focusOn(row) {
    const field = row.querySelector(
      "input:not([type=hidden]):not([tabindex='-1']), select:not([tabindex='-1']), select.select2-hidden-accessible, textarea",
    );
    if (!field) return;
    // What select2 stands in for cannot have the focus itself.
    const shown = field.matches(".select2-hidden-accessible")
      ? field.nextElementSibling.querySelector("[tabindex]")
      : field;
    shown.focus();
  }

  // The HTML of an empty row. Those of nested rows are in the template of the outermost section, where their
  // section has the same placeholder, and placeholders in its prefix.
  function emptyRow(section) {
    const template = own(section, ":scope > template");
    if (template) return template.innerHTML;
    const { placeholder, nested } = section.dataset;
    const outer = section.parentElement.closest("[data-nested]");
    const holder = document.createElement("template");
    holder.innerHTML = emptyRow(outer);
    const like = holder.content.querySelector(`[data-nested][data-placeholder="${placeholder}"]`);
    return like.querySelector(":scope > template").innerHTML.replaceAll(like.dataset.nested, nested);
  }

  function add(section) {
    const total = own(section, "[data-nested-total]");
    const holder = document.createElement("template");
    holder.innerHTML = emptyRow(section).replaceAll(section.dataset.placeholder, total.value);
    const row = holder.content.firstElementChild;
    total.value = Number(total.value) + 1;
    own(section, "[data-nested-rows]").append(row);
    [section, ...row.querySelectorAll("[data-nested]")].forEach(renumber);
    // Django's and unfold's own scripts set up what they know in new rows.
    row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: section.dataset.nested } }));
    changed(row);
    focusOn(row);
  }

  function move(row, direction) {
    const section = row.closest("[data-nested]");
    const kept = rowsOf(section).filter((other) => !isRemoved(other));
    const neighbour = kept[kept.indexOf(row) + direction];
    if (!neighbour) return;
    // The neighbour moves, not the row: an element that leaves the page for a moment loses the focus.
    if (direction < 0) row.after(neighbour);
    else row.before(neighbour);
    renumber(section);
    changed(row);
    row.scrollIntoView({ block: "nearest" });
  }

  function setRemoved(row, removed) {
    row.toggleAttribute("data-removed", removed);
    ownIn(row, "[data-nested-delete]").disabled = !removed;
    renumber(row.closest("[data-nested]"));
    changed(row);
    if (removed) ownIn(row, "[data-nested-undo]").focus();
    else focusOn(row);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = button.closest("[data-nested-row]");
    if (button.matches("[data-nested-add]")) add(button.closest("[data-nested]"));
    else if (button.matches("[data-nested-up]")) move(row, -1);
    else if (button.matches("[data-nested-down]")) move(row, 1);
    else if (button.matches("[data-nested-remove]")) setRemoved(row, true);
    else if (button.matches("[data-nested-undo]")) setRemoved(row, false);
  });

  const start = () => document.querySelectorAll("[data-nested]").forEach(renumber);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

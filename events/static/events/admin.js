// What all pages of the admin have: the way from what is wrong with a form to where that is, and forms that are sent once.
(() => {
  "use strict";

  // --- What is wrong, listed at the top with links to its fields ----------------------------------------------------

  const MOST_SHOWN = 12;
  const FIELDS = "input:not([type=hidden]), select, textarea, button";
  const ERRORS = ".errorlist:not(.nonfield) > li, .nested-errors > li, .sim-form .text-red-600 li, .document-form .text-red-600 li";

  // The nearest field around an error's words, or the button that adds a row where there are none.
  function fieldOf(error) {
    let around = error.parentElement;
    while (around && around.tagName !== "FORM") {
      const field = around.querySelector(FIELDS);
      if (field) return field;
      around = around.parentElement;
    }
    return null;
  }

  // "Loot line 1, Outcome 2, Rate": the rows that a field is in, and its own name.
  function nameOf(field) {
    const rows = [];
    for (let row = field.closest("[data-nested-row]"); row; row = row.parentElement.closest("[data-nested-row]")) {
      const name = row.closest("[data-nested]").dataset.noun;
      const number = row.querySelector("[data-nested-number]").textContent;
      rows.unshift(`${name} ${number}`);
    }
    const group = field.closest(".nested-field, .field-line");
    // A group of boxes is called as a whole.
    if (group?.getAttribute("role") === "group") return [...rows, group.getAttribute("aria-label")].join(", ");
    const label = (field.labels && field.labels[0]) || group?.querySelector("label, legend");
    const isChoice = field.matches("[type=radio], [type=checkbox]");
    const own = (isChoice && group?.querySelector("label, legend")) || label;
    const text = own ? own.textContent.replace("*", "").trim() : "";
    return [...rows, text].filter(Boolean).join(", ");
  }

  function focusOn(field) {
    // What select2 stands in for cannot have the focus itself.
    const shown = field.matches(".select2-hidden-accessible")
      ? field.nextElementSibling.querySelector("[tabindex]")
      : field;
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: "center" });
  }

  function line(error, field) {
    const item = document.createElement("li");
    const name = nameOf(field);
    const link = document.createElement("a");
    link.href = field.id ? `#${field.id}` : "#";
    link.textContent = name ? `${name}: ` : "";
    link.append(error.textContent.trim());
    link.addEventListener("click", (event) => {
      event.preventDefault();
      focusOn(field);
    });
    item.append(link);
    return item;
  }

  function listErrors() {
    // Sentences begin with a capital wherever they come from; style sheets can't do so beside an icon.
    for (const { firstChild: text } of document.querySelectorAll(".errorlist > li")) {
      if (text?.nodeType === Node.TEXT_NODE) text.data = text.data.trimStart().replace(/^./u, (first) => first.toUpperCase());
    }
    let note = document.querySelector(".errornote, .sim-note[role=alert]");
    if (!note) return;
    const found = [...document.querySelectorAll(ERRORS)]
      .filter((error) => !error.closest("[data-removed], template") && error.textContent.trim())
      .map((error) => [error, fieldOf(error)])
      .filter(([, field]) => field);
    const whole = document.querySelector(".errornote + .errornote");
    if (!found.length && whole) {
      // What is wrong with a form as a whole is said there, and nothing is marked below.
      note.remove();
      note = whole;
    }
    if (found.length) {
      const list = document.createElement("ul");
      list.className = "error-places";
      list.append(...found.slice(0, MOST_SHOWN).map(([error, field]) => line(error, field)));
      if (found.length > MOST_SHOWN) {
        const more = document.createElement("li");
        more.textContent = `and ${found.length - MOST_SHOWN} more`;
        list.append(more);
      }
      note.after(list);
    }
    // Where there is one thing to mend, it has the focus; else what says all of them.
    if (found.length === 1 && !whole) focusOn(found[0][1]);
    else {
      note.tabIndex = -1;
      note.setAttribute("role", "alert");
      note.focus({ preventScroll: true });
      note.scrollIntoView({ block: "nearest" });
    }
  }

  // --- Forms are sent once, however often the button is pressed -----------------------------------------------------

  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (sent.has(form)) event.preventDefault();
    else {
      sent.add(form);
      // What answers with a file leaves the page as it is.
      setTimeout(() => sent.delete(form), 5000);
    }
  });
  // The page may come back as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });

  // --- The library's entries, found while one types; what is ticked stays ticked ------------------------------------

  function findEntries(search) {
    const entries = [...document.querySelectorAll(".library-entry")];
    const find = () => {
      const words = search.value.toLowerCase().split(/\s+/);
      for (const entry of entries) {
        const text = entry.textContent.toLowerCase();
        const isTicked = entry.querySelector("input").checked;
        entry.hidden = !isTicked && !words.every((word) => text.includes(word));
      }
    };
    search.addEventListener("input", find);
    search.form.addEventListener("submit", (event) => event.preventDefault());
  }

  // --- Autocompletes are called what their select is, which they hide ------------------------------------------------

  function nameAutocompletes() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = select.labels[0];
      const box = select.nextElementSibling;
      const shown = box?.querySelector(".select2-selection");
      if (!label || !shown) continue;
      const name = label.textContent.replace("*", "").trim();
      // Of a single choice the field that searches is in a list of its own, which is there while it is open.
      const open = box.matches(".select2-container--open") && document.querySelector("body > .select2-container");
      const search = (open || box).querySelector(".select2-search__field");
      if (search && search.ariaLabel !== name) search.ariaLabel = name;
      const value = shown.querySelector(".select2-selection__rendered[id]");
      if (!value) shown.ariaLabel = name;
      else if (value.role) {
        value.removeAttribute("role"); // it is no field, but what is chosen
        value.removeAttribute("aria-readonly");
        label.id ||= `${select.id}-label`;
        shown.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
      }
    }
  }

  // --- What the theme leaves without a name, or calls the same everywhere -------------------------------------------

  const SCROLLERS = { "#nav-sidebar-apps": "Navigation", "#changelist-filter [data-simplebar]": "Filters" };
  const BUTTONS = { "#searchbar-submit": "Search", "[x-on\\:click*=showActions]": "More" };

  function nameThemesParts() {
    for (const [selector, name] of Object.entries(SCROLLERS)) {
      document.querySelector(selector)?.setAttribute("data-simplebar-aria-label", name);
    }
    for (const [selector, name] of Object.entries(BUTTONS)) {
      document.querySelector(selector)?.setAttribute("aria-label", name);
    }
    // They come right below the page's own heading.
    for (const title of document.querySelectorAll("#changelist-filter h3")) title.ariaLevel = "2";
    // An icon is a word in a font of its own, which is no part of what it stands beside.
    for (const icon of document.querySelectorAll(".material-symbols-outlined")) icon.ariaHidden = "true";
  }

  // --- Small windows -------------------------------------------------------------------------------------------------

  // Lists become cards there, which call columns by what is written in their cells.
  function nameColumns() {
    for (const cell of document.querySelectorAll("#result_list [data-label]")) {
      const { label } = cell.dataset;
      cell.dataset.label = label === "Select record" ? "Select" : label.charAt(0).toUpperCase() + label.slice(1);
    }
  }

  // The tabs of an event scroll where there is no room for all: the current one is shown.
  function showTab() {
    const tabs = document.querySelector(".workspace-tabs");
    const current = tabs?.querySelector("[aria-current]");
    if (current) tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
  }

  function start() {
    listErrors();
    nameThemesParts();
    nameColumns();
    showTab();
    nameAutocompletes();
    new MutationObserver(nameAutocompletes).observe(document.body, { childList: true, subtree: true });
    const search = document.querySelector("[data-finds-entries]");
    if (search) findEntries(search);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

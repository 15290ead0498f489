// When another activity is chosen for a rule, its drops come without loading the page again.
"use strict";
{
  const FAILED = "The drops could not be loaded yet: they come by themselves once this page goes on.";
  // What each rule asked for last: an answer that a later choice overtook is not shown.
  const asked = new WeakMap();
  // Rules whose drops had no answer.
  const missing = new Set();
  document.addEventListener("found", () => missing.forEach(loadDrops));

  async function loadDrops(select) {
    const drops = select.closest("[data-nested-row]").querySelector("[data-drops]");
    const query = new URLSearchParams({ name: drops.dataset.drops, activity: select.value });
    const turn = {};
    asked.set(drops, turn);
    let html = null;
    let status = 0;
    try {
      const address = `${select.closest("[data-drops-address]").dataset.dropsAddress}?${query}`;
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      status = answer.status;
      if (answer.ok) html = await answer.text();
    } catch {
      // said below
    }
    if (asked.get(drops) !== turn) return;
    missing.delete(select);
    if (html !== null) drops.innerHTML = html;
    else {
      missing.add(select);
      document.dispatchEvent(new CustomEvent("lost", { detail: { status } }));
      const note = document.createElement("p");
      note.className = "nested-errors";
      note.setAttribute("role", "alert");
      note.textContent = FAILED;
      drops.replaceChildren(note);
    }
  }

  // By jQuery, which hears both what people choose in the list and what select2 says was chosen.
  django.jQuery(document).on("change", "select[data-activity]", (event) => loadDrops(event.target));
}

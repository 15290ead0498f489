// When another activity is chosen for a rule, its drops come without loading the page again.
"use strict";
{
  const FAILED = "The drops could not be loaded: are you still signed in? Sign in in another window, then choose again.";
  // What each rule asked for last: an answer that a later choice overtook is not shown.
  const asked = new WeakMap();

  async function loadDrops(select) {
    const drops = select.closest("[data-nested-row]").querySelector("[data-drops]");
    const query = new URLSearchParams({ name: drops.dataset.drops, activity: select.value });
    const turn = {};
    asked.set(drops, turn);
    let html = null;
    try {
      const answer = await fetch(`${select.closest("[data-drops-address]").dataset.dropsAddress}?${query}`);
      // Who is signed out is sent to where one signs in.
      if (answer.ok && !answer.redirected) html = await answer.text();
    } catch {
      // said below
    }
    if (asked.get(drops) !== turn) return;
    if (html !== null) drops.innerHTML = html;
    else {
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

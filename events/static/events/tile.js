// When another activity is chosen for a rule, its drops come without loading the page again.
"use strict";
// By jQuery, which hears both what people choose in the list and what select2 says was chosen.
django.jQuery(document).on("change", "select[data-activity]", (event) => {
  const drops = event.target.closest("[data-nested-row]").querySelector("[data-drops]");
  const query = new URLSearchParams({ name: drops.dataset.drops, activity: event.target.value });
  const address = event.target.closest("[data-drops-address]").dataset.dropsAddress;
  htmx.ajax("GET", `${address}?${query}`, { target: drops, swap: "innerHTML" });
});

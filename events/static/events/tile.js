// A rule's activity can be searched for; when another is chosen, its drops come without loading the page again.
"use strict";
{
  const $ = django.jQuery;
  const searchable = (root) => $(root).find("select[data-activity]").select2({ theme: "admin-autocomplete", width: "100%" });

  $(() => searchable(document));
  document.addEventListener("formset:added", (event) => searchable(event.target));

  // By jQuery, which hears both what people choose in the list and what select2 says was chosen.
  $(document).on("change", "select[data-activity]", (event) => {
    const drops = event.target.closest("[data-nested-row]").querySelector("[data-drops]");
    const query = new URLSearchParams({ name: drops.dataset.drops, activity: event.target.value });
    const address = event.target.closest("[data-drops-address]").dataset.dropsAddress;
    htmx.ajax("GET", `${address}?${query}`, { target: drops, swap: "innerHTML" });
  });
}

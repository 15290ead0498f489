// An event that is found in a list's filter is what the list shows then.
"use strict";
django.jQuery(document).on("select2:select", "[data-finds-event]", (event) => {
  const { address, parameter } = event.target.closest("[data-address]").dataset;
  const query = new URLSearchParams(address);
  query.set(parameter, event.params.data.id);
  location.search = query;
});

// What is chosen in an autocomplete is sent in the order of its options: what is chosen again comes last.
"use strict";
{
  const $ = django.jQuery;
  $(document).on("select2:select", "select[multiple].admin-autocomplete", (event) => {
    const chosen = String(event.params.data.id);
    const option = [...event.target.options].find((one) => one.value === chosen);
    if (option) {
      event.target.append(option);
      $(event.target).trigger("change");
    }
  });
}

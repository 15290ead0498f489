// What an activity's form works out while people type: what is left of each loot line, and which drops there are.
(() => {
  "use strict";

  // As the field for rates reads them, to show a sum; what counts is decided when the form is saved.
  function rateOf(text) {
    const typed = text.trim();
    const term = "(\\d{1,3}(?:,\\d{3})+|\\d+(?:\\.\\d+)?)";
    const fraction = typed.match(new RegExp(`^${term}(?:\\s*/\\s*|\\s+in\\s+)${term}$`, "i"));
    if (fraction) {
      const [above, below] = fraction.slice(1).map((number) => Number(number.replaceAll(",", "")));
      return above / below;
    }
    const point = typed.replace(/^(0?),(\d+)/, "$1.$2").replace(/^(\d+),(\d{1,2}|\d{4,})(?!\d)/, "$1.$2");
    const decimal = point.match(/^(\d*\.?\d+)\s*(%?)$/);
    return decimal ? Number(decimal[1]) / (decimal[2] ? 100 : 1) : NaN;
  }

  const percent = (share) => {
    const shown = Number((share * 100).toPrecision(4));
    // What is not all, or hardly more, does not read as if it were.
    if (shown === 100 && share !== 1) return share < 1 ? ">99.99 %" : "100.01 %";
    return `${shown} %`;
  };

  function showRest(outcomes) {
    const rates = [...outcomes.querySelectorAll("[data-nested-row]:not([data-removed]) .nested-field-rate input")]
      .filter((input) => !input.closest("[data-removed]"))
      .map((input) => input.value)
      .filter((text) => text.trim());
    const total = rates.map(rateOf).reduce((sum, rate) => sum + rate, 0);
    const left = 1 - total;
    const shown = outcomes.querySelector("[data-loot-rest]");
    const over = left < -1e-9;
    shown.classList.toggle("is-over", over);
    if (!Number.isFinite(total)) shown.textContent = "";
    else if (over) shown.textContent = `These rates come to ${percent(total)}, which is more than 100 %.`;
    else if (left < 1e-9) shown.textContent = "There is no rest: every roll gives one of these.";
    else shown.textContent = `The rest, ${percent(left)}, is nothing.`;
  }

  // A drop that was typed once is suggested from then on.
  function suggest(input) {
    const known = document.getElementById(input.getAttribute("list"));
    const key = input.value.trim();
    if (!key || [...known.options].some((option) => option.value === key)) return;
    known.append(new Option("", key));
  }

  // How long an attempt takes at least and at most, as people say it.
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  function showRange() {
    const field = (name) => document.querySelector(`[name=attempt_${name}]`);
    const spreadField = field("spread");
    if (!spreadField) return;
    let shown = document.querySelector(".activity-range");
    if (!shown) {
      shown = document.createElement("p");
      shown.className = "activity-range";
      shown.setAttribute("aria-live", "polite");
      field("model").parentElement.after(shown);
    }
    const [seconds, spread] = [field("seconds").value, spreadField.value || "0"].map(Number);
    const whole = Number.isInteger(seconds) && Number.isInteger(spread) && seconds > 0;
    if (!whole || spread < 0 || spread > seconds) shown.textContent = "";
    else if (!spread || field("model").value === "fixed") shown.textContent = `${clock(seconds)} minutes.`;
    else shown.textContent = `From ${clock(seconds - spread)} to ${clock(seconds + spread)} minutes.`;
  }

  const update = (event) => {
    const line = event.target.closest(".loot-outcomes") || event.target.querySelector(".loot-outcomes");
    if (line) showRest(line);
  };
  document.addEventListener("input", update);
  document.addEventListener("input", showRange);
  document.addEventListener("nested:changed", update);
  document.addEventListener("change", (event) => {
    if (event.target.matches(".nested-field-key input")) suggest(event.target);
    showRange();
  });
  const start = () => {
    showRange();
    document.querySelectorAll(".loot-outcomes").forEach(showRest);
    document.querySelectorAll(".nested-field-key input").forEach(suggest);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// What an activity's form works out while people type: what is left of each loot line, and which drops there are.
(() => {
  "use strict";

  // What is left is worked out by the server, which reads rates exactly as it does when the form is saved.
  const FAILED = "What is left isn't known: the server did not answer, or you are signed out.";
  const PAUSE_MS = 150;
  const waiting = new Set();
  // What was asked for each line last: an answer that was overtaken is not shown.
  const asked = new WeakMap();
  let pause = null;

  const ratesOf = (outcomes) =>
    [...outcomes.querySelectorAll("[data-nested-row]:not([data-removed]) .nested-field-rate input")]
      .filter((input) => !input.closest("[data-removed]"))
      .map((input) => input.value.trim())
      .filter((text) => text);

  function showRest(outcomes) {
    waiting.add(outcomes);
    clearTimeout(pause);
    pause = setTimeout(askForRests, PAUSE_MS);
  }

  async function askForRests() {
    const lines = [...waiting].filter((outcomes) => !outcomes.closest("[data-removed]"));
    const turn = {};
    waiting.clear();
    if (!lines.length) return;
    lines.forEach((outcomes) => asked.set(outcomes, turn));
    const rests = await restsOf(lines);
    lines.forEach((outcomes, ix) => {
      if (asked.get(outcomes) !== turn) return;
      const shown = outcomes.querySelector("[data-loot-rest]");
      shown.textContent = rests ? rests[ix].text : FAILED;
      shown.classList.toggle("is-over", !rests || rests[ix].over);
    });
  }

  // Returns what the lines leave, or null where nobody tells.
  async function restsOf(lines) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    lines.forEach((outcomes) => body.append("line", ratesOf(outcomes).join("\n")));
    try {
      const answer = await fetch(lines[0].dataset.restAddress, { method: "POST", body });
      return (await answer.json()).rests;
    } catch {
      return null;
    }
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

  // As the field reads it: seconds, or a time with minutes and seconds.
  const secondsOf = (text) =>
    /^\d+(:[0-5]\d){0,2}$/.test(text.trim()) ? text.trim().split(":").reduce((total, part) => total * 60 + Number(part), 0) : NaN;

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
    const [seconds, spread] = [field("seconds").value, spreadField.value || "0"].map(secondsOf);
    const whole = Number.isInteger(seconds) && Number.isInteger(spread) && seconds > 0;
    if (!whole || spread < 0 || spread > seconds) shown.textContent = "";
    else if (!spread || field("model").value === "fixed") shown.textContent = `${clock(seconds)} minutes.`;
    else shown.textContent = `From ${clock(seconds - spread)} to ${clock(seconds + spread)} minutes.`;
  }

  const showRests = () => document.querySelectorAll(".loot-outcomes").forEach(showRest);
  document.addEventListener("input", (event) => {
    const outcomes = event.target.closest(".loot-outcomes");
    if (outcomes && event.target.closest(".nested-field-rate")) showRest(outcomes);
    showRange();
  });
  document.addEventListener("nested:changed", showRests);
  document.addEventListener("change", (event) => {
    if (event.target.matches(".nested-field-key input")) suggest(event.target);
    showRange();
  });
  const start = () => {
    showRange();
    showRests();
    document.querySelectorAll(".nested-field-key input").forEach(suggest);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

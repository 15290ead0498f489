// Says so when what a page's scripts ask the server has no answer, because the session has ended or the server is away,
// and takes it back by itself as soon as there are answers again. Scripts tell it with the event `lost`, whose `status`
// is the answer's, 0 where there is none; they hear `found` when the page goes on.
(() => {
  "use strict";

  const ASKS_EVERY_MS = { signedOut: 60_000, other: 60_000, away: 3000 };
  const WORDS = {
    signedOut: "You are signed out, so this page stands still.",
    away: "The server does not answer, so this page stands still. It goes on by itself once the server is back.",
    other: "Somebody else has signed in in this browser, so this page stands still.",
    gone: "This is not there any more, or you may not see it.",
  };
  const LINKS = { signedOut: "Sign in again", other: "Load the page again", gone: "Load the page again" };

  let note = null;
  let timer = null;
  let shown = "";
  let state = "";
  const meta = () => document.querySelector("meta[name=user]");
  // A form that is filled in stays: one signs in in another window, and goes on here.
  const isFilledIn = () => [...document.querySelectorAll("[name=restored]")].some((field) => field.form.checkVisibility());

  // A page that nobody looks at asks nothing: it does when it is looked at again.
  function askLater(kind) {
    if (kind === state) return;
    state = kind;
    clearInterval(timer);
    timer = ASKS_EVERY_MS[kind] && setInterval(() => document.hidden || look(), ASKS_EVERY_MS[kind]);
  }

  function show(kind, words = "") {
    askLater(kind);
    if (!note) {
      note = document.createElement("div");
      note.className = "connection";
      note.setAttribute("role", "alert");
      document.body.append(note);
    }
    const told = [words, WORDS[kind]].filter(Boolean).join(" ");
    if (shown === told) return;
    shown = told;
    note.textContent = `${told} `;
    if (!LINKS[kind]) return;
    const link = document.createElement("a");
    const address = location.pathname + location.search;
    link.textContent = LINKS[kind];
    link.href = kind === "signedOut" ? `${meta().dataset.login}?next=${encodeURIComponent(address)}` : address;
    if (kind === "signedOut" && isFilledIn()) {
      link.target = "_blank";
      link.textContent = "Sign in in another window";
    }
    note.append(link);
  }

  function found() {
    askLater("");
    if (!note) return;
    note.remove();
    note = null;
    shown = "";
    document.dispatchEvent(new CustomEvent("found"));
  }

  // Whoever signs in anew has other tokens: the forms of this page get theirs.
  function goOn({ user, token }) {
    if (user !== meta().content) return show("other");
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    return found();
  }

  async function look() {
    try {
      const answer = await fetch(meta().dataset.here, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok) goOn(await answer.json());
      else show(answer.status === 401 ? "signedOut" : "away");
    } catch {
      show("away");
    }
  }

  function lost(status, words) {
    if (!meta()?.content) return;
    if (status === 401) show("signedOut", words);
    else if (!status || status >= 500) show("away", words);
    else show("gone", words);
  }

  document.addEventListener("lost", ({ detail }) => lost(detail.status, detail.words));
  for (const name of ["visibilitychange", "focus"]) window.addEventListener(name, () => timer && !document.hidden && look());

  // What asks by htmx, and by jQuery; what is given up for a newer question has no answer, and misses none.
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, ({ detail }) => lost(detail.xhr.status));
  }
  // Whoever is signed out need not be told so every two seconds.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (state === "signedOut" || state === "other") event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && found());
  document.addEventListener("DOMContentLoaded", () => {
    const jQuery = window.django?.jQuery;
    jQuery?.(document).on("ajaxError", (_, xhr) => xhr.statusText !== "abort" && lost(xhr.status));
  });
})();

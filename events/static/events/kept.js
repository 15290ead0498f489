// What was filled in is kept in this window until the server has taken it. Where it could not, because the session had
// ended, somebody had signed in anew or the server was away, the same person finds the form again as it was filled in:
// it is sent once more with `restored`, which shows it and saves nothing. Passwords and files are never kept.
(() => {
  "use strict";

  const KEY = "kept-form";
  const KEPT_FOR_MS = 12 * 3600 * 1000;
  const UNKEPT = new Set(["csrfmiddlewaretoken", "restored"]);
  const here = location.pathname + location.search;
  const user = () => document.querySelector("meta[name=user]")?.content;

  function read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY));
      return kept && Date.now() - kept.at < KEPT_FOR_MS ? kept : null;
    } catch {
      return null;
    }
  }

  function write(kept) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // More than a browser keeps: then it is lost as it would be without this.
      forget();
    }
  }

  function forget() {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Browsers may be told to keep nothing.
    }
  }

  // --- Sending -------------------------------------------------------------------------------------------------------

  function keep(form) {
    const fields = [];
    let hasFile = false;
    for (const [name, value] of new FormData(form)) {
      if (value instanceof File) hasFile ||= value.name !== "";
      else if (!UNKEPT.has(name)) fields.push([name, value]);
    }
    const address = new URL(form.getAttribute("action") || location.href, location.href);
    const action = address.pathname + address.search;
    write({ user: user(), at: Date.now(), page: here, action, fields, hasFile, isLost: false });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const isKept = form.querySelector("[name=restored]") && !form.querySelector("[type=password]");
    if (!event.defaultPrevented && user() && isKept) keep(form);
  });

  // --- The page that came instead of an answer, and the one after it --------------------------------------------------

  function paragraph(...parts) {
    const words = document.createElement("p");
    words.className = "kept-note";
    words.append(...parts);
    return words;
  }

  function link(address, text) {
    const leads = document.createElement("a");
    leads.href = address;
    leads.textContent = text;
    return leads;
  }

  function restore(kept) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    const form = document.createElement("form");
    form.method = "post";
    form.enctype = "multipart/form-data";
    form.action = kept.action;
    form.hidden = true;
    const add = (name, value) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    };
    for (const [name, value] of kept.fields) add(name, value);
    add("csrfmiddlewaretoken", token);
    add("restored", kept.hasFile ? "file" : "yes");
    document.body.append(form);
    write({ ...kept, isLost: false });
    form.submit();
  }

  function offer(kept) {
    write({ ...kept, isLost: true });
    const discard = document.createElement("button");
    discard.type = "button";
    discard.textContent = "Discard it";
    const open = link(kept.page, "Open the form again");
    const note = paragraph("What you filled in before was not saved, and is kept. ", open, " ", discard);
    discard.addEventListener("click", () => {
      forget();
      note.remove();
    });
    document.querySelector("#content-main, #main, main")?.prepend(note);
  }

  function start(isBack) {
    const kept = read();
    if (!kept) return forget();
    const signIn = document.getElementById("login-form");
    const isRefused = document.querySelector("meta[name=refused]");
    if (signIn || isRefused) write({ ...kept, isLost: true });
    if (signIn) {
      signIn.before(paragraph("What you filled in is kept in this window: sign in, and it is there again."));
    } else if (isRefused) {
      const words = [link(kept.page, "Open the form again"), ": what you filled in is kept, but for files."];
      document.querySelector("h1").parentElement.append(paragraph(...words));
    } else if (kept.user !== user() || !(kept.isLost || isBack)) forget();
    else if (here === kept.page) restore(kept);
    else offer(kept);
    return null;
  }
  // Whoever comes back while something is kept comes from a page of the browser's own, which said that there was no
  // answer: any other would have forgotten it.
  const [came] = performance.getEntriesByType("navigation");
  document.addEventListener("DOMContentLoaded", () => start(came?.type === "back_forward"));
  window.addEventListener("pageshow", (event) => event.persisted && start(true));
})();

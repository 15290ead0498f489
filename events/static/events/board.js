// The board by keyboard and by mouse. What changes it are the buttons of its menus, which work without this, too:
// each asks the server for one small change, which answers with the board as it is then.
(() => {
  "use strict";

  const page = document.querySelector(".board-page");
  if (!page) return;
  const live = page.querySelector("#board-live");
  const notice = page.querySelector("#board-notice");
  const said = page.querySelector("#board-said");
  const ask = page.querySelector("#board-ask");
  const keys = page.querySelector("#board-keys");
  const grid = () => live.querySelector(".board-grid");
  const form = () => live.querySelector("#board-form");

  // --- Asking the server -----------------------------------------------------------------------------------------

  // One change after the other: each is of the version that the one before brought.
  let queue = Promise.resolve();
  const enqueue = (work) => {
    queue = queue.then(work).catch(() => lost(0, "What you did last may or may not have been done."));
    return queue;
  };

  async function post(command, confirmed) {
    const body = new FormData(form());
    body.set("do", command);
    if (confirmed) body.set("confirmed", "1");
    form().classList.add("is-busy");
    try {
      const headers = { "X-Requested-With": "fetch" };
      const response = await fetch(form().action, { method: "POST", body, headers });
      const isAnswer = (response.headers.get("Content-Type") || "").startsWith("application/json");
      if (response.status === 401 || response.status >= 500) lost(response.status, "Nothing was done.");
      else if (!isAnswer) warn("That was refused: you may not do this, or the event is not there any more.", true);
      else if (response.ok) show(await response.json());
      else {
        const answer = await response.json();
        warn(answer.said, answer.stale);
      }
    } finally {
      form().classList.remove("is-busy");
    }
  }

  const lost = (status, words) => document.dispatchEvent(new CustomEvent("lost", { detail: { status, words } }));

  // After a while without answers others may have changed it, and what was asked last may have been done.
  document.addEventListener("found", () => enqueue(async () => {
    const response = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    const anew = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("#board-live");
    const at = document.activeElement?.closest(".tile, .row-head")?.id;
    if (anew) show({ html: anew.innerHTML, said: "This is the board as it is now.", focus: at });
    else lost(response.status, "");
  }));

  function show(answer) {
    const open = [...live.querySelectorAll(".finding-group")].map((group) => [group.dataset.kind, group.open]);
    live.innerHTML = answer.html;
    for (const [kind, isOpen] of open) {
      const group = live.querySelector(`.finding-group[data-kind="${CSS.escape(kind)}"]`);
      if (group) group.open = isOpen;
    }
    notice.hidden = true;
    said.textContent = answer.said;
    prepare();
    const about = document.getElementById(answer.focus);
    if (about) focus(stopOf(about));
  }

  function warn(words, isStale) {
    notice.querySelector("p").textContent = words;
    notice.querySelector("a").hidden = !isStale;
    notice.hidden = false;
  }

  notice.querySelector("[data-close]").addEventListener("click", () => {
    notice.hidden = true;
    focus(current());
  });

  // Ask before something is deleted.
  function confirmed(question) {
    ask.querySelector("#board-question").textContent = question;
    ask.returnValue = "";
    ask.showModal();
    return new Promise((resolve) => {
      ask.addEventListener("close", () => resolve(ask.returnValue === "delete"), { once: true });
    });
  }

  async function press(button) {
    const question = button.dataset.ask;
    const command = button.value;
    const back = stopOf(button);
    closeMenus();
    if (!question) return post(command, false);
    if (await confirmed(question)) return post(command, true);
    return focus(back);
  }

  live.addEventListener("submit", (event) => {
    if (event.target.id !== "board-form" || !event.submitter) return;
    event.preventDefault();
    const button = event.submitter;
    enqueue(() => press(button));
  });

  // --- The grid by keyboard: one stop for Tab, arrows within -------------------------------------------------------

  const rows = () => [...live.querySelectorAll(".board-row")];
  const stopsIn = (row) => [...row.querySelectorAll(".row-head summary, .tile-link, .tile-add a")];
  const current = () => live.querySelector('.board-grid [data-stop][tabindex="0"]');

  // Where the focus goes for a tile, a row's head, or anything inside of them.
  function stopOf(element) {
    const cell = element && element.closest(".tile, .row-head, .tile-add");
    if (!cell) return null;
    const own = cell.querySelector(".tile-link, :scope > .menu summary, a");
    return own || stopsIn(cell.closest(".board-row"))[0];
  }

  function focus(stop) {
    if (!stop) return;
    choose(stop);
    stop.focus();
  }

  function choose(stop) {
    for (const other of live.querySelectorAll('[data-stop][tabindex="0"]')) other.tabIndex = -1;
    stop.tabIndex = 0;
  }

  function prepare() {
    const button = live.querySelector("[data-keys]");
    if (button) button.hidden = false;
    if (!grid()) return;
    for (const summary of live.querySelectorAll(".tile summary, .row-head summary")) summary.tabIndex = -1;
    for (const row of rows()) {
      for (const stop of stopsIn(row)) {
        stop.dataset.stop = "";
        stop.tabIndex = -1;
      }
    }
    const first = live.querySelector(".tile-link") || live.querySelector("[data-stop]");
    if (first) first.tabIndex = 0;
    prepareDragging();
  }

  function go(stop, key, isFar) {
    const all = rows();
    const row = stop.closest(".board-row");
    const number = all.indexOf(row);
    const stops = stopsIn(row);
    const place = stops.indexOf(stop);
    const inRow = (index) => all[index] && stopsIn(all[index]);
    const nearest = (others) => others && others[Math.min(place, others.length - 1)];
    const targets = {
      ArrowLeft: () => stops[place - 1],
      ArrowRight: () => stops[place + 1],
      ArrowUp: () => nearest(inRow(number - 1)),
      ArrowDown: () => nearest(inRow(number + 1)),
      Home: () => (isFar ? inRow(0)[0] : stops[0]),
      End: () => (isFar ? inRow(all.length - 1).at(-1) : stops.at(-1)),
    };
    focus(targets[key]());
  }

  const towards = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

  // The button that does what a key asks for: where there is none, nobody may do it.
  function buttonFor(event, stop) {
    const cell = stop.closest(".tile, .row-head, .tile-add");
    const head = stop.closest(".board-row").querySelector(".row-head");
    const isRow = event.shiftKey || cell === head;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const inside = (place, start) => place.querySelector(`button[value^="${start}"]`);
    if (event.altKey && key in towards) {
      if (!isRow) return cell.querySelector(`button[value$=":${towards[key]}"]`);
      return head.querySelector(`button[data-is="row-${towards[key]}"]`);
    }
    if (event.altKey) return null;
    if (key === "r") {
      const added = head.querySelectorAll('button[value^="add_row:"]');
      return added[event.shiftKey ? 0 : 1] || null;
    }
    if (key === "d") return isRow ? inside(head, "duplicate_row:") : inside(cell, "duplicate_tile:");
    if (key === "Delete" || key === "Backspace") {
      return isRow ? inside(head, "delete_row:") : inside(cell, "delete_tile:");
    }
    return null;
  }

  function onStop(event, stop) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isArrow = key in towards;
    if (!event.altKey && !event.shiftKey && (isArrow || key === "Home" || key === "End")) {
      event.preventDefault();
      grid().classList.remove("is-quiet");
      go(stop, key, event.ctrlKey);
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (key === "Escape") {
      grid().classList.add("is-quiet"); // hides a finding's words where they cover something
    } else if (key === "m" || key === "ContextMenu" || (key === "F10" && event.shiftKey)) {
      const menu = stop.closest(".tile, .row-head")?.querySelector(".menu");
      if (menu) {
        event.preventDefault();
        menu.open = true;
        menu.querySelector(".menu-panel > :not(:disabled)").focus();
      }
    } else if (key === "n" && !event.altKey) {
      stop.closest(".board-row").querySelector(".tile-add a")?.click();
    } else if (["r", "d", "Delete", "Backspace"].includes(key) || (event.altKey && isArrow)) {
      event.preventDefault();
      // By the time it is its turn the board may be another one: the focus says what is meant.
      const keyed = { key: event.key, altKey: event.altKey, shiftKey: event.shiftKey };
      enqueue(() => {
        const at = document.activeElement?.closest("[data-stop]");
        const button = at && buttonFor(keyed, at);
        if (button && !button.disabled) return press(button);
        said.textContent = "That can’t be done here.";
        return null;
      });
    }
  }

  function inMenu(event, menu) {
    const entries = [...menu.querySelectorAll(".menu-panel > :not(:disabled)")];
    const place = entries.indexOf(document.activeElement);
    if (event.key === "Escape") {
      event.preventDefault();
      menu.open = false;
      focus(stopOf(menu));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : place < 0 ? 0 : -1;
      entries.at((place + step) % entries.length).focus();
    }
  }

  live.addEventListener("keydown", (event) => {
    const menu = event.target.closest(".menu[open]");
    const stop = event.target.closest("[data-stop]");
    if (menu) inMenu(event, menu);
    else if (stop) onStop(event, stop);
  });

  live.addEventListener("focusin", (event) => {
    const stop = event.target.closest("[data-stop]");
    if (stop) choose(stop);
  });

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "?" || isTyping || event.ctrlKey || event.metaKey || ask.open) return;
    event.preventDefault();
    if (!keys.open) keys.showModal();
  });

  live.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) keys.showModal();
  });

  // --- Menus: one open at a time ----------------------------------------------------------------------------------

  function closeMenus(except) {
    for (const menu of live.querySelectorAll(".menu[open]")) if (menu !== except) menu.open = false;
  }

  document.addEventListener("click", (event) => closeMenus(event.target.closest(".menu")));

  // --- Dragging with the mouse ------------------------------------------------------------------------------------

  let dragged = null;

  function prepareDragging() {
    const mayMove = Boolean(live.querySelector('button[value^="shift_tile:"]'));
    const mayMoveRows = Boolean(live.querySelector('button[value^="move_row:"]'));
    grid().classList.toggle("can-drag", mayMove);
    grid().classList.toggle("can-drag-rows", mayMoveRows);
    if (mayMove) for (const tile of live.querySelectorAll(".tile")) tile.draggable = true;
    if (mayMoveRows) for (const title of live.querySelectorAll(".row-title")) title.draggable = true;
  }

  function unmark() {
    for (const marked of live.querySelectorAll(".drop-before, .drop-after, .drop-end")) {
      marked.classList.remove("drop-before", "drop-after", "drop-end");
    }
  }

  // Where a tile would go, its own place not counted: a row, a place there, and what shows it.
  function tileTarget(event) {
    const row = event.target.closest(".board-row");
    if (!row) return null;
    const others = [...row.querySelectorAll(".tile")].filter((tile) => tile !== dragged);
    const over = event.target.closest(".tile");
    if (over === dragged) return null;
    if (!over) return { row, place: others.length, shown: row, mark: "drop-end" };
    const box = over.getBoundingClientRect();
    const isAfter = event.clientX > box.left + box.width / 2;
    const place = others.indexOf(over) + (isAfter ? 1 : 0);
    return { row, place, shown: over, mark: isAfter ? "drop-after" : "drop-before" };
  }

  function rowTarget(event) {
    const row = event.target.closest(".board-row");
    if (!row || row === dragged) return null;
    const box = row.getBoundingClientRect();
    const isAfter = event.clientY > box.top + box.height / 2;
    const others = rows().filter((other) => other !== dragged);
    const place = others.indexOf(row) + (isAfter ? 1 : 0);
    return { place, shown: row, mark: isAfter ? "drop-after" : "drop-before" };
  }

  const isRow = () => dragged.classList.contains("board-row");
  const target = (event) => (isRow() ? rowTarget(event) : tileTarget(event));

  live.addEventListener("dragstart", (event) => {
    // Selected text is no element, and nothing of the board.
    if (!(event.target instanceof Element)) return;
    const title = event.target.closest(".row-title");
    dragged = title ? title.closest(".board-row") : event.target.closest(".tile");
    if (!dragged) return;
    closeMenus();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector(".tile-name, .row-number").textContent);
    dragged.classList.add("is-dragged");
    grid().classList.add("is-dragging");
  });

  live.addEventListener("dragover", (event) => {
    if (!dragged) return;
    unmark();
    const there = target(event);
    if (!there) return;
    event.preventDefault();
    there.shown.classList.add(there.mark);
  });

  live.addEventListener("drop", (event) => {
    const there = dragged && target(event);
    if (!there) return;
    event.preventDefault();
    const number = (element) => element.closest(".board-row").dataset.row;
    const isSameRow = !isRow() && there.row === dragged.closest(".board-row");
    const own = isSameRow ? [...there.row.querySelectorAll(".tile")].indexOf(dragged) : -1;
    if (own === there.place || (isRow() && Number(number(dragged)) === there.place)) return;
    const command = isRow()
      ? `move_row:${number(dragged)}:${there.place}`
      : `move_tile:${dragged.dataset.tile}:${number(there.row)}:${there.place}`;
    enqueue(() => post(command, false));
  });

  live.addEventListener("dragend", () => {
    unmark();
    dragged?.classList.remove("is-dragged");
    grid()?.classList.remove("is-dragging");
    dragged = null;
  });

  prepare();
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  // Browsers go to what the address names only after scripts have run, and take the focus from everything else.
  const goToNamed = () => document.activeElement === document.body && focus(stopOf(named));
  const goToNamedSoon = () => requestAnimationFrame(() => requestAnimationFrame(goToNamed));
  if (named && live.contains(named)) {
    choose(stopOf(named));
    if (document.readyState === "complete") goToNamedSoon();
    else window.addEventListener("load", goToNamedSoon, { once: true });
  }
})();

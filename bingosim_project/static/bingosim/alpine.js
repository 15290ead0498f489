// What unfold's pages need beside the build of Alpine that a strict content security policy lets run. It reads the
// expressions in pages itself: one each, without statements and arrows, and they see data only, nothing of the window.
(() => {
  "use strict";

  const OPEN = "sidebarDesktopOpen";

  // What expressions take from the window by name.
  const fromWindow = () => ({
    localStorage: { getItem: (key) => localStorage.getItem(key) },
    window: { location: { pathname: location.pathname, search: location.search } },
    sortRecords: (event) => sortRecords(event),
    moveRecords: (event) => moveRecords(event),
  });

  const page = () => ({
    // As <body> begins: its own words for it are two statements.
    beginPage() {
      this.activeTab = getCurrentTab() || this.activeTab || "";
      this.$watch(OPEN, (isOpen) => localStorage.setItem(OPEN, isOpen ? "1" : "0"));
    },
  });

  document.addEventListener("alpine:init", () => {
    Alpine.data("theme", (name) => ({ ...fromWindow(), ...page(), ...theme(name) }));
    Alpine.data("searchForm", () => searchForm());
    Alpine.data("searchCommand", () => searchCommand());

    document.body.setAttribute("x-init", "beginPage()");
    document
      .getElementById("search-input-command")
      ?.setAttribute("x-on:keydown.enter.prevent", "$event.metaKey || $event.ctrlKey || selectItem(false, false)");
  });
})();

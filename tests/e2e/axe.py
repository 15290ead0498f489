"""What axe-core finds wrong with a page, for those who see, hear or move otherwise than most."""

from collections.abc import Callable, Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Two thirds of the time goes into comparing the colours of letters and what is behind them.
CONTRAST = ["color-contrast", "link-in-text-block"]
# Without fetching style sheets anew, for a rule that finds nothing: no page asks to be held in one way alone.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
# Rows are alike: of more than four the others are taken out, and what is found in lists is found as well.
SHORTEN = """() => {
    const rows = document.querySelectorAll("tr, tbody, li, .board-row");
    for (const row of rows) if (row.matches(":nth-child(n + 5 of tr, tbody, li, .board-row)")) row.remove();
}"""
# A page whose colours are still on their way from one theme to the other has neither's.
SETTLE = "() => document.getAnimations().forEach((animation) => animation.finish())"
# All that rules which see no colours can tell pages apart by: elements, their attributes, texts and places.
STATE = """() => {
    const described = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const attributes = [...element.attributes].map(({ name, value }) => `${name}=${value}`);
        return [element.localName, element.checkVisibility(), x, y, width, height, ...attributes].join(" ");
    };
    const elements = [...document.querySelectorAll("body, body *")];
    return [document.body.textContent, ...elements.map(described)].join();
}"""
RUN = "(options) => axe.run(document, options).then((results) => results.violations)"
_AXE = Axe()


def load_axe(page: Page) -> None:
    """Put axe-core into the page at hand, and take out rows that are like others."""
    page.evaluate(SHORTEN)
    page.evaluate(_AXE.axe_script)


def violations(page: Page, *, rules: list[str] | None = None) -> Iterator[str]:
    """Yield what is wrong with the page as it is now, by these rules or by all; it has axe-core already."""
    page.evaluate(SETTLE)
    options: dict[str, Any] = {**OPTIONS, "runOnly": rules} if rules else OPTIONS
    for found in page.evaluate(RUN, options):
        for node in found["nodes"]:
            yield f"{found['help']} ({found['id']}): {node['html'][:160]}: {_reason(node)}"


def violations_by_theme(page: Page, switch: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the page in the light theme and in the dark one, each with its theme.

    ``switch`` brings the page into a theme. Where nothing but colours differs, the rules about these do.
    """
    switch("light")
    yield from (("light", fault) for fault in violations(page))
    light = page.evaluate(STATE)
    switch("dark")
    page.evaluate(SETTLE)
    rules = CONTRAST if page.evaluate(STATE) == light else None
    yield from (("dark", fault) for fault in violations(page, rules=rules))


def _reason(node: dict[str, Any]) -> str:
    checks = node["any"] or node["all"] or node["none"]
    return str(checks[0]["message"])

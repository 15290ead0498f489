"""What is wrong in the dark theme alone is found, whether it is a matter of colours or not."""

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import load_axe, violations_by_theme

PAGE = """<!doctype html><html lang="en"><head><title>A page</title><style>
  html {{ background: white; color: black }}
  html.dark {{ background: black; color: white }}
  .only-dark {{ display: none }}
  {style}
</style></head><body><main><h1>A page</h1><p>Words</p>
<button class="only-dark"></button></main></body></html>"""


@pytest.mark.parametrize(
    ("style", "rules"),
    [
        ("", []),
        (".dark p { color: #222 }", ["color-contrast"]),
        (".dark .only-dark { display: block }", ["button-name"]),
    ],
)
def test_faults_of_the_dark_theme_are_found(page: Page, style: str, rules: list[str]) -> None:
    page.set_content(PAGE.format(style=style))
    load_axe(page)

    def switch(theme: str) -> None:
        page.evaluate("(theme) => { document.documentElement.className = theme }", theme)

    found = [*violations_by_theme(page, switch)]
    assert [theme for theme, _ in found] == ["dark"] * len(rules)
    assert all(f"({rule})" in fault for rule, (_, fault) in zip(rules, found, strict=True))

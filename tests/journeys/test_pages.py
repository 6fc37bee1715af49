"""Every template in a real browser: accessible, readable on the smallest phone, light as PAGE.md demands."""

from __future__ import annotations

import itertools

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from courant.demo.accounts import ACCOUNTS
from tests.journeys.conftest import Paper

pytestmark = [pytest.mark.browser, pytest.mark.anydb]

STRANGER_PAGES = [
    "/",
    "/world/",
    "/city/",
    "/world/geneva-talks-open/",
    "/world/blinken-lavrov-geneva/",
    "/world/blinken-berlin/",
    "/world/geneva-what-is-due/",
    "/business/wheat-prices/",
    "/science/urban-heat-map/",
    "/culture/letterpress/",
    "/authors/",
    "/authors/elena-marsh/",
    "/topics/",
    "/topics/the-geneva-talks/",
    "/search/",
    "/search/?q=harbour",
    "/search/?q=zzzz",
    "/search/?q=",
    "/feeds/",
    "/legal/",
    "/legal/terms-of-use/",
    "/account/register/",
    "/account/sign-in/",
    "/account/password/reset/",
    "/no-such-page/",
]
READER_PAGES = ["/account/", "/account/email/", "/account/password/", "/account/sign-out/", "/world/blinken-berlin/"]
SCHEMES_AND_WIDTHS = list(itertools.product(["light", "dark"], [320, 1280]))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults_of(page: Page) -> list[str]:
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def sideways_scroll(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def open_context(browser: Browser, paper: Paper, scheme: str, width: int) -> BrowserContext:
    return browser.new_context(
        base_url=paper.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )


def sign_in(page: Page, number: int = 1) -> None:
    account = ACCOUNTS[number]
    page.goto("/account/sign-in/")
    page.fill("input[name=email]", account.email)
    page.fill("input[name=password]", account.password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/account/")


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_no_page_has_a_fault_for_axe_or_scrolls_sideways(
    browser: Browser, paper: Paper, scheme: str, width: int
) -> None:
    context = open_context(browser, paper, scheme, width)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in STRANGER_PAGES:
        page.goto(path)
        check(page, path, found)
    sign_in(page)
    for path in READER_PAGES:
        page.goto(path)
        check(page, f"{path} (reader)", found)
    context.close()
    assert found == {}


def check(page: Page, path: str, found: dict[str, list[str]]) -> None:
    faults = faults_of(page)
    if (over := sideways_scroll(page)) > 0:
        faults.append(f"scrolls sideways by {over} px")
    if faults:
        found[path] = faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_with_errors_are_accessible(browser: Browser, paper: Paper, scheme: str) -> None:
    context = open_context(browser, paper, scheme, 320)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in ("/account/register/", "/account/sign-in/", "/account/password/reset/"):
        page.goto(path)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
        check(page, path, found)
        assert page.title().startswith("Error:"), path
    context.close()
    assert found == {}


def test_text_at_twice_its_size_does_not_scroll_sideways(browser: Browser, paper: Paper) -> None:
    context = open_context(browser, paper, "light", 640)
    page = context.new_page()
    for path in STRANGER_PAGES:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert sideways_scroll(page) <= 0, path
    context.close()


def test_headings_are_in_order(browser: Browser, paper: Paper) -> None:
    context = open_context(browser, paper, "light", 1280)
    page = context.new_page()
    for path in STRANGER_PAGES:
        page.goto(path)
        levels = page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(h => Number(h.tagName[1]))")
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (path, levels)
    context.close()


# PAGE.md, "Budgets": kB of HTML, CSS and JS; of it JavaScript; requests before scrolling; everything
BUDGETS = {
    "/world/geneva-talks-open/": (26, 4, 10, 180),
    "/world/blinken-lavrov-geneva/": (26, 4, 10, 180),
    "/": (30, 4, 16, 220),
    "/account/register/": (18, 4, 6, 90),
    "/account/sign-in/": (18, 4, 6, 90),
}


@pytest.mark.parametrize("path", BUDGETS)
def test_a_page_stays_within_its_budget(browser: Browser, paper: Paper, path: str) -> None:
    context = browser.new_context(
        base_url=paper.url, viewport={"width": 412, "height": 915}, device_scale_factor=1.75, is_mobile=True
    )
    page = context.new_page()
    page.goto(path, wait_until="networkidle")  # once before, so that the pictures are encoded
    context.close()
    context = browser.new_context(
        base_url=paper.url, viewport={"width": 412, "height": 915}, device_scale_factor=1.75, is_mobile=True
    )
    page = context.new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(path, wait_until="networkidle")
    # The tab's icon is no part of the page: a browser asks for it once for the whole site.
    responses = [one for one in responses if "icon" not in one.url]
    text_kb, script_kb, count, all_kb = BUDGETS[path]
    texts = {
        kind: sum(
            len(brotli.compress(r.body(), quality=11 if kind != "document" else 5))
            for r in responses
            if r.request.resource_type == kind
        )
        for kind in ("document", "stylesheet", "script")
    }
    others = sum(len(r.body()) for r in responses if r.request.resource_type not in texts and r.status == 200)
    shift = page.evaluate(
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value })"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"
    )
    context.close()
    measured = (
        sum(texts.values()) / 1000,
        texts["script"] / 1000,
        len(responses),
        (sum(texts.values()) + others) / 1000,
        shift,
    )
    print(
        f"{path}: HTML+CSS+JS {measured[0]:.1f} kB, JS {measured[1]:.1f} kB, {measured[2]} requests, {measured[3]:.0f} kB in all, CLS {shift:.4f}"
    )
    assert all(r.url.startswith(paper.url) for r in responses), [r.url for r in responses]
    assert measured[0] <= text_kb
    assert measured[1] <= script_kb
    assert measured[2] <= count, [r.url for r in responses]
    assert measured[3] <= all_kb
    assert shift <= 0.001

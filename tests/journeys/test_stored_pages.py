"""Pages that are the same for everyone, as each reader sees them: with scripts and without."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from courant.demo.accounts import ACCOUNTS
from tests.journeys.conftest import Paper
from tests.journeys.test_registration import STORY, expect_whole_story, finish_with_code, new_address

pytestmark = [pytest.mark.browser, pytest.mark.anydb]
PREMIUM = "/world/geneva-explainer/"
FREE = "/world/written-answers/"
DEMO = {account.state: account for account in ACCOUNTS}


def goto_stored(page: Page, path: str) -> Response:
    """Open a page that is answered from the store; the worker needs a moment after the first visit."""
    for _ in range(100):
        answer = page.goto(path)
        assert answer is not None
        if answer.headers.get("etag", "").endswith(('-br"', '-zstd"', '-gzip"', '-identity"')):
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{path} is not stored")


def sign_in(page: Page, state: str, next_page: str = "/") -> None:
    page.goto(f"/account/sign-in/?next={next_page}")
    page.get_by_label("E-mail", exact=False).fill(DEMO[state].email)
    page.locator("input[name=password]").fill(DEMO[state].password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{next_page}")


def test_the_meter_stands_in_a_page_that_knows_no_reader(page: Page) -> None:
    goto_stored(page, PREMIUM)
    sign_in(page, "registered")
    page.goto(PREMIUM)
    answer = goto_stored(page, PREMIUM)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "premium stories left" not in answer.text()
    expect(page.locator(".meter")).to_be_visible()
    expect(page.locator(".meter")).to_have_text(
        page.evaluate("""() => {
            const [left, limit, turns] = document.cookie.match(/courant_meter=([^;]+)/)[1].split(".")
            const day = new Date(turns).toLocaleDateString("en-GB", {day: "numeric", month: "long", year: "numeric", timeZone: "UTC"})
            return `${left} of ${limit} premium stories left this month; the count starts anew on ${day}`
        }""")
    )


def test_a_reader_without_meter_sees_no_line(page: Page) -> None:
    sign_in(page, "subscriber")
    goto_stored(page, PREMIUM)
    expect(page.locator(".meter")).to_be_hidden()
    expect(page.locator("[data-desk]")).to_be_hidden()


def test_the_stored_wall_registers_without_scripts(browser: Browser, paper: Paper) -> None:
    context = browser.new_context(base_url=paper.url, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    address = new_address()
    assert "courant_csrf" not in goto_stored(page, STORY).headers.get("set-cookie", "")
    form = page.locator(".wall form")
    assert form.locator("input[name=csrfmiddlewaretoken]").count() == 0
    form.get_by_label("E-mail", exact=False).fill(address)
    form.get_by_role("button").click()
    finish_with_code(page, paper, address)
    expect_whole_story(page)
    goto_stored(page, PREMIUM) if page.goto(PREMIUM) else None
    expect(page.locator(".meter[data-meter]")).to_be_hidden()
    page.goto("/account/")
    expect(page.locator("#content")).to_contain_text("of 5 Premium stories left this month")
    context.close()


def test_an_editor_finds_the_way_to_the_newsroom_on_a_stored_page(page: Page) -> None:
    sign_in(page, "staff", "/newsroom/")
    goto_stored(page, FREE)
    link = page.get_by_role("link", name="Edit in the newsroom")
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url("**/newsroom/pages/*/edit/")

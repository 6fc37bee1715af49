"""A stranger meets the wall, registers, and reads on at the same paragraph."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Browser, Page, expect

from courant.demo.texts import read_texts
from tests.journeys.conftest import Paper

pytestmark = [pytest.mark.browser, pytest.mark.anydb]

STORY = "/world/blinken-lavrov-geneva/"
numbers = itertools.count(1)


def new_address() -> str:
    return f"newcomer{next(numbers)}@readers.example"


def last_words() -> str:
    """Words of the story's last paragraph, which only its end has."""
    text = next(text for text in read_texts() if text.slug == "blinken-lavrov-geneva")
    last = [value for kind, value in text.blocks if kind == "paragraph"][-1]
    return last.removeprefix("<p>")[:60]


def expect_whole_story(page: Page) -> None:
    expect(page.locator("#content")).to_contain_text(last_words())
    expect(page.locator(".wall")).to_have_count(0)


def test_a_stranger_registers_in_the_wall_and_reads_on(page: Page, paper: Paper) -> None:
    address = new_address()
    page.goto(STORY)
    expect(page.locator(".wall")).to_be_visible()
    assert last_words() not in page.content()
    form = page.locator(".wall form")
    form.get_by_label("E-mail", exact=False).fill(address)
    form.get_by_role("button").click()
    finish_with_code(page, paper, address)
    expect(page).to_have_url(lands_at_the_cut(page))
    expect_whole_story(page)
    expect(page.get_by_role("status").first).to_contain_text("signed in")


def finish_with_code(page: Page, paper: Paper, address: str) -> None:
    page.wait_for_url("**/account/confirm/**")
    page.get_by_label("Code", exact=False).fill(paper.code_for(address).strip())
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_url(f"**{STORY}*")


def lands_at_the_cut(page: Page):
    import re

    return re.compile(rf"{STORY}.*#p\d+$")


def test_the_same_without_javascript(browser: Browser, paper: Paper) -> None:
    context = browser.new_context(base_url=paper.url, java_script_enabled=False, viewport={"width": 412, "height": 915})
    page = context.new_page()
    address = new_address()
    page.goto(STORY)
    page.locator(".wall form input[type=email]").fill(address)
    page.locator(".wall form button[type=submit]").click()
    finish_with_code(page, paper, address)
    expect(page).to_have_url(lands_at_the_cut(page))
    expect_whole_story(page)
    context.close()


def test_the_same_by_keyboard_only(page: Page, paper: Paper) -> None:
    address = new_address()
    page.goto(STORY)
    tab_to(page, ".wall form input[type=email]")
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/confirm/**")
    tab_to(page, "main form input[name=code]")
    page.keyboard.type(paper.code_for(address).strip())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{STORY}*")
    expect_whole_story(page)


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the element has focus, as a reader without a mouse does."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")

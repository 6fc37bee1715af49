"""A subscriber gives a story; somebody without an account reads it, and comes back to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courant.demo.texts import DemoText, read_texts
from tests.journeys.conftest import Paper
from tests.journeys.test_pages import SCHEMES_AND_WIDTHS, check, open_context, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.anydb]

SUBSCRIBER = 2
# One story for each test: what one gives, another has given.
WITH_SCRIPTS, WITHOUT_SCRIPTS, LOOKED_AT = "blinken-lavrov-geneva", "wheat-prices", "geneva-what-is-due"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def text_of(slug: str) -> DemoText:
    return next(text for text in read_texts() if text.slug == slug)


def address_of(slug: str) -> str:
    return f"/{text_of(slug).fields['section']}/{slug}/"


def last_words(slug: str) -> str:
    return [value for kind, value in text_of(slug).blocks if kind == "paragraph"][-1].removeprefix("<p>")[:50]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def make_context(browser: Browser, paper: Paper, has_scripts: bool) -> Iterator[object]:
    made: list[BrowserContext] = []

    def make() -> BrowserContext:
        made.append(
            browser.new_context(
                base_url=paper.url,
                java_script_enabled=has_scripts,
                viewport={"width": 412, "height": 915},
                user_agent=FIREFOX,
            )
        )
        if has_scripts:
            made[-1].grant_permissions(["clipboard-read", "clipboard-write"])
        return made[-1]

    yield make
    for context in made:
        context.close()


def give(page: Page, slug: str) -> str:
    """What a subscriber does to give a story; the link as it stands on the page."""
    page.goto(address_of(slug))
    page.get_by_role("link", name="Give this story").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give this story")
    page.get_by_role("button", name="Make the link").click()
    page.wait_for_url("**/account/gifts/*/")
    return page.get_by_label("Link", exact=True).input_value()


def test_a_story_is_given_opened_counted_and_taken_back(make_context: object, has_scripts: bool) -> None:
    slug = WITH_SCRIPTS if has_scripts else WITHOUT_SCRIPTS
    mine, yours = make_context().new_page(), make_context().new_page()  # type: ignore[operator]
    sign_in(mine, SUBSCRIBER)
    link = give(mine, slug)
    if has_scripts:
        mine.get_by_role("button", name="Copy link").click()
        expect(mine.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
        assert mine.evaluate("navigator.clipboard.readText()") == link
    else:
        expect(mine.get_by_role("button", name="Copy link")).to_be_hidden()

    yours.goto(link)
    expect(yours.locator("#content")).to_contain_text(last_words(slug))
    expect(yours.locator(".meter")).to_contain_text("A subscriber gave you this story")
    yours.reload()
    yours.goto(address_of(slug))
    expect(yours.locator("#content")).to_contain_text(last_words(slug))
    assert yours.locator("link[rel=canonical]").get_attribute("href").endswith(address_of(slug))

    mine.goto("/account/#gifts")
    entry = mine.locator(".account__gifts li").filter(has=mine.locator(f'[href="{gift_page(mine, slug)}"]'))
    expect(entry).to_contain_text("Opened once.")
    entry.get_by_role("button", name="Take back").click()
    expect(mine.locator(".messages")).to_contain_text("The gift is taken back")
    yours.goto(link)
    expect(yours.locator(".meter")).to_contain_text("This gift was taken back")
    expect(yours.locator(".wall")).to_be_visible()
    assert last_words(slug) not in yours.content()


def gift_page(page: Page, slug: str) -> str:
    """The page of the newest gift of a story, as the account's list links to it."""
    headline = text_of(slug).fields["headline"]
    return str(page.locator(".account__gifts a").filter(has_text=headline).first.get_attribute("href"))


def test_a_stranger_who_was_given_a_story_registers_from_it(browser: Browser, paper: Paper) -> None:
    context = browser.new_context(base_url=paper.url, user_agent=FIREFOX)
    page = context.new_page()
    sign_in(page, SUBSCRIBER)
    link = give(page, LOOKED_AT)
    context.clear_cookies()
    page.goto(link)
    page.get_by_role("link", name="Register for free").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Register")
    page.get_by_label("E-mail", exact=False).fill("given@readers.example")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/account/confirm/**")
    page.get_by_label("Code", exact=False).fill(paper.code_for("given@readers.example").strip())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{address_of(LOOKED_AT)}*")
    expect(page.locator(".meter")).to_contain_text("It counts as none of yours")
    context.close()


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_the_pages_of_gifts_have_no_fault_for_axe(browser: Browser, paper: Paper, scheme: str, width: int) -> None:
    context = open_context(browser, paper, scheme, width)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    sign_in(page, SUBSCRIBER)
    page.goto(address_of(LOOKED_AT))
    check(page, "the story", found)
    give_page = str(page.get_by_role("link", name="Give this story").get_attribute("href"))
    page.goto(give_page)
    if page.get_by_role("button", name="Make the link").count():
        check(page, "the offer", found)
        page.get_by_role("button", name="Make the link").click()
        page.wait_for_url("**/account/gifts/*/")
    check(page, "the link", found)
    link = page.get_by_label("Link", exact=True).input_value()
    page.goto("/account/")
    check(page, "the list", found)
    context.clear_cookies()
    for name, path in {"a stranger": give_page, "opened": link, "refused": f"{address_of(LOOKED_AT)}?gift=x"}.items():
        page.goto(path)
        check(page, name, found)
    sign_in(page)
    page.goto(give_page)
    check(page, "a registered reader", found)
    context.close()
    assert found == {}

"""Takes the pictures in docs/screenshots/ from a demo paper that is being served.

make demo &
python scripts/take_screenshots.py http://127.0.0.1:8000
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from courant.demo.accounts import ACCOUNTS

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
GATED = "/world/blinken-lavrov-geneva/"
WIDTHS = {1280: 900, 390: 844}
PAGES = {"front": "/", "section": "/world/", "story": "/world/geneva-talks-open/", "register": "/account/register/"}


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in PAGES.items():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    save(f"{name}-{width}-{scheme}", [shoot(browser, address, path, width, scheme)])
        walls = [shoot(browser, address, GATED, 390, scheme, scroll_to=".wall") for scheme in ("light", "dark")]
        save("wall-390", walls)
        save("wall-1280", [shoot(browser, address, GATED, 1280, "light", scroll_to=".wall")])
        for name, path in {"newsroom-home": "/newsroom/", "newsroom-stories": "/newsroom/stories/"}.items():
            save(name, [shoot(browser, address, path, 1280, "light", is_editor=True)])
        save("newsroom-story", [shoot(browser, address, edit_address(browser, address), 1280, "light", is_editor=True)])
        browser.close()


def shoot(
    browser: Browser, address: str, path: str, width: int, scheme: str, *, scroll_to: str = "", is_editor: bool = False
) -> bytes:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme
    )
    page = context.new_page()
    if is_editor:
        sign_in(page)
    page.goto(path, wait_until="networkidle")
    if scroll_to:
        page.evaluate("s => scrollTo(0, document.querySelector(s).getBoundingClientRect().top - 220)", scroll_to)
        page.wait_for_timeout(400)
    shot = page.screenshot()
    context.close()
    return shot


def sign_in(page: Page) -> None:
    page.goto("/account/sign-in/")
    page.fill("input[name=email]", ACCOUNTS[0].email)
    page.fill("input[name=password]", ACCOUNTS[0].password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")


def edit_address(browser: Browser, address: str) -> str:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    sign_in(page)
    page.goto(GATED)
    found = page.locator("a[href*='/newsroom/pages/']").first.get_attribute("href")
    context.close()
    assert found
    return found


def save(name: str, shots: list[bytes]) -> None:
    """One picture, or several side by side, with few enough colours to stay small."""
    images = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
    joined = Image.new("RGB", (sum(i.width for i in images) + 24 * (len(images) - 1), images[0].height), "#b9b5ab")
    left = 0
    for image in images:
        joined.paste(image, (left, 0))
        left += image.width + 24
    joined.quantize(192, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])

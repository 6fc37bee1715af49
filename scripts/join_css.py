"""Joins the theme's parts into the two files that readers load: paper.css and paper.js. Run by `make css`."""

import re
import sys
from pathlib import Path

THEME = Path(__file__).parent.parent / "src" / "courant" / "theme" / "static" / "theme"
STYLES = (
    "tokens", "fonts", "page", "masthead", "foot", "notice", "form", "account", "card", "front", "list", "story",
    "blocks", "wall", "print",
)  # fmt: skip
AT_ONCE = ("remembered",)
WHEN_READ = ("choices", "share", "passwords", "meter", "desk", "arrival")


def joined_styles() -> str:
    """The stylesheet as delivered: parts in order, comments and idle spaces left out."""
    parts = [(THEME / "css" / f"{name}.css").read_text() for name in STYLES]
    return smaller("\n".join(parts)).replace("../fonts/", "fonts/")


def smaller(css: str) -> str:
    """Without comments, line ends, and spaces around signs that need none."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};]) ?", r"\1", css)
    css = re.sub(r"([:,]) ", r"\1", css)
    return css.replace(";}", "}").strip() + "\n"


def joined_scripts() -> str:
    """The script as delivered: what must precede the first paint, then the rest once the page is read."""
    early = "".join(block(name) for name in AT_ONCE)
    late = "".join(block(name) for name in WHEN_READ)
    return f'{early}document.addEventListener("DOMContentLoaded", () => {{\n{late}}})\n'


def block(name: str) -> str:
    """One behaviour in a block of its own, so that their names never meet; without comments and indents."""
    source = re.sub(r"^\s*//.*\n", "", (THEME / "js" / f"{name}.js").read_text(), flags=re.MULTILINE)
    source = re.sub(r"/\*.*?\*/", "", source)
    return "{\n" + re.sub(r"\n\s+", "\n", source).strip() + "\n}\n"


def joined_files() -> dict[Path, str]:
    return {THEME / "paper.css": joined_styles(), THEME / "paper.js": joined_scripts()}


def main() -> int:
    for path, text in joined_files().items():
        path.write_text(text)
        sys.stdout.write(f"{path.name}: {len(text.encode()):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

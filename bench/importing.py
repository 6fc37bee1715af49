"""Reading found pages, against parsing the same bytes with lxml alone."""

from pathlib import Path

from lxml import html

from bench.timing import seconds_for
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import standard_furniture
from courant.exchange.page.reader import read_page

PAGES = Path(__file__).parents[1] / "tests" / "exchange" / "pages"


def measure() -> None:
    furniture = standard_furniture()
    pages = [(path.name, path.read_bytes()) for path in sorted(PAGES.iterdir()) if 200 < path.stat().st_size < 200_000]

    def parse() -> None:
        for _, data in pages:
            html.document_fromstring(data)

    def read(kind: str) -> None:
        for name, data in pages:
            if name.endswith(kind):
                try:
                    read_page(data, name=name, zone="Europe/London", furniture=furniture)
                except PageError:
                    continue  # some of the pages are bad on purpose

    yardstick = seconds_for(parse, rounds=3) / len(pages)
    print(f"yardstick: lxml parses a page            {yardstick * 1e3:8.3f} ms   1.0 x")
    for kind in (".html", ".txt"):
        count = sum(name.endswith(kind) for name, _ in pages)
        took = seconds_for(lambda kind=kind: read(kind), rounds=3) / count
        print(f"read_page, {kind:<30}{took * 1e3:8.3f} ms {took / yardstick:6.1f} x   {1 / took:6.0f} pages/s")

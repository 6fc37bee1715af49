"""Fills the paper of a data directory for `bench.page_server`, in a process of its own: stories of about 900 words,
readers, every story pressed; and writes down what will be asked for.

python -m bench.make_paper FOLDER STORIES READERS OPENERS
"""

# ruff: noqa: E402  -- Django must be set up before its models are imported
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

import django

django.setup()

import json
import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client

from courant.demo.texts import read_texts
from courant.edge.pages import IDENTITY
from courant.press.actions import press, refresh_settings
from courant.press.edition import settle_edition
from courant.press.enums import Outcome
from courant.press.following import Following
from courant.press.stores import local_store
from courant.readers.models import Reader, new_public_id
from courant.stories.addresses import address_of
from courant.stories.models import FrontPage, StoryPage
from courant.wall.decision import month_of, next_turn
from courant.wall.enums import ReaderState
from courant.wall.passes import cookie_names, mint_opened, mint_pass
from courant.wall.rings import key_ring
from courant.wall.visits import paper_zone
from tests.factories import make_section, make_story

WORDS, PARAGRAPHS = 900, 15
PER_MONTH = 5
# Of ten stories so many of each access.
SHARES = {"free": 4, "registered": 3, "premium": 2, "subscribers": 1}
MIXED = 20_000
KEPT = timedelta(days=1)
NAMES = cookie_names(is_secure=True)


def main(folder: Path, stories: int, readers: int, openers: int) -> None:
    chance = random.Random(1)
    began = time.perf_counter()
    made = make_stories(chance, stories)
    print(f"{stories} stories made in {time.perf_counter() - began:.0f} s", flush=True)
    began = time.perf_counter()
    press_all(list(made))
    each = (time.perf_counter() - began) / stories
    size = local_store().status()["bytes"] / stories
    print(
        f"{stories} stories pressed: {each * 1e3:.0f} ms and {size / 1e3:.0f} kB for each in every variant", flush=True
    )
    subscribers = make_readers(readers // 5, ReaderState.SUBSCRIBER)
    registered = make_readers(readers - len(subscribers), ReaderState.REGISTERED)
    write_lists(folder, chance, made, registered, subscribers)
    write_openings(folder, chance, made, make_readers(openers, ReaderState.REGISTERED))
    write_cases(folder, made, registered[0])


# -- The paper ----------------------------------------------------------------------------------------------
def make_stories(chance: random.Random, count: int) -> dict[str, StoryPage]:
    """Address -> story, accesses mixed; the texts are sentences of the demo's stories in another order."""
    sentences = demo_sentences()
    kinds = [access for access, share in SHARES.items() for _ in range(share)]
    made = {}
    for begin in range(0, count, 100):
        with transaction.atomic():
            section = make_section(f"Section {begin // 100 + 1}", front=FrontPage.objects.get())
            for number in range(begin, min(count, begin + 100)):
                story = make_story(
                    section,
                    headline=chance.choice(sentences)[:80].strip(),
                    slug=f"story-{number}",
                    access=kinds[number % len(kinds)],
                    paragraphs=[words_of(chance, sentences, WORDS // PARAGRAPHS) for _ in range(PARAGRAPHS)],
                    published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
                )
                made[address_of(story)] = story
    return made


def demo_sentences() -> list[str]:
    plain = (
        re.sub(r"<[^>]+>", "", str(value))
        for text in read_texts()
        for kind, value in text.blocks
        if kind == "paragraph"
    )
    return sorted({sentence for text in plain for sentence in re.findall(r"[A-Z][^.?!]{30,200}[.?!]", text)})


def words_of(chance: random.Random, sentences: list[str], count: int) -> str:
    words: list[str] = []
    while len(words) < count:
        words += chance.choice(sentences).split()
    return " ".join(words)


def press_all(addresses: list[str]) -> None:
    settle_edition()
    # A host that follows for the first time begins with an empty store: so it does before there is anything in it.
    Following().follow(datetime.now(UTC))
    store = local_store()
    refresh_settings(store)
    for address in addresses:
        outcome = press(address=address, store=store, now=datetime.now(UTC))
        if outcome != Outcome.PRESSED:
            raise SystemExit(f"{address} was not pressed: {outcome}")


def make_readers(count: int, state: ReaderState) -> list[Reader]:
    """Accounts that nobody can sign in to; a pass is all they need."""
    start = Reader.objects.count()
    rows = [
        Reader(email=f"bench{start + number}@paper.example", password="!", state=state, public_id=new_public_id())
        for number in range(count)
    ]
    return Reader.objects.bulk_create(rows, batch_size=2_000)


# -- What is asked for --------------------------------------------------------------------------------------
def pass_of(reader: Reader) -> str:
    token = mint_pass(
        key_ring(),
        reader=reader.public_id,
        state=ReaderState(reader.state),
        session=f"bench{reader.pk}",
        version=reader.pass_version,
        now=datetime.now(UTC),
        lifetime=KEPT,
    )
    return f"{NAMES.passes}={token}"


def session_of(reader: Reader) -> str:
    """The cookie of a reader who has signed in, which is what Django goes by."""
    browser = Client()
    browser.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{NAMES.session}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def opened_by(reader: Reader, stories: list[StoryPage]) -> str:
    """The cookies of a reader who has opened these premium stories this month."""
    now, zone = datetime.now(UTC), paper_zone()
    turn = next_turn(now, zone)
    token = mint_opened(
        key_ring(),
        reader=reader.public_id,
        month=month_of(now, zone),
        stories=[story.pk for story in stories],
        now=now,
        expires_at=turn,
    )
    return f"{NAMES.opened}={token}; {NAMES.meter}={PER_MONTH - len(stories)}.{PER_MONTH}.{turn.date().isoformat()}"


def write_lists(
    folder: Path,
    chance: random.Random,
    made: dict[str, StoryPage],
    registered: list[Reader],
    subscribers: list[Reader],
) -> None:
    """`mix.txt`: every reader at stories they may read in full; `files.txt`: the same addresses, for files."""
    premium = {address: story for address, story in made.items() if story.access == "premium"}
    for_registered = [address for address, story in made.items() if story.access in ("free", "", "registered")]
    for_all = list(made)
    lines = []
    each = max(1, MIXED // (len(registered) + len(subscribers)))
    for reader in registered:
        opened = chance.sample(sorted(premium), min(PER_MONTH, len(premium)))
        cookie = f"{pass_of(reader)}; {opened_by(reader, [premium[address] for address in opened])}"
        lines += [f"{chance.choice(for_registered + opened * 8)}\t{cookie}" for _ in range(each)]
    for reader in subscribers:
        cookie = pass_of(reader)
        lines += [f"{chance.choice(for_all)}\t{cookie}" for _ in range(each)]
    chance.shuffle(lines)
    (folder / "mix.txt").write_text("\n".join(lines) + "\n")
    files = [f"{line.partition(chr(9))[0]}index.html" for line in lines]
    (folder / "files.txt").write_text("\n".join(files) + "\n")
    strangers = [chance.choice(for_all) for _ in range(MIXED)]
    (folder / "strangers.txt").write_text("\n".join(strangers) + "\n")


def write_openings(folder: Path, chance: random.Random, made: dict[str, StoryPage], readers: list[Reader]) -> None:
    """`openings.txt`: every line the first opening of a premium story by a reader who has some left."""
    premium = [address for address, story in made.items() if story.access == "premium"]
    lines = []
    for reader in readers:
        cookie = pass_of(reader)
        lines += [f"{address}\t{cookie}" for address in chance.sample(premium, min(PER_MONTH, len(premium)))]
    chance.shuffle(lines)
    (folder / "openings.txt").write_text("\n".join(lines) + "\n")


def write_cases(folder: Path, made: dict[str, StoryPage], reader: Reader) -> None:
    """`cases.json`, and under `files/` the bytes of every stored story as a reader gets them, plain and gzip."""
    store = local_store()
    first = {access: next(a for a, story in made.items() if (story.access or "free") == access) for access in SHARES}
    for address in made:
        page = store.page(address)
        if page is None:
            raise SystemExit(f"{address} is not stored")
        digest = page.variants["full.in"].digest
        file = folder / "files" / address.strip("/") / "index.html"
        file.parent.mkdir(parents=True)
        file.write_bytes(store.body(digest, IDENTITY) or b"")
        Path(f"{file}.gz").write_bytes(store.body(digest, "gzip") or b"")
    (folder / "cases.json").write_text(
        json.dumps(
            {
                "addresses": first,
                "cookie": pass_of(reader),
                "session": session_of(reader),
                "names": vars(NAMES),
                "store": str(store.folder),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))

"""Who asks: readers with their sessions and passes, gifts good and bad; and the disguises made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from courant.readers.actions.accounts import close_account
from courant.readers.actions.sessions import sign_out_everywhere
from courant.readers.models import Reader
from courant.wall import samples
from courant.wall.actions import open_premium, revoke_gift
from courant.wall.decision import month_of
from courant.wall.enums import ReaderState
from courant.wall.given import token_of
from courant.wall.passes import KeyRing, cookie_names, mint_opened
from courant.wall.visits import paper_zone
from tests.factories import make_reader
from tests.factories.gifts import make_gift
from tests.leak.disguises import Disguise, cookie, network_disguises
from tests.leak.doors import Headers
from tests.leak.forgeries import LASTING, Bearer, forged_openings, forged_passes, good_pass
from tests.leak.paper import INSTITUTION, PREMIUM_PER_MONTH, Paper

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LONG_AGO = timedelta(days=40)
# Numbers of stories that stand nowhere: what a reader opened elsewhere.
ELSEWHERE = 900_000


@dataclass
class Cast:
    """Everybody who asks. `entitled` are let in; no disguise is, beyond its standing."""

    entitled: dict[str, Disguise] = field(default_factory=dict)
    disguises: list[Disguise] = field(default_factory=list)


class Casting:
    def __init__(self, paper: Paper, ring: KeyRing, now: datetime) -> None:
        self.paper, self.ring, self.now = paper, ring, now
        self.names = cookie_names(settings.SESSION_COOKIE_SECURE)
        self.cast = Cast()
        self.story_ids = [story.pk for story in paper.gated]

    # -- Accounts -----------------------------------------------------------------------------------------
    def bearer(self, reader: Reader, session: str) -> Bearer:
        return Bearer(reader.public_id, ReaderState(reader.state), f"leak-{session}", reader.pass_version)

    def browser(self, reader: Reader) -> Client:
        """A browser in which this reader is signed in, with all that the paper itself has put into it."""
        client = Client(SERVER_NAME="localhost")
        client.force_login(reader, backend=BACKEND)
        client.get("/-/me")
        return client

    def carried(self, reader: Reader, name: str, *, stories: list[int] | None = None) -> dict[str, str]:
        """The cookies of a browser in which this reader is signed in, with a pass that lasts as long as the test."""
        bearer = self.bearer(reader, name)
        session = held(self.browser(reader))[self.names.session]
        found = {self.names.session: session, self.names.passes: good_pass(self.ring, bearer, self.now)}
        if stories:
            month = month_of(self.now, paper_zone())
            found[self.names.opened] = mint_opened(
                self.ring,
                reader=bearer.public_id,
                month=month,
                stories=stories,
                now=self.now,
                expires_at=self.now + LASTING,
            )
        return found

    def spent_reader(self) -> tuple[Reader, list[int]]:
        """A registered reader who has opened as many premium stories as the month gives, all of them elsewhere."""
        reader, opened = make_reader(), [ELSEWHERE + number for number in range(PREMIUM_PER_MONTH)]
        for story_id in opened:
            open_premium(reader=reader, story_id=story_id, limit=PREMIUM_PER_MONTH, now=self.now, zone=paper_zone())
        return reader, opened

    # -- Who is let in --------------------------------------------------------------------------------------
    def let_in(self, name: str, standing: str, cookies: dict[str, str], **more: Any) -> None:
        self.cast.entitled[name] = Disguise(name, standing, cookie(cookies), **more)

    def cast_entitled(self) -> None:
        subscriber, staff = make_reader(state="subscriber"), make_reader(state="staff")
        reader, opened = self.spent_reader()
        self.let_in("subscriber", "subscriber", self.carried(subscriber, "subscriber"))
        self.let_in("staff", "staff", self.carried(staff, "staff"))
        self.let_in("registered", "registered", self.carried(reader, "registered", stories=opened))
        self.let_in("library", "subscriber", {}, peer="127.9.0.7")
        gift = make_gift(story_id=self.paper.stories["premium-middle"].pk, made_at=self.now)
        self.let_in(
            "gift", "stranger", {}, query=f"gift={token_of(gift)}", opens=("premium-middle",), asks_for="premium-middle"
        )

    # -- Who is not -----------------------------------------------------------------------------------------
    def add(
        self,
        name: str,
        standing: str = "stranger",
        cookies: dict[str, str] | None = None,
        headers: Headers = (),
        **more: Any,
    ) -> None:
        self.cast.disguises.append(Disguise(name, standing, (*cookie(cookies or {}), *headers), **more))

    def cast_passes(self) -> None:
        subscriber, reader = make_reader(state="subscriber"), make_reader()
        good = good_pass(self.ring, self.bearer(subscriber, "good"), self.now)
        forged = forged_passes(self.ring, self.bearer(subscriber, "forged"), self.bearer(reader, "humble"), self.now)
        for name, token in forged.items():
            self.add(f"pass: {name}", cookies={self.names.passes: token})
        spent, opened = self.spent_reader()
        mine = self.carried(spent, "forging", stories=opened)
        for name, token in forged.items():
            if name.startswith(("another", "alg", "signature")):
                self.add(f"reader's session, pass: {name}", "registered", {**mine, self.names.passes: token})
        self.add(
            "a good pass by another name", cookies={f"__Host-{self.names.passes}": good, "pass": good, "jwt": good}
        )
        self.add("a good pass for a session", cookies={self.names.session: good})
        self.add("a good pass as a bearer's", headers=(("Authorization", f"Bearer {good}"), ("X-Courant-Pass", good)))
        self.add("a good pass in the address", query=f"{self.names.passes}={good}&token={good}")

    def cast_sessions(self) -> None:
        """Sessions and passes that were good once, as browsers still hold them."""
        self.add("no session but text", cookies={self.names.session: "subscriber"})
        self.add("a session of NUL", cookies={self.names.session: '"\\000"'})
        for name, end in {
            "after signing out": sign_out,
            "signed out everywhere": sign_out_of_all,
            "closed account": close,
            "before the password was changed": change_password,
        }.items():
            reader = make_reader(state="subscriber")
            browser = self.browser(reader)
            cookies = held(browser)
            end(reader, browser, self.now)
            self.add(name, cookies=cookies)
            self.add(f"{name}, pass alone", cookies=without(cookies, self.names.session))
            self.add(f"{name}, session alone", cookies=without(cookies, self.names.passes))
        reader = make_reader(state="subscriber")
        cookies = held(self.browser(reader))
        lapse(reader, self.now)
        self.spend_all(reader)
        self.add("subscription that ended", "registered", cookies)
        self.add("subscription that ended, pass alone", cookies=without(cookies, self.names.session))

    def spend_all(self, reader: Reader) -> None:
        for number in range(PREMIUM_PER_MONTH):
            open_premium(
                reader=reader, story_id=ELSEWHERE + number, limit=PREMIUM_PER_MONTH, now=self.now, zone=paper_zone()
            )

    def cast_meters(self) -> None:
        reader, opened = self.spent_reader()
        other = make_reader()
        mine = self.carried(reader, "spent", stories=opened)
        pass_alone = {self.names.passes: mine[self.names.passes]}
        self.add("nothing left", "registered", mine)
        self.add("nothing left, pass alone", "registered", pass_alone)
        self.add("nothing left, openings forgotten", "registered", {**mine, self.names.opened: ""})
        for left in ("99.99.2099-01-01", "2.2.2000-01-01", "-1.0.x"):
            self.add(f"meter set to {left}", "registered", {**mine, self.names.meter: left})
        known = forged_openings(
            self.ring, self.bearer(reader, "spent"), self.bearer(other, "other"), self.story_ids, self.now
        )
        for name, token in known.items():
            self.add(name, "registered", {**mine, self.names.opened: token})
            self.add(f"{name}, pass alone", "registered", {**pass_alone, self.names.opened: token})
        self.add("the pass for openings", "registered", {**mine, self.names.opened: mine[self.names.passes]})
        # With stories left, but asking ahead: what is not read is not opened.
        unspent = self.carried(make_reader(), "unspent")
        for header in ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"):
            self.add(f"{header}: prefetch", "registered", unspent, headers=((header, "prefetch"),))
        self.add("prerendering", "registered", unspent, headers=(("Sec-Purpose", "prefetch;prerender"),))

    def cast_samples(self) -> None:
        """The paper gives no samples: not even a cookie that we signed ourselves opens a story."""
        month = month_of(self.now, paper_zone())
        name = samples.cookie_name()
        self.add("samples of every story", cookies={name: samples.write(self.story_ids, month)})
        self.add("samples of another month", cookies={name: samples.write(self.story_ids, month.replace(year=2020))})
        self.add("samples that are text", cookies={name: str(self.story_ids)})

    def cast_gifts(self) -> None:
        story = self.paper.stories["registered-middle"]
        good = token_of(make_gift(story_id=story.pk, made_at=self.now))
        ended = token_of(make_gift(story_id=story.pk, made_at=self.now - LONG_AGO))
        revoked = make_gift(story_id=story.pk, made_at=self.now)
        revoke_gift(gift=revoked, by=revoked.giver, now=self.now)
        closed = make_gift(story_id=story.pk, made_at=self.now)
        close(closed.giver, None, self.now)
        opens = {"opens": (story.key,)}
        tokens = {
            "ended": ended,
            "taken back": token_of(revoked),
            "of a closed account": token_of(closed),
            "altered": altered(good),
            "cut short": good[:-1],
            "that is empty": "",
            "that is a number": str(story.pk),
        }
        for name, token in tokens.items():
            self.add(f"gift {name}", query=f"gift={token}")
            self.add(f"gift {name}, in the cookie", cookies={self.names.gift: token})
        self.add("gift of another story", query=f"gift={good}", **opens)
        self.add("gift of another story, in the cookie", cookies={self.names.gift: f"{ended}.{good}"}, **opens)
        self.add("two gifts", query=f"gift={good}&gift={ended}")
        self.add("many gifts", cookies={self.names.gift: ".".join([good] * 100)}, **opens)


def altered(token: str) -> str:
    """Another story's number in it."""
    return token[:40] + ("b" if token[40] == "a" else "a") + token[41:]


def held(browser: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in browser.cookies.items() if morsel.value}


def without(cookies: dict[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in cookies.items() if other != name}


def sign_out(reader: Reader, browser: Client, now: datetime) -> None:
    assert browser.post("/account/sign-out/").status_code == 302


def sign_out_of_all(reader: Reader, browser: Client, now: datetime) -> None:
    sign_out_everywhere(reader=reader, by=reader, now=now)


def close(reader: Reader, browser: Client | None, now: datetime) -> None:
    close_account(reader=reader, by=reader, now=now)


def change_password(reader: Reader, browser: Client, now: datetime) -> None:
    reader.set_password("another horse, another battery")
    reader.save()


def lapse(reader: Reader, now: datetime) -> None:
    reader.state = ReaderState.REGISTERED
    reader.save()


def cast_everybody(paper: Paper, ring: KeyRing, now: datetime) -> Cast:
    casting = Casting(paper, ring, now)
    casting.cast_entitled()
    for part in ("passes", "sessions", "meters", "samples", "gifts"):
        getattr(casting, f"cast_{part}")()
    casting.cast.disguises += network_disguises(INSTITUTION)
    return casting.cast

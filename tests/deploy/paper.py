"""The paper behind the proxies: in production, with one proxy trusted and a second for shared caches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from courant.wall.enums import ReaderState
from courant.wall.passes import HS256, KeyRing, SigningKey, cookie_names, mint_pass
from tests.deploy.browser import HOST
from tests.survival.paper import ServedPaper

PASS_SECRET = "f00dfeedf00dfeedf00dfeedf00dfeedf00dfeedf00dfeed"
AUDIENCE = f"https://{HOST}"
COOKIES = cookie_names(is_secure=True)
RING = KeyRing((SigningKey("test", HS256, PASS_SECRET.encode()),), AUDIENCE)


@dataclass
class DeployedPaper(ServedPaper):
    shared_seconds: int = 1

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "COURANT_ENV": "production",
            # 127.0.0.1 for those who start it and wait for its answer.
            "COURANT_HOSTS": f"{HOST},127.0.0.1",
            "COURANT_SITE_URL": AUDIENCE,
            "COURANT_MAIL_URL": "smtp://127.0.0.1:9",
            "COURANT_TRUSTED_PROXIES": "1",
            "COURANT_SHARED_SECONDS": str(self.shared_seconds),
            "COURANT_PASS_KEYS": f"test:{PASS_SECRET}",
        }

    def make(self) -> None:
        super().make()
        self.run("-m", "tests.deploy.make")
        # Once it is served: a host that follows for the first time begins with an empty store.
        self.start()
        self.press_everything()


def forged(reader: str = "nobody", *, ring: KeyRing = RING, age: timedelta = timedelta(0)) -> dict[str, str]:
    """The cookie of a pass that nobody gave out; with `age`, one that was right once."""
    token = mint_pass(
        ring, reader=reader, state=ReaderState.SUBSCRIBER, session="s" * 32, version=1, now=datetime.now(UTC) - age
    )
    return {COOKIES.passes: token}


OTHERS = KeyRing((SigningKey("test", HS256, b"another secret of more than thirty-two characters"),), AUDIENCE)
"""A ring that signs with the same id, but not with the paper's key."""

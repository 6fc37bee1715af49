"""Keeping watch: every answer is searched, and what its reader may not see is a leak with a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

from tests.leak.canaries import ACCENTED, FORMS, PICTURE, PLAIN, STEM, UNKNOWN, Canaries, Lookout, Place, in_form
from tests.leak.disguises import NOBODY, Disguise
from tests.leak.doors import Answer, Request

# What a server may say of itself: not done here, or not just now.
NO_FAULTS = {501, 503}


class Asked(Protocol):
    """A door, or a connection to one."""

    def ask(self, request: Request) -> Answer: ...

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]: ...


@dataclass(frozen=True)
class Leak:
    door: str
    surface: str
    disguise: str
    asked: str
    status: int
    story: str
    where: str
    form: str

    def __str__(self) -> str:
        return (
            f"{self.story}: {self.where} ({self.form}), by {self.door}, {self.surface}, {self.disguise}: "
            f"{self.asked} -> {self.status}"
        )


@dataclass
class Watch:
    """Asks and searches; counts requests and surfaces, keeps leaks and faults of the server."""

    canaries: Canaries
    door: str = ""
    requests: int = 0
    surfaces: set[str] = field(default_factory=set)
    leaks: list[Leak] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    told: tuple[int, int] = (0, 0)
    lookout: Lookout = field(init=False)

    def __post_init__(self) -> None:
        self.lookout = Lookout(self.canaries)

    def ask(self, door: Asked, surface: str, request: Request, disguise: Disguise = NOBODY) -> Answer:
        worn = disguise.worn(request)
        answer = door.ask(worn)
        self.look(surface, worn, answer, disguise)
        return answer

    def look(self, surface: str, request: Request, answer: Answer, disguise: Disguise) -> None:
        self.requests += 1
        self.surfaces.add(surface)
        self.statuses[answer.status] += 1
        asked = f"{request.method} {request.target[:200]}"
        if answer.status >= 500 and answer.status not in NO_FAULTS:
            self.faults.append(f"{answer.status} {self.door}, {surface}, {disguise.name}: {asked}")
        found = self.lookout.find(answer.content)
        for code, form in found.items():
            place = self.canaries.places.get(code) or Place(UNKNOWN, "unknown", "unknown place", frozenset())
            if not may_see(disguise, place) and not is_echo(place, form, request, self.canaries.pictures):
                self.leaks.append(
                    Leak(self.door, surface, disguise.name, asked, answer.status, place.story, place.where, form)
                )

        news = [code for code in found if self.is_withheld(code) and may_see(disguise, self.canaries.places[code])]
        if answer.status == 200 and news and is_for_all(answer):
            self.faults.append(f"for any cache to keep: {self.door}, {surface}, {disguise.name}: {asked}")

    def is_withheld(self, code: str) -> bool:
        place = self.canaries.places.get(code)
        return place is not None and "stranger" not in place.open_to

    def seen(self, answer: Answer) -> dict[str, Place]:
        """The places whose canaries an answer holds; what is in its address alone is left out."""
        return {
            code: self.canaries.places[code]
            for code, form in self.lookout.find(answer.content).items()
            if form != "address" and code in self.canaries.places
        }

    def news(self) -> list[str]:
        """Leaks and faults since this was last asked."""
        news = [*map(str, self.leaks[self.told[0] :]), *self.faults[self.told[1] :]]
        self.told = len(self.leaks), len(self.faults)
        return news

    def counts(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "surfaces": sorted(self.surfaces),
            "leaks": [str(leak) for leak in self.leaks],
        }


def is_for_all(answer: Answer) -> bool:
    """Whether a shared cache may keep an answer and give it to the next who asks."""
    said = answer.header("cache-control").lower()
    return "private" not in said and "no-store" not in said


def may_see(disguise: Disguise, place: Place) -> bool:
    return disguise.standing in place.open_to or place.story in disguise.opens


def is_echo(place: Place, form: str, request: Request, pictures: dict[int, str]) -> bool:
    """Whether the request said the word, or the picture's address, itself: then it is no news.

    Encoded, words that differ in their last letter may look the same.
    """
    said = request.target + "".join(value for _, value in request.headers) + request.body.decode("latin-1")
    said = f"{said} {unquote(said)}".lower()
    if form == "address":
        return any(pictures.get(int(number)) == place.code for number in PICTURE.findall(said.encode()))
    if place.word in said or (place.code == UNKNOWN and (STEM in said or ACCENTED in said)):
        return True
    words = [STEM + code.decode() for code in PLAIN.findall(said.encode())] if form in FORMS else []
    return any(set(in_form(word, form)) & set(in_form(place.word, form)) for word in words)


def report(counts: Sequence[dict[str, Any]]) -> list[str]:
    """The lines of the result: each leak, then the sum of all."""
    leaks = [leak for one in counts for leak in one["leaks"]]
    surfaces = {surface for one in counts for surface in one["surfaces"]}
    requests = sum(one["requests"] for one in counts)
    return [*leaks, f"{requests:,} requests, {len(surfaces)} surfaces, {len(leaks)} leaks"]

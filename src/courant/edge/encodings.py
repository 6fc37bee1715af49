"""Which encoding an answer is sent in (RFC 9110, section 12.5.3)."""

from __future__ import annotations

from courant.edge.pages import ENCODINGS, IDENTITY

# Of what clients write we remember so many forms; browsers have a dozen.
MOST_REMEMBERED = 500


def preferred(accept: bytes | None) -> tuple[str, ...]:
    """The encodings a client takes, what it likes best first; of equals, ours first. Never empty: who takes nothing
    gets the plain body, as the RFC allows."""
    if accept is None:
        return (IDENTITY,)
    weights = read_weights(accept.decode("latin-1"))
    others = weights.get("*")
    weighed = []
    for place, encoding in enumerate(ENCODINGS):
        weight = weights.get(encoding, others)
        if weight is None:
            # Plain is always taken unless it is refused; another encoding only if it is named.
            weight = 0.0001 if encoding == IDENTITY else 0.0
        if weight > 0:
            weighed.append((-weight, place, encoding))
    return tuple(encoding for _, _, encoding in sorted(weighed)) or (IDENTITY,)


def read_weights(accept: str) -> dict[str, float]:
    """Each coding with its weight; what has no readable weight counts as refused."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if coding:
            weights["gzip" if coding == "x-gzip" else coding] = read_weight(parameters)
    return weights


def read_weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0


class Preferences:
    """Remembers what clients write in Accept-Encoding."""

    def __init__(self) -> None:
        self.known: dict[bytes | None, tuple[str, ...]] = {}

    def of(self, accept: bytes | None) -> tuple[str, ...]:
        found = self.known.get(accept)
        if found is None:
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            found = self.known[accept] = preferred(accept)
        return found

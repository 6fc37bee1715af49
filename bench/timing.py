"""How things are timed: the best of several rounds, since other work only ever makes them slower."""

from collections.abc import Callable
from time import perf_counter


def seconds_for(work: Callable[[], object], *, rounds: int = 5, times: int = 1) -> float:
    """Seconds that one call takes, at best."""
    best = float("inf")
    for _ in range(rounds):
        started = perf_counter()
        for _ in range(times):
            work()
        best = min(best, (perf_counter() - started) / times)
    return best

"""What is refused before Django reads it, and the page for what breaks outside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from courant.project.gate import Gate, Receive, Send

pytestmark = pytest.mark.anydb
FORM = 2_621_440
PICTURE = 20 * 1024 * 1024


async def reads_all(scope: Any, receive: Receive, send: Send) -> None:
    """An application that reads the body and answers with its length."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def ask(
    *,
    body: Iterable[bytes] = (b"",),
    application: Any = reads_all,
    headers: Iterable[tuple[bytes, bytes]] = (),
    **scope: Any,
) -> tuple[int, str, int]:
    """Status and body of the answer, and how many parts of the request's body were left unread."""
    asked = {
        "type": "http",
        "method": "POST",
        "path": "/account/sign-in/",
        "query_string": b"",
        "headers": [*headers],
        **scope,
    }
    parts = list(body)
    waiting = [
        {"type": "http.request", "body": part, "more_body": place + 1 < len(parts)} for place, part in enumerate(parts)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Gate(application)(asked, receive, send))
    return sent[0]["status"], sent[1]["body"].decode(), len(waiting)


def length(count: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(count).encode())]


def test_a_form_of_the_size_of_a_form_passes() -> None:
    assert ask(body=[b"x" * FORM], headers=length(FORM)) == (200, str(FORM), 0)


def test_a_body_that_says_it_is_too_large_is_heard_out_and_refused() -> None:
    status, page, left = ask(body=[b"x" * 1_000_000] * 4, headers=length(4_000_000))
    assert (status, left) == (413, 0)
    assert "Nothing was changed" in page


def test_a_body_in_chunks_is_counted_as_it_comes() -> None:
    assert ask(body=[b"x" * 1_000_000] * 4)[0] == 413


def test_a_body_that_lies_about_its_length_is_counted_as_it_comes() -> None:
    assert ask(body=[b"x" * 1_000_000] * 4, headers=length(5))[0] == 413


def test_of_a_body_without_end_nothing_is_read() -> None:
    status, _, left = ask(body=[b"x"] * 3, headers=length(10**12))
    assert (status, left) == (413, 3)


def test_a_client_that_waits_for_leave_to_send_gets_none() -> None:
    status, _, left = ask(body=[b"x"] * 3, headers=[*length(FORM + 1), (b"expect", b"100-continue")])
    assert (status, left) == (413, 3)


def test_the_newsroom_takes_a_picture_and_no_more() -> None:
    assert ask(body=[b"x" * PICTURE], path="/newsroom/images/add/")[0] == 200
    assert ask(body=[b"x"], headers=length(PICTURE + FORM + 1), path="/newsroom/images/add/")[0] == 413


@pytest.mark.parametrize("address", [{"path": "/world/\x00/"}, {"query_string": b"q=\xff\xfe"}])
def test_an_address_that_is_no_text_is_refused(address: dict[str, Any]) -> None:
    status, page, _ = ask(**address)
    assert status == 400
    assert "<h1>We could not read this request</h1>" in page


def test_head_gets_no_body() -> None:
    assert ask(path="/\x00", method="HEAD")[:2] == (400, "")


def test_what_breaks_before_django_has_a_page_too() -> None:
    async def disk_is_full(scope: Any, receive: Receive, send: Send) -> None:
        raise OSError(28, "No space left on device")

    status, page, _ = ask(application=disk_is_full)
    assert status == 500
    assert "<h1>Something broke on our side</h1>" in page
    assert "space" not in page


def test_what_breaks_after_the_answer_began_ends_the_connection() -> None:
    async def breaks_late(scope: Any, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        ask(application=breaks_late)

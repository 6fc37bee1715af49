"""Pages that a browser saved as one file (MHTML): the HTML is taken out, the pictures stay behind."""

from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from courant.exchange.page.errors import PageError

_HEAD = 4000
"""Bytes in which the headers of such a file stand."""


def html_of_archive(data: bytes) -> bytes | None:
    """The HTML of a page saved as MHTML; None if the file is none. Raises PageError if it holds no HTML."""
    head = data[:_HEAD].lower()
    if b"mime-version:" not in head or b"multipart/related" not in head:
        return None
    try:
        message = message_from_bytes(data)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        page = _payload(pages[0]) if pages else b""
    except (RecursionError, MessageError, ValueError, LookupError) as error:
        raise PageError("The file is a saved page whose parts cannot be told apart.") from error
    if not page.strip():
        raise PageError("The file is a saved page without HTML in it.")
    return page


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""

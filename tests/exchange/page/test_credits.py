"""Credits cut from captions, and lines that are credits."""

import pytest

from courant.exchange.page.credits import credit_of, split_credit


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The ferry at Dunmore (AP)", "The ferry at Dunmore", "AP"),
        ("The ferry (AFP via Getty Images)", "The ferry", "AFP via Getty Images"),
        ("The ferry [Jane Doe/AFP]", "The ferry", "Jane Doe/AFP"),
        ("The ferry. Photograph: Jane Doe/The Meridian", "The ferry.", "Jane Doe/The Meridian"),
        ("The ferry leaves. Photo by Jane Doe", "The ferry leaves.", "Jane Doe"),
        ("The ferry leaves. REUTERS/Denis Bali", "The ferry leaves.", "REUTERS/Denis Bali"),
        ("The ferry / AP", "The ferry", "AP"),
        ("The ferry — Getty Images", "The ferry", "Getty Images"),
        ("The ferry © Jane Doe", "The ferry", "Jane Doe"),
        ("The ferry left.CreditCredit...Jane Doe for The Meridian", "The ferry left.", "Jane Doe for The Meridian"),
        ("Image caption, The ferry leaves", "The ferry leaves", ""),
        ("Ms Bell (left) on the ferry", "Ms Bell (left) on the ferry", ""),
        ("It would hurt (and then some).", "It would hurt (and then some).", ""),
        ("He spoke to the AP", "He spoke to the AP", ""),
        ("“We go,” he said. AP reporters saw it", "“We go,” he said. AP reporters saw it", ""),
    ],
)
def test_split_credit(text: str, caption: str, credit: str) -> None:
    assert split_credit(text) == (caption, credit)


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("(AP)", "AP"),
        ("Getty Images", "Getty Images"),
        ("(POOL/AFP via Getty Images)", "POOL/AFP via Getty Images"),
        ("Image source, Getty Images", "Getty Images"),
        ("Photograph: Jane Doe/The Meridian", "Jane Doe/The Meridian"),
        ("AP", ""),
        ("and/or", ""),
        ("Jane Doe / John Roe", ""),
        ("Source: Ministry of Health", ""),
        ("Photo: a small ferry in fog", ""),
    ],
)
def test_credit_lines(text: str, credit: str) -> None:
    assert credit_of(text) == credit

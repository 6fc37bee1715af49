"""Credits of pictures: told from the words around them, and cut from a caption's end."""

import re

from courant.exchange.page.lines import ends_sentence, word_count, word_set

_AGENCIES = (
    "AP AFP PA EPA EPA-EFE EFE DPA dpa ANSA TASS Tass UPI AAP Reuters REUTERS Getty~Images Getty Alamy Shutterstock "
    "iStock Bloomberg Rex~Features Rex Xinhua Sputnik Anadolu~Agency Anadolu NurPhoto ZUMA~Press ZUMA SOPA~Images SOPA "
    "Associated~Press Press~Association PA~Wire PA~Archive PA~Media Picture~Alliance picture~alliance Magnum Keystone "
    "Wikimedia~Commons Creative~Commons Flickr Unsplash Pexels Handout HANDOUT Supplied Courtesy Screengrab Twitter "
    "Facebook Instagram YouTube POOL Pool NASA ESA Maxar~Technologies Maxar SWNS LNP iStockphoto Adobe~Stock Imago "
    "IMAGO Eyevine eyevine Redux Contour Splash~News Backgrid"
)
"""Picture agencies, the longer name first; `~` is a space in a name."""
_AGENCY = "(?:" + "|".join(re.escape(name.replace("~", " ")) for name in _AGENCIES.split()) + ")"
_NAME = r"[^\W\d_][\w.'’\-]*(?: [\w.'’\-&]+){0,4}"
_CREDIT = (
    rf"(?:(?:{_NAME}\s*(?:[/,|]|via)\s*){{0,3}}{_AGENCY}(?:\s*(?:[/,|–-]|via)\s*(?:{_AGENCY}|{_NAME})|\s{_AGENCY}){{0,3}}"
    rf"|{_NAME}(?:\s*/\s*{_NAME}){{1,3}})"
)
_LABEL = (
    r"(?:photograph(?:s|er|y)?|photos?|pictures?|image(?: source| credit)?|illustrations?|graphics?|credits?|"
    r"foto|bild|crédits?(?: photo)?|photo credit|picture credit|composite)(?:\s+(?:by|courtesy of))?"
)
_LABELLED_CREDIT = re.compile(
    rf"\(?(?:{_LABEL}\s*[:,]\s*|(?:photo(?:graph)?s?|pictures?|images?) (?:by|courtesy of) |©\s*)(.{{2,80}}?)\)?",
    re.I,
)
_BARE_CREDIT = re.compile(_CREDIT)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{2,80})[)\]]\s*[.]?$")
_BEHIND = re.compile(
    r"(?:(?<=[.!?”’\"])\s+|\s*[/|–—]\s+|\s+-\s+|\s+)"
    rf"((?:{_LABEL}\s*:\s*|(?:photo(?:graph)?|picture) by |©\s*)[^.:]{{2,80}}\.?)$",
    re.I,
)
_AFTER_DOTS = re.compile(r"\s*(?:Credit){1,2}\s?(?:\.{3}|…)\s*(\S.{1,100})$")
_AGENCY_BEHIND = re.compile(rf"(?:(?<=[.!?”’\"])\s+|\s+[/|–—-]\s*)({_CREDIT})\.?$")
CAPTION_LABEL = re.compile(
    r"^(?:(?:image|media|photo|picture|video|file) caption\s*[:,]?\s*|"
    r"(?:caption|pictured|image|photo|picture|photograph|bildunterschrift|légende)\s*:\s*)(?=\S)",
    re.I,
)
_MAY_CREDIT = word_set("( [ / | © – — photo picture image credit illustration graphic composite foto bild")
_AGENCY_PARTS = tuple(name.split("~")[0] for name in _AGENCIES.split())
_SMALL = word_set("of the for and via by de del da di van von at in courtesy &")


def _may_credit(text: str) -> bool:
    """A quick look that spares most lines the slow ones: no sign, no label and no agency means no credit."""
    low = text.casefold()
    return any(sign in low for sign in _MAY_CREDIT) or any(part in text for part in _AGENCY_PARTS)


def split_credit(text: str) -> tuple[str, str]:
    """A caption's text and its credit, which is empty if the caption names none."""
    text = CAPTION_LABEL.sub("", text)
    if not _may_credit(text[-200:]):
        return text, ""
    dotted = _AFTER_DOTS.search(text)
    if dotted:
        return text[: dotted.start()].strip(), clean_credit(dotted[1])
    bracket = _BRACKETS.search(text)
    if bracket and _is_bracket_credit(bracket[1]):
        return text[: bracket.start()].strip(), clean_credit(bracket[1])
    behind = _BEHIND.search(text[-200:]) or _AGENCY_BEHIND.search(text[-200:])
    if behind and behind.start() + max(0, len(text) - 200) > 0 and _has_credit_case(clean_credit(behind[1])):
        return text[: len(text) - len(behind.group())].rstrip(" /|–—-"), clean_credit(behind[1])
    return text, ""


def _is_bracket_credit(text: str) -> bool:
    if _is_bare_credit(text.strip()) or _is_labelled_credit(text.strip()):
        return True
    is_named = not text[:1].islower() or text.startswith(("via ", "dpa"))
    return is_named and bool(re.search(rf"\b{_AGENCY}\b", text)) and word_count(text) <= 8


def _is_bare_credit(text: str) -> bool:
    return bool(_BARE_CREDIT.fullmatch(text)) and _has_credit_case(text)


def _is_labelled_credit(text: str) -> bool:
    labelled = _LABELLED_CREDIT.fullmatch(text)
    return labelled is not None and _has_credit_case(labelled[1])


def _has_credit_case(text: str) -> bool:
    """True for a few words that all begin with a capital, but for the small ones between names."""
    words = re.split(r"[\s/|,–—-]+", text.strip(" ()[].©"))
    named = [word for word in words if word and word.casefold() not in _SMALL]
    return 0 < len(named) <= 9 and not any(word[0].islower() for word in named if word != "dpa")


def clean_credit(text: str) -> str:
    """A credit without brackets around it and without "Photograph:" before it."""
    text = text.strip(" .()[]/|–—-")
    labelled = _LABELLED_CREDIT.fullmatch(text)
    return labelled[1].strip() if labelled and not text.lower().startswith("illustration") else text


def is_agency(text: str) -> bool:
    """True for the name of a picture agency alone, which may as well be a byline or a word of the story."""
    return bool(re.fullmatch(_AGENCY, text.strip("()[]. ")))


def credit_of(text: str) -> str:
    """The credit that a line consists of; empty if it is anything else."""
    if len(text) > 120 or not _may_credit(text):
        return ""
    inner = text.strip()
    bracketed = inner[:1] in "([" and inner[-1:] in ")]"
    inner = inner.strip("()[] ")
    if bracketed and _is_bracket_credit(inner):
        return clean_credit(inner)
    if _is_labelled_credit(inner) and not ends_sentence(inner):
        return clean_credit(inner)
    is_sure = "Getty" in inner or inner in ("PA Wire", "PA Archive", "Alamy", "Shutterstock")
    is_pair = ("/" in inner or " via " in inner) and bool(re.search(rf"\b{_AGENCY}\b", inner))
    return inner if (is_sure or is_pair) and _is_bare_credit(inner) else ""

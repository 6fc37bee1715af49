"""The language of a text, told by its script and its smallest words, and the direction it is written in."""

import re
from collections import Counter

from courant.exchange.article import Direction
from courant.exchange.page.lines import word_set

SAMPLE = 20_000
"""Characters looked at."""

_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": word_set("the of and to in a is that for it was on with as by he she at from said his her be are"),
    "fr": word_set("le la les de des du et en un une est que qui dans pour sur au avec par il elle ne pas"),
    "de": word_set("der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch"),
    "es": word_set("el la los las de que y en un una por con para del se al es lo su más no como"),
    "it": word_set("il la di che e in un una per con del della non sono le i da al si è anche come"),
    "pt": word_set("o a os as de que e em um uma para com não do da no na por se mais ao dos"),
    "nl": word_set("de het een en van in is dat op te met voor zijn niet aan er om ook als naar"),
}
_SCRIPTS = (
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_PERSIAN, _URDU, _UKRAINIAN = re.compile("[پچژگ]"), re.compile("[ٹڈڑے]"), re.compile("[іїєґ]")
_RIGHT_TO_LEFT = ("ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb")


def language_of(text: str) -> str:
    """The ISO 639 code of the text's language; empty if the signs are too few."""
    sample = text[:SAMPLE]
    letters = sum(map(len, _WORD.findall(sample)))
    if not letters:
        return ""
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.35 * letters:
            return _closer(code, sample)
    return _by_small_words(sample)


def _closer(code: str, sample: str) -> str:
    """Tell languages of one script apart by letters that only one of them has."""
    if code == "ar" and len(_URDU.findall(sample)) > 2:
        return "ur"
    if code == "ar" and len(_PERSIAN.findall(sample)) > 2:
        return "fa"
    return "uk" if code == "ru" and len(_UKRAINIAN.findall(sample)) > 2 else code


def _by_small_words(sample: str) -> str:
    words = Counter(word.casefold() for word in _WORD.findall(sample))
    counts = {code: sum(words[word] for word in small) for code, small in _SMALL_WORDS.items()}
    ranked = sorted(counts.items(), key=lambda each: each[1], reverse=True)
    (best, most), (_, second) = ranked[0], ranked[1]
    return best if most >= 5 and most > 1.15 * second else ""


def direction_of(language: str) -> Direction:
    """The direction a language is written in."""
    return "rtl" if language.split("-")[0].casefold() in _RIGHT_TO_LEFT else "ltr"

"""Which language a text is in, as far as its script and its commonest words tell; no model."""

import unicodedata
from collections import Counter
from collections.abc import Mapping

from engine.data.words import words

_COMMON: Mapping[str, str] = {
    "English": "the and is are was you your for with that this have not can what how please my to of in it on do we",
    "German": "der die das und ist nicht ich sie mit ein eine auf für den wie was bitte mein ihr zu im es wir habe",
    "French": "le la les et est pas je vous une un des que pour dans avec mon votre ce qui sur du au nous suis",
    "Spanish": "el la los las y es no que una un para con por mi su está cómo del en se lo tengo qué al",
    "Italian": "il lo la gli e è non che una un per con mio di del come sono ho mi si nel questo della",
    "Portuguese": "o os as e é não que uma um para com por meu seu está como do da em no na tenho eu",
    "Dutch": "de het een en is niet ik u jij met op voor van dat wat hoe mijn graag zijn aan te kan heb",
}
_LISTS = {name: frozenset(listed.split()) for name, listed in _COMMON.items()}
_CUES = 2
"""Common words that a text must have, and have more of than in any other language, to be called of a language."""


def language(text: str) -> str | None:
    """English, German, French, Spanish, Italian, Portuguese or Dutch; None where too little says so."""
    found = Counter(words(text))
    hits = sorted(((sum(found[word] for word in listed), name) for name, listed in _LISTS.items()), reverse=True)
    (most, name), (second, _) = hits[0], hits[1]
    return name if most >= _CUES and most > second else None


def script(text: str) -> str | None:
    """The script that most letters of `text` belong to (LATIN, CYRILLIC, HAN, ...); None without a letter."""
    found = Counter(_script(letter) for letter in text if letter.isalpha())
    return found.most_common(1)[0][0] if found else None


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
    # Japanese mixes three.
    return "HAN" if name in ("CJK", "HIRAGANA", "KATAKANA") else name


def same_language(one: str, other: str) -> bool:
    """False when scripts differ, or both texts say by their words that they are of different languages."""
    if script(one) != script(other):
        return False
    first, second = language(one), language(other)
    return first is None or second is None or first == second

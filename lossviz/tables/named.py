"""What the names of columns tell: a target, classes, an identifier, a count of the rows."""

from __future__ import annotations

import re

TARGETS = (
    "target",
    "y",
    "label",
    "class",
    "outcome",
    "response",
    "output",
    "result",
    "price",
    "species",
    "diagnosis",
    "quality",
    "default",
    "survived",
    "churn",
    "score",
    "sales",
    "ziel",
    "zielwert",
    "zielgröße",
    "klasse",
    "ergebnis",
    "preis",
    "miete",
    "umsatz",
    "absatz",
    "verbrauch",
    "cible",
    "classe",
    "résultat",
    "prix",
    "loyer",
    "ventes",
    "objetivo",
    "clase",
    "resultado",
    "precio",
    "alquiler",
    "ventas",
    "obiettivo",
    "risultato",
    "prezzo",
    "affitto",
    "vendite",
    "rent",
    "revenue",
)
# Numbers that count the rows say nothing of them.
COUNTERS = re.compile(
    r"(?:unnamed: |column )?1?0?|id|index|no\.?|nr\.?|row|row[ _]id|#", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_OF_IDS = frozenset(
    {
        "id",
        "ids",
        "uid",
        "uuid",
        "guid",
        "key",
        "zip",
        "zipcode",
        "plz",
        "postcode",
        "postleitzahl",
        "ssn",
        "isbn",
        "ean",
        "sku",
        "nr",
        "kundennr",
        "kundennummer",
        "identifier",
        "identifiant",
    }
)
_OF_CLASSES = frozenset(
    {
        "class",
        "klasse",
        "classe",
        "clase",
        "type",
        "typ",
        "tipo",
        "kind",
        "category",
        "kategorie",
        "categoria",
        "label",
        "group",
        "gruppe",
        "status",
        "species",
        "variety",
        "segment",
        "cluster",
        "outcome",
        "result",
        "diagnosis",
        "target",
    }
)


def _words(name: str) -> list[str]:
    """The words of a name: customer and id for customer_id and for CustomerID."""
    return [word.casefold() for word in _WORD.findall(_HUMP.sub(" ", name))]


def names_ids(name: str) -> bool:
    return not _OF_IDS.isdisjoint(_words(name))


def names_classes(name: str) -> bool:
    words = _words(name)
    return bool(words) and (words[-1] in _OF_CLASSES or words[0] in ("is", "has"))

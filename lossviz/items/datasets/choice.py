"""What was chosen of a file: which column is predicted from which, and what they were taken for.

A link that only names a file's rows carries this, so that the file alone gives them again.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

LONGEST_CHOICE = 2_000  # characters in a link
MOST_PLAIN = 50_000  # bytes of a choice when unpacked


@dataclass(frozen=True)
class Choice:
    """The columns of a file that are used, and how.

    target, features: names of columns; "" and () where they are yet to be suggested. kinds: pairs
        of a column and what it is taken for, "number", "category" or "out", where the cells shall
        not decide. header: whether the first row holds names. classes: whether the target is of
        classes. Of both, None lets the cells decide. positive: of two classes the one that is
        looked for, "" for the rarer one.
    """

    target: str = ""
    features: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    header: bool | None = None
    classes: bool | None = None
    positive: str = ""

    @property
    def text(self) -> str:
        """The choice for a link; "" where it is too long for one."""
        facts = [
            self.target,
            self.features,
            self.kinds,
            self.header,
            self.classes,
            self.positive,
        ]
        plain = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = base64.urlsafe_b64encode(packer.compress(plain) + packer.flush())
        found = packed.decode().rstrip("=")
        return found if len(found) <= LONGEST_CHOICE and len(plain) <= MOST_PLAIN else ""


def choice_of(text: str) -> Choice | None:
    """The choice of a text; None where it is none, or broken: then it has to be made again."""
    try:
        packed = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        reader = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = reader.decompress(packed, MOST_PLAIN)
        if not reader.eof:
            return None
        facts = json.loads(plain)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return None
    return _checked(facts)


def _checked(facts: Any) -> Choice | None:
    if not (isinstance(facts, list) and len(facts) == 6):
        return None
    target, features, kinds, header, classes, positive = facts
    if not (isinstance(features, list) and isinstance(kinds, list)):
        return None
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in kinds):
        return None
    words = [target, positive, *features, *(word for pair in kinds for word in pair)]
    if not all(isinstance(word, str) for word in words):
        return None
    if not all(each is None or isinstance(each, bool) for each in (header, classes)):
        return None
    pairs = tuple((name, kind) for name, kind in kinds)
    return Choice(
        target=target,
        features=tuple(features),
        kinds=pairs,
        header=header,
        classes=classes,
        positive=positive,
    )

"""Numbers as a short text that a link can carry, to the last bit.

    text = pack(facts, columns)         facts: whatever JSON can say
    facts, columns = unpack(text)

A column whose numbers have few decimals is held as whole numbers, counted from its smallest; any
other as the bytes of its floats. Equal bytes of all rows lie side by side, which is what
compression likes: 300 rows of two columns with all their digits are 5,900 characters.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.limits import FEATURES
from lossviz.base.limits import ROWS_OF_A_LINK as MOST_ROWS

VERSION = "2"
OLDER = "1"  # numbers as words; still read
MOST_COLUMNS = FEATURES + 2  # besides, the target, and whether each row is marked
MOST_FACTS = 100_000  # bytes of what is said beside the numbers
MOST_BYTES = {VERSION: MOST_FACTS + 8 * MOST_ROWS * MOST_COLUMNS, OLDER: 1_000_000}
MOST_DECIMALS = 12
RANDOM = 6  # bytes of a float that say next to nothing of its size
EXACT = 2**53  # up to here every whole number is a float
BROKEN = "the rows in the link are broken or were cut off"
TOO_MANY = f"a link holds at most {MOST_ROWS} rows and {MOST_COLUMNS - 2} features"


def pack(facts: object, columns: Sequence[Array]) -> str:
    """The text of columns of finite numbers, each (n,)."""
    coded = [_coded(np.asarray(column, "<f8") + 0.0) for column in columns]
    head = [facts, len(columns[0]), [how for how, _, _ in coded]]
    head = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    first = b"".join(part for _, part, _ in coded)
    last = b"".join(part for _, _, part in coded)
    packed = _deflated(head + b"\n" + first, last)
    return VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(words: str) -> tuple[Any, Array]:
    """What `pack` was given, the columns as one array (columns, n); ValueError says what is wrong.

    No more is ever unpacked than a link may hold."""
    version = words[:1]
    if version not in MOST_BYTES:
        raise ValueError("this text holds no rows")
    try:
        plain = _inflated(words, MOST_BYTES[version])
        head, _, body = plain.partition(b"\n")
        facts = json.loads(head)
        if version == OLDER:
            return facts, _columns_of_words(body)
        facts, count, hows = facts
        return facts, _columns_of_bytes(count, hows, body)
    except _TooMany:
        raise ValueError(TOO_MANY) from None
    except (ValueError, OverflowError, binascii.Error, zlib.error, TypeError, RecursionError):
        raise ValueError(BROKEN) from None


class _TooMany(Exception):
    """More rows or columns than a link may hold."""


def _deflated(first: bytes, last: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(first)
    if last:  # in a block of its own, as its bytes are of another kind
        packed += packer.flush(zlib.Z_SYNC_FLUSH) + packer.compress(last)
    return packed + packer.flush()


def _inflated(words: str, most: int) -> bytes:
    body = words[1:].encode("ascii")
    packed = base64.b64decode(body + b"=" * (-len(body) % 4), altchars=b"-_", validate=True)
    # The older texts have zlib's own header and check sum.
    reader = zlib.decompressobj(zlib.MAX_WBITS if words[0] == OLDER else -zlib.MAX_WBITS)
    plain = reader.decompress(packed, most)
    if reader.unconsumed_tail:
        raise _TooMany
    if not reader.eof or reader.unused_data:
        raise ValueError
    return plain


def _coded(column: Array) -> tuple[list[int], bytes, bytes]:
    """How a column (n,) is held, its first bytes and its last: [] for floats; else its decimals,
    its smallest number in units of the last of them, and the bytes that each number takes."""
    for decimals in range(MOST_DECIMALS + 1):
        whole = np.round(column * 10.0**decimals)
        if np.abs(whole).max() >= EXACT:
            break
        if np.array_equal(whole / 10.0**decimals, column):
            low = int(whole.min())
            above = (whole.astype(np.int64) - low).astype("<u8")
            size = max(1, (int(above.max()).bit_length() + 7) // 8)
            return [decimals, low, size], _turned(above)[:size].tobytes(), b""
    turned = _turned(column)
    return [], turned[RANDOM:].tobytes(), turned[:RANDOM].tobytes()


def _turned(numbers: Array) -> Array:
    """The bytes of numbers (n,) of eight bytes each, as (8, n)."""
    return numbers.view(np.uint8).reshape(-1, 8).T


def _columns_of_bytes(count: Any, hows: Any, body: bytes) -> Array:
    if not (type(count) is int and isinstance(hows, list)):
        raise ValueError
    if count > MOST_ROWS or len(hows) > MOST_COLUMNS:
        raise _TooMany
    if count < 1 or not hows or not all(_is_how(how) for how in hows):
        raise ValueError
    if len(body) != count * sum(how[2] if how else 8 for how in hows):
        raise ValueError
    at = sum(how[2] if how else 8 - RANDOM for how in hows)
    planes = np.frombuffer(body, np.uint8).reshape(-1, count)
    first, last = planes[:at], planes[at:]
    columns = np.empty((len(hows), count))
    for column, how in zip(columns, hows, strict=True):
        turned = np.zeros((8, count), np.uint8)
        if how:
            turned[: how[2]], first = first[: how[2]], first[how[2] :]
        else:
            turned[RANDOM:], first = first[: 8 - RANDOM], first[8 - RANDOM :]
            turned[:RANDOM], last = last[:RANDOM], last[RANDOM:]
        numbers = np.ascontiguousarray(turned.T)
        if how:
            whole = numbers.view("<u8").ravel().astype(np.int64) + how[1]
            column[:] = whole / 10.0 ** how[0]
        else:
            column[:] = numbers.view("<f8").ravel()
    return columns


def _is_how(how: Any) -> bool:
    if how == []:
        return True
    if not (isinstance(how, list) and len(how) == 3 and all(type(part) is int for part in how)):
        return False
    decimals, low, size = how
    # Seven bytes hold all differences between whole numbers that are exact, twice EXACT.
    return 0 <= decimals <= MOST_DECIMALS and abs(low) <= EXACT and 1 <= size <= 7


def _columns_of_words(body: bytes) -> Array:
    lines = body.decode().split("\n")
    if len(lines) > MOST_COLUMNS or max(line.count(",") for line in lines) >= MOST_ROWS:
        raise _TooMany
    return np.array([[float(x) for x in line.split(",")] for line in lines])

"""From the bytes of a file to its text."""

from __future__ import annotations

import codecs
import re

from lossviz.base.limits import MEGABYTES
from lossviz.tables.fault import FileFault
from lossviz.tables.lines import ends

MOST_BYTES = MEGABYTES * 2**20
MARKS = {
    codecs.BOM_UTF8: ("utf-8", "UTF-8"),
    codecs.BOM_UTF32_LE: ("utf-32-le", "UTF-32"),  # it begins with the mark of UTF-16
    codecs.BOM_UTF32_BE: ("utf-32-be", "UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16-le", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16-be", "UTF-16"),
}
SPREADSHEET = "This is a spreadsheet; save it as CSV."
OTHER_FILES = {
    b"\xd0\xcf\x11\xe0": SPREADSHEET,
    b"\x1f\x8b": "This is a packed file (gzip); unpack it first.",
    b"BZh": "This is a packed file (bzip2); unpack it first.",
    b"7z\xbc\xaf": "This is a packed file (7z); unpack it first.",
    b"\xfd7zXZ": "This is a packed file (xz); unpack it first.",
    b"PAR1": "This is a Parquet file; save it as CSV.",
    b"\x89HDF": "This is an HDF5 file; save it as CSV.",
    b"\x93NUMPY": "This is a NumPy file; save it as CSV.",
    b"%PDF": "This is a PDF file; a table in CSV is wanted.",
    b"\x89PNG": "This is a picture; a table in CSV is wanted.",
    b"\xff\xd8\xff": "This is a picture; a table in CSV is wanted.",
}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# Western words have an accent here and there; Greek or Cyrillic ones that are read as
# Windows-1252 are nothing but accents.
NOTHING_WESTERN = re.compile(r"[À-ÿŒœŠšŽžŸƒ]{4}")


def decode(given: bytes | str) -> tuple[str, tuple[str, ...]]:
    """The text, and sentences on its encoding where that is not plain UTF-8.

    FileFault where it is too long, of another kind than text, or broken.
    """
    if isinstance(given, str):
        _weigh(len(given))
        text, notes = given.removeprefix("\ufeff"), ()
    else:
        _weigh(len(given))
        text, notes = _decode(given)
    text = text.removesuffix("\x1a")  # how MS-DOS ended a file
    if found := CONTROL.search(text):
        code = ord(found[0])
        what = "a NUL byte" if code == 0 else f"the control character U+{code:04X}"
        row = _row(text[: found.start()])
        raise FileFault(f"Row {row:,} holds {what}: this does not look like text.")
    return text, notes


def _weigh(size: int) -> None:
    if size > MOST_BYTES:
        most = MOST_BYTES / 2**20
        raise FileFault(f"The file has {size / 2**20:,.1f} MB; at most {most:g} MB are read.")


def _row(before: str) -> int:
    """The row in which the text goes on."""
    return 1 + ends(before, 0, len(before))


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.startswith(b"PK\x03\x04"):
        names = data[:4096]
        is_sheet = b"xl/" in names or b"[Content_Types]" in names or b"spreadsheet" in names
        raise FileFault(
            SPREADSHEET if is_sheet else "This is a packed file (zip); unpack it first."
        )
    for magic, sentence in OTHER_FILES.items():
        if data.startswith(magic):
            raise FileFault(sentence)
    mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
    encoding, label = MARKS.get(mark, ("utf-8", "UTF-8"))
    data = data[len(mark) :]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if not mark and (western := _western(data)) is not None:
            note = "The text is not UTF-8, so it is read as Windows-1252; look at its accents."
            return western, (note,)
        row = _row(data[: error.start].decode(encoding, "ignore"))
        place = len(mark) + error.start + 1
        raise FileFault(
            f"Row {row:,} is no {label} text: byte {place:,} of the file, "
            f"0x{data[error.start]:02X}, is out of place; save the file as UTF-8."
        ) from None
    return text, () if label == "UTF-8" else (f"The text is {label}.",)


def _western(data: bytes) -> str | None:
    """The text as Windows-1252, where that makes sense of it."""
    # Sequences that are proper UTF-8 do not come about by chance: that is UTF-8, damaged.
    lenient = data.decode("utf-8", "replace")
    damaged = lenient.count("\ufffd")
    proper = len(lenient) - len(lenient.encode("ascii", "ignore")) - damaged
    if proper >= damaged:
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return None if NOTHING_WESTERN.search(text) else text

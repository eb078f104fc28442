"""Data as bytes for the browser: JSON, and behind it every distinct array once.

Layout: the length of a JSON header (4 bytes, little endian), the header
`{"data", "arrays": {name: {"dtype", "shape", "start", "size"}}}`, and the arrays' bytes. In
`data` an array is `{"array": name}`, where the name is a digest of its content: so the browser
sees what is equal to what it has, without looking at a number.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import orjson

from lossviz.player.movie import Array

Json = dict[str, Any]
PREFIX = 4  # bytes that hold the header's length


def pack(data: Json) -> bytes:
    """JSON-able data with NumPy arrays in it, as bytes.

    Numbers travel as float32, one-byte integers, or float64 for longer integers.
    """
    arrays: dict[str, Json] = {}
    parts: list[bytes] = []
    end = 0

    def keep(value: object) -> object:
        nonlocal end
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            raise TypeError(f"{type(value).__name__} cannot travel to the browser")
        if value.dtype.kind not in "fiub":
            return value.tolist()
        array = _small(value)
        content = array.tobytes()
        dtype = f"{array.dtype.kind}{array.dtype.itemsize}"
        digest = blake2b(f"{dtype} {array.shape} ".encode(), digest_size=12)
        digest.update(content)
        name = digest.hexdigest()
        if name not in arrays:
            place = {"start": end, "size": len(content)}
            arrays[name] = {"dtype": dtype, "shape": array.shape, **place}
            parts.append(content)
            end += len(content)
        return {"array": name}

    body = orjson.dumps(data, default=keep)  # before the header, for it fills `arrays`
    header = orjson.dumps({"data": orjson.Fragment(body), "arrays": arrays})
    return b"".join([len(header).to_bytes(PREFIX, "little"), header, *parts])


def unpack(packed: bytes) -> Json:
    """The data that `pack` was given, with read-only arrays to float32 precision."""
    first = PREFIX + int.from_bytes(packed[:PREFIX], "little")
    header = orjson.loads(packed[PREFIX:first])
    arrays = {name: _array(packed, first, place) for name, place in header["arrays"].items()}

    def revive(value: Any) -> Any:
        if isinstance(value, list):
            return [revive(item) for item in value]
        if not isinstance(value, dict):
            return value
        name = value.get("array")
        if isinstance(name, str):
            return arrays[name]
        return {key: revive(item) for key, item in value.items()}

    return revive(header["data"])


def _array(packed: bytes, first: int, place: Json) -> Array:
    dtype = np.dtype(place["dtype"]).newbyteorder("<")
    start, count = first + place["start"], place["size"] // dtype.itemsize
    return np.frombuffer(packed, dtype, count, start).reshape(place["shape"])


def _small(values: Array) -> Array:
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):  # beyond float32 is beyond any screen
            values = values.astype(np.float32)
    elif values.dtype.kind == "b":
        values = values.astype(np.uint8)
    elif values.dtype.itemsize > 1:
        values = values.astype(np.float64)
    return values.astype(values.dtype.newbyteorder("<"), copy=False)

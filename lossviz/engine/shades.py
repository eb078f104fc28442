"""Shades of a colour that stand out from light and dark pages alike."""

from __future__ import annotations

# Relative luminances (WCAG 2.2) between which a colour has at least 3:1 against a white page and
# against one of #12161c.
DARKEST, LIGHTEST = 0.127, 0.298
HIGH = 0.23  # of a colour that has more room below than above
GREY = 0.2  # that the lightest shade has in it, which sets it further apart


def shade(colour: str, share: float) -> str:
    """The colour "#rrggbb" moved by a share, 0 to 1, of the way to the lightest that it may be, or
    to the darkest where it is light itself."""
    parts, here = _linear(colour), luminance(colour)
    low, high = (_lightness(each) for each in (here, DARKEST if here > HIGH else LIGHTEST))
    wanted = _of_lightness(low + share * (high - low))
    if wanted <= here:
        return _coded([part * wanted / here for part in parts])
    white, grey = (wanted - here) / (1.0 - here), GREY * share
    lighter = [part + white * (1.0 - part) for part in parts]
    return _coded([part + grey * (wanted - part) for part in lighter])


def luminance(colour: str) -> float:
    """The relative luminance of "#rrggbb", 0 to 1, after WCAG 2.2."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def _coded(linear: list[float]) -> str:
    parts = [12.92 * p if p <= 0.0031308 else 1.055 * p ** (1 / 2.4) - 0.055 for p in linear]
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _lightness(luminance: float) -> float:
    """CIE 1976 lightness L*, for luminances that are not very small."""
    return 116 * luminance ** (1 / 3) - 16


def _of_lightness(lightness: float) -> float:
    return ((lightness + 16) / 116) ** 3

"""Shades of a colour that stand out from light and dark pages alike."""

from __future__ import annotations

# Relative luminances (WCAG 2.2) between which a colour has at least 3:1 against a white page and
# against one of #12161c.
DARKEST, LIGHTEST = 0.127, 0.298


def shade(colour: str, share: float) -> str:
    """The colour "#rrggbb" moved, by a share of the way, 0 to 1, to the lightest or the darkest
    that it may be, whichever is farther in lightness as it is seen."""
    parts = _linear(colour)
    here = luminance(colour)
    end = max((DARKEST, LIGHTEST), key=lambda there: abs(_lightness(there) - _lightness(here)))
    wanted = _of_lightness(_lightness(here) + share * (_lightness(end) - _lightness(here)))
    if wanted <= here:
        return _coded([part * wanted / here for part in parts])
    white = (wanted - here) / (1.0 - here)
    return _coded([part + white * (1.0 - part) for part in parts])


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

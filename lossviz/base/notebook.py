"""How values show themselves in a notebook: small pieces of HTML that know of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import isfinite, log10

WIDTH, HEIGHT, EDGE = 320, 80, 4


def card(title: str, facts: Mapping[str, str], *more: str) -> str:
    """A heading, a table of facts, and pieces of HTML below it; the words are escaped."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in facts.items()
    )
    return f"<div><strong>{escape(title)}</strong><table>{rows}</table>{''.join(more)}</div>"


def paragraph(words: str) -> str:
    """A paragraph of HTML."""
    return f"<p>{escape(words)}</p>"


def formula(latex: str) -> str:
    """LaTeX as notebooks typeset it."""
    return f"<p>$$\\displaystyle {escape(latex)}$$</p>"


def curve(name: str, values: Iterable[float]) -> str:
    """Numbers as a line in a small drawing, on a logarithmic scale where all are above 0."""
    finite = [float(value) for value in values if isfinite(value)]
    if len(finite) < 2:
        return ""
    words = f"{name}: from {finite[0]:.4g} to {finite[-1]:.4g}"
    heights = [log10(value) for value in finite] if min(finite) > 0 else finite
    low, high = min(heights), max(heights)
    across = (WIDTH - 2 * EDGE) / (len(heights) - 1)
    up = (HEIGHT - 2 * EDGE) / ((high - low) or 1.0)
    points = " ".join(
        f"{EDGE + i * across:.1f},{HEIGHT - EDGE - (height - low) * up:.1f}"
        for i, height in enumerate(heights)
    )
    return (
        f'<svg role="img" aria-label="{escape(words)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><title>{escape(words)}</title>'
        f'<polyline points="{points}" fill="none" stroke="#0072b2" stroke-width="2"/></svg>'
    )

"""Minima of sums of absolute values, many at once, by weighted medians along edges.

    F(gamma) = slope . gamma + sum_m c_m |a_m . gamma - b_m|

is least at a vertex, where k of its terms are zero. From any point one walks down, along a line to
its lowest place, where one more term is zero and stays so; and from the first vertex along the edge
that leads down most, until none does (Barrodale and Roberts 1973, SIAM J. Numer. Anal. 10(5),
839-848; Bloomfield and Steiger 1983, Least Absolute Deviations).
"""

from __future__ import annotations

import numpy as np

from lossviz.analysis.minimum.stack import Stack, solved
from lossviz.base.arrays import Array

TURNS = 10, 3  # of edges: at most so many, and so many more for each parameter
MOST = 12  # parameters: with more, a linear programme takes no longer
STRICT = 1e-5  # share of its weight by which a term must hold with less
STILL = 1e-14  # share of the size of F that an edge leads down at least: else it may go in circles
SQUARE = 1e-5  # the least singular value of the terms that hold, over the largest


def vertices(stack: Stack, start: Array) -> tuple[Array, Array]:
    """The minimisers (S, k), walked down to from `start` (S, k), and whether each is known (S,) to
    be one, and the only one."""
    count, size = start.shape
    gamma, found, is_known = start.copy(), start.copy(), np.zeros(count, bool)
    slope = np.matvec(stack.features, stack.tilt) / stack.features.shape[-1]
    held = np.zeros((count, 0), int)
    here = np.arange(count)
    for turn in range(size + TURNS[0] + TURNS[1] * size):
        lines, rows = stack.lines, held[..., None]
        at = np.matvec(lines, gamma) - stack.offsets
        np.put_along_axis(at, held, 0.0, axis=1)
        pull = slope + np.vecmat(stack.weights * np.sign(at), lines)
        base = np.take_along_axis(lines, rows, axis=1)
        if turn < size:
            leaving, way = None, -_within(base, pull)
            fall = np.vecdot(pull, way)
        else:
            force = solved(base.mT, -pull)
            reach = np.take_along_axis(stack.weights, held, axis=1)
            excess = np.abs(force) - reach * (1 - STRICT)
            leaving = excess.argmax(axis=1)
            is_there = excess[np.arange(len(held)), leaving] <= 0
            if is_there.any():
                done = np.flatnonzero(is_there)
                ends, is_sure = _settled(stack.take(done), held[done])
                found[here[done]], is_known[here[done]] = ends, is_sure
                going = np.flatnonzero(~is_there)
                if not going.size:
                    break
                stack, here, held, slope = stack.take(going), here[going], held[going], slope[going]
                gamma, at, base = gamma[going], at[going], base[going]
                leaving, force, reach = leaving[going], force[going], reach[going]
            each = np.arange(len(held))
            side = np.zeros_like(gamma)
            side[each, leaving] = np.sign(force[each, leaving])
            way = solved(base, side)
            fall = reach[each, leaving] - np.abs(force[each, leaving])
        new, far = _lowest(stack, at, held, way, fall)
        size_of_f = stack.weights.sum(axis=1) * stack.spread
        far = np.where(-fall * far > STILL * size_of_f, far, np.inf)
        if not np.isfinite(far).all():  # flat or without end: not for this method
            going = np.flatnonzero(np.isfinite(far))
            stack, here, held, slope = stack.take(going), here[going], held[going], slope[going]
            gamma, new, far, way = gamma[going], new[going], far[going], way[going]
            leaving = None if leaving is None else leaving[going]
            if not going.size:
                break
        gamma = gamma + far[:, None] * way
        if leaving is None:
            held = np.column_stack([held, new])
        else:
            held[np.arange(len(held)), leaving] = new
        if turn >= size - 1:  # no error adds up
            gamma = _corner(stack, held)
    return found, is_known


def _lowest(stack: Stack, at: Array, held: Array, way: Array, fall: Array) -> tuple[Array, Array]:
    """Along directions (S, k), which lead down by `fall` (S,): which term is zero at the lowest
    place, and how far off it is; infinite where there is none."""
    rates = np.matvec(stack.lines, way)
    with np.errstate(all="ignore"):
        places = -at / rates
    places = np.where(places >= 0, places, np.inf)  # or NaN
    np.put_along_axis(places, held, np.inf, axis=1)
    order = np.argsort(places, axis=1, kind="stable")
    rises = np.take_along_axis(2 * stack.weights * np.abs(rates), order, axis=1)
    is_past = fall[:, None] + np.cumsum(rises, axis=1) >= 0
    first = is_past.argmax(axis=1)
    each = np.arange(len(at))
    new = order[each, first]
    far = np.where(is_past.any(axis=1) & (fall < 0), places[each, new], np.inf)
    return new, far


def _within(base: Array, pull: Array) -> Array:
    """The part of pulls (S, k) along which terms (S, h, k) do not change."""
    if not base.shape[1]:
        return pull
    squares = base @ base.mT
    return pull - np.vecmat(solved(squares, np.matvec(base, pull)), base)


def _corner(stack: Stack, held: Array) -> Array:
    """The points (S, k) at which the held terms (S, k) are zero."""
    base = np.take_along_axis(stack.lines, held[..., None], axis=1)
    aims = np.take_along_axis(stack.offsets, held, axis=1)
    corner = solved(base, aims)
    return corner + solved(base, aims - np.matvec(base, corner))


def _settled(stack: Stack, held: Array) -> tuple[Array, Array]:
    """The vertices where these terms are zero, and whether the terms tell each well."""
    base = np.take_along_axis(stack.lines, held[..., None], axis=1)
    corner = _corner(stack, held)
    sizes = np.linalg.norm(base, axis=-1, keepdims=True)
    shape = np.linalg.svd(base / np.where(sizes > 0, sizes, 1.0), compute_uv=False)
    return corner, shape[:, -1] > SQUARE * shape[:, 0]

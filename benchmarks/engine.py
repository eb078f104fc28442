"""The engine against PyTorch, a bare NumPy loop, one matrix product, and NumPy's own import.

The task is the same for all: 200 rows, an intercept and a slope, Huber loss, gradient descent in
double precision, 1000 steps; training loss, clean test loss and parameters kept at every step.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np

import lossviz
from benchmarks.ratios import Ratio, interleaved
from lossviz import Experiment, Sample
from lossviz.base.arrays import Array

STEPS, RATE, RUNS = 1000, 0.1, 32
EXPERIMENT = Experiment(
    loss="huber", outliers="vertical", lr=RATE, steps=STEPS, params={"line.n": 200}
)


def bare_numpy(data: Sample) -> tuple[Array, Array, Array]:
    """The loop that one would write by hand for this loss and this model."""
    A, A_test = (np.column_stack([np.ones(len(X)), X]) for X in (data.X, data.X_test))
    theta, n = np.zeros(2), len(data.y)
    loss, test_loss, path = np.empty(STEPS + 1), np.empty(STEPS + 1), np.empty((STEPS + 1, 2))
    for k in range(STEPS + 1):
        r = A @ theta - data.y
        c = np.minimum(np.maximum(r, -1.0), 1.0)
        r_test = A_test @ theta - data.y_test
        c_test = np.minimum(np.maximum(r_test, -1.0), 1.0)
        loss[k] = np.sum(c * (r - 0.5 * c)) / n
        test_loss[k] = np.sum(c_test * (r_test - 0.5 * c_test)) / len(r_test)
        path[k] = theta
        theta = theta - RATE * (c @ A) / n
    return loss, test_loss, path


def torch_loops(data: Sample) -> dict[str, Callable[[], Array]]:
    """Eager PyTorch with autograd: as tutorials write it, and stripped of all that can go."""
    import torch
    from torch.nn.functional import huber_loss

    A, A_test = (torch.tensor(np.column_stack([np.ones(len(X)), X])) for X in (data.X, data.X_test))
    y, y_test = torch.tensor(data.y), torch.tensor(data.y_test)

    def train(step: Callable[[torch.Tensor, torch.Tensor], None], theta: torch.Tensor) -> Array:
        loss = torch.empty(STEPS, dtype=torch.float64)
        test_loss, path = torch.empty_like(loss), torch.empty(STEPS, 2, dtype=torch.float64)
        for k in range(STEPS):
            value = huber_loss(A @ theta, y)
            with torch.no_grad():
                loss[k], path[k] = value, theta
                test_loss[k] = huber_loss(A_test @ theta, y_test)
            step(value, theta)
        return loss.numpy()

    def start() -> torch.Tensor:
        return torch.zeros(2, dtype=torch.float64, requires_grad=True)

    def usual() -> Array:
        theta = start()
        rule = torch.optim.SGD([theta], lr=RATE)

        def step(value: torch.Tensor, theta: torch.Tensor) -> None:
            rule.zero_grad()
            value.backward()
            rule.step()

        return train(step, theta)

    def lean() -> Array:
        def step(value: torch.Tensor, theta: torch.Tensor) -> None:
            (gradient,) = torch.autograd.grad(value, theta)
            with torch.no_grad():
                theta.sub_(gradient, alpha=RATE)

        return train(step, start())

    # The number of threads that suits PyTorch best here.
    def timed(threads: int) -> float:
        torch.set_num_threads(threads)
        return interleaved(usual, rounds=3)[0]

    torch.set_num_threads(min((1, 2), key=timed))
    return {"zero_grad, backward, SGD.step": usual, "autograd.grad, update in place": lean}


def training() -> Iterator[Ratio]:
    """A single run, and 32 as a batch."""
    data = lossviz.sample(EXPERIMENT)
    sweep = [EXPERIMENT.replace(lr=RATE * (i + 1) / RUNS) for i in range(RUNS)]
    loops = torch_loops(data)
    for loss in (bare_numpy(data)[0][:-1], *(loop() for loop in loops.values())):
        np.testing.assert_allclose(loss, lossviz.run(EXPERIMENT).loss[:-1], rtol=1e-9)
    single, batch, bare, *eager = interleaved(
        lambda: lossviz.run(EXPERIMENT),
        lambda: lossviz.run_all(sweep),
        lambda: bare_numpy(data),
        *loops.values(),
    )
    yield Ratio(
        "time of one run over a bare hand-written NumPy loop",
        per_step(single),
        per_step(bare),
        single / bare,
        "<= 3",
    )
    for name, time in zip(loops, eager, strict=True):
        yield Ratio(
            f"steps per second, one run over PyTorch eager ({name})",
            rate(single),
            rate(time),
            time / single,
            ">= 4",
        )
    # The batch is held to the loop that people write; against the stripped one it is only stated.
    for name, time, target in zip(loops, eager, (">= 60", ""), strict=True):
        yield Ratio(
            f"run-steps per second, {RUNS} runs as a batch over PyTorch eager ({name})",
            rate(batch / RUNS),
            rate(time),
            time * RUNS / batch,
            target,
        )


def per_step(time: float) -> str:
    return f"{time / STEPS * 1e6:.1f} µs a step"


def rate(time: float) -> str:
    return f"{STEPS / time:,.0f} a second"


def surface() -> Iterator[Ratio]:
    """A loss surface against the matrix product of its grid and its rows."""
    from lossviz.analysis.landscape import landscape

    rng = np.random.default_rng(0)
    points, rows = rng.normal(size=(101 * 101, 2)), rng.normal(size=(2, 200))
    landscape_time, product = interleaved(
        lambda: landscape(EXPERIMENT, n=101, x_range=(-1, 5), y_range=(-1, 5)),
        lambda: points @ rows,
    )
    yield Ratio(
        "time of a 101 x 101 surface on 200 rows over one product (10201 x 2) (2 x 200)",
        f"{landscape_time * 1e3:.1f} ms",
        f"{product * 1e3:.1f} ms",
        landscape_time / product,
    )


def importing() -> Iterator[Ratio]:
    """A fresh process each, with both packages compiled, as pip installs them."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}

    def fresh(statement: str) -> Callable[[], object]:
        command = [sys.executable, "-c", statement]
        return lambda: subprocess.run(command, check=True, env=environment)

    first_run = "import lossviz; lossviz.run(lossviz.Experiment())"
    ours, numpy, first = interleaved(
        fresh("import lossviz"), fresh("import numpy"), fresh(first_run), rounds=15
    )
    yield Ratio(
        "time of a process that imports lossviz over one that imports numpy",
        f"{ours * 1e3:.0f} ms",
        f"{numpy * 1e3:.0f} ms",
        ours / numpy,
        "<= 1.3",
    )
    yield Ratio(
        "time of a process that imports lossviz and trains once over one that imports numpy",
        f"{first * 1e3:.0f} ms",
        f"{numpy * 1e3:.0f} ms",
        first / numpy,
    )


def measure() -> Iterator[Ratio]:
    """All ratios of the engine."""
    yield from training()
    yield from surface()
    yield from importing()

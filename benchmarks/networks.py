"""Networks and softmax against eager PyTorch, in double precision.

Full batch: two moons, 500 rows, a network 2-16-16-1 with tanh units and log loss. Mini-batches:
the 8 x 8 digits in batches of 64, softmax and a network 64-32-10. Training loss, clean test loss
and parameters are kept at every step, by both; on the digits PyTorch is also asked without, which
is only stated: it then sees 64 rows a step, where history sees all 1797.

PyTorch has as many threads as suit it best, of one and two; NumPy has one, as in the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from threadpoolctl import threadpool_limits

import lossviz
from benchmarks.ratios import Ratio, interleaved
from lossviz import Experiment
from lossviz.base.arrays import Array
from lossviz.engine.task import Task
from lossviz.items.models.base import split

STEPS, RATE, RUNS = 200, 0.1, 16
ROUNDS = 7
MOONS = Experiment(
    data="moons",
    model="mlp",
    lr=RATE,
    steps=STEPS,
    params={"moons.n": 500, "mlp.depth": 2, "mlp.width": 16},
)
DIGITS = Experiment(data="digits", lr=RATE, steps=STEPS, batch=64)
DIGITS_BY = {
    "softmax": DIGITS,
    "a network 64-32-10": DIGITS.replace(model="mlp", params={"mlp.width": 32}),
}


def torch_loop(experiment: Experiment, *, has_history: bool = True) -> Callable[[], Array]:
    """The same training as tutorials write it; gives the loss on the way, that of all rows with
    history, of the batches without."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    task, size = Task.of(experiment), experiment.batch
    start = [torch.tensor(matrix) for matrix in split(task.start, task.layers)]
    X, X_test = (torch.tensor(rows[1:].T.copy()) for rows in (task.features, task.features_test))
    kind = torch.long if task.outputs else torch.double
    y, y_test = (torch.tensor(labels, dtype=kind) for labels in (task.sample.y, task.sample.y_test))
    n = len(y)

    def network() -> torch.nn.Sequential:
        parts: list[torch.nn.Module] = []
        for matrix in start:
            units, columns = matrix.shape
            linear = torch.nn.Linear(columns - 1, units, dtype=torch.double)
            with torch.no_grad():
                linear.weight.copy_(matrix[:, 1:])
                linear.bias.copy_(matrix[:, 0])
            parts += [linear, torch.nn.Tanh()]
        return torch.nn.Sequential(*parts[:-1])

    def loss_of(net: torch.nn.Module, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        z = net(X)
        return cross_entropy(z, y) if task.outputs else binary_cross_entropy_with_logits(z[:, 0], y)

    def train() -> Array:
        net = network()
        rule = torch.optim.SGD(net.parameters(), lr=RATE)
        loss, test_loss = torch.empty(2, STEPS, dtype=torch.double)
        path = torch.empty(STEPS, len(task.start), dtype=torch.double)
        queue = torch.empty(0, dtype=torch.long)
        for k in range(STEPS):
            if task.is_batched:
                if len(queue) < size:
                    queue = torch.cat([queue, torch.randperm(n)])
                rows, queue = queue[:size], queue[size:]
                value = loss_of(net, X[rows], y[rows])
            else:
                value = loss_of(net, X, y)
            with torch.no_grad():
                loss[k] = loss_of(net, X, y) if task.is_batched and has_history else value
                if has_history:
                    test_loss[k] = loss_of(net, X_test, y_test)
                    path[k] = torch.nn.utils.parameters_to_vector(net.parameters())
            rule.zero_grad()
            value.backward()
            rule.step()
        return loss.numpy()

    def timed(threads: int) -> float:
        torch.set_num_threads(threads)
        return interleaved(train, rounds=2)[0]

    best = min((1, 2), key=timed)  # the number of threads that suits PyTorch best here

    def train_at_best() -> Array:
        torch.set_num_threads(best)
        return train()

    return train_at_best


def full_batch() -> Iterator[Ratio]:
    """One run of a network on all rows, and 16 as a batch."""
    sweep = [MOONS.replace(lr=RATE * (i + 1) / RUNS) for i in range(RUNS)]
    loop = torch_loop(MOONS)
    np.testing.assert_allclose(loop(), lossviz.run(MOONS).loss[:-1], rtol=1e-9)
    single, batch, eager = interleaved(
        lambda: lossviz.run(MOONS), lambda: lossviz.run_all(sweep), loop, rounds=ROUNDS
    )
    yield Ratio(
        "steps per second of a network 2-16-16-1, one run over PyTorch eager",
        rate(single),
        rate(eager),
        eager / single,
        ">= 2.5",
    )
    yield Ratio(
        f"run-steps per second of it, {RUNS} runs as a batch over PyTorch eager",
        rate(batch / RUNS),
        rate(eager),
        eager * RUNS / batch,
        ">= 15",
    )


def mini_batches() -> Iterator[Ratio]:
    """The digits: one run each."""
    for name, experiment in DIGITS_BY.items():
        with_history, bare = (torch_loop(experiment, has_history=has) for has in (True, False))
        # PyTorch draws other batches, so only the start is the same.
        run = lossviz.run(experiment)
        np.testing.assert_allclose(with_history()[0], run.loss[0], rtol=1e-9)
        ours, eager, eager_bare = interleaved(
            lambda experiment=experiment: lossviz.run(experiment), with_history, bare, rounds=ROUNDS
        )
        kinds = ("the same history", eager, ">= 1"), ("no history", eager_bare, "")
        for what, time, target in kinds:
            yield Ratio(
                f"steps per second on digits, {name} over PyTorch eager with {what}",
                rate(ours),
                rate(time),
                time / ours,
                target,
            )


def rate(time: float) -> str:
    return f"{STEPS / time:,.0f} a second"


def measure() -> Iterator[Ratio]:
    """All ratios of the networks."""
    with threadpool_limits(1, "blas"):
        yield from full_batch()
        yield from mini_batches()

"""Our update rules against PyTorch's, for twenty steps on a lopsided bowl (`make parity`)."""

import numpy as np
import pytest

from lossviz.items.optimizers import OPTIMIZERS

pytestmark = pytest.mark.parity

# PyTorch's NAdam lets the momentum grow along the schedule beta1 (1 - 0.96^(t psi) / 2), psi being
# its momentum_decay; at psi = 0 that is the constant beta1 / 2, and its products of momenta are
# the powers of it. Ours holds beta1 constant from the start, as Dozat's algorithm does.
PEERS = {
    "gd": ({}, "SGD", {}),
    "momentum": ({"beta": 0.9}, "SGD", {"momentum": 0.9}),
    "nesterov": ({"beta": 0.9}, "SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ({"eps": 1e-10}, "Adagrad", {"eps": 1e-10}),
    "rmsprop": ({"rho": 0.99, "eps": 1e-8}, "RMSprop", {"alpha": 0.99, "eps": 1e-8}),
    "adam": ({"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, "Adam", {}),
    "adamw": (
        {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.1},
        "AdamW",
        {"weight_decay": 0.1},
    ),
}
STEPS, RATE = 20, 0.05
BOWL = np.array([[3.0, 1.0], [1.0, 0.5]])
START = np.array([1.5, -2.0])


def ours(name, options):
    theta, item = START[None], OPTIMIZERS[name]
    state, points = (np.zeros_like(theta),) * item.slots, []
    for t in range(1, STEPS + 1):
        theta, state = item.function(theta, theta @ BOWL, state, RATE, t, **options)
        points.append(theta[0])
    return np.array(points)


def theirs(torch, name, options):
    theta = torch.tensor(START, requires_grad=True)
    bowl, points = torch.tensor(BOWL), []
    rule = getattr(torch.optim, name)([theta], lr=RATE, **options)
    for _ in range(STEPS):
        rule.zero_grad()
        (0.5 * theta @ bowl @ theta).backward()
        rule.step()
        points.append(theta.detach().numpy().copy())
    return np.array(points)


@pytest.mark.parametrize("name", PEERS)
def test_twenty_steps_are_those_of_pytorch(torch, name):
    own, peer, options = PEERS[name]
    np.testing.assert_allclose(ours(name, own), theirs(torch, peer, options), rtol=1e-10)


@pytest.mark.parametrize("beta1", [0.3, 0.45])
def test_nadam_is_that_of_pytorch_without_its_momentum_schedule(torch, beta1):
    # The mean of the gradients still decays by beta1 there, while its weights use the schedule's
    # mu = beta1 / 2, so only a rule with both can agree: it is written out here, with ours as the
    # case mu = beta1.
    def rule(mu):
        theta, m, s, points = START, np.zeros(2), np.zeros(2), []
        for t in range(1, STEPS + 1):
            g = theta @ BOWL
            m, s = beta1 * m + (1 - beta1) * g, 0.999 * s + 0.001 * g * g
            ahead = mu * m / (1 - mu ** (t + 1)) + (1 - mu) * g / (1 - mu**t)
            theta = theta - RATE * ahead / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            points.append(theta)
        return np.array(points)

    options = {"betas": (beta1, 0.999), "momentum_decay": 0.0}
    # PyTorch keeps the product of the momenta in single precision.
    np.testing.assert_allclose(rule(beta1 / 2), theirs(torch, "NAdam", options), rtol=1e-8)
    own = {"beta1": beta1, "beta2": 0.999, "eps": 1e-8}
    np.testing.assert_allclose(rule(beta1), ours("nadam", own), rtol=1e-10)

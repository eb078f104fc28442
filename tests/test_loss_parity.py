"""Values against PyTorch, and slopes against its automatic differentiation (`make parity`)."""

import math

import numpy as np
import pytest
from scipy import special
from suiting import BUILT_IN as LOSSES

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(9)
Z, Y = RNG.normal(0.0, 3.0, 500), RNG.normal(0.0, 3.0, 500)
COUNTS = RNG.poisson(2.0, 500).astype(float)
ONES = RNG.integers(0, 2, 500).astype(float)
SCORES, LABELS = RNG.normal(0.0, 3.0, (500, 4)), RNG.integers(0, 4, 500)
SOFT = RNG.dirichlet(np.ones(4), 500)
TORCH_LOSSES = ["mse", "l1", "huber", "smooth_l1", "poisson_nll"]


def _torch_loss(functional, name, z, y):
    """A loss of torch.nn.functional and what it is called, with its parameters, here."""
    options = {"reduction": "none"}
    match name:
        case "mse":
            return functional.mse_loss(z, y, **options), "squared_error", {}
        case "l1":
            return functional.l1_loss(z, y, **options), "absolute_error", {}
        case "huber":
            found = functional.huber_loss(z, y, delta=0.7, **options)
            return found, "huber", {"delta": 0.7}
        case "smooth_l1":
            # Theirs is divided by the width of the parabola.
            found = functional.smooth_l1_loss(z, y, beta=0.7, **options)
            return 0.7 * found, "huber", {"delta": 0.7}
        case _:
            found = functional.poisson_nll_loss(z, y, log_input=True, full=False, **options)
            return found, "poisson", {}


def _value_and_slope(value, z):
    value.sum().backward()
    return value.detach().numpy(), z.grad.numpy()


@pytest.mark.parametrize("name", TORCH_LOSSES)
def test_torchs_losses_agree(torch, name):
    targets = COUNTS if name == "poisson_nll" else Y
    z = torch.tensor(Z, requires_grad=True)
    value, ours, params = _torch_loss(torch.nn.functional, name, z, torch.tensor(targets))
    expected = _value_and_slope(value, z)
    np.testing.assert_allclose(LOSSES[ours](Z, targets, **params), expected, rtol=1e-12, atol=1e-15)


def _formulas(torch, z, y):
    """Each loss as its textbook writes it, with the parameters used."""
    r = z - y
    a = r.abs()

    def signed_log(x):
        return torch.sign(x) * torch.log(1.0 + x.abs())

    u = (r / 1.3) ** 2
    c2 = 1.3**2
    delta = {"delta": 1.3}
    c = {"c": 1.3}
    return {
        "squared_error": (r**2, {}),
        "absolute_error": (a, {}),
        "huber": (torch.where(a <= 1.3, r**2 / 2, 1.3 * (a - 0.65)), delta),
        "pseudo_huber": (c2 * (torch.sqrt(1 + u) - 1), delta),
        "log_cosh": (torch.log(torch.cosh(r)), {}),
        "quantile": (torch.maximum(0.3 * -r, 0.7 * r), {"tau": 0.3}),
        "expectile": ((0.3 - (y < z).double()).abs() * r**2, {"tau": 0.3}),
        "squared_log_error": ((signed_log(z) - signed_log(y)) ** 2, {}),
        "epsilon_insensitive": (torch.relu(a - 0.4), {"epsilon": 0.4}),
        "squared_epsilon_insensitive": (torch.relu(a - 0.4) ** 2, {"epsilon": 0.4}),
        "poisson": (torch.exp(z) - y * z, {}),
        "linex": (torch.exp(-0.8 * r) + 0.8 * r - 1, {"a": -0.8}),
        "cauchy": (c2 / 2 * torch.log(1 + u), c),
        "geman_mcclure": (r**2 / 2 / (1 + u), c),
        "welsch": (c2 / 2 * (1 - torch.exp(-u)), c),
        "tukey": (c2 / 6 * (1 - torch.relu(1 - u) ** 3), c),
        "barron": (0.7 / 1.3 * ((u / 0.7 + 1) ** 0.65 - 1), {"alpha": 1.3, "c": 1.3}),
        # Z(1) = 2 e K_1(1)
        "adaptive": (
            torch.sqrt(1 + u) - 1 + math.log(1.3 * 2 * math.e * special.kv(1, 1)),
            {"alpha": 1.0, "scale": 1.3},
        ),
    }


@pytest.mark.parametrize("name", [name for name in LOSSES if LOSSES[name].task == "regression"])
def test_the_slope_is_what_automatic_differentiation_finds(torch, name):
    targets = np.clip(Y, *LOSSES[name].domain)
    z = torch.tensor(Z, requires_grad=True)
    value, params = _formulas(torch, z, torch.tensor(targets))[name]
    expected = _value_and_slope(value, z)
    np.testing.assert_allclose(LOSSES[name](Z, targets, **params), expected, rtol=1e-11, atol=1e-13)


def _binary_formulas(torch, z, y):
    """The same for two classes, in the margin."""
    s = 2.0 * y - 1.0
    m = s * z
    p, short = torch.sigmoid(m), torch.relu(1.0 - m)
    costs = torch.where(y == 1.0, 5.0, 0.25)
    bend = torch.where(m <= 0.0, 0.5 - m, short**2 / 2)
    return {
        "log_loss": (-costs * torch.log(p), {"weight_0": 0.25, "weight_1": 5.0}),
        "hinge": (short, {}),
        "squared_hinge": (short**2, {}),
        "smoothed_hinge": (bend, {}),
        "modified_huber": (torch.where(m >= -1.0, short**2, -4.0 * m), {}),
        "exponential_loss": (torch.exp(-m), {}),
        "perceptron": (torch.relu(-m), {}),
        "focal": (-((1 - p) ** 1.7) * torch.log(p), {"gamma": 1.7}),
        "brier": ((torch.sigmoid(z) - y) ** 2, {}),
        "savage": (1.0 / (1.0 + torch.exp(2.0 * m)) ** 2, {}),
        "least_squares": ((z - s) ** 2, {}),
    }


@pytest.mark.parametrize("name", [name for name in LOSSES if LOSSES[name].task == "binary"])
def test_the_slope_is_the_automatic_one_for_two_classes(torch, name):
    z = torch.tensor(Z, requires_grad=True)
    value, params = _binary_formulas(torch, z, torch.tensor(ONES))[name]
    expected = _value_and_slope(value, z)
    np.testing.assert_allclose(LOSSES[name](Z, ONES, **params), expected, rtol=1e-11, atol=1e-13)


def _class_formulas(torch, z, t):
    """The same for several classes."""
    p, log_p = torch.softmax(z, -1), torch.log_softmax(z, -1)
    smooth = 0.8 * t + 0.2 / z.shape[-1]
    return {
        "cross_entropy": (-(smooth * log_p).sum(-1), {"smoothing": 0.2}),
        "kl_divergence": (
            torch.nn.functional.kl_div(log_p, smooth, reduction="none").sum(-1),
            {"smoothing": 0.2},
        ),
        "multiclass_hinge": ((z + 1 - t).max(-1).values - (t * z).sum(-1), {}),
        "multiclass_focal": (-(t * (1 - p) ** 1.7 * log_p).sum(-1), {"gamma": 1.7}),
        "multiclass_brier": (((p - t) ** 2).sum(-1), {}),
        "multiclass_squared_error": (((z - t) ** 2).sum(-1), {}),
    }


@pytest.mark.parametrize("rows", [np.eye(4)[LABELS], SOFT], ids=["labels", "soft"])
@pytest.mark.parametrize("name", [name for name in LOSSES if LOSSES[name].task == "multiclass"])
def test_the_slope_is_the_automatic_one_for_several_classes(torch, name, rows):
    z = torch.tensor(SCORES, requires_grad=True)
    value, params = _class_formulas(torch, z, torch.tensor(rows))[name]
    found = LOSSES[name](SCORES, rows, **params)
    for ours, expected in zip(found, _value_and_slope(value, z), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_torchs_cross_entropies_agree(torch, smoothing):
    functional, options = torch.nn.functional, {"reduction": "none"}
    z = torch.tensor(SCORES, requires_grad=True)
    several = functional.cross_entropy(
        z, torch.tensor(LABELS), label_smoothing=smoothing, **options
    )
    found = LOSSES["cross_entropy"](SCORES, LABELS, smoothing=smoothing)
    for ours, expected in zip(found, _value_and_slope(several, z), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-14)
    z = torch.tensor(Z, requires_grad=True)
    two = functional.binary_cross_entropy_with_logits(z, torch.tensor(ONES), **options)
    expected = _value_and_slope(two, z)
    np.testing.assert_allclose(LOSSES["log_loss"](Z, ONES), expected, rtol=1e-12, atol=1e-15)

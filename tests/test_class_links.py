"""The links of the losses for classes: shares, and whether these are probabilities."""

from itertools import product

import numpy as np
import pytest
from loss_contract import BINARY, ENDS, MULTICLASS, class_rows, each
from scipy.optimize import minimize, minimize_scalar


@pytest.mark.parametrize("loss", each(losses=BINARY))
def test_the_link_of_two_classes_rises_from_0_to_1_through_a_half(loss):
    z = np.sort(ENDS)
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        share = loss.inverse_link(z)
    assert np.all(np.diff(share) >= 0.0)
    assert share[0] == 0.0
    assert share[-1] == 1.0
    assert loss.inverse_link(np.zeros(()))[()] == 0.5
    np.testing.assert_allclose(loss.inverse_link(-z), 1.0 - share, atol=1e-15)


@pytest.mark.parametrize("loss", each(losses=BINARY))
def test_the_link_and_its_inverse_cancel_for_two_classes(loss):
    p = np.array([0.0, 1e-9, 0.01, 0.3, 0.5, 0.8, 0.999, 1.0])
    with np.errstate(all="raise", under="ignore"):
        z = loss.link(p)
        np.testing.assert_allclose(loss.inverse_link(z), p, rtol=1e-12, atol=1e-15)
    assert np.isfinite(z).all()


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_the_links_of_several_classes_are_rows_of_shares(loss):
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        shares = loss.inverse_link(np.array(list(product(ENDS, repeat=3))))
    assert np.all(shares >= 0.0)
    np.testing.assert_allclose(shares.sum(axis=-1), 1.0, rtol=4e-15)
    z, t = class_rows(200, 5)
    ranked = np.take_along_axis(loss.inverse_link(z), np.argsort(z, axis=-1), axis=-1)
    assert np.all(ranked[:, 1:] >= ranked[:, :-1])
    np.testing.assert_allclose(loss.inverse_link(loss.link(t)), t, rtol=1e-12, atol=1e-15)


def test_the_nearest_shares_are_nearer_than_any_others():
    loss = next(loss for loss in MULTICLASS if loss.name == "multiclass_squared_error")
    z, _ = class_rows(200, 4)
    nearest = np.linalg.norm(loss.inverse_link(z) - z, axis=-1)
    for other in np.random.default_rng(5).dirichlet(np.full(4, 0.4), 500):
        assert np.all(nearest <= np.linalg.norm(other - z, axis=-1) + 1e-9)


def _best_shares(loss, shares):
    """What the link makes of the scores that cost least where the classes have these shares."""
    plain = {param.name: 0.0 for param in loss.params if param.name == "smoothing"}
    if loss.task == "binary":
        labels = np.array([0.0, 1.0])
        best = minimize_scalar(
            lambda z: float(loss(z, labels, **plain)[0] @ shares),
            bounds=(-9.0, 9.0),
            method="bounded",
            options={"xatol": 1e-9},
        )
        one = float(loss.inverse_link(np.array(best.x)))
        return np.array([1.0 - one, one])
    labels = np.arange(len(shares))
    best = minimize(
        lambda z: float(loss(z[None], labels, **plain)[0] @ shares),
        np.zeros(len(shares)),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 4000},
    )
    return loss.inverse_link(best.x)


SHARES = {
    "binary": [np.array([0.2, 0.8]), np.array([0.65, 0.35]), np.array([0.9, 0.1])],
    "multiclass": [np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.1, 0.7])],
}


@pytest.mark.parametrize("loss", each(lambda loss: loss.probabilistic, BINARY + MULTICLASS))
def test_a_probabilistic_loss_is_least_where_its_link_tells_the_truth(loss):
    for shares in SHARES[loss.task]:
        np.testing.assert_allclose(_best_shares(loss, shares), shares, atol=1e-5)


@pytest.mark.parametrize("loss", each(lambda loss: not loss.probabilistic, BINARY + MULTICLASS))
def test_the_link_of_any_other_loss_is_only_a_score(loss):
    gaps = [np.abs(_best_shares(loss, shares) - shares).max() for shares in SHARES[loss.task]]
    assert max(gaps) > 0.02


@pytest.mark.parametrize("loss", each(lambda loss: loss.name != "perceptron", BINARY + MULTICLASS))
def test_every_loss_but_the_perceptron_finds_the_likeliest_class(loss):
    for shares in SHARES[loss.task]:
        assert np.argmax(_best_shares(loss, shares)) == np.argmax(shares)

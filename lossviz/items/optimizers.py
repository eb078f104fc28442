"""Optimizers: pure update rules with their own state, elementwise over parameters and runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry

Torch = Callable[..., tuple[str, Mapping[str, object]]]


@dataclass(frozen=True)
class Optimizer:
    """An update rule.

    function: `(theta, gradient, state, rate, t, **params) -> (theta, state)`, where theta and
        gradient are (R, P), rate (R, 1), params numbers or (R, 1), t counts updates from 1 and
        state is a tuple of arrays of the shape of theta, zeros before the first update.
    slots: how many arrays of state there are.
    torch: the name in torch.optim of the one that does the same, and its options, as a function of
        the params; None where there is none. no_torch: why what PyTorch calls so is not it.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., tuple[Array, tuple[Array, ...]]]
    slots: int
    formula: str
    notes: str
    reference: str
    torch: Torch | None = None
    no_torch: str = ""


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")


def optimizer(
    name: str,
    *,
    label: str,
    slots: int,
    formula: str,
    notes: str,
    reference: str,
    params: tuple[Param, ...] = (),
    torch: Torch | None = None,
    no_torch: str = "",
) -> Callable[[Callable], Callable]:
    """Register the decorated update rule."""

    def register(function: Callable) -> Callable:
        OPTIMIZERS.add(
            Optimizer(
                name=name,
                label=label,
                params=params,
                function=function,
                slots=slots,
                formula=formula,
                notes=notes,
                reference=reference,
                torch=torch,
                no_torch=no_torch,
            )
        )
        return function

    return register


MOMENTUM = Param("beta", 0.9, 0.0, 0.999, "Momentum")
BETA1 = Param("beta1", 0.9, 0.0, 0.999, "Decay of the mean")
BETA2 = Param("beta2", 0.999, 0.0, 0.99999, "Decay of the mean square")
EPS = Param("eps", 1e-8, 1e-12, 1.0, "Epsilon", "Keeps the division finite.", log=True)
ADAM = (BETA1, BETA2, EPS)
KINGMA = "Kingma, Ba (2015), Adam: A Method for Stochastic Optimization, ICLR. arXiv:1412.6980"


@optimizer(
    "gd",
    label="Gradient descent",
    slots=0,
    formula=r"\theta \leftarrow \theta - \eta g",
    notes="Downhill by the rate times the slope. Holds while the rate stays below 2 over the "
    "largest curvature.",
    reference="Cauchy (1847), Comptes Rendus 25, 536–538",
    torch=lambda: ("SGD", {}),
)
def gd(theta, gradient, state, rate, t):
    return theta - rate * gradient, state


@optimizer(
    "momentum",
    label="Momentum (heavy ball)",
    slots=1,
    params=(MOMENTUM,),
    formula=r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta v",
    notes="Keeps rolling: quicker along narrow valleys, and overshoots.",
    reference="Polyak (1964), USSR Comput. Math. Math. Phys. 4(5), 1–17. "
    "doi:10.1016/0041-5553(64)90137-5",
    torch=lambda beta: ("SGD", {"momentum": beta}),
)
def momentum(theta, gradient, state, rate, t, *, beta):
    velocity = beta * state[0] + gradient
    return theta - rate * velocity, (velocity,)


@optimizer(
    "nesterov",
    label="Nesterov momentum",
    slots=1,
    params=(MOMENTUM,),
    formula=r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta (g + \beta v)",
    notes="Momentum that looks ahead, and so overshoots less.",
    reference="Nesterov (1983), Soviet Math. Dokl. 27, 372–376; in the form of Sutskever et al. "
    "(2013), ICML",
    torch=lambda beta: ("SGD", {"momentum": beta, "nesterov": True} if beta else {}),
)
def nesterov(theta, gradient, state, rate, t, *, beta):
    velocity = beta * state[0] + gradient
    return theta - rate * (gradient + beta * velocity), (velocity,)


@optimizer(
    "adagrad",
    label="Adagrad",
    slots=1,
    params=(Param("eps", 1e-10, 1e-12, 1.0, "Epsilon", log=True),),
    formula=r"s \leftarrow s + g^2,\quad "
    r"\theta \leftarrow \theta - \eta\, g / (\sqrt{s} + \epsilon)",
    notes="Each parameter's rate shrinks with the slopes it has seen, and never grows again.",
    reference="Duchi, Hazan, Singer (2011), JMLR 12, 2121–2159",
    torch=lambda eps: ("Adagrad", {"eps": eps}),
)
def adagrad(theta, gradient, state, rate, t, *, eps):
    total = state[0] + gradient * gradient
    return theta - rate * gradient / (np.sqrt(total) + eps), (total,)


@optimizer(
    "rmsprop",
    label="RMSprop",
    slots=1,
    params=(Param("rho", 0.99, 0.0, 0.9999, "Decay of the mean square"), EPS),
    formula=r"s \leftarrow \rho s + (1 - \rho) g^2,\quad "
    r"\theta \leftarrow \theta - \eta\, g / (\sqrt{s} + \epsilon)",
    notes="Adagrad that forgets: steps of about the rate's size, whatever the slope's.",
    reference="Tieleman, Hinton (2012), Neural Networks for Machine Learning, lecture 6.5",
    torch=lambda rho, eps: ("RMSprop", {"alpha": rho, "eps": eps}),
)
def rmsprop(theta, gradient, state, rate, t, *, rho, eps):
    square = rho * state[0] + (1 - rho) * gradient * gradient
    return theta - rate * gradient / (np.sqrt(square) + eps), (square,)


def _moments(gradient, state, beta1, beta2):
    mean = beta1 * state[0] + (1 - beta1) * gradient
    square = beta2 * state[1] + (1 - beta2) * gradient * gradient
    return mean, square


def _adam_of_torch(*, beta1, beta2, eps):
    return {"betas": (beta1, beta2), "eps": eps}


@optimizer(
    "adam",
    label="Adam",
    slots=2,
    params=ADAM,
    formula=r"m \leftarrow \beta_1 m + (1-\beta_1) g,\; s \leftarrow \beta_2 s + (1-\beta_2) g^2,"
    r"\; \theta \leftarrow \theta - \eta\, \hat m / (\sqrt{\hat s} + \epsilon),\;"
    r" \hat m = m/(1-\beta_1^t),\; \hat s = s/(1-\beta_2^t)",
    notes="Momentum and RMSprop together, with the start's bias taken out.",
    reference=KINGMA,
    torch=lambda **options: ("Adam", _adam_of_torch(**options)),
)
def adam(theta, gradient, state, rate, t, *, beta1, beta2, eps):
    mean, square = _moments(gradient, state, beta1, beta2)
    root = np.sqrt(square / (1 - beta2**t)) + eps
    return theta - rate * (mean / (1 - beta1**t)) / root, (mean, square)


@optimizer(
    "adamw",
    label="AdamW",
    slots=2,
    params=(*ADAM, Param("decay", 0.01, 0.0, 1.0, "Weight decay", "On every parameter.")),
    formula=r"\theta \leftarrow (1 - \eta \lambda)\,\theta, \text{ then Adam}",
    notes="Adam with weight decay beside the gradient instead of inside it, so that the decay "
    "is not scaled away.",
    reference="Loshchilov, Hutter (2019), Decoupled Weight Decay Regularization, ICLR. "
    "arXiv:1711.05101",
    torch=lambda decay, **options: (
        "AdamW",
        {**_adam_of_torch(**options), "weight_decay": decay},
    ),
)
def adamw(theta, gradient, state, rate, t, *, beta1, beta2, eps, decay):
    return adam(
        theta * (1 - rate * decay), gradient, state, rate, t, beta1=beta1, beta2=beta2, eps=eps
    )


@optimizer(
    "nadam",
    label="NAdam",
    slots=2,
    params=ADAM,
    formula=r"\theta \leftarrow \theta - \eta\, "
    r"\left(\beta_1 \hat m + \tfrac{1-\beta_1}{1-\beta_1^t} g\right) / (\sqrt{\hat s} + \epsilon),"
    r"\; \hat m = m/(1-\beta_1^{t+1})",
    notes="Adam with Nesterov's look ahead.",
    reference="Dozat (2016), Incorporating Nesterov Momentum into Adam, ICLR workshop; constant "
    "momentum",
    no_torch="its NAdam lets the momentum grow by a schedule",
)
def nadam(theta, gradient, state, rate, t, *, beta1, beta2, eps):
    mean, square = _moments(gradient, state, beta1, beta2)
    ahead = beta1 * mean / (1 - beta1 ** (t + 1)) + (1 - beta1) * gradient / (1 - beta1**t)
    return theta - rate * ahead / (np.sqrt(square / (1 - beta2**t)) + eps), (mean, square)

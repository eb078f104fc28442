"""The run in plain NumPy: every formula on the page, and no LossViz."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task
from lossviz.export.scripts import functions, runs
from lossviz.export.scripts.code import bound, definitions
from lossviz.export.scripts.plan import plan_of
from lossviz.items.optimizers import OPTIMIZERS

LINEAR = '''
def linear(theta, A):
    """z = A theta, and the gradient that belongs to the slope of the loss in z."""
    return A @ theta, lambda slope: A.T @ slope
'''
LINEAR_SCORES = '''
def linear_scores(theta, A):
    """A score for each class, and the gradient that belongs to the slope of the loss in them."""
    W = theta.reshape(-1, A.shape[1])
    return A @ W.T, lambda slope: (slope.T @ A).ravel()
'''
NETWORK = '''
def network(theta, A, *, shapes, activation):
    """Layers of units, and the gradient that belongs to the slope of the loss in z."""
    # a_0 = A,  a_l = (1, act(W_l a_(l-1))),  z = W_L a_(L-1)
    ends = np.cumsum([units * columns for units, columns in shapes])
    layers = [part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), shapes)]
    inputs, slopes = [A], []
    for W in layers[:-1]:
        a, slope = activation(inputs[-1] @ W.T)
        inputs.append(np.column_stack([np.ones(len(a)), a]))
        slopes.append(slope)
    z = inputs[-1] @ layers[-1].T

    def backward(slope):
        # d_L = dl/dz,  dl/dW_l = d_l^T a_(l-1),  d_(l-1) = act'(..) * (d_l W_l without biases)
        delta, gradients = slope.reshape(len(slope), -1), []
        for i in reversed(range(len(layers))):
            gradients.insert(0, (delta.T @ inputs[i]).ravel())
            if i > 0:
                delta = (delta @ layers[i][:, 1:]) * slopes[i - 1]
        return np.concatenate(gradients)

    return z if z.shape[1] > 1 else z[:, 0], backward
'''
# Value and slope.
ACTIVATIONS = {
    "tanh": """
def tanh(x):
    a = np.tanh(x)
    return a, 1 - a**2
""",
    "relu": """
def relu(x):
    return np.maximum(x, 0.0), (x > 0).astype(float)
""",
    "sigmoid": """
def sigmoid(x):
    # 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2, which never overflows.
    a = 0.5 * (1 + np.tanh(0.5 * x))
    return a, a * (1 - a)
""",
    "gelu": """
def gelu(x):
    # x Phi(x), Phi being the normal distribution function.
    share = ndtr(x)
    return x * share, share + x * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
""",
}
TRAIN = '''
def train(rows, test_rows, model, loss, *, theta, update, slots, rates{options}):
    """The last parameters, and the pairs of training and clean test loss at each step."""
    (A, t), (A_test, t_test) = rows, test_rows
    state, last, history = (np.zeros_like(theta),) * slots, theta, []
    for k in range(len(rates) + 1):
        z, backward = model(theta, A)
        value, slope = loss(z, t)
        train_loss = value.mean()
        w = theta[is_weight]  #penalty
        train_loss += l1 * np.abs(w).sum() + l2 * (w**2).sum()  #penalty
        test_loss = loss(model(theta, A_test)[0], t_test)[0].mean()
        if not np.max([train_loss, test_loss, np.abs(theta).max()]) <= 1e100:
            return last, history  # diverged: the last point before that stands
        history.append((train_loss, test_loss))
        best = min(range(k + 1), key=lambda step: history[step][1])  #patience
        if k == len(rates) or k - best >= patience:  #patience
        if k == len(rates):  #no patience
            break
        if batches is not None:  #batches
            some = next(batches)  #batches
            z, backward = model(theta, A[some])  #batches
            value, slope = loss(z, t[some])  #batches
        gradient = backward(slope) / len(slope)
        gradient += is_weight * (l1 * np.sign(theta) + 2 * l2 * theta)  #penalty
        last = theta
        theta, state = update(theta, gradient, state, rates[k], k + 1)
    return theta, history
'''


def numpy_script(experiments: Sequence[Experiment]) -> list[str]:
    """The blocks of the script, without its first words."""
    plan = plan_of(experiments)
    optimizers = dict.fromkeys(e.optimizer for e in experiments)
    found = map(runs.activation_of, plan.tasks)
    activations = dict.fromkeys(name for name in found if name)
    blocks = [
        *functions.losses_code(plan),
        *functions.features_code(plan),
        *functions.models_code(plan, LINEAR, LINEAR_SCORES, NETWORK),
        *(ACTIVATIONS[name].strip() for name in activations),
        *definitions(OPTIMIZERS[name].function for name in optimizers),
        *functions.descent_code(plan),
        functions.loop(TRAIN, plan),
        *functions.report_code(plan),
    ]
    found = runs.runs_code(
        plan,
        runs.loss_name,
        _update,
        model=runs.model_name,
        predict="model(theta, each)[0]",
    )
    more = ["from scipy.special import ndtr"] if "gelu" in activations else []
    is_partial = any("partial(" in run for run in found)
    return [functions.imports(plan, *more, is_partial=is_partial), *blocks, *plan.rows, *found]


def _update(task: Task) -> dict[str, str]:
    e = task.experiment
    slots = str(OPTIMIZERS[e.optimizer].slots)
    return {"update": bound(e.optimizer, e.params_of("optimizer")), "slots": slots}

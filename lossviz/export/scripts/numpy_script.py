"""The run in plain NumPy: every formula on the page, and no LossViz."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task
from lossviz.export.scripts import functions, numpy_models, runs
from lossviz.export.scripts.code import bound, definitions
from lossviz.export.scripts.plan import plan_of
from lossviz.items.optimizers import OPTIMIZERS

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
    activations = dict.fromkeys(filter(None, map(runs.activation_of, plan.tasks)))
    models = [*functions.models_of(plan), *activations]
    blocks = [
        *functions.losses_code(plan),
        *functions.features_code(plan),
        *definitions(getattr(numpy_models, name) for name in models),
        *definitions(OPTIMIZERS[name].function for name in optimizers),
        *functions.descent_code(plan),
        functions.loop(TRAIN, plan),
        *functions.report_code(plan),
    ]
    found = runs.runs_code(
        plan,
        runs.loss_expression,
        _update,
        model=runs.model_expression,
        predict="model(theta, each)[0]",
    )
    is_partial = any("partial(" in run for run in found)
    return [functions.imports(plan, is_partial=is_partial), *blocks, *plan.rows, *found]


def _update(task: Task) -> dict[str, str]:
    e = task.experiment
    slots = str(OPTIMIZERS[e.optimizer].slots)
    return {"update": bound(e.optimizer, e.params_of("optimizer")), "slots": slots}

"""The same descent with PyTorch's own losses, optimizers and automatic differentiation."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task
from lossviz.export.scripts import functions, runs
from lossviz.export.scripts.code import NoScript, bound
from lossviz.export.scripts.plan import plan_of
from lossviz.formula.item import VARIABLES, formula_of
from lossviz.formula.source import spelled_out
from lossviz.formula.typed import Formula, parse
from lossviz.items.losses import LOSSES
from lossviz.items.optimizers import OPTIMIZERS

# As text, for PyTorch is not here to be imported.
MODELS = {
    "linear": '''
def linear(theta, A):
    """z = A theta."""
    return A @ theta
''',
    "linear_scores": '''
def linear_scores(theta, A):
    """A score for each class."""
    return A @ theta.reshape(-1, A.shape[1]).T
''',
    "network": '''
def network(theta, A, *, shapes, activation):
    """Layers of units: each a weighted sum, the bias first, put through the activation."""
    parts = torch.split(theta, [units * columns for units, columns in shapes])
    *hidden, last = (part.reshape(shape) for part, shape in zip(parts, shapes))
    a = A
    for W in hidden:
        a = F.pad(activation(a @ W.T), (1, 0), value=1.0)
    z = a @ last.T
    return z if z.shape[1] > 1 else z[:, 0]
''',
}
TRAIN = '''
def train(rows, test_rows, model, loss, *, theta, optimizer, rates{options}):
    """The last parameters, and the pairs of training and clean test loss at each step."""
    tensors = (torch.tensor(each, dtype=torch.float64) for each in (*rows, *test_rows))
    A, t, A_test, t_test = tensors
    theta = torch.tensor(theta, requires_grad=True)
    optimizer, last, history = optimizer([theta]), theta.detach().clone(), []
    for k in range(len(rates) + 1):
        objective = loss(model(theta, A), t)
        w = theta[is_weight]  #penalty
        penalty = l1 * w.abs().sum() + l2 * (w**2).sum()  #penalty
        objective = objective + penalty  #penalty
        with torch.no_grad():
            test_loss = loss(model(theta, A_test), t_test).item()
        largest = theta.detach().abs().max().item()
        if not np.max([objective.item(), test_loss, largest]) <= 1e100:
            return last.numpy(), history  # diverged: the last point before that stands
        history.append((objective.item(), test_loss))
        best = min(range(k + 1), key=lambda step: history[step][1])  #patience
        if k == len(rates) or k - best >= patience:  #patience
        if k == len(rates):  #no patience
            break
        if batches is not None:  #batches
            some = next(batches)  #batches
            objective = loss(model(theta, A[some]), t[some])  #batches
            objective = objective + penalty  #penalised batches
        last = theta.detach().clone()
        for group in optimizer.param_groups:
            group["lr"] = float(rates[k])
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
    return theta.detach().numpy(), history
'''


def torch_script(experiments: Sequence[Experiment]) -> list[str]:
    """The blocks of the script, without its first words."""
    plan = plan_of(experiments)
    blocks = [
        *functions.written_code(plan, _formula, Formula.torch_source),
        *functions.features_code(plan),
        *(MODELS[name].strip() for name in functions.models_of(plan)),
        *functions.descent_code(plan),
        functions.loop(TRAIN, plan),
        *functions.report_code(plan),
    ]
    found = runs.runs_code(
        plan,
        _loss,
        lambda task: {"optimizer": _optimizer(task)},
        model=_model,
        predict="model(torch.tensor(theta), torch.tensor(each)).numpy()",
    )
    uses_f = any("F." in block for block in (*blocks, *found))
    more = ["import torch", *(["import torch.nn.functional as F"] if uses_f else [])]
    is_partial = any("partial(" in run for run in found)
    return [functions.imports(plan, *more, is_partial=is_partial), *blocks, *plan.rows, *found]


def _loss(task: Task, name: str) -> str:
    """The mean loss: PyTorch's own, or the function of that name."""
    e, formula = task.experiment, _formula(task.experiment)
    if formula is None:
        known = LOSSES[e.loss].known
        return known.torch if isinstance(known.torch, str) else known.torch(**e.params_of("loss"))
    options = e.params_of("loss")
    arguments = "".join(f", {each}={options[each]!r}" for each in formula.parameters)
    return f"lambda z, t: {name}(z, t{arguments}).mean()"


def _formula(e: Experiment) -> Formula | None:
    """What is written out: a loss of the user's, or one that PyTorch does not have by its spelling,
    which says nothing of weights; None where PyTorch has the loss."""
    if e.loss in VARIABLES:
        return formula_of(e.loss, e.params_of("loss"))
    loss = LOSSES[e.loss]
    if loss.known.torch:
        return None
    if loss.known.no_torch or loss.costs or not loss.known.spelling:
        raise _missing("loss", loss.label, loss.known.no_torch)
    variable, names, _ = spelled_out(e.loss)
    return parse(loss.known.spelling, variable, names)


def _optimizer(task: Task) -> str:
    e = task.experiment
    item = OPTIMIZERS[e.optimizer]
    if item.torch is None:
        raise _missing("optimizer", item.label, item.no_torch)
    name, options = item.torch(**e.params_of("optimizer"))
    return bound(f"torch.optim.{name}", options)


def _missing(choice: str, label: str, why: str) -> NoScript:
    return NoScript(f"PyTorch does not have the {choice} {label}{why and f': {why}'}.")


def _model(task: Task) -> str:
    name = runs.activation_of(task)
    return runs.model_expression(task, "F.gelu" if name == "gelu" else f"torch.{name}")

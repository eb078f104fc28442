"""Runs as a Python script that a student can read and run, in one of four flavours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module

from lossviz.engine.choices import CHOICES
from lossviz.engine.experiment import Experiment, Sweep
from lossviz.engine.settings import PLAIN
from lossviz.export.scripts.code import NoScript, quoted
from lossviz.export.scripts.samples import is_named

# What each is called, and where its blocks are made: imported when it is asked for.
FLAVOURS: Mapping[str, str] = {
    "lossviz": "LossViz",
    "numpy": "plain NumPy",
    "torch": "PyTorch",
    "sklearn": "scikit-learn",
}


def script(experiments: Iterable[Experiment], flavour: str = "lossviz") -> str:
    """A Python script that trains the experiments, and prints where they come to.

    The flavours: "lossviz"; "numpy", which holds the rows and every formula; "torch", the same
    descent with PyTorch's losses and optimizers; "sklearn", the estimators that find the exact
    minimum. NoScript, a ValueError, says in a sentence why a flavour cannot say an experiment;
    an unknown flavour or no experiment at all is a plain ValueError.
    """
    wanted = list(dict.fromkeys(experiments))
    if flavour not in FLAVOURS:
        raise ValueError(f"no flavour {flavour!r}; there are {', '.join(FLAVOURS)}")
    if not wanted:
        raise ValueError("there is no experiment to write a script of")
    blocks = _maker(flavour)(wanted)
    return "\n\n".join([_opening(wanted, flavour), *_spaced(blocks)]) + "\n"


def why_not(experiments: Iterable[Experiment], flavour: str) -> str:
    """Why there is no such script, in a sentence; "" where there is one."""
    try:
        script(experiments, flavour)
    except NoScript as reason:
        return str(reason)
    return ""


def queries(experiments: Sequence[Experiment]) -> list[str]:
    """As few query strings as give exactly these experiments: one where they are a product."""
    keys = [*PLAIN, *dict.fromkeys(key for e in experiments for key, _ in e.params)]
    axes = {key: list(dict.fromkeys(e[key] for e in experiments if e.uses(key))) for key in keys}
    sweep = Sweep.of(axes)
    is_product = sweep.size == len(experiments) and set(sweep) == set(experiments)
    return [sweep.query()] if is_product else [e.query() for e in experiments]


def _maker(flavour: str) -> Callable[[Sequence[Experiment]], list[str]]:
    if flavour == "lossviz":
        return _lossviz
    module = import_module(f"lossviz.export.scripts.{flavour}_script")
    return getattr(module, f"{flavour}_script")


def _opening(experiments: Sequence[Experiment], flavour: str) -> str:
    def named(choice: str) -> str:
        labels = dict.fromkeys(CHOICES[choice][str(e[choice])].label for e in experiments)
        return " and ".join(labels)

    title = f"{named('loss')} on {named('data')}, in {FLAVOURS[flavour]}."
    if any(map(is_named, experiments)):
        return f'"""{title}"""'
    return "\n".join(
        [
            f'"""{title}',
            "",
            "From the command line:",
            "",
            *(f"    lossviz run {query or 'data=line'!r}" for query in queries(experiments)),
            '"""',
        ]
    )


def _spaced(blocks: Sequence[str]) -> list[str]:
    """One empty line between blocks, and two around functions."""
    is_function = [block.startswith("def ") for block in blocks]
    before = [False, *is_function[:-1]]
    return [
        ("\n" if here or last else "") + block
        for block, here, last in zip(blocks, is_function, before, strict=True)
    ]


def _lossviz(experiments: Sequence[Experiment]) -> list[str]:
    if any(map(is_named, experiments)):
        raise NoScript(
            "So many rows of your own are only named in a link, and this script holds but the "
            "link; that in plain NumPy holds the rows themselves, if they are not too many."
        )
    found = queries(experiments)
    if len(found) == 1:
        asked = f"sweep, notes = lossviz.parse({quoted(found[0])})\nexperiments = list(sweep)"
    else:
        lines = "\n".join(f"    {quoted(query)}," for query in found)
        asked = (
            f"queries = [\n{lines}\n]\n"
            "experiments = [each for query in queries for each in lossviz.parse(query)[0]]"
        )
    show = [
        "for run in lossviz.run_all(experiments):",
        '    print(run.experiment.query() or "all settings at their defaults")',
        "    for name, value in zip(run.names[:12], run.theta[-1]):",
        '        print(f"  {name:36s} {value:.12g}")',
        "    print(f\"  {'training loss':36s} {run.loss[-1]:.12g}\")",
        "    print(f\"  {'clean test loss':36s} {run.test_loss[-1]:.12g}\")",
        "    if run.error is not None:",
        "        print(f\"  {'training error':36s} {run.error[-1]:.12g}\")",
        "        print(f\"  {'clean test error':36s} {run.test_error[-1]:.12g}\")",
        '    print(f"  {run.status}")',
    ]
    return ["import lossviz", asked, "\n".join(show)]

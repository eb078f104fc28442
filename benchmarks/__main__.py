"""Print how LossViz fares, as ratios of two things measured in one run (`make bench`).

python -m benchmarks            all of them
python -m benchmarks engine     only these (engine, networks, page, live)
"""

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import engine, live, networks, page
from benchmarks.ratios import Ratio

SUITES: Mapping[str, Callable[[], Iterator[Ratio]]] = {
    "engine": engine.measure,
    "networks": networks.measure,
    "page": page.measure,
    "live": live.measure,
}


def main(names: list[str]) -> None:
    """Run the suites of these names, or all."""
    for name in names or SUITES:
        print(f"{name}:", flush=True)
        for ratio in SUITES[name]():
            print(ratio, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

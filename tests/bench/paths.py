# SPDX-License-Identifier: GPL-2.0-only
"""What a message costs on each way through libzmq's API, on both libraries.

Part of tests/bench/run; the method is described in Documentation/bench.rst.
"""

import statistics
from dataclasses import dataclass

SIDES = ("af_zmq", "libzmq")
MIB = 1 << 20
UNITS = {"instructions": "instructions/message",
         "calls": "system calls/message"}


class PathsError(Exception):
    """A figure is missing."""


@dataclass(frozen=True)
class Path:
    """A way, and how often it is gone."""

    mode: str
    size: int
    count: int

    def name(self):
        return f"{self.mode}-{'1M' if self.size == MIB else self.size}"


PATHS = (*(Path(mode, 64, 5000) for mode in ("send", "msg", "data", "iov",
                                            "turns")),
         *(Path(mode, 64, 1000) for mode in ("send8", "msg8", "iov8")),
         *(Path(mode, MIB, 50) for mode in ("send", "msg", "data", "iov")),
         Path("mixed", MIB, 100))


def plan_of(quick):
    """What the guest does in each repetition."""
    for path in PATHS:
        count = path.count // 10 if quick else path.count
        for value, mode in (("instructions", path.mode),
                            ("calls", f"{path.mode}-calls")):
            for side in SIDES:
                yield (f"{path.name()}:{value} {side} path_bench {mode} "
                       f"{path.size} {count}")


def read_results(path, check_library):
    """The medians: {(path's name, value, side): value a message}."""
    found = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            case, side, _, _, _, count, _, figure, library = line.split()
            check_library(side, library)
            key = (*case.split(":"), side)
            found.setdefault(key, []).append(int(figure) / int(count))
    return {key: statistics.median(values) for key, values in found.items()}


def measure(boot, check_library, args):
    """All rows. boot() runs a plan in a VM."""
    results = boot("paths", plan_of(args.quick), ["--icount"], args)
    medians = read_results(results, check_library)
    rows = []
    try:
        for path in PATHS:
            for value, unit in UNITS.items():
                row = {"case": path.name(), "value": value}
                for side in SIDES:
                    figure = medians[path.name(), value, side]
                    row[side] = float(f"{figure:.4g}")
                row["unit"] = unit
                row["ratio"] = round(row["af_zmq"] / row["libzmq"], 3)
                rows.append(row)
    except KeyError as missing:
        raise PathsError(f"no figure for {missing}") from missing
    return rows


def show(rows):
    """A table for people."""
    print(f"\n{'path':12}{'af_zmq':>14}{'libzmq':>14}  {'unit':22}{'ratio':>6}")
    for row in rows:
        print(f"{row['case']:12}{row['af_zmq']:14,.6g}{row['libzmq']:14,.6g}  "
              f"{row['unit']:22}{row['ratio']:6.3f}")

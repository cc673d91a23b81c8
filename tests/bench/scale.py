# SPDX-License-Identifier: GPL-2.0-only
"""Many peers and many subscriptions, on AF_ZMQ and on stock libzmq.

Part of tests/bench/run; the method is described in Documentation/bench.rst.
"""

import statistics
from dataclasses import dataclass

PROGRAMS = ("scale_pub", "scale_sub", "scale_router")
SIDES = ("af_zmq", "libzmq")
MEMORY = {"system_bytes": "bytes", "slab_bytes": "bytes",
          "process_bytes": "bytes"}


class ScaleError(Exception):
    """A figure is missing."""


@dataclass(frozen=True)
class Case:
    """One program run, and the values of it that go into the result."""

    name: str
    program: str
    mode: str
    peers: int
    count: int
    values: dict
    icount: bool = False
    sides: tuple = SIDES


CASES = (
    Case("pub-1000", "scale_pub", "pub", 1000, 500,
         MEMORY | {"deliveries_s": "messages/s"}),
    Case("router-2000", "scale_router", "router", 2000, 4000,
         MEMORY | {"round_trip_us": "us"}),
    Case("tcp-2000", "scale_router", "tcp", 2000, 1, MEMORY, sides=("tcp",)),
    Case("sub-100000", "scale_sub", "sub", 100000, 1000,
         MEMORY | {"subscribe_us": "us", "told_us": "us"}),
    Case("xpub-100000", "scale_sub", "xpub", 100000, 1000,
         MEMORY | {"told_us": "us"}),
    Case("both-100000", "scale_sub", "both", 100000, 1000,
         {"told_us": "us"}),
    Case("pub-1000-icount", "scale_pub", "pub", 1000, 50,
         {"delivery_ns": "instructions"}, icount=True),
    Case("router-2000-icount", "scale_router", "router", 2000, 2000,
         {"round_trip_ns": "instructions"}, icount=True),
    Case("sub-1-icount", "scale_sub", "sub", 1, 2000, {}, icount=True),
    Case("sub-100000-icount", "scale_sub", "sub", 100000, 2000, {},
         icount=True),
    Case("xpub-1-icount", "scale_sub", "xpub", 1, 2000, {}, icount=True),
    Case("xpub-100000-icount", "scale_sub", "xpub", 100000, 2000, {},
         icount=True),
)


def plan_of(cases, quick):
    """What the guest does in each repetition."""
    for case in cases:
        count = max(case.count // 10, 1) if quick else case.count
        for side in case.sides:
            yield (f"{case.name} {side} {case.program} {case.mode} "
                   f"{case.peers} {count}")


def read_results(path, check_library):
    """The medians: {(case name, side, value's name): value}."""
    found = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            name, side, _, _, _, _, _, library, *values = line.split()
            check_library(side, library)
            for value in values:
                what, _, figure = value.partition("=")
                found.setdefault((name, side, what), []).append(float(figure))
    return {key: statistics.median(values) for key, values in found.items()}


def row_of(case, value, unit, figures):
    """A row of the result."""
    row = {"case": case, "value": value}
    for side, figure in figures.items():
        row[side] = float(f"{figure:.4g}")
    row["unit"] = unit
    # What is about nothing on one side has no ratio worth printing.
    if min(row.get(side, 0) for side in SIDES) > 0:
        row["ratio"] = round(row["af_zmq"] / row["libzmq"], 3)
    return row


def match_rows(medians):
    """Instructions that 99,999 more subscriptions add to a message."""
    for mode in ("sub", "xpub"):
        one, many = ({side: medians[f"{mode}-{n}-icount", side, "message_ns"]
                      for side in SIDES} for n in (1, 100000))
        unit = "instructions/message"
        yield row_of(f"{mode}-1", "message", unit, one)
        yield row_of(f"{mode}-100000", "message", unit, many)
        yield row_of(f"{mode}-100000", "match", unit,
                     {side: many[side] - one[side] for side in SIDES})


def measure(boot, check_library, args):
    """All rows. boot() runs a plan in a VM."""
    medians = {}
    for name, options, icount in (("scale", ["--smp", "2"], False),
                                  ("scale-icount", ["--icount"], True)):
        cases = [case for case in CASES if case.icount == icount]
        path = boot(name, plan_of(cases, args.quick), options, args)
        medians |= read_results(path, check_library)
    try:
        rows = [row_of(case.name, value, unit,
                       {side: medians[case.name, side, value]
                        for side in case.sides})
                for case in CASES for value, unit in case.values.items()]
        return rows + list(match_rows(medians))
    except KeyError as missing:
        raise ScaleError(f"no figure for {missing}") from missing


def show(rows):
    """A table for people."""
    print(f"\n{'case':20}{'value':16}{'af_zmq':>12}{'libzmq':>12}{'tcp':>12}"
          f"  {'unit':22}{'ratio':>6}")
    for row in rows:
        figures = "".join(f"{row[side]:12,.6g}" if side in row else " " * 12
                          for side in (*SIDES, "tcp"))
        ratio = f"{row['ratio']:6.3f}" if "ratio" in row else ""
        print(f"{row['case']:20}{row['value']:16}{figures}  "
              f"{row['unit']:22}{ratio}")

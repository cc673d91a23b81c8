# SPDX-License-Identifier: GPL-2.0-only
"""Event loops on ZMQ_FD, on AF_ZMQ and on stock libzmq.

Part of tests/bench/run; the method is described in Documentation/bench.rst.
"""

import json
import os
import shutil
import subprocess

import scale

UNITS = {"cpu": "s of the process", "machine": "s of the machine",
         "turns": "turns"}
SHIM = "/usr/local/lib/af_zmq"
PACKAGES = ("python3-zmq", "python3-tornado")


def run_vm(top, where, args):
    """All cases; return the path of the results. Instructions don't vary."""
    shutil.rmtree(where, ignore_errors=True)
    out = os.path.join(where, "out")
    os.makedirs(out)
    command = [os.path.join(top, "tests", "vm", "run"), "--icount",
               "--out", out, "--timeout", str(args.timeout),
               "--copy", os.path.join(top, "tests", "suites", "loops.py")]
    for package in PACKAGES:
        command += ["--package", package]
    count = 100 if args.quick else 1000
    command += ["--", "env", f"ZT_SHIM={SHIM}", "ZT_SCALE=3",
                "ZT_LOOP_RESULTS=/out/results", f"ZT_LOOP_MESSAGES={count}",
                "/root/loops.py"]
    status = subprocess.run(command, check=False).returncode
    if status:
        raise scale.ScaleError(f"the VM run ended with status {status}")
    return os.path.join(out, "results")


def measure(top, args):
    """All rows."""
    path = run_vm(top, os.path.join(top, "build", "bench", "loops"), args)
    found = {}
    with open(path, encoding="ascii") as lines:
        for result in map(json.loads, lines):
            side = "af_zmq" if result["library"] == "af_zmq" else "libzmq"
            for value in UNITS:
                figures = found.setdefault((result["case"], value), {})
                figures[side] = result[value]
    return [scale.row_of(case, value, UNITS[value], figures)
            for (case, value), figures in found.items()]

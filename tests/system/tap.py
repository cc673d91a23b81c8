# SPDX-License-Identifier: GPL-2.0-only
"""Test scripts: conditions, and results as TAP."""
import os
import subprocess
import sys
import time

SCALE = int(os.environ.get("ZT_SCALE", "1"))
LIMIT = 10 * SCALE


def until(condition, limit=LIMIT):
    """Wait until it holds, for @limit seconds at most; returns what it said."""
    end = time.monotonic() + limit
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.01)
    return result


def equal(got, want):
    """Fail, with both, if they differ."""
    if got != want:
        raise AssertionError(f"expected {want!r}, got {got!r}")


def run(tests, *arguments):
    """Call the tests, or those whose name contains the script's argument; returns an exit status."""
    wanted = [t for t in tests if len(sys.argv) < 2 or sys.argv[1] in t.__name__]
    failed = 0
    print(f"TAP version 13\n1..{len(wanted)}")
    for number, test in enumerate(wanted, 1):
        start = time.monotonic()
        try:
            test(*arguments)
            verdict = "ok"
        except (AssertionError, LookupError, ValueError, OSError, subprocess.SubprocessError) as problem:
            print(f"# {test.__name__}: {problem!r}")
            verdict = "not ok"
            failed += 1
        took = int((time.monotonic() - start) * 1000)
        print(f"{verdict} {number} {test.__name__.removeprefix('test_')} # {took} ms", flush=True)
    return failed > 0

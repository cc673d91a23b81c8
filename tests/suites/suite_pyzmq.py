#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tests that pyzmq brings."""
import os
import sys

import pytest
import zmq

import suite

# Seconds for one test, as pyzmq itself has it; here both libraries run at the same time.
LIMIT = 60 * suite.SCALE


class Recorder:
    """A plugin of pytest."""

    def __init__(self, record):
        self.record = record

    def pytest_runtest_logreport(self, report):
        """Of what is done before a test, itself, and what is done after it."""
        self.record.add(report.nodeid.removeprefix("tests/"), report.outcome,
                        report.longreprtext if report.failed else "")


def run_here(record, part):
    """pytest, in this process."""
    with zmq.Context() as context, context.socket(zmq.PAIR):
        record.runs(suite.library_of())
    package = os.path.dirname(zmq.__file__)
    # -k knows nothing of a test's whole name.
    which = [f"{package}/tests/{part}"] if "::" in part else [f"{package}/tests", "-k", part]
    return pytest.main([*which, f"--rootdir={package}", "-v", "-p", "no:cacheprovider", "-W", "ignore",
                        f"--timeout={LIMIT}", "--timeout-method=signal"], plugins=[Recorder(record)])


# Stock libzmq passes some more, not always the same.
sys.exit(suite.main("pyzmq", run_here, least=315, limit=500))

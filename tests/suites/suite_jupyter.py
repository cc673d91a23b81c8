#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Jupyter: a client and a kernel, each on either library."""
import sys
import time
import traceback

from jupyter_client import KernelManager

import suite
from suite import equal

LIMIT = 50 * suite.SCALE
LINES = "".join(f"line {number}\n" for number in range(200))
PRINT_LINES = "for number in range(200): print('line', number, flush=number % 10 == 0)"


class Notebook:
    """A client and its kernel; its tests run in this order."""

    def __init__(self, library):
        self.library = library
        self.manager = KernelManager(kernel_name="python3")
        self.client = None

    def run(self, code, **hooks):
        """What came of it: the reply, and the messages for everybody."""
        heard = []
        # Otherwise, what is asked soon after a failure may be thrown away.
        reply = self.client.execute_interactive(code, timeout=LIMIT, output_hook=heard.append,
                                                stop_on_error=False, **hooks)
        return reply["content"], heard

    def test_starts(self):
        """As a process on the library that it is to have."""
        self.manager.start_kernel(env=suite.environment(self.library))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(LIMIT)
        equal(suite.library_of(self.manager.provisioner.pid), self.library)

    def test_executes(self):
        """And says the result."""
        reply, heard = self.run("6 * 7")
        equal(reply["status"], "ok")
        equal([m["content"]["data"]["text/plain"] for m in heard if m["msg_type"] == "execute_result"], ["42"])

    def test_streams(self):
        """Nothing is lost, nothing out of order."""
        equal("".join(m["content"]["text"] for m in self.run(PRINT_LINES)[1] if m["msg_type"] == "stream"), LINES)

    def test_fails(self):
        """With the name of the exception."""
        equal(self.run("1 / 0")[0]["ename"], "ZeroDivisionError")

    def test_asks(self):
        """The client answers the program's question."""
        reply, heard = self.run("print(input('?'), end='')", allow_stdin=True,
                                stdin_hook=lambda question: self.client.input("answer"))
        equal(reply["status"], "ok")
        equal("".join(m["content"]["text"] for m in heard if m["msg_type"] == "stream"), "answer")

    def test_beats(self):
        """The heart, which is a thread and a device."""
        until(self.client.hb_channel.is_beating)

    def test_is_interrupted(self):
        """By a signal."""
        self.client.execute("import time\nprint('begun', flush=True)\nfor _ in range(6000): time.sleep(0.1)",
                            stop_on_error=False)
        while self.client.get_iopub_msg(timeout=LIMIT)["msg_type"] != "stream":
            pass
        self.manager.interrupt_kernel()
        reply = self.client.get_shell_msg(timeout=LIMIT)["content"]
        equal(reply["ename"], "KeyboardInterrupt")
        equal(self.run("1 + 1")[0]["status"], "ok")

    def test_restarts(self):
        """At the same endpoints; it has forgotten everything."""
        equal(self.run("known = 1")[0]["status"], "ok")
        self.manager.restart_kernel()
        self.client.wait_for_ready(LIMIT)
        equal(suite.library_of(self.manager.provisioner.pid), self.library)
        equal(self.run("known")[0]["ename"], "NameError")
        equal(self.run("6 * 7")[0]["status"], "ok")

    def test_ends(self):
        """When it is asked to; nobody has to kill it."""
        self.client.shutdown()
        until(lambda: not self.manager.is_alive())

    def close(self):
        """Whatever is left of it."""
        if self.client:
            self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def until(condition):
    """Wait until it holds."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.1)


def run_here(record, part):
    """The client, with a kernel on each library, one after the other."""
    tests = [name for name in vars(Notebook) if name.startswith("test_")]
    for library in suite.LIBRARIES:
        notebook = Notebook(library)
        for name in tests:
            # All others need the first.
            if part not in name and name != tests[0]:
                continue
            try:
                getattr(notebook, name)()
            except Exception:
                record.add(f"{library}.{name.removeprefix('test_')}", "failed", traceback.format_exc())
                if name == tests[0]:
                    break
            else:
                record.add(f"{library}.{name.removeprefix('test_')}", suite.PASSED)
        record.runs(suite.library_of())
        notebook.close()


def compare(report, outcomes, wait, part, title):
    """All on stock libzmq with all that isn't."""
    stock = outcomes[suite.STOCK].only(f"{suite.STOCK}.")
    for client in suite.LIBRARIES:
        for kernel in suite.LIBRARIES:
            if suite.SHIM in (client, kernel):
                report.compare_all(stock, outcomes[client].only(f"{kernel}."), wait, part,
                                   f"{title}client on {client}, kernel on {kernel}: ")


sys.exit(suite.main("jupyter", run_here, least=9, limit=400, compare=compare))

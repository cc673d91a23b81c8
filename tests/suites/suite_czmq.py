#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tests of czmq, which its library exports."""
import ctypes
import os
import re
import signal
import sys
import tempfile

import suite

LIBRARY = "libczmq.so.4"
LIMIT = 60 * suite.SCALE
# Where the tests look for files, and write some.
DIRECTORIES = "src/selftest-ro", "src/selftest-rw"


def tests(library):
    """The functions that are exported, by name; the file has more that look like it."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        path = next(line.split()[-1] for line in maps if LIBRARY in line)
    with open(path, "rb") as file:
        names = sorted(set(re.findall(rb"\0(z[a-z0-9_]+_test)(?=\0)", file.read())))
    for name in map(bytes.decode, names):
        if hasattr(library, name):
            yield name.removesuffix("_test"), getattr(library, name)


def in_child(function, output):
    """Call it in a process of its own, since a test that fails aborts. How that ended."""
    child = os.fork()
    if not child:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        signal.alarm(LIMIT)
        function()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        return "timeout" if -status == signal.SIGALRM else signal.Signals(-status).name
    return suite.PASSED if status == 0 else f"status {status}"


def run_here(record, part):
    """One after the other."""
    library = ctypes.CDLL(LIBRARY)

    def look():
        library.zsock_new_checked(0, None, 0)
        record.runs(suite.library_of())

    for directory in DIRECTORIES:
        os.makedirs(directory)
    in_child(look, sys.stdout)
    for name, test in tests(library):
        if part in name:
            with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
                result = in_child(lambda: test(False), output)
                output.seek(0)
                record.add(name, result, output.read())


# Stock libzmq passes 31, one or two fewer on a busy machine.
sys.exit(suite.main("czmq", run_here, least=29, limit=300))

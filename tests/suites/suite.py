# SPDX-License-Identifier: GPL-2.0-only
"""What the suites share: a suite is a program that runs others' tests on either libzmq, each with a result. Both are
compared, test by test: what passes on stock libzmq has to pass on ours. TAP; an argument selects tests by name.

The program starts itself twice, once on each library, both at the same time. There run_here() records what becomes of
each test. Some of others' tests have limits of less than a second, too short for a machine that does so much at once:
a few that fail are run again, see again().

Environment: ZT_SHIM names the directory of our libzmq.so.5, ZT_SCALE multiplies time limits, ZT_ROUNDS is how often all
is run.
"""
import copy
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

STOCK = "stock"
SHIM = "af_zmq"
LIBRARIES = STOCK, SHIM
PASSED = "passed"
SKIPPED = "skipped"
NO_RESULT = "no result"
# What a test waits for that passes now and then.
SOMETIMES = "sometimes:"

# How often a test has to pass alone, and how many failures are no accident any more.
ALONE = 3
MANY = 10

SCALE = int(os.environ.get("ZT_SCALE", "1"))
ROUNDS = int(os.environ.get("ZT_ROUNDS", "1"))
HERE = os.path.dirname(os.path.abspath(__file__))


def environment(library):
    """The environment of a process that is to run on @library."""
    names = dict(os.environ)
    names.pop("LD_LIBRARY_PATH", None)
    if library == SHIM:
        names["LD_LIBRARY_PATH"] = os.environ["ZT_SHIM"]
    return names


def name_of(task):
    """The name of the thread that has the directory @task; none if it has ended."""
    try:
        with open(f"{task}/comm", encoding="utf-8") as name:
            return name.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def has_workers(pid, wait=2):
    """Does it have threads of libzmq? They give themselves their name, so a thread without may become one."""
    tasks = f"/proc/{pid}/task"
    end = time.monotonic() + wait
    while True:
        numbers = os.listdir(tasks)
        if any(name_of(f"{tasks}/{task}").startswith("ZMQbg") for task in numbers):
            return True
        if len(numbers) == 1 or time.monotonic() > end:
            return False
        time.sleep(0.01)


def library_of(pid="self"):
    """The library of a process that has a socket: stock libzmq has threads then, ours has none."""
    if has_workers(pid):
        return STOCK
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return SHIM if "/af_zmq/libzmq.so" in maps.read() else "no libzmq"


def equal(got, want):
    """Fail, with both, if they differ."""
    if got != want:
        raise AssertionError(f"expected {want!r}, got {got!r}")


class Record:
    """What becomes of tests, written as soon as it is known: the process may not live to tell later."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")

    def runs(self, library):
        """This process has a socket, and it is one of @library."""
        self.add("", library)

    def add(self, name, result, notes=""):
        """A result. If a test has several the first counts that isn't PASSED."""
        print(json.dumps([name, result, notes]), file=self.file, flush=True)


class Outcome:
    """What a process has recorded: results and notes by name, and what it has printed."""

    def __init__(self, records, log):
        self.results, self.notes, self.alone = {}, {}, {}
        with open(log, encoding="utf-8", errors="replace") as text:
            self.log = text.read()
        with open(records, encoding="utf-8") as lines:
            for name, result, notes in map(json.loads, lines):
                if self.results.get(name, PASSED) == PASSED:
                    self.results[name] = result
                self.notes[name] = self.notes.get(name, "") + notes
        self.library = self.results.pop("", NO_RESULT)

    def only(self, start):
        """The tests whose name begins so, called by the rest of it."""
        part = copy.copy(self)
        part.results = {name.removeprefix(start): r for name, r in self.results.items() if name.startswith(start)}
        part.notes = {name.removeprefix(start): n for name, n in self.notes.items() if name.startswith(start)}
        return part

    def told(self, name):
        """The result of a test, and what it was when others ran beside it."""
        return self.results.get(name, NO_RESULT) + self.alone.get(name, "")


def start(library, top, part):
    """This program on @library, in an empty directory, and in a network of its own, where ports are free."""
    directory = f"{top}/{library}"
    os.mkdir(directory)
    alone = ["unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    here = [sys.executable, os.path.abspath(sys.argv[0]), "--here", f"{directory}.records", part]
    with open(f"{directory}.log", "w", encoding="utf-8") as log:
        return subprocess.Popen([*alone, *here], env=dict(environment(library), TMPDIR=directory), cwd=directory,
                                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                start_new_session=True)


def finish(process, limit):
    """Wait for it; when time is up it ends with all that it has started."""
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(libraries, part, limit):
    """The outcome on each of them, at the same time; @limit in seconds."""
    with tempfile.TemporaryDirectory() as top:
        processes = {library: start(library, top, part) for library in libraries}
        for process in processes.values():
            finish(process, limit * SCALE)
        return {library: Outcome(f"{top}/{library}.records", f"{top}/{library}.log") for library in libraries}


def again_alone(name, library, outcome, limit):
    """Run a test with nothing beside it: it has passed if it does so each time."""
    first = outcome.results.get(name, NO_RESULT)
    for number in range(1, ALONE + 1):
        alone = run([library], name, limit)[library]
        result = alone.results.get(name, NO_RESULT)
        print(f"# {name} on {library}: {first}; again alone, {number} of {ALONE}: {result}", flush=True)
        if result != PASSED:
            outcome.notes[name] = outcome.notes.get(name, "") + "\nalone:\n" + alone.notes.get(name, alone.log)
            break
    outcome.results[name] = result
    outcome.alone[name] = f" ({first}; again alone, {number} of {ALONE})"


def again(outcomes, wait, least, limit):
    """
    Run again what fails on stock if too few pass there, then what passes on stock and fails on the shim. When there
    are many of them, the machine isn't to blame.
    """
    stock, shim = (outcomes[library].results for library in LIBRARIES)
    failed = [name for name in sorted(stock) if stock[name] not in (PASSED, SKIPPED)]
    if list(stock.values()).count(PASSED) < least and len(failed) <= MANY:
        for name in failed:
            again_alone(name, STOCK, outcomes[STOCK], limit)
    failed = [name for name in sorted(stock) if stock[name] == PASSED and shim.get(name) != PASSED and name not in wait]
    if len(failed) <= MANY:
        for name in failed:
            again_alone(name, SHIM, outcomes[SHIM], limit)


def waiting(name):
    """Tests of the suite @name that may fail on the shim, and why, as the file "waiting" lists them."""
    tests = {}
    with open(f"{HERE}/waiting", encoding="utf-8") as lines:
        for line in lines:
            words = line.split(maxsplit=2)
            if words and words[0] == name:
                tests[words[1]] = words[2].strip()
    return tests


class Report:
    """Numbered lines of TAP."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def line(self, good, text, notes=""):
        """One result; @notes explain a failure."""
        self.count += 1
        if not good:
            self.failed += 1
            for note in notes.splitlines()[-40:]:
                print("#", note)
        print("ok" if good else "not ok", self.count, "-", text, flush=True)

    def compare(self, text, stock, shim, reason=None, notes=""):
        """What passes on stock has to pass on the shim, unless it waits for something; then it must not, or may."""
        if stock != PASSED:
            self.line(True, f"{text} # SKIP")
        elif shim == PASSED:
            self.line(not reason or reason.startswith(SOMETIMES), text,
                      f"it passes, and is listed as waiting for {reason}")
        elif reason:
            self.line(True, f"{text}, waits for {reason} # SKIP")
        else:
            self.line(False, text, notes)

    def compare_all(self, stock, shim, wait, part="", title=""):
        """Two outcomes. Tests that are said to wait have to exist."""
        for name in sorted(stock.results.keys() | shim.results.keys() | wait.keys()):
            if part not in name:
                continue
            if name not in stock.results and name not in shim.results:
                self.line(False, f"{title}{name} waits for {wait[name]}", "there is no such test")
                continue
            text = f"{title}{name} | stock: {stock.told(name)} | af_zmq: {shim.told(name)}"
            self.compare(text, stock.results.get(name, NO_RESULT), shim.results.get(name, NO_RESULT),
                         wait.get(name), shim.notes.get(name, shim.log))

    def valid(self, outcomes, least, title=""):
        """A comparison of a library with itself proves nothing, nor does one of nothing."""
        for library, outcome in outcomes.items():
            self.line(outcome.library == library, f"{title}runs on {library}", outcome.log)
        passed = list(outcomes[STOCK].results.values()).count(PASSED)
        self.line(passed >= least, f"{title}{passed} pass on stock, of at least {least}", outcomes[STOCK].log)

    def end(self):
        """The plan; the exit status."""
        print(f"1..{self.count}", flush=True)
        return self.failed > 0


def compare_libraries(report, outcomes, wait, part, title):
    """Each test on one library with the same test on the other."""
    report.compare_all(outcomes[STOCK], outcomes[SHIM], wait, part, title)


def main(name, run_here, least, limit, compare=compare_libraries):
    """
    main() of the suite @name. @run_here(record, part) runs the tests on the library that its process has, those whose
    name contains @part; @least so many pass on stock; @limit is in seconds. With a @compare of its own a suite has
    tests that need each other, and none is run again.
    """
    if sys.argv[1:2] == ["--here"]:
        return run_here(Record(sys.argv[2]), sys.argv[3])
    part = "".join(sys.argv[1:])
    report = Report()
    for number in range(1, ROUNDS + 1):
        title = f"round {number}: " if ROUNDS > 1 else ""
        outcomes = run(LIBRARIES, part, limit)
        if compare is compare_libraries:
            again(outcomes, waiting(name), 0 if part else least, limit)
        compare(report, outcomes, waiting(name), part, title)
        report.valid(outcomes, 0 if part else least, title)
    return report.end()

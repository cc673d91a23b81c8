# SPDX-License-Identifier: GPL-2.0-only
"""Programs of the demo: started, talked to, looked at from outside."""

import ctypes
import os
import select
import subprocess
import time

SHIM = "/usr/local/lib/af_zmq"
LIMIT = 60  # seconds for anything to happen; an emulated CPU is slow

SYS_PIDFD_GETFD = 438
SOL_SOCKET = 1
SO_DOMAIN = 39


class DemoError(Exception):
    """Something that the demo shows did not happen."""


def until(condition, what):
    """Wait, within limits, for a condition."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise DemoError(f"did not happen in {LIMIT} s: {what}")
        time.sleep(0.02)


def family():
    """The number that the module has registered."""
    with open("/sys/module/af_zmq/parameters/family", encoding="ascii") as file:
        return int(file.read())


def count_sockets(pid, domain):
    """How many descriptors of a process are sockets of a family?

    The descriptors are borrowed and the kernel is asked, not the process.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    count = 0
    pidfd = os.pidfd_open(pid)
    for number in os.listdir(f"/proc/{pid}/fd"):
        borrowed = libc.syscall(SYS_PIDFD_GETFD, pidfd, int(number), 0)
        if borrowed < 0:
            continue
        value = ctypes.c_int(-1)
        size = ctypes.c_uint(ctypes.sizeof(value))
        if libc.getsockopt(borrowed, SOL_SOCKET, SO_DOMAIN,
                           ctypes.byref(value), ctypes.byref(size)) == 0:
            count += value.value == domain
        os.close(borrowed)
    os.close(pidfd)
    return count


class Program:
    """A running program, on AF_ZMQ or on the stock library."""

    COMMANDS = {"C": ["/root/demo_peer"],
                "Python": ["/usr/bin/python3", "/root/peer.py"],
                "native": ["/root/demo_native"],
                "example": ["/root/demo_example"]}

    def __init__(self, side, language, *args):
        env = dict(os.environ)
        env.pop("LD_LIBRARY_PATH", None)
        self.on_kernel = side == "AF_ZMQ"
        if self.on_kernel and language != "native":
            env["LD_LIBRARY_PATH"] = SHIM
        role = "req" if language == "native" else args[0]
        self.name = f"{side:6} {role:4} {language}"
        # It is a publisher as well.
        self.sockets = 2 if role == "subscriber" else 1
        self.buffer = b""
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(
            self.COMMANDS[language] + list(args), env=env, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def log(self, text):
        print(f"    [{self.name:18}] {text}", flush=True)

    def say(self, text):
        """Type a line."""
        self.log(f"< {text}")
        self.process.stdin.write(f"{text}\n".encode())

    def line(self):
        """The next line that the program prints."""
        end = time.monotonic() + LIMIT
        out = self.process.stdout
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                raise DemoError(f"{self.name} printed nothing in {LIMIT} s")
            more = os.read(out.fileno(), 65536)
            if not more:
                raise DemoError(f"{self.name} ended too early, status "
                                f"{self.process.wait(LIMIT)}")
            self.buffer += more
        text, self.buffer = self.buffer.split(b"\n", 1)
        self.log(text.decode())
        return text.decode()

    def expect(self, text):
        """Check that the program prints this line next."""
        got = self.line()
        if got != text:
            raise DemoError(f"{self.name} printed {got!r}, not {text!r}")

    def bound(self):
        """It is bound, and on what it should be: returns where."""
        word, endpoint = self.line().split()
        if word != "bound":
            raise DemoError(f"{self.name} is not bound")
        self.prove()
        return endpoint

    def connected(self, endpoint):
        """It has called connect(), and runs on what it should."""
        self.expect(f"connected {endpoint}")
        self.prove()

    def silent(self):
        """Has it printed nothing that was not yet read?"""
        ready = select.select([self.process.stdout], [], [], 0)[0]
        return not self.buffer and not ready

    def prove(self):
        """Check, from outside, which implementation the program runs on."""
        pid = self.process.pid
        with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
            paths = {entry.split()[-1] for entry in maps if "libzmq" in entry}
        threads = len(os.listdir(f"/proc/{pid}/task"))
        sockets = count_sockets(pid, family())
        library = ", ".join(sorted(paths)) or "no libzmq at all"
        self.log(f"  {library}; threads: {threads}; AF_ZMQ sockets: {sockets}")
        shim = all(path.startswith(SHIM) for path in paths)
        if self.on_kernel:
            right = shim and threads == 1 and sockets == self.sockets
        else:
            right = paths and not shim and threads > 1 and sockets == 0
        if not right:
            raise DemoError(f"{self.name} does not run on what it should")

    def kill(self):
        """SIGKILL: no handler runs, no library says good-bye."""
        self.process.kill()
        self.process.wait(LIMIT)

    def finish(self):
        """End of input; the program has to leave without an error."""
        self.process.stdin.close()
        if self.process.wait(LIMIT):
            raise DemoError(f"{self.name}: status {self.process.returncode}")

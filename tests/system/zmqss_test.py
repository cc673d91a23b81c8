#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""zmqss shows what was done, to people and to programs. TAP; runs on the shim, as root."""
import ctypes
import json
import os
import re
import subprocess
import sys

import zmq

from tap import LIMIT, equal, run, until

NOBODY = 65534
ROUTING_ID = b"a\x1b[31m\xff\"\\"


def zmqss(*options, status=0, user=None):
    """What it prints, to standard output and to standard error; @status is how it has to end."""
    done = subprocess.run(["zmqss", *options], capture_output=True, timeout=LIMIT, check=False, user=user,
                          group=user, extra_groups=None if user is None else [])
    if done.returncode != status:
        raise AssertionError(f"zmqss {options}: status {done.returncode}: {done.stderr}")
    return done.stdout.decode("ascii"), done.stderr.decode()


def sockets(*options, user=None):
    """Sockets as JSON, by type."""
    listed = json.loads(zmqss("--json", *options, user=user)[0])["sockets"]
    return {row["type"]: row for row in listed}


class Scene:
    """A ROUTER with a DEALER, messages that wait, one that is lost, and a PUSH that reaches nobody."""

    def __init__(self):
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        port = self.router.bind_to_random_port("tcp://127.0.0.1")
        self.bound = f"tcp://127.0.0.1:{port}"
        self.dealer = self.context.socket(zmq.DEALER)
        self.dealer.setsockopt(zmq.ROUTING_ID, ROUTING_ID)
        self.dealer.connect(self.bound)
        for _ in range(3):
            self.dealer.send(b"0123456789")
        self.push = self.context.socket(zmq.PUSH)
        self.push.setsockopt(zmq.SNDHWM, 7)
        self.push.connect("tcp://127.0.0.1:9")
        self.push.send(b"xyz")
        until(lambda: self.peer("ROUTER") and self.peer("ROUTER")["in"]["depth"] == 3)
        self.router.send_multipart([b"nobody", b"x"])

    def peer(self, kind):
        """The one peer of the socket of a type."""
        peers = sockets()[kind]["peers"]
        return peers[0] if len(peers) == 1 else None

    def close(self):
        """Nothing is left of it."""
        self.context.destroy(linger=0)
        until(lambda: not sockets())


def test_json(scene):
    """The members, and what they say."""
    router = sockets()["ROUTER"]
    equal(router["state"], "open")
    equal(router["pid"], os.getpid())
    equal(router["uid"], 0)
    equal(router["user"], "root")
    equal(router["command"], "python3")
    equal(router["endpoints"][0]["uri"], scene.bound)
    equal(router["endpoints"][0]["kind"], "bind")
    equal(router["queued_in"], 3)
    equal(router["readable"], True)
    equal(router["drops"], 1)
    equal(router["dropped"][0]["reason"], "drop_no_peer")
    equal(router["inode"], os.fstat(int(zmq_fd(scene.router))).st_ino)
    peer = router["peers"][0]
    equal(peer["state"], "ready")
    equal(peer["type"], "DEALER")
    equal(peer["routing_id_hex"], ROUTING_ID.hex())
    equal(peer["routing_id"], "a\\x1b[31m\\xff\\x22\\\\")
    equal(peer["in"], {"depth": 3, "bytes": 30, "hwm": 1000, "messages": 3})
    equal(peer["zmtp"], "3.1")
    equal(peer["listener"], router["endpoints"][0]["number"])


def zmq_fd(socket):
    """The descriptor of a socket of this process: the newest with the inode that zmqss knows."""
    name = {zmq.ROUTER: "ROUTER"}[socket.type]
    inode = sockets()[name]["inode"]
    for fd in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{fd}") == f"socket:[{inode}]":
                return fd
        except FileNotFoundError:
            continue
    raise AssertionError(f"no descriptor has the inode {inode}")


def test_reconnecting(scene):
    """Attempts, when the next one is, and why the last one failed."""
    peer = until(lambda: (p := scene.peer("PUSH")) and p["attempts"] >= 2 and "ms_left" in p and p)
    equal(peer["endpoint"], "tcp://127.0.0.1:9")
    equal(peer["reason"], "connect_refused")
    equal(peer["error"], "connection refused")
    equal(peer["out"]["depth"], 1)
    equal(peer["out"]["hwm"], 7)
    text = until(lambda: (t := zmqss("-t", "push")[0]) and "next attempt in" in t and t)
    if not re.search(r"-> tcp://127\.0\.0\.1:9 +waiting +in 0/1000 +out 1/7 3B .*: connection refused", text):
        raise AssertionError(text)


def test_text(scene):
    """Columns below their titles, and nothing that a terminal would obey."""
    text = zmqss()[0]
    lines = text.splitlines()
    rows = [line for line in lines if not line.startswith(" ")]
    equal(rows[0].split(), "ID TYPE STATE USER PID COMMAND QUEUED RECEIVED SENT DROPPED".split())
    equal(len(rows), 4)
    for title in "TYPE", "STATE", "COMMAND", "QUEUED", "DROPPED":
        column = rows[0].index(title)
        for row in rows[1:]:
            if row[column - 1] != " " or row[column] == " ":
                raise AssertionError(f"{title}: {row}")
    if re.search(r"[^\n -~]", text):
        raise AssertionError(repr(text))
    if f"    == {scene.bound}" not in lines:
        raise AssertionError(text)
    if not any(line.startswith("    <- ") and '"a\\x1b[31m\\xff\\x22\\\\"' in line for line in lines):
        raise AssertionError(text)
    if "     ! 1 dropped: replies whose peer has gone or is full" not in lines:
        raise AssertionError(text)
    equal(len(zmqss("--brief")[0].splitlines()), 4)
    equal(len(zmqss("-b", "-H")[0].splitlines()), 3)


def test_filters(scene):
    """Each of them alone, and together."""
    everybody = {"ROUTER", "DEALER", "PUSH"}
    pid = str(os.getpid())
    number = str(sockets()["DEALER"]["id"])
    for options, want in (
            (["-t", "router"], {"ROUTER"}),
            (["--type=PUSH", "--type=dealer"], {"PUSH", "DEALER"}),
            (["-p", pid], everybody),
            (["-p", "1"], set()),
            (["-u", "root"], everybody),
            (["-u", "0"], everybody),
            (["-u", "nobody"], set()),
            (["-e", scene.bound], {"ROUTER", "DEALER"}),
            (["-e", ":9"], {"PUSH"}),
            (["-s", "open"], everybody),
            (["-s", "ready"], {"ROUTER", "DEALER"}),
            (["-s", "lingering"], set()),
            (["-i", number], {"DEALER"}),
            (["-e", scene.bound, "-t", "router", "-p", pid, "-s", "ready"], {"ROUTER"})):
        if options == ["-e", ":9"] and ":9" in scene.bound:
            continue
        equal(set(sockets(*options)), want)


def test_rights(_scene):
    """Another user sees nothing and may not follow events."""
    equal(sockets(user=NOBODY), {})
    error = zmqss("-w", status=1, user=NOBODY)[1]
    if "CAP_NET_ADMIN" not in error:
        raise AssertionError(error)


def test_errors(_scene):
    """What can't be done is said, and how it ends tells why."""
    for options, status in ((["-t", "x"], 2), (["-s", "x"], 2), (["-u", "no such user"], 2), (["-p", "0"], 2),
                            (["-p", "-1"], 2), (["-i", "x"], 2), (["--what"], 2), (["word"], 2),
                            (["-w", "-b"], 2), (["-i", "18446744073709551615"], 1)):
        output, error = zmqss(*options, status=status)
        equal(output, "")
        if not error.startswith("zmqss: "):
            raise AssertionError(error)
    for option in "--help", "--version":
        output, error = zmqss(option)
        equal(error, "")
        if "zmqss" not in output:
            raise AssertionError(output)
    with open("/dev/full", "wb") as full:
        equal(subprocess.run(["zmqss"], stdout=full, stderr=subprocess.DEVNULL, check=False).returncode, 1)


def test_events(scene):
    """Events come as they happen, a line each."""
    with subprocess.Popen(["zmqss", "-w", "-j", "-t", "pull"], stdout=subprocess.PIPE) as follower:
        os.set_blocking(follower.stdout.fileno(), False)
        seen = []

        def heard():
            # A new one each time: nobody knows when the follower has joined.
            scene.context.socket(zmq.PULL).bind("tcp://127.0.0.1:*")
            seen.extend(follower.stdout.readlines())
            return seen

        until(heard)
        follower.kill()
    event = json.loads(seen[0])
    equal(event["event"] in ("listening", "closed"), True)
    equal(event["type"], "PULL")
    equal(event["user"], "root")
    equal(event["local"].startswith("tcp://127.0.0.1:"), True)
    equal(event["remote"], "")


def test_command(_scene):
    """A process may call itself anything."""
    libc = ctypes.CDLL(None)
    libc.prctl(15, b"e\x1b]0;\xff\xc3\xa4\"", 0, 0, 0)
    context = zmq.Context()
    socket = context.socket(zmq.SUB)
    libc.prctl(15, b"python3", 0, 0, 0)
    done = subprocess.run(["zmqss", "-j", "-t", "sub"], capture_output=True, check=True)
    equal(json.loads(done.stdout)["sockets"][0]["command"], "e\x1b]0;\ufffd\u00e4\"")
    row = zmqss("-b", "-H", "-t", "sub")[0]
    if "e\\x1b]0;\\xff\\xc3\\xa4\\x22" not in row:
        raise AssertionError(row)
    socket.close(0)
    context.term()


TESTS = [test_json, test_reconnecting, test_text, test_filters, test_rights, test_errors, test_events, test_command]


def main():
    """Runs them all, one after the other; each has the same scene."""
    scene = Scene()
    status = run(TESTS, scene)
    scene.close()
    return status


sys.exit(main())

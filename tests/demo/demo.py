#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The demo's part inside the VM: programs on AF_ZMQ talk to stock libzmq.

Runs as root where the module is loaded. Every exchange is verified; the exit
status is 0 only if all of them were right.
"""

import contextlib
import socket
import subprocess
import sys

from program import DemoError, Program, family, until

ANY = "tcp://127.0.0.1:*"
OTHER = {"AF_ZMQ": "stock", "stock": "AF_ZMQ"}
PARTNER = {"req": "rep", "rep": "req", "push": "pull", "pull": "push"}
TCP_ESTABLISHED, TCP_CLOSE_WAIT = "01", "08"


@contextlib.contextmanager
def programs():
    """A stage that is empty again after the scene, however it ends."""
    started = []

    def start(*args):
        started.append(Program(*args))
        return started[-1]

    try:
        yield start
    finally:
        for program in started:
            program.kill()


def port_of(endpoint):
    return int(endpoint.rsplit(":", 1)[1])


def listening(endpoint):
    """Does anybody accept connections there?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port_of(endpoint))) == 0


def free_endpoint():
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def connected(endpoint):
    """Does the kernel still know an open TCP connection to that port?"""
    remote = f":{port_of(endpoint):04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        for fields in (line.split() for line in table):
            if (fields[2].endswith(remote) and
                    fields[3] in (TCP_ESTABLISHED, TCP_CLOSE_WAIT)):
                return True
    return False


def talk(first, second, text):
    """One message from a req or push to its partner, and the reply if any."""
    first.say(text)
    if " push " in first.name:
        first.expect(f"sent {text}")
    second.expect(f"got {text}")
    if " req " in first.name:
        first.expect(f"reply echo of {text}")


def show_module():
    """The module is loaded and has registered its family."""
    with open("/proc/modules", encoding="ascii") as modules:
        loaded = [line for line in modules if line.startswith("af_zmq ")]
    if not loaded:
        raise DemoError("af_zmq is not loaded")
    with open("/proc/net/protocols", encoding="ascii") as protocols:
        registered = [line for line in protocols if line.startswith("ZMQ ")]
    if not registered:
        raise DemoError("the kernel knows no protocol ZMQ")
    print(f"    /proc/modules: {loaded[0].rstrip()}")
    print(f"    /proc/net/protocols: {registered[0].rstrip()}")
    print(f"    address family: {family()}")


def exchange(binder, binder_role, languages):
    """Two programs, one on each side, exchange messages."""
    connecter, role = OTHER[binder], PARTNER[binder_role]
    with programs() as start:
        server = start(binder, languages[binder], binder_role, "bind", ANY)
        endpoint = server.bound()
        client = start(connecter, languages[connecter], role, "connect",
                       endpoint)
        client.connected(endpoint)
        asker, answerer = client, server
        if binder_role in ("req", "push"):
            asker, answerer = server, client
        for number in (1, 2, 3):
            talk(asker, answerer, f"message {number}")
        asker.finish()


def client_first(side):
    """A client that starts, connects and asks before there is a server."""
    endpoint = free_endpoint()
    with programs() as start:
        client = start(side, "C", "req", "connect", endpoint)
        client.connected(endpoint)
        if listening(endpoint):
            raise DemoError("somebody else listens there")
        client.say("anybody there?")
        print("    nobody listens there yet; now the server starts")
        server = start(OTHER[side], "C", "rep", "bind", endpoint)
        server.bound()
        server.expect("got anybody there?")
        client.expect("reply echo of anybody there?")
        talk(client, server, "good")
        client.finish()


def server_dies(side):
    """A client that outlives its server and goes on with the next one."""
    with programs() as start:
        server = start(OTHER[side], "C", "rep", "bind", ANY)
        endpoint = server.bound()
        client = start(side, "C", "req", "connect", endpoint)
        client.connected(endpoint)
        talk(client, server, "before")
        server.kill()
        print("    the server is dead (SIGKILL)")
        until(lambda: not connected(endpoint), "the connection is gone")
        client.say("is it back?")
        if not client.silent():
            raise DemoError("an answer without a server")
        server = start(OTHER[side], "C", "rep", "bind", endpoint)
        server.bound()
        server.expect("got is it back?")
        client.expect("reply echo of is it back?")
        talk(client, server, "after")
        client.finish()


def native():
    """A program that calls socket(AF_ZMQ) and poll(), and no library."""
    with programs() as start:
        server = start("stock", "C", "rep", "bind", ANY)
        endpoint = server.bound()
        client = start("AF_ZMQ", "native", endpoint)
        client.connected(endpoint)
        for text in ("typed", "and typed again"):
            talk(client, server, text)
        client.finish()


def manual_page():
    """The example of zmq_connect(3), a publisher at each end of it."""
    with open("/etc/hosts", "a", encoding="ascii") as hosts:
        hosts.write("127.0.0.2 server001\n")
    print(f"    server001 is {socket.gethostbyname('server001')}")
    with open("/root/zmq_connect.inc", encoding="ascii") as example:
        for line in example:
            print(f"    | {line.rstrip()}")
    with programs() as start:
        server001 = start("AF_ZMQ", "example", "publisher",
                          "tcp://127.0.0.2:5555")
        server001.bound()
        subscriber = start("AF_ZMQ", "example", "subscriber")
        subscriber.connected("inproc://my_publisher tcp://server001:5555")
        server001.expect("has a subscriber")
        for publisher, text in ((subscriber, "from my_publisher"),
                                (server001, "from server001"),
                                (subscriber, "and again")):
            publisher.say(text)
            publisher.expect(f"sent {text}")
            subscriber.expect(f"got {text}")
        subscriber.finish()
        server001.finish()


def sender_dies():
    """Messages of a killed process that reach a receiver started later."""
    endpoint = free_endpoint()
    texts = [f"last words {number}" for number in (1, 2, 3)]
    with programs() as start:
        sender = start("AF_ZMQ", "C", "push", "connect", endpoint)
        sender.connected(endpoint)
        for text in texts:
            sender.say(text)
            sender.expect(f"sent {text}")
        sender.kill()
        print("    the sender is dead (SIGKILL); now the receiver starts")
        receiver = start("stock", "C", "pull", "bind", endpoint)
        receiver.bound()
        for text in texts:
            receiver.expect(f"got {text}")


def scenes():
    """Every scene: (title, function, arguments)."""
    yield "the module", show_module, ()
    for index, role in enumerate(("rep", "req", "pull", "push")):
        ours, theirs = ("Python", "C") if index % 2 == 0 else ("C", "Python")
        languages = {"AF_ZMQ": ours, "stock": theirs}
        for side in ("AF_ZMQ", "stock"):
            other = OTHER[side]
            yield (f"{role.upper()} on {side} ({languages[side]}) binds, "
                   f"{PARTNER[role].upper()} on {other} "
                   f"({languages[other]}) connects",
                   exchange, (side, role, languages))
    for side in ("AF_ZMQ", "stock"):
        yield (f"a client on {side} starts before its server on "
               f"{OTHER[side]}", client_first, (side,))
    for side in ("AF_ZMQ", "stock"):
        yield (f"a server on {OTHER[side]} is killed and restarted, its "
               f"client on {side} goes on", server_dies, (side,))
    yield "socket(AF_ZMQ) and poll() in C, without a library", native, ()
    yield ("the example of the manual page zmq_connect(3), as printed there",
           manual_page, ())
    yield ("a sender on AF_ZMQ is killed, its messages still arrive",
           sender_dies, ())


def main():
    passed = failed = 0
    for number, (title, function, args) in enumerate(scenes(), 1):
        print(f"\n{number}. {title}", flush=True)
        try:
            function(*args)
        except (DemoError, OSError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"    FAILED: {error}", flush=True)
        else:
            passed += 1
            print("    verified", flush=True)
    print(f"\ndemo: {passed} scenes verified, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

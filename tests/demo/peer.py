#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""An ordinary pyzmq program: peer.py TYPE bind|connect ENDPOINT

req sends each line of its input and prints the reply, rep answers what it
gets, push sends each line, pull prints what it gets. Nothing in it knows of
AF_ZMQ: it uses Debian's python3-zmq, and the dynamic linker decides.
"""

import sys

import zmq

TYPES = {"req": zmq.REQ, "rep": zmq.REP, "push": zmq.PUSH, "pull": zmq.PULL}


def say(what, text):
    print(what, text, flush=True)


def main(name, how, endpoint):
    context = zmq.Context()
    sock = context.socket(TYPES[name])
    if how == "bind":
        sock.bind(endpoint)
        say("bound", sock.get_string(zmq.LAST_ENDPOINT))
    else:
        sock.connect(endpoint)
        say("connected", endpoint)
    while name in ("rep", "pull"):
        text = sock.recv_string()
        say("got", text)
        if name == "rep":
            sock.send_string(f"echo of {text}")
    for line in sys.stdin:
        text = line.rstrip("\n")
        sock.send_string(text)
        if name == "req":
            say("reply", sock.recv_string())
        else:
            say("sent", text)
    sock.close()
    context.term()


if __name__ == "__main__":
    main(*sys.argv[1:])

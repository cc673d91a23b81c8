#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Event loops on ZMQ_FD, as Python has them: epoll by hand, zmq.asyncio, tornado's streams. Two sides in one loop send
10,000 messages each way; every one has to come, in order, without a stall, and the loop may not turn more often than
there is something to do, nor when nothing happens. CPU time is told for both libzmq, and not judged.

Each case runs in a process of its own on stock libzmq and on ours. TAP; an argument selects cases by name.

Environment: ZT_SHIM names the directory of our libzmq.so.5, without it only stock libzmq runs; ZT_SCALE multiplies time
limits; ZT_LOOP_MESSAGES is another number of messages; ZT_LOOP_RESULTS names a file for the figures, a line of JSON each.
"""
import asyncio
import json
import os
import resource
import select
import selectors
import subprocess
import sys

import zmq
import zmq.asyncio
from zmq.eventloop.zmqstream import ZMQStream

SCALE = int(os.environ.get("ZT_SCALE", "1"))
LIMIT = 20 * SCALE
COUNT = int(os.environ.get("ZT_LOOP_MESSAGES", "10000"))
PADDING = b"." * 48
# A turn each for what each of the two sides sends and receives, and one more of Python's own.
TURNS = 5 * COUNT + 200
NAP = 0.2
NAP_TURNS = 4

# Types of both sides, for sending and receiving, one if it does both, and how far each side may be ahead of the other.
KINDS = {
    "req_rep": ((zmq.REP,), (zmq.REQ,), (0, 1)),
    "dealer_router": ((zmq.ROUTER,), (zmq.DEALER,), (0, 100)),
    "push_pull": ((zmq.PUSH, zmq.PULL), (zmq.PUSH, zmq.PULL), (100, 100)),
    "pub_sub": ((zmq.XPUB, zmq.SUB), (zmq.XPUB, zmq.SUB), (100, 100)),
}


def body(number):
    """A message that differs from all others."""
    return b"%08d" % number + PADDING


class Side:
    """One of the two peers: what it sends by and receives by, and how far it is."""

    def __init__(self, context, types, ahead):
        self.out = context.socket(types[0])
        self.inp = context.socket(types[1]) if len(types) > 1 else self.out
        self.sent = self.got = 0
        self.ahead = ahead
        self.address = []
        # A ROUTER has to know whom to answer, a publisher that somebody listens.
        self.ready = types[0] not in (zmq.ROUTER, zmq.XPUB)
        if self.inp.type == zmq.SUB:
            self.inp.subscribe(b"")

    def sockets(self):
        """Those that it has."""
        return {self.out, self.inp}

    def may_send(self):
        """Is it this side's turn?"""
        return self.ready and self.sent < COUNT and self.sent - self.got < self.ahead

    def next_message(self):
        """The frames to be sent."""
        self.sent += 1
        return [*self.address, body(self.sent - 1)]

    def take(self, frames):
        """What has been received has to be the next message."""
        if self.inp.type == zmq.ROUTER:
            self.address, self.ready = frames[:1], True
        if frames[-1] != body(self.got):
            raise AssertionError(f"message {self.got} is {frames}")
        self.got += 1

    def subscribed(self, frames):
        """The publisher's peer is there."""
        if frames != [b"\1"]:
            raise AssertionError(f"subscription is {frames}")
        self.ready = True

    def done(self):
        """Has everything come?"""
        return self.got == COUNT


def two_sides(context, kind):
    """Both, not connected."""
    first, second, ahead = KINDS[kind]
    return Side(context, first, ahead[0]), Side(context, second, ahead[1])


def connect(sides):
    """Each socket that sends with the one that receives there."""
    def join(binder, connector):
        port = binder.bind_to_random_port("tcp://127.0.0.1")
        connector.connect(f"tcp://127.0.0.1:{port}")

    join(sides[0].out, sides[1].inp)
    if sides[0].inp is not sides[0].out:
        join(sides[1].out, sides[0].inp)


class Meter:
    """CPU time of this process and of the whole machine, since it was made."""

    def __init__(self):
        self.start = self.now()

    @staticmethod
    def now():
        """Both, in seconds; the machine's without what it waits for."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        with open("/proc/stat", encoding="ascii") as stat:
            ticks = [int(word) for word in stat.readline().split()[1:8]]
        return used.ru_utime + used.ru_stime, (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")

    def read(self):
        """Seconds of each."""
        return [round(now - start, 3) for now, start in zip(self.now(), self.start)]


# Each loop returns the CPU time used, how often it turned, and how often while nothing happened.

def serve(side):
    """What libzmq asks of a loop: look again after each call. One look at a socket tells all: another would quiet what
    came in between."""
    busy = True
    while busy:
        busy = False
        can_in = side.inp.events
        can_out = can_in if side.out is side.inp else side.out.events
        if side.out.type == zmq.XPUB and can_out & zmq.POLLIN:
            side.subscribed(side.out.recv_multipart(zmq.NOBLOCK))
            busy = True
        if can_in & zmq.POLLIN:
            side.take(side.inp.recv_multipart(zmq.NOBLOCK))
            busy = True
            if side.out is side.inp:
                continue
        if can_out & zmq.POLLOUT and side.may_send():
            side.out.send_multipart(side.next_message(), zmq.NOBLOCK)
            busy = True


def by_epoll(kind):
    """Python's epoll and nothing else."""
    sides = two_sides(zmq.Context.instance(), kind)
    watch, owner, turns = select.epoll(), {}, 0
    for side in sides:
        for socket in side.sockets():
            watch.register(socket.FD, select.EPOLLIN)
            owner[socket.FD] = side
    meter = Meter()
    connect(sides)
    while not all(side.done() for side in sides):
        events = watch.poll(LIMIT)
        if not events:
            raise AssertionError("stall")
        turns += len(events)
        for fd, _ in events:
            serve(owner[fd])
    used = meter.read()
    for _ in range(10):
        for side in sides:
            serve(side)
        idle = len(watch.poll(NAP * SCALE))
        if not idle:
            break
    return used, turns, idle


class CountingSelector(selectors.EpollSelector):
    """How often does the loop turn?"""

    turns = 0

    def select(self, timeout=None):
        self.turns += 1
        return super().select(timeout)


async def settle(selector):
    """How often it turns during a nap, as soon as it is little."""
    idle = 0
    for _ in range(10):
        before = selector.turns
        await asyncio.sleep(NAP * SCALE)
        idle = selector.turns - before
        if idle <= NAP_TURNS:
            break
    return idle


def run_loop(main):
    """@main(sides are done) in an asyncio loop; its CPU time and turns."""
    selector = CountingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    asyncio.set_event_loop(loop)
    meter = Meter()
    loop.run_until_complete(asyncio.wait_for(main(), 3 * LIMIT))
    used, turns = meter.read(), selector.turns
    return used, turns, loop.run_until_complete(settle(selector))


async def asyncio_side(side):
    """Two coroutines, which wait for each other by an event."""
    may_send = asyncio.Event()

    async def send():
        if side.out.type == zmq.XPUB:
            side.subscribed(await side.out.recv_multipart())
        while side.sent < COUNT:
            if side.may_send():
                await side.out.send_multipart(side.next_message())
            else:
                may_send.clear()
                await may_send.wait()

    async def receive():
        while not side.done():
            side.take(await side.inp.recv_multipart())
            may_send.set()

    await asyncio.gather(send(), receive())


async def asyncio_dialogue(side):
    """One coroutine, for a socket that takes turns."""
    while not side.done():
        if side.may_send():
            await side.out.send_multipart(side.next_message())
        side.take(await side.inp.recv_multipart())
        if side.may_send():
            await side.out.send_multipart(side.next_message())


def by_asyncio(kind):
    """zmq.asyncio"""
    async def main():
        sides = two_sides(zmq.asyncio.Context.instance(), kind)
        connect(sides)
        run = asyncio_dialogue if kind == "req_rep" else asyncio_side
        await asyncio.gather(*map(run, sides))
        # Who replies has one more to send.
        while sides[0].sent < COUNT:
            await asyncio.sleep(0)

    return run_loop(main)


def by_tornado(kind):
    """ZMQStream, whose queue takes what cannot be sent yet."""
    async def main():
        sides = two_sides(zmq.Context.instance(), kind)
        done = asyncio.Event()

        def pump(side, out):
            while side.may_send():
                out.send_multipart(side.next_message())
            if all(each.done() for each in sides):
                done.set()

        def stream_of(side):
            out = ZMQStream(side.out)
            inp = out if side.inp is side.out else ZMQStream(side.inp)

            def received(frames):
                side.take(frames)
                pump(side, out)

            def subscribed(frames):
                side.subscribed(frames)
                pump(side, out)

            inp.on_recv(received)
            if side.out.type == zmq.XPUB:
                out.on_recv(subscribed)
            return out

        outs = [stream_of(side) for side in sides]
        connect(sides)
        for side, out in zip(sides, outs):
            pump(side, out)
        await done.wait()

    return run_loop(main)


LOOPS = {"epoll": by_epoll, "asyncio": by_asyncio, "tornado": by_tornado}


def library_here():
    """Whose libzmq is in this process?"""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "libzmq.so" in line}
    return "af_zmq" if any("/af_zmq/" in path for path in paths) else "stock"


def run_here(loop, kind):
    """One case on the library that is here, as a line of JSON."""
    used, turns, idle = LOOPS[loop](kind)
    print(json.dumps({"library": library_here(), "cpu": used[0], "machine": used[1], "turns": turns, "idle": idle}))
    sys.stdout.flush()
    # What is left of loops and contexts is not the question.
    os._exit(0)


def run_on(library, loop, kind):
    """One case in a process of its own: its results, or in words what was wrong."""
    env = dict(os.environ)
    env.pop("LD_LIBRARY_PATH", None)
    if library == "af_zmq":
        env["LD_LIBRARY_PATH"] = env["ZT_SHIM"]
    try:
        done = subprocess.run([sys.executable, __file__, "--here", loop, kind], env=env, capture_output=True,
                              text=True, timeout=4 * LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return None, f"{library}: hung"
    if done.returncode:
        return None, f"{library}: status {done.returncode}\n{done.stderr}"
    result = json.loads(done.stdout.splitlines()[-1])
    if result["library"] != library:
        return None, f"{library}: ran on {result['library']}"
    if result["turns"] > TURNS:
        return result, f"{library}: {result['turns']} turns for {COUNT} messages each way"
    if result["idle"] > NAP_TURNS:
        return result, f"{library}: {result['idle']} turns while nothing happened"
    return result, None


def record(results, case):
    """For tests/bench."""
    path = os.environ.get("ZT_LOOP_RESULTS")
    if not path:
        return
    with open(path, "a", encoding="ascii") as lines:
        for result in results.values():
            if result:
                print(json.dumps({"case": case, **result}), file=lines)


def describe(results):
    """CPU time and turns of each, and what ours takes for each second of stock."""
    parts = [f"{library}: cpu {result['cpu']:.2f} s, machine {result['machine']:.2f} s, {result['turns']} turns"
             for library, result in results.items() if result]
    if len(parts) == 2:
        ours, stock = results["af_zmq"], results["stock"]
        ratios = [ours[key] / stock[key] if stock[key] else 0 for key in ("cpu", "machine")]
        parts.append("ratio {:.2f}, machine {:.2f}".format(*ratios))
    return "; ".join(parts)


def main(part):
    """All cases; the exit status."""
    libraries = ["stock"] + (["af_zmq"] if "ZT_SHIM" in os.environ else [])
    cases = [(loop, kind) for loop in LOOPS for kind in KINDS if part in f"{loop}_{kind}"]
    failed = 0
    print(f"1..{len(cases)}", flush=True)
    for number, (loop, kind) in enumerate(cases, 1):
        outcomes = {library: run_on(library, loop, kind) for library in libraries}
        wrong = [error for _, error in outcomes.values() if error]
        for line in "\n".join(wrong).splitlines():
            print("#", line)
        failed += bool(wrong)
        results = {library: result for library, (result, _) in outcomes.items()}
        record(results, f"{loop}_{kind}")
        text = describe(results)
        print(f"{'not ok' if wrong else 'ok'} {number} - {loop}_{kind} # {text}", flush=True)
    return failed > 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        run_here(*sys.argv[2:])
    sys.exit(main("".join(sys.argv[1:])))

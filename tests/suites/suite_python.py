#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a Python program does besides messages: it forks, gets signals, has threads, ends without a word."""
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings

import zmq
from zmq import devices

import suite
from suite import equal

LIMIT = 15 * suite.SCALE
NOBODY = "tcp://127.0.0.1:9"


def pair():
    """A context with two connected sockets, through which a message has gone."""
    context = zmq.Context()
    bound, connected = (context.socket(kind) for kind in (zmq.PULL, zmq.PUSH))
    port = bound.bind_to_random_port("tcp://127.0.0.1")
    connected.connect(f"tcp://127.0.0.1:{port}")
    connected.send(b"first")
    equal(bound.recv(), b"first")
    return context, bound, connected


def interrupted(call):
    """It sleeps, a signal comes, and Python's handler raises."""
    pid = os.getpid()
    timer = threading.Timer(0.5, os.kill, (pid, signal.SIGINT))
    timer.start()
    try:
        call()
    except KeyboardInterrupt:
        return
    raise AssertionError("not interrupted")


def test_interrupt_recv():
    """Ctrl-C while it waits for a message."""
    _, pull, _ = pair()
    interrupted(pull.recv)


def test_interrupt_send():
    """Ctrl-C while it waits for a peer."""
    interrupted(lambda: zmq.Context().socket(zmq.PUSH).send(b"x"))


def test_interrupt_poll():
    """Ctrl-C while it waits for any of two."""
    _, pull, push = pair()
    poller = zmq.Poller()
    poller.register(pull, zmq.POLLIN)
    poller.register(push, zmq.POLLIN)
    interrupted(poller.poll)


def test_interrupt_term():
    """Ctrl-C while a socket is still open; after it was closed the context ends."""
    context, pull, push = pair()
    interrupted(context.term)
    pull.close(0)
    push.close(0)
    context.term()


def test_interrupt_proxy():
    """Ctrl-C while a proxy has nothing to do."""
    _, pull, push = pair()
    interrupted(lambda: zmq.proxy(pull, push))


def test_handled_signal():
    """A handler that returns: the call goes on, and has its message."""
    _, pull, push = pair()
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    threading.Timer(1, push.send, (b"late",)).start()
    equal(pull.recv(), b"late")
    signal.setitimer(signal.ITIMER_REAL, 0)
    equal(bool(seen), True)


def test_poll_timeout_with_signals():
    """Signals do not make the time longer, much."""
    _, pull, _ = pair()
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    begin = time.monotonic()
    equal(pull.poll(1000), 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    equal(time.monotonic() - begin < LIMIT / 3, True)


def forked(function):
    """In a child, which ends as a process of Python does; how it ended."""
    child = os.fork()
    if not child:
        try:
            function()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    equal(os.waitpid(child, 0)[1], 0)


def test_fork_closes():
    """A child closes what it has inherited; the parent's goes on."""
    context, pull, push = pair()

    def child():
        pull.close()
        push.close()
        context.term()

    forked(child)
    push.send(b"after")
    equal(pull.recv(), b"after")
    context.destroy(0)


def test_fork_talks():
    """A child with a context of its own talks to its parent, through tcp and ipc."""
    context = zmq.Context()
    pull = context.socket(zmq.PULL)
    for endpoint in "tcp://127.0.0.1:5555", f"ipc://{os.environ['TMPDIR']}/fork":
        pull.bind(endpoint)

        def child(endpoint=endpoint):
            with zmq.Context() as own, own.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                push.send(b"x" * 100000)

        forked(child)
        equal(len(pull.recv()), 100000)
    context.destroy(0)


def work(endpoint, number):
    """A process of a pool."""
    with zmq.Context() as context, context.socket(zmq.REQ) as req:
        req.connect(endpoint)
        req.send_pyobj(number)
        return req.recv_pyobj()


def multiprocess(method):
    """A pool of processes ask a thread of this one."""
    context = zmq.Context()
    rep = context.socket(zmq.REP)
    endpoint = f"tcp://127.0.0.1:{rep.bind_to_random_port('tcp://127.0.0.1')}"

    def serve():
        for _ in range(8):
            rep.send_pyobj(rep.recv_pyobj() ** 2)

    with multiprocessing.get_context(method).Pool(2) as pool:
        results = [pool.apply_async(work, (endpoint, number)) for number in range(8)]
        serve()
        equal([result.get(LIMIT) for result in results], [number ** 2 for number in range(8)])
    context.destroy(0)


def test_multiprocessing_fork():
    """Which inherits the context."""
    multiprocess("fork")


def test_multiprocessing_spawn():
    """Which does not."""
    multiprocess("spawn")


def test_subprocess_inherits_nothing():
    """An address is free after close(), though a child of before lives on."""
    context, pull, push = pair()
    endpoint = pull.LAST_ENDPOINT
    with subprocess.Popen(["sleep", "1000"], close_fds=False) as child:
        push.close(0)
        pull.close(0)
        context.term()
        context = zmq.Context()
        again = context.socket(zmq.PULL)
        end = time.monotonic() + LIMIT
        while True:
            try:
                again.bind(endpoint)
                break
            except zmq.ZMQError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        child.kill()
    context.destroy(0)


def device(kind):
    """Messages go through a device and come back."""
    made = getattr(devices, kind)(zmq.QUEUE, zmq.ROUTER, zmq.DEALER)
    front = f"tcp://127.0.0.1:{made.bind_in_to_random_port('tcp://127.0.0.1')}"
    back = f"tcp://127.0.0.1:{made.bind_out_to_random_port('tcp://127.0.0.1')}"
    made.daemon = True
    made.start()
    context = zmq.Context()
    req, rep = context.socket(zmq.REQ), context.socket(zmq.REP)
    req.connect(front)
    rep.connect(back)
    for number in range(20):
        req.send_pyobj(number)
        equal(rep.recv_pyobj(), number)
        rep.send_pyobj(-number)
        equal(req.recv_pyobj(), -number)
    context.destroy(0)
    if kind == "ProcessDevice":
        made.launcher.terminate()


def test_thread_device():
    """In a thread."""
    device("ThreadDevice")


def test_process_device():
    """In a process, which gets the sockets' addresses only."""
    device("ProcessDevice")


def test_threads():
    """A socket each, on one context, which waits for all of them."""
    context = zmq.Context()
    pull = context.socket(zmq.PULL)
    pull.bind("inproc://threads")

    def talk():
        with context.socket(zmq.PUSH) as push:
            push.connect("inproc://threads")
            for _ in range(100):
                push.send(b"x")

    threads = [threading.Thread(target=talk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(800):
        pull.recv()
    for thread in threads:
        thread.join()
    pull.close()
    context.term()


def test_term_wakes_thread():
    """A thread that waits for a message gets ContextTerminated, closes its socket, and the context ends."""
    context = zmq.Context()
    ready = threading.Event()
    ended = []

    def listen():
        with context.socket(zmq.PULL) as pull:
            pull.bind("inproc://nobody")
            ready.set()
            try:
                pull.recv()
            except zmq.ContextTerminated:
                ended.append(1)

    thread = threading.Thread(target=listen)
    thread.start()
    ready.wait()
    context.term()
    thread.join()
    equal(ended, [1])


def test_garbage():
    """Contexts that nobody has closed are closed when they are forgotten, and their addresses are free."""
    warnings.simplefilter("ignore")
    for _ in range(20):
        context, pull, push = pair()
        pull.setsockopt(zmq.LINGER, 0)
        push.send(b"unread")
        del context, pull, push
        gc.collect()
    equal(len(os.listdir("/proc/self/fd")) < 40, True)


def test_exit_open():
    """The interpreter ends although sockets are open, and a message waits for a peer that there will never be."""
    pair()
    push = zmq.Context.instance().socket(zmq.PUSH)
    push.connect(NOBODY)
    push.send(b"never")
    thread = threading.Thread(target=zmq.Context().socket(zmq.REP).recv, daemon=True)
    thread.start()
    sys.exit(0)


def test_exit_sends():
    """What was sent before the end arrives when the context was ended."""
    port = 5556
    with subprocess.Popen([sys.executable, "-c", "import zmq\n"
                           "with zmq.Context() as context, context.socket(zmq.PUSH) as push:\n"
                           f"    push.connect('tcp://127.0.0.1:{port}')\n"
                           "    for number in range(100): push.send_pyobj((number, b'x' * 10000))\n"]) as child:
        with zmq.Context() as context, context.socket(zmq.PULL) as pull:
            time.sleep(1)
            pull.bind(f"tcp://127.0.0.1:{port}")
            for number in range(100):
                equal(pull.recv_pyobj(), (number, b"x" * 10000))
        equal(child.wait(), 0)


def run_here(record, part):
    """Each in a new process: it is the interpreter's beginning and end that are tested, too."""
    with zmq.Context() as context, context.socket(zmq.PAIR):
        record.runs(suite.library_of())
    for name in [name for name in globals() if name.startswith("test_") and part in name]:
        try:
            done = subprocess.run([sys.executable, os.path.abspath(sys.argv[0]), "--one", name], timeout=LIMIT,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        except subprocess.TimeoutExpired as late:
            record.add(name.removeprefix("test_"), "timeout", (late.output or b"").decode())
            continue
        record.add(name.removeprefix("test_"), suite.PASSED if not done.returncode else f"status {done.returncode}",
                   done.stdout.decode())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.exit(globals()[sys.argv[2]]())
    sys.exit(suite.main("python", run_here, least=19, limit=500))

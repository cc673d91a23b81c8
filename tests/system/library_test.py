#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which library does the work: the kernel's sockets, or the stock library where they are refused. TAP; runs on the
shim, as root. What a program prints on the stock library is what the same program prints here without the shim."""
import ctypes
import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile

from tap import LIMIT, equal, run, until

HERE = os.path.dirname(os.path.realpath(__file__))
SHIM = os.environ["ZT_SHIM"]
SHIM_FILE = f"{SHIM}/libzmq.so.5"
MODULE = f"{SHIM}/af_zmq.ko"
STOCK_DIR = "/usr/lib/x86_64-linux-gnu"
STOCK = f"{STOCK_DIR}/libzmq.so.5"
USE = f"{HERE}/library_use"
FAMILY = 18
NOBODY = 65534
LIBC = ctypes.CDLL(None, use_errno=True)

# of <linux/seccomp.h> and <sys/prctl.h>
RET_KILL, RET_ERRNO, RET_ALLOW = 0x80000000, 0x00050000, 0x7fff0000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
NR_SOCKET = 41
CLONE_NEWNS, MS_REC, MS_BIND, MS_PRIVATE = 0x20000, 0x4000, 0x1000, 0x40000


class Instruction(ctypes.Structure):
    """struct sock_filter"""
    _fields_ = [("code", ctypes.c_uint16), ("true", ctypes.c_uint8), ("false", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    """struct sock_fprog"""
    _fields_ = [("count", ctypes.c_uint16), ("filter", ctypes.POINTER(Instruction))]


def refuse(verdict, family=FAMILY):
    """For a child before exec: socket() with the family gets the verdict of a seccomp filter."""
    load, equals, ret = 0x20, 0x15, 0x06
    code = (Instruction * 6)(
        Instruction(load, 0, 0, 0), Instruction(equals, 0, 3, NR_SOCKET),
        Instruction(load, 0, 0, 16), Instruction(equals, 0, 1, family),
        Instruction(ret, 0, 0, verdict), Instruction(ret, 0, 0, RET_ALLOW))
    program = Program(len(code), code)

    def install():
        if (LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or
                LIBC.prctl(PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0)):
            raise OSError(ctypes.get_errno(), "seccomp")
    return install


def refused(number=errno.EAFNOSUPPORT):
    """Likewise, with an errno."""
    return refuse(RET_ERRNO | number)


def execute(*command, status=0, before=None, env=None):
    """Both outputs of a command; of our variables its environment has those in @env and no other."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AF_ZMQ", "LD_"))}
    try:
        done = subprocess.run(command, capture_output=True, timeout=3 * LIMIT, check=False, text=True,
                              preexec_fn=before, env=environment | (env or {}))
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{command}: hangs: {late.stdout} {late.stderr}") from late
    if done.returncode != status:
        raise AssertionError(f"{command}: status {done.returncode}: {done.stdout} {done.stderr}")
    return done.stdout, done.stderr


def start(*command, shim=True, before=None, **env):
    """Likewise, on the shim; it has to end well."""
    if shim:
        env["LD_LIBRARY_PATH"] = SHIM
    return execute(*command, before=before, env=env)


def on_stock(*command):
    """What it prints on Debian's library."""
    output, error = start(*command, shim=False)
    equal(error, "")
    return output


def on_kernel(*command):
    """What it would print if the stock library did without threads."""
    return on_stock(*command).replace("threads 3", "threads 1")


def notice(number, file, family=FAMILY):
    """The one line on a fallback."""
    return f"af_zmq: socket family {family}: {os.strerror(number)}; this process runs on {file}\n"


def failure(number, why):
    """The one line where there is nothing to fall back to."""
    return f"af_zmq: socket family {FAMILY}: {os.strerror(number)}; {why}: zmq_socket() will fail\n"


def no_socket(error):
    """What "library_use no_socket" prints when all works but zmq_socket(), which has that errno."""
    text = on_stock(USE, "no_socket")
    for line, want in (("socket: ok", f"socket: {error}"), ("send: EAGAIN", "send: ENOTSOCK")):
        if line not in text:
            raise AssertionError(text)
        text = text.replace(line, want)
    return text


def test_kernel():
    """Without a wish, and with one; nothing is said."""
    for env in {}, {"AF_ZMQ": "auto"}, {"AF_ZMQ": "kernel"}, {"AF_ZMQ": ""}:
        equal(start(USE, "exchange", **env), (on_kernel(USE, "exchange"), ""))


def test_stock():
    """Who asks for the stock library gets it, and is told nothing."""
    equal(start(USE, "exchange", AF_ZMQ="stock"), (on_stock(USE, "exchange"), ""))


def test_unknown_wish():
    """A wish that is none is told and is as good as none."""
    equal(start(USE, "exchange", AF_ZMQ="Kernel"), (
        on_kernel(USE, "exchange"),
        "af_zmq: AF_ZMQ is none of auto, kernel, stock in the environment: taken as auto\n"))


def test_refused():
    """Whatever errno a filter refuses sockets with, the stock library takes over, with one line."""
    want = on_stock(USE, "exchange")
    for number in (errno.EAFNOSUPPORT, errno.EPERM, errno.EACCES, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT,
                   errno.ENOSYS, errno.EINVAL):
        equal(start(USE, "exchange", before=refused(number)), (want, notice(number, STOCK)))


def test_shortage():
    """A shortage is no refusal: the process is the kernel's, and its socket fails so."""
    for name in "EMFILE", "ENFILE", "ENOMEM", "ENOBUFS":
        equal(start(USE, "no_socket", before=refused(getattr(errno, name))), (no_socket(name), ""))


def test_kernel_or_nothing():
    """AF_ZMQ=kernel: no fallback."""
    equal(start(USE, "no_socket", before=refused(errno.EPERM), AF_ZMQ="kernel"),
          (no_socket("EPERM"), failure(errno.EPERM, "AF_ZMQ=kernel forbids another library")))


def test_refused_later():
    """A process on the kernel that loses the right to such sockets keeps those that it has, and is told at the next."""
    code = f"""
import sys
sys.path.insert(0, {HERE!r})
import zmq
from library_test import refused
context = zmq.Context()
a, b = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
a.bind("tcp://127.0.0.1:*")
refused({errno.EPERM})()
b.connect(a.last_endpoint)
b.send(b"text")
print(a.recv())
try:
    context.socket(zmq.PAIR)
except zmq.ZMQError as error:
    print(error.errno)
"""
    equal(start("/usr/bin/python3", "-c", code, ZT_SHIM=SHIM), (f"b'text'\n{errno.EPERM}\n", ""))


def test_named():
    """AF_ZMQ_STOCK names the file; one that can't be used, ourselves included, is not replaced by another."""
    with tempfile.TemporaryDirectory() as directory:
        mine, copy = f"{directory}/mine.so", f"{directory}/copy.so"
        shutil.copy(STOCK, mine)
        shutil.copy(SHIM_FILE, copy)
        equal(start(USE, "exchange", before=refused(), AF_ZMQ_STOCK=mine),
              (on_stock(USE, "exchange"), notice(errno.EAFNOSUPPORT, mine)))
        for bad in f"{directory}/none", SHIM_FILE, copy, "libzmq.so.5", sys.executable, USE:
            equal(start(USE, "no_socket", before=refused(), AF_ZMQ_STOCK=bad),
                  (no_socket("EAFNOSUPPORT"), failure(errno.EAFNOSUPPORT, "AF_ZMQ_STOCK names no stock libzmq")))
        equal(start(USE, "no_socket", AF_ZMQ="stock", AF_ZMQ_STOCK=copy),
              (no_socket("EOPNOTSUPP"),
               "af_zmq: AF_ZMQ=stock, but AF_ZMQ_STOCK names no stock libzmq: zmq_socket() will fail\n"))


def mount(*binds, before=None):
    """For a child before exec: a file system of its own with one file in the place of another."""
    def call(*arguments):
        if LIBC.mount(*arguments):
            raise OSError(ctypes.get_errno(), "mount")

    def install():
        if LIBC.unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        call(None, b"/", None, MS_REC | MS_PRIVATE, None)
        for source, target in binds:
            call(source.encode(), target.encode(), None, MS_BIND, None)
        if before:
            before()
    return install


def test_replaced():
    """In the place of the stock library: it is found if it was put aside, and we are never taken for it."""
    real = os.path.realpath(STOCK)
    replaced = mount((SHIM_FILE, real), before=refused())
    equal(start(USE, "no_socket", shim=False, before=replaced),
          (no_socket("EAFNOSUPPORT"), failure(errno.EAFNOSUPPORT, "no stock libzmq was found")))
    equal(start(USE, "no_socket", shim=False, before=mount((SHIM_FILE, real)), AF_ZMQ="stock"),
          (no_socket("EOPNOTSUPP"), "af_zmq: AF_ZMQ=stock, but no stock libzmq was found: zmq_socket() will fail\n"))
    equal(start(USE, "exchange", shim=False, before=mount((SHIM_FILE, real))), (on_kernel(USE, "exchange"), ""))
    aside = f"{STOCK}.aside"
    shutil.copy(real, aside)
    try:
        equal(start(USE, "exchange", shim=False, before=replaced),
              (on_stock(USE, "exchange"), notice(errno.EAFNOSUPPORT, aside)))
    finally:
        os.unlink(aside)


def test_foreign():
    """A family that somebody else has is none of ours, though it has sockets."""
    with tempfile.NamedTemporaryFile("w") as number:
        print(int(socket.AF_UNIX), file=number, flush=True)
        before = mount((number.name, "/sys/module/af_zmq/parameters/family"))
        equal(start(USE, "exchange", before=before),
              (on_stock(USE, "exchange"), notice(errno.EPROTOTYPE, STOCK, int(socket.AF_UNIX))))


def test_privileged():
    """A program with the rights of its owner does not obey the environment of its caller."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        program = f"{directory}/use"
        shutil.copy(USE, program)
        os.chmod(program, 0o4755)

        def become_nobody():
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        real = os.path.realpath(STOCK)
        before = mount((SHIM_FILE, real), before=become_nobody)
        equal(start(program, "exchange", shim=False, before=before, AF_ZMQ="stock", AF_ZMQ_STOCK="/none"),
              (on_kernel(USE, "exchange"), ""))


def test_first_call():
    """errno is not lost; many threads that call first agree, and say so once."""
    for env, before, error in (({}, None, ""), ({}, refused(), notice(errno.EAFNOSUPPORT, STOCK)),
                               ({"AF_ZMQ": "stock"}, None, "")):
        for way in "errno", "racers":
            equal(start(USE, way, before=before, **env), (on_stock(USE, way), error))


def test_idle():
    """A process that never calls us makes no socket: it would be killed."""
    equal(start("/bin/true", before=refuse(RET_KILL), LD_PRELOAD=SHIM_FILE), ("", ""))
    equal(start(USE, "exchange", before=refuse(RET_KILL), AF_ZMQ="stock"), (on_stock(USE, "exchange"), ""))


def test_missing_functions():
    """What the stock library does not have fails; what it has works in the same process."""
    code = ("import ctypes, errno, zmq; lib = ctypes.CDLL('libzmq.so.5', use_errno=True); "
            "lib.zmq_poller_new.restype = ctypes.c_void_p; "
            "print(lib.zmq_poller_new(), errno.errorcode[ctypes.get_errno()]); "
            "a, b = zmq.Socket(zmq.Context.instance(), zmq.PAIR), zmq.Socket(zmq.Context.instance(), zmq.PAIR); "
            "a.bind('inproc://a'); b.connect('inproc://a'); b.send(b'text'); print(a.recv())")
    equal(start("/usr/bin/python3", "-c", code, before=refused()),
          ("None ENOTSUP\nb'text'\n", notice(errno.EAFNOSUPPORT, STOCK)))


def test_bundle():
    """A program that brings a libzmq of its own: LD_PRELOAD catches it, and hands it back its own."""
    command = f"{HERE}/library_bundle", f"{HERE}/library_plugin.so"
    own = f"{HERE}/libzmq-5.so"
    equal(start(*command), (on_stock(*command), ""))
    equal(start(*command, LD_PRELOAD=SHIM_FILE), (on_kernel(*command), ""))
    for before, env, error in ((refused(), {}, notice(errno.EAFNOSUPPORT, own)), (None, {"AF_ZMQ": "stock"}, "")):
        output, bindings = with_bindings(*command, before=before, LD_PRELOAD=SHIM_FILE, **env)
        equal(output, (on_stock(*command), error))
        bound(bindings, f"{HERE}/library_plugin.so", SHIM_FILE)


def test_inner_calls():
    """Where the stock library calls its own functions it gets to us, and back to its own."""
    output, bindings = with_bindings(USE, "inner", before=refused())
    equal(output, (on_stock(USE, "inner"), notice(errno.EAFNOSUPPORT, STOCK)))
    bound(bindings, STOCK, SHIM_FILE)
    equal(start(USE, "inner"), (on_stock(USE, "inner"), ""))


def with_bindings(*command, **options):
    """What start() says, and what the dynamic linker bound to what."""
    with tempfile.TemporaryDirectory() as directory:
        output = start(*command, LD_DEBUG="bindings", LD_DEBUG_OUTPUT=f"{directory}/log", **options)
        text = ""
        for name in os.listdir(directory):
            with open(f"{directory}/{name}", encoding="utf-8") as log:
                text += log.read()
    return output, text


def bound(bindings, source, target):
    """One file's calls of zmq_ctx_new() go to another."""
    wanted = f"binding file {source} [0] to {target} [0]: normal symbol `zmq_ctx_new'"
    if wanted not in bindings:
        raise AssertionError(f"not there: {wanted}")


def test_kept():
    """After fork() and for every later wish it is the same library."""
    for env, before, want, error in (
            ({}, None, on_kernel(USE, "inherit"), ""),
            ({"AF_ZMQ": "stock"}, None, on_stock(USE, "inherit"), ""),
            ({}, refused(), on_stock(USE, "inherit"), notice(errno.EAFNOSUPPORT, STOCK))):
        equal(start(USE, "inherit", before=before, **env), (want, error))


def passes(program):
    """A test program of the stock library passes when we hand over to that."""
    output, error = start(f"{HERE}/{program}", AF_ZMQ="stock", ZT_SHIM=SHIM)
    equal(error, "")
    count = sum(line.startswith("ok ") for line in output.splitlines())
    equal((count > 0, f"1..{count}" in output.splitlines()), (True, True))


def test_fork():
    """What holds on the stock library after fork() holds when we hand over to it."""
    passes("api_fork")


def test_all():
    """Every function of the stock library."""
    passes("api_all")


def reload_module(*parameters):
    """Take the module out and, unless there is None, in again."""
    def out():
        return subprocess.run(["rmmod", "af_zmq"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if os.path.exists("/sys/module/af_zmq"):
        # What an earlier program has left unsent may linger for net.zmq.linger_max.
        until(out, 120)
    if parameters != (None,):
        subprocess.run(["insmod", MODULE, *parameters], check=True)


def test_module():
    """Without the module, and with it under another number."""
    try:
        reload_module(None)
        equal(start(USE, "exchange"), (on_stock(USE, "exchange"), notice(errno.EAFNOSUPPORT, STOCK)))
        equal(zmqk("status", status=1).splitlines()[0].split(), ["module", "not", "loaded"])
        reload_module("family=12")
        equal(start(USE, "exchange"), (on_kernel(USE, "exchange"), ""))
        equal(start(USE, "exchange", before=refuse(RET_ERRNO | errno.EPERM, 12)),
              (on_stock(USE, "exchange"), notice(errno.EPERM, STOCK, 12)))
    finally:
        reload_module()


def zmqk(*arguments, status=0, before=None, **env):
    """What zmqk, or the program that it runs, prints; @status is how it has to end."""
    return execute("zmqk", *arguments, status=status, before=before, env=env)[0]


def test_zmqk_run():
    """Programs run on the kernel by it, those with a libzmq of their own included."""
    bundle = f"{HERE}/library_bundle", f"{HERE}/library_plugin.so"
    equal(zmqk("run", USE, "exchange"), on_kernel(USE, "exchange"))
    equal(zmqk("run", "--", *bundle), on_kernel(*bundle))
    equal(zmqk("--no-preload", "run", *bundle), on_stock(*bundle))
    equal(zmqk("--stock", "run", *bundle), on_stock(*bundle))
    equal(zmqk("--auto", "run", *bundle, before=refused(), AF_ZMQ="kernel"), on_stock(*bundle))
    equal(zmqk("-k", "run", USE, "exchange", status=1, before=refused()),
          f"socket: {os.strerror(errno.EAFNOSUPPORT)}\n")
    equal(zmqk("run", "zmqk", "run", "printenv", "LD_PRELOAD", "LD_LIBRARY_PATH", LD_PRELOAD="/x.so",
               LD_LIBRARY_PATH="/a:/b"), f"{SHIM_FILE}:/x.so\n{SHIM}:/a:/b\n")


def test_zmqk_errors():
    """How it ends tells whether it was the program."""
    for command, status in (("true", 0), ("false", 1), ("no such program", 127), ("/etc/passwd", 126)):
        zmqk("run", command, status=status)
    for words in (), ("run",), ("status", "x"), ("walk",), ("--what", "status"):
        equal(zmqk(*words, status=125), "")
    with tempfile.TemporaryDirectory() as directory:
        shutil.copy(shutil.which("zmqk"), directory)
        equal(execute(f"{directory}/zmqk", "status", status=125)[0], "")
    for option in "--help", "--version":
        if "zmqk" not in zmqk(option):
            raise AssertionError(option)


def test_zmqk_status():
    """What programs run on."""
    want = {"module": "loaded", "socket family": "18, usable", "library": SHIM_FILE,
            "stock library": f"{STOCK}, version 4.3.4", "AF_ZMQ": "auto", "programs run on": "the kernel"}
    equal(status_of(zmqk("status")), want)
    want |= {"AF_ZMQ": "stock", "programs run on": "the stock library"}
    equal(status_of(zmqk("-s", "status", status=1)), want)
    want |= {"AF_ZMQ": "kernel", "programs run on": "nothing: zmq_socket() fails",
             "socket family": f"18, {os.strerror(errno.EPERM)}"}
    equal(status_of(zmqk("status", status=2, before=refused(errno.EPERM), AF_ZMQ="kernel")), want)


def status_of(text):
    """Its lines as a dictionary."""
    return {line[:17].strip(): line[17:] for line in text.splitlines()}


TESTS = [test_kernel, test_stock, test_unknown_wish, test_refused, test_shortage, test_kernel_or_nothing,
         test_refused_later, test_named, test_replaced, test_foreign, test_privileged, test_first_call, test_idle,
         test_missing_functions, test_bundle, test_inner_calls, test_kept, test_fork, test_all, test_module,
         test_zmqk_run, test_zmqk_errors, test_zmqk_status]

if __name__ == "__main__":
    sys.exit(run(TESTS))

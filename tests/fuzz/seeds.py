#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the seeds of all fuzz targets to DIR/TARGET/NAME: seeds.py DIR

What real peers and users say (wire page; RFC 1035, 1928; manual pages), after the
bytes by which the target chooses how to call: see the targets' sources. Findings
are kept as files, in tests/fuzz/seeds/TARGET/.
"""
import os
import struct
import sys


def prop(name, value):
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value


def command(name, data=b""):
    return bytes([len(name)]) + name + data


def frame(flags, body):
    if len(body) > 255:
        return bytes([flags | 2]) + struct.pack(">Q", len(body)) + body
    return bytes([flags, len(body)]) + body


def greeting(mechanism=b"NULL", major=3, minor=1):
    return (b"\xff" + bytes(7) + b"\x01\x7f" + bytes([major, minor]) +
            mechanism.ljust(20, b"\0") + bytes(32))


META = prop(b"Socket-Type", b"DEALER") + prop(b"Identity", b"me")
READY = command(b"READY", META)


def dns_name(name):
    return b"".join(bytes([len(x)]) + x for x in name.split(b".")) + b"\0"


def dns_record(name, kind, data):
    return name + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def dns(name, kind, *records):
    """With the question given: type by bit 0, bit 1, the number of answers above."""
    how = (1 if kind == 28 else 0) | 2 | len(records) << 2
    return bytes([how]) + name + b"\0" + b"".join(records)


def z85_text(n):
    digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    return (digits * 2)[:n]


def options(*calls):
    """Sets of (name, value), each read back in a room of its length and a string's."""
    out = b""
    for name, value in calls:
        value = value[:63]
        out += bytes([name, len(value) << 2 | 3]) + value
        out += bytes([name, min(len(value), 63) << 2]) + bytes([name, 1])
    return out


ENDPOINTS = [
    b"tcp://127.0.0.1:5555", b"tcp://*:*", b"tcp://[::1%lo]:21001", b"tcp://10.0.0.1:0;host.example:65537",
    b"tcp://:5555", b"ipc:///run/x", b"ipc://@abstract", b"ipc://*", b"inproc://name", b"tipc://{64,1,2}",
    b"tipc://{64,1}@1.2.3", b"tipc://<1.2.3:4>", b"tipc://<*>", b"vsock://2:5555", b"vsock://*:*",
    b"vmci://@:5555", b"udp://239.0.0.1:5555", b"udp://lo;239.0.0.1:5555", b"pgm://lo;239.0.0.1:5555",
    b"epgm://239.0.0.1:5555", b"norm://1,lo;239.0.0.1:5555", b"ws://host:80/path", b"wss://*:443",
    b"tcp://", b"://", b"xyz://a", b"ipc://" + b"x" * 107, b"ipc://" + b"x" * 108, b"tcp://" + b"h" * 300 + b":1",
]

SEEDS = {
    "greeting": [bytes([how]) + rest for how in (0x60, 0x91) for rest in (
        greeting(), greeting() + frame(4, READY), greeting(b"PLAIN"), greeting(b"CURVE", 3, 0), greeting()[:11],
        greeting(major=1)[:11] + b"\x05" + b"\0\0", greeting(major=0)[:11] + b"\x05", b"\x05\0abcd",
        b"\xff" + bytes(7) + b"\x05\0abcd")],
    "frame": [frame(f, b"x" * n) for f in (0, 1, 4) for n in (0, 1, 255, 256)] + [
        b"\2" + b"\xff" * 8, b"\2" + b"\x7f" + b"\xff" * 7, b"\xff" + bytes(8) + b"\0", b"\xff" + bytes(7) + b"\1\1",
        b"\0", b"\1\1"],
    "command": [READY, command(b"ERROR", b"\x03400"), command(b"PING", b"\0\x0actx"), command(b"PONG", b"ctx"),
                command(b"SUBSCRIBE", b"topic"), command(b"CANCEL", b"topic"), command(b"ERROR", b"\xffx"), b"\xff",
                b"\0", b"\2\0\1" + b"c" * 16, b"\1\0\0" + b"r" * 255, b"\0\0\1" + b"i" * 256],
    "meta": [b"\6" + META, b"\5" + META, b"\1" + prop(b"Socket-Type", b"SUB"), b"\6" + prop(b"X-a", b"b") + META,
             b"\6" + prop(b"", b""), b"\6" + META[:-1], b"\6\4name\xff\xff\xff\xff", b"\6" + prop(b"Identity", b"i" * 256),
             b"\6" + prop(b"User-Id", b"root") + prop(b"Peer-Address", b"::1") + META],
    "subscription": [bytes([how]) + b"t" * n for how in range(6) for n in (0, 5, 245, 246, 256)] + [
        command(b"SUBSCRIBE", b"t"), command(b"CANCEL"), b"\4" + bytes(6) + b"\1\5", b"\4" + bytes(6) + b"\2\5"],
    "z85": [b"", bytes(32), bytes(range(4)), z85_text(40), b"HelloWorld", b"%nSc0", b"%nSc1", b"#####", b"abcd~"],
    "endpoint": [bytes([how]) + e for how in (0, 1) for e in ENDPOINTS],
    "socks": [bytes([how]) + rest for how in (0, 1, 7) for rest in (
        b"\5\0\5\0\0\1\x7f\0\0\1\x15\xb3\xff", b"\5\0\5\0\0\3\4name\0\1\xff", b"\5\0\5\0\0\4" + bytes(18) + b"\xff",
        b"\5\2\1\0\5\0\0\1\x7f\0\0\1\x15\xb3\xff", b"\5\2\1\1", b"\5\xff", b"\5\0\5\5", b"HTTP/1.1")],
    "dns": [dns(b"a.example", 1, dns_record(b"\xc0\x0c", 1, b"\1\2\3\4")),
            dns(b"a.example", 28, dns_record(b"\xc0\x0c", 28, bytes(16))),
            dns(b"a.example", 1, dns_record(b"\xc0\x0c", 5, dns_name(b"b.example")),
                dns_record(dns_name(b"b.example"), 1, b"\1\2\3\4")),
            dns(b"a", 1, dns_record(b"\xc0\x0c", 5, b"\1b\xc0\x0e"), dns_record(b"\1b\xc0\x0e", 5, b"\xc0\x0c")),
            dns(b"a", 1, b"\xff" * 12), b"\0a\0" + bytes(30), b"\0" + b"a" * 63 + b"." + b"b" * 64],
    "files": [b"nameserver 127.0.0.1\nnameserver ::1%lo\nsearch a.example b.example.\noptions ndots:2 timeout:99 attempts:0\n",
              b"domain x\r\n# comment\n search\n", b"127.0.0.1 localhost a # b\n::1 a\n", b"x" * 2100 + b"\n1.2.3.4 a\n",
              b"nameserver", b"\n\n\0\n"],
    "filter": [bytes([v6]) + t for v6 in (0, 1) for t in (
        b"127.0.0.1", b"10.0.0.0/8", b"0x7f.1", b"010.1/0", b"::1/128", b"[fe80::]/10", b"::ffff:1.2.3.4", b"fe80::1%lo",
        b"1.2.3.4/33", b"1.2.3.4/+8", b"4294967295", b"[]", b"/", b"[:")],
    "chain": [bytes([3, 0xff, 0xff, how]) + b"\0\5\0\1" + b"\0\xff\0\x10" + b"\x20\0\x01\0" + b"\x4e\0\x10\0" for how in range(8)]
             + [b"\0\0\0\0\0\0\0\0", b"\0\0\x0a\1\0\xc0\0\xff", b"\0\0\x0a\1\0\xc1\0\xff"],
    "trie": [b"\x08ab\x04a\x04b\x0bab", b"\x00\x08ab\x0cabc\x0fabc\x0aab\x0fabc\2", b"\4\xff\4\0\4\x7f\7\xff\6\xff\7\xff",
             b"\x3c" + b"x" * 15 + b"\x38" + b"x" * 14 + b"\x3f" + b"x" * 15],
    "box": [bytes([step, 0, at, 0]) + bytes(range(56)) + b"t" * n for step in (0, 1, 63) for at in (0, 20)
            for n in (0, 1, 32, 64, 200)],
    "mech": [bytes([how]) + steps for how in (0, 1, 2, 4, 5, 0x3e) for steps in (
        b"", bytes([0, 4, 1, 5]), bytes([0, 4, 15, 1, 5, 0, 4, 15, 1, 5]) + b"\1\3\0\x40" * 4,
        bytes([0, 8, 0, 0, 9]), bytes([0, 4, 12]), bytes([0x6a]) + command(b"HELLO", b"\4user\4pass"),
        bytes([0xfb]) + READY, bytes([0, 4, 0x2f, 1, 5]))],
    "option": [options((5, b"id"), (17, b"\1\0\0\0"), (6, b"topic")), options((44, b"\1\0\0\0"), (45, b"user"), (46, b"pass")),
               options((47, b"\1\0\0\0"), (48, bytes(32)), (49, z85_text(40)), (50, z85_text(40) + b"\0")),
               options((38, b"10.0.0.0/8"), (38, b"::1"), (42, b"\1\0\0\0"), (38, b"::1")), options((55, b"global")),
               options((95, b"X-a:b"), (95, b"X-b:"), (95, b"nothing")), options((68, b"127.0.0.1:1080"), (92, b"eth0")),
               options((93, b"\1\0\0\0"), (58, b"\1\0\0\0"), (22, bytes(8))), b"\5\2\5\1\5\0\5\3"],
}


def main():
    for target, seeds in SEEDS.items():
        where = os.path.join(sys.argv[1], target)
        os.makedirs(where, exist_ok=True)
        for i, seed in enumerate(seeds):
            with open(os.path.join(where, f"{i:03d}"), "wb") as out:
                out.write(seed)


main()

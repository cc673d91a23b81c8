#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""coverage.py MODULE-DIR FILE...: blocks of the module that have run, by source file.

MODULE-DIR is where "make module COVERAGE=1" has built; each FILE is a copy of
/sys/kernel/debug/af_zmq_coverage: what any of them has counts.
"""
import bisect
import collections
import os
import re
import subprocess
import sys


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def functions(obj):
    """(section, address, size, name) of an object's functions, sorted."""
    found = []
    for line in lines("readelf", "-sW", obj):
        word = line.split()
        if len(word) == 8 and word[3] == "FUNC" and word[6].isdigit():
            found.append((int(word[6]), int(word[1], 16), int(word[2], 0), word[7]))
    return sorted(found)


def sections(obj):
    found = {}
    for line in lines("readelf", "-SW", obj):
        match = re.match(r"\s*\[\s*(\d+)\]\s+(\S+)", line)
        if match:
            found[match[2]] = int(match[1])
    return found


def blocks(obj):
    """(function, offset, size) of each call that marks a block."""
    known, number, section = functions(obj), sections(obj), None
    for line in lines("readelf", "-rW", obj):
        match = re.match(r"Relocation section '\.rela(\S+)'", line)
        if match:
            section = number.get(match[1])
        elif "__sanitizer_cov_trace_pc" in line and section is not None:
            back = int(line.split()[0], 16) + 4
            at = bisect.bisect(known, (section, back, 0, "")) - 1
            in_section, start, size, name = known[at]
            if in_section == section and back <= start + size:
                # The kernel takes what fills the gap to the next one for a part of it.
                yield name, back - start, -(-size // 16) * 16


def main():
    top = sys.argv[1]
    hit = set()
    for path in sys.argv[2:]:
        with open(path) as text:
            for line in text:
                match = re.match(r"(\S+)\+0x([0-9a-f]+)/0x([0-9a-f]+)", line)
                if match:
                    hit.add((match[1], int(match[2], 16), int(match[3], 16)))
    total, done = collections.Counter(), collections.Counter()
    for where, _, names in os.walk(os.path.join(top, "kmod")):
        for name in names:
            path = os.path.join(where, name)
            if not name.endswith(".o") or "/tests/" in path:
                continue
            source = os.path.relpath(path, top)[:-2] + ".c"
            for block in blocks(path):
                total[source] += 1
                done[source] += block in hit
    for source in sorted(total):
        print(f"{source:32} {done[source]:5} of {total[source]:5} blocks {100 * done[source] // total[source]:4}%")
    blocks_hit, blocks_all = sum(done.values()), sum(total.values())
    print(f"{'af_zmq':32} {blocks_hit:5} of {blocks_all:5} blocks {100 * blocks_hit // max(blocks_all, 1):4}%")


main()

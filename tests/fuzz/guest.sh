#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the guest: guest.sh BIN-DIR PROGRAM..., each followed by what it has covered, in /out.

bin=$1
shift
status=0

insmod /usr/local/lib/af_zmq/af_zmq_coverage.ko || exit 1
for program; do
	"$bin/$program" || status=1
	cat /sys/kernel/debug/af_zmq_coverage >"/out/$program.coverage"
done
rmmod af_zmq_coverage
exit $status

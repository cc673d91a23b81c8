#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the guest: guest.sh BIN-DIR LIMIT RUN...
#
# RUN is PROGRAM:LIBRARY[:CASE], LIBRARY shim, stock or none; or "kunit". Each is framed
# by "@@ start" and "@@ end" lines, so that the host sees what never ran; the latter with
# the exit status and the seconds it took. LIMIT is in seconds for each program.

shim=/usr/local/lib/af_zmq
bin=$1
limit=$2
shift 2

run_kunit() {
	dmesg -C
	insmod $shim/af_zmq_kunit.ko
	status=$?
	dmesg | sed 's/^\[ *[0-9.]*\] //'
	return $status
}

# run_program NAME LIBRARY CASE
run_program() {
	unset LD_LIBRARY_PATH
	[ "$2" != shim ] || export LD_LIBRARY_PATH=$shim
	# A shim that hands over to the stock library would pass every test for nothing.
	export AF_ZMQ=kernel
	# A program that runs on no libzmq or chooses itself only has to know where the shim is.
	[ "$2" = stock ] || export ZT_SHIM=$shim
	# shellcheck disable=SC2086 # no case: no argument
	timeout -s KILL "$limit" "$bin/$1" $3 2>&1
	status=$?
	unset ZT_SHIM
	return $status
}

for run; do
	echo "@@ start $run"
	began=$(date +%s)
	IFS=: read -r program library case <<-END
		$run
	END
	if [ "$program" = kunit ]; then
		run_kunit
	else
		run_program "$program" "$library" "$case"
	fi
	echo "@@ end $run $? $(($(date +%s) - began))"
done
echo "@@ all"

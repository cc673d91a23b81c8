# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts of tests/vm: messages, root rights, and the cache.
#
# The cache lies outside the tree and holds whatever is costly to make. An entry's name carries its inputs (versions or
# a hash), so that a stale entry is simply never asked for again:
#   source-<version>/        linux-source, unpacked
#   debug-<hash>/            build directory of the debug kernel
#   stock-<release>-<hash>/  Debian's kernel: boot.image, modules.ext4, initramfs.cpio
#   root-<hash>.ext4         the userland
#   accel-<hash>             "kvm" or "tcg": what the probe found
#   lock/                    one lock file for each thing that is built, and one per checkout

shopt -s inherit_errexit
vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034  # for the scripts that source this file
top_dir=$(cd "$vm_dir/../.." && pwd)
cache_dir=${AF_ZMQ_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/af_zmq}
readonly EXIT_HARNESS=71

say() {
	printf 'vm: %s\n' "$*" >&2
}

die() {
	say "$@"
	exit "$EXIT_HARNESS"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# hash_of ARG...: a short name for a set of inputs
hash_of() {
	printf '%s\0' "$@" | sha256sum | cut -c 1-12
}

# quietly WHAT CMD...: run CMD, show its output only when it fails. In the background, because "set -e" would have no
# effect in a CMD that is a function and part of a condition.
quietly() {
	local what=$1 log
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null &
	if ! wait $!; then
		tail -n 40 "$log" >&2
		rm -f "$log"
		die "$what failed"
	fi
	rm -f "$log"
}

# with_lock NAME CMD...: run CMD while no other process holds NAME
with_lock() {
	local name=$1
	shift
	mkdir -p "$cache_dir/lock"
	(
		flock 9
		"$@" 9>&-
	) 9>"$cache_dir/lock/$name"
}

# cached PATH BUILDER ARG...: make sure PATH exists; "BUILDER TMP ARG..." makes it as TMP (it may use TMP.tree on the
# way), which is then renamed. What a failed attempt left is removed by the next one.
cached() {
	[ -e "$1" ] || with_lock "${1##*/}" build_cached "$@"
}

build_cached() {
	local path=$1 builder=$2 tmp
	shift 2
	[ ! -e "$path" ] || return 0
	tmp=$path.tmp
	as_root rm -rf "$tmp" "$tmp.tree"
	"$builder" "$tmp" "$@"
	mv -T "$tmp" "$path"
}

# pack_cpio DIR: DIR's tree as an initramfs archive on stdout
pack_cpio() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --quiet --reproducible -R 0:0)
}

# ext4_image DIR FILE: a read-only file system for a guest, a little larger than DIR
ext4_image() {
	local mib
	mib=$(as_root du -sm --apparent-size "$1" | cut -f 1)
	mib=$(((mib * 5 / 4 + 32) / 2 * 2))
	as_root mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$1" "$2" "${mib}M"
	as_root chown "$(id -u):$(id -g)" "$2"
}

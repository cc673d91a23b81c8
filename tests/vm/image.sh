# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
# The userland: a Debian minbase tree with a few packages, from the mirrors the host itself uses, as an ext4 image. A
# run mounts it read-only under a tmpfs overlay. Needs lib.sh.

readonly base_packages=(
	python3-minimal python3 python3-zmq libzmq5 libmnl0 iproute2 procps kmod strace util-linux
)

# Sources files of the host that name Debian, the release itself first: they carry mirror, keyring and trust settings.
host_sources() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(SOURCESENTRY)' 'Created-By: Packages' |
		sed -n 's/^Debian \(.*\):[0-9]*$/\1/p' | awk '!seen[$0]++'
}

# What the host's apt is told about reaching the mirrors: proxies, time-outs, checks of dates.
host_apt_options() {
	apt-config dump | grep -E '^Acquire::(https?|ftp|Retries|Check|Max-|Proxy|AllowInsecure)[^ ]* "[^"]+";$' || true
}

# make_root TMP PACKAGE...
make_root() {
	local image=$1 tree option sources arguments=()
	shift
	[ -n "$(host_sources)" ] || quietly "apt-get update" as_root apt-get update
	mapfile -t sources < <(host_sources)
	[ ${#sources[@]} -gt 0 ] || die "apt on this host knows no Debian source"
	while read -r option; do
		arguments+=("--aptopt=$option")
	done < <(host_apt_options)
	for option in doc man info locale lintian; do
		arguments+=("--dpkgopt=path-exclude=/usr/share/$option/*")
	done
	apt-cache show "$@" >/dev/null || die "the host's apt does not know all of: $*"
	say "building the userland: $*"
	tree=$image.tree
	# shellcheck disable=SC2016  # $1 is for the hook
	quietly mmdebstrap as_root mmdebstrap --variant=minbase --format=directory --include="$(IFS=, && echo "$*")" \
		--customize-hook='cd "$1/etc" && rm -f apt/sources.list apt/sources.list.d/* resolv.conf hostname' \
		"${arguments[@]}" "$(host_codename)" "$tree" "${sources[@]}"
	quietly mke2fs ext4_image "$tree" "$image"
	as_root rm -rf "$tree"
}

host_codename() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# root_image PACKAGE...: the path of the image with these packages added, made if need be
root_image() {
	local packages path
	mapfile -t packages < <(printf '%s\n' "${base_packages[@]}" "$@" | LC_ALL=C sort -u)
	path=$cache_dir/root-$(hash_of "$(host_codename)" "$(declare -f make_root ext4_image)" "${packages[@]}").ext4
	cached "$path" make_root "${packages[@]}"
	echo "$path"
}

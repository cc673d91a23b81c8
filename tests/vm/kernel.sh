# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
# The kernels: "stock" is Debian's cloud kernel, taken from its package without installing it; "debug" is built from
# linux-source-6.1 with debug.config. Each has a directory to build modules against (kernel_build_dir) and one to boot
# from (kernel_boot_dir: boot.image, initramfs.cpio and, where drivers are modules, modules.ext4). Needs lib.sh.

# What the initramfs must load on the stock kernel to reach its disks and the host.
readonly boot_modules=(nfit nd_pmem overlay virtio_pci virtio_console)

package_version() {
	dpkg-query -W -f '${Version}' "$1"
}

# --- the stock kernel -----------------------------------------------------------------------------------------------

stock_release() {
	local headers
	headers=$(printf '%s\n' /usr/src/linux-headers-6.1.*-cloud-amd64 | sort -V | tail -n 1)
	[ -e "$headers/Makefile" ] || die "no linux-headers-6.1.*-cloud-amd64 found"
	echo "${headers#/usr/src/linux-headers-}"
}

# download_image RELEASE VERSION: the kernel package into the current directory
download_image() {
	apt-get download "linux-image-$1=$2" || apt-get download "linux-image-$1-unsigned=$2" ||
		{ as_root apt-get update && apt-get download "linux-image-$1=$2"; }
}

# unpack_stock DIR RELEASE VERSION
unpack_stock() {
	local dir=$1 release=$2 version=$3 extract
	mkdir -p "$dir/package" "$dir/modules/usr/lib"
	(cd "$dir" && download_image "$release" "$version")
	dpkg-deb -x "$dir"/*.deb "$dir/package"
	extract=$(source_dir)/scripts/extract-vmlinux
	"$extract" "$dir/package/boot/vmlinuz-$release" >"$dir/boot.image"
	/sbin/depmod -b "$dir/package" "$release"
	mv "$dir/package/lib/modules" "$dir/modules/usr/lib/"
	ext4_image "$dir/modules" "$dir/modules.ext4"
	make_initramfs "$dir" "$release"
	rm -rf "$dir/package" "$dir/modules" "$dir"/*.deb
}

make_stock() {
	say "fetching the stock kernel $2"
	quietly "fetching the stock kernel" unpack_stock "$@"
}

stock_boot_dir() {
	local release version path
	release=$(stock_release)
	version=$(package_version "linux-headers-$release")
	path=$cache_dir/stock-$release-$(hash_of "$version" "${boot_modules[*]}" \
		"$(declare -f unpack_stock make_initramfs pack_cpio ext4_image)")
	cached "$path" make_stock "$release" "$version"
	echo "$path"
}

# --- the initramfs: busybox, and the drivers in the order they must be loaded ---------------------------------------

# make_initramfs DIR [RELEASE]: DIR/modules for RELEASE, or DIR/lists -> DIR/initramfs.cpio
make_initramfs() {
	local dir=$1 release=${2:-} tree=$1/initramfs module file
	mkdir -p "$tree"/{bin,dev,proc,sys,modules}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	: >"$tree/modules/order"
	if [ -d "$dir/modules" ]; then
		for module in "${boot_modules[@]}"; do
			/sbin/modprobe -d "$dir/modules/usr" -S "$release" --show-depends "$module"
		done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
			cp "$file" "$tree/modules/"
			echo "${file##*/}" >>"$tree/modules/order"
		done
		: >"$tree/modules/image"
	else
		mv "$dir/lists" "$tree/modules/"
	fi
	pack_cpio "$tree" >"$dir/initramfs.cpio"
	rm -rf "$tree"
}

# --- the source and the debug kernel --------------------------------------------------------------------------------

make_source() {
	say "unpacking the kernel source"
	mkdir -p "$1"
	tar -xf /usr/src/linux-source-6.1.tar.xz -C "$1" --strip-components=1
}

source_dir() {
	local path
	path=$cache_dir/source-$(package_version linux-source-6.1)
	cached "$path" make_source
	echo "$path"
}

# check_config CONFIG: every line of the fragment must have survived
check_config() {
	local lost
	lost=$(grep -E '^CONFIG_' "$vm_dir/debug.config" | grep -vxFf "$1") || return 0
	printf 'lines of debug.config that are not in the final configuration:\n%s\n' "$lost"
	return 1
}

# list_builtin DIR RELEASE: DIR/lists, to be copied to the root, tells modprobe what needs no loading
list_builtin() {
	local to=$1/lists/usr/lib/modules/$2
	mkdir -p "$to"
	cp "$1"/modules.{builtin,builtin.modinfo,order} "$to/"
	/sbin/depmod -b "$1/lists/usr" "$2"
}

# compile_debug DIR SOURCE. Not to check kmemleak.c itself with KASAN makes its scans much faster.
compile_debug() {
	local make=(make -s -C "$2" O="$1" ARCH=x86_64 LOCALVERSION= KASAN_SANITIZE_kmemleak.o=n)
	"${make[@]}" KCONFIG_ALLCONFIG="$vm_dir/debug.config" allnoconfig
	check_config "$1/.config"
	"${make[@]}" -j"$(nproc)" bzImage modules modules_prepare
	cp "$1/arch/x86/boot/bzImage" "$1/boot.image"
	list_builtin "$1" "$(<"$1/include/config/kernel.release")"
	make_initramfs "$1"
	find "$1" -name '*.[oa]' -not -path '*/scripts/*' -not -path '*/tools/*' -delete
	rm -f "$1"/.tmp_vmlinux*
}

make_debug() {
	say "building the debug kernel (once, some ten minutes on two processors)"
	mkdir -p "$1"
	quietly "building the debug kernel" clean_make compile_debug "$@"
}

# Without the variables of a make that may have called us.
clean_make() {
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KBUILD_OUTPUT KDIR
	"$@"
}

debug_dir() {
	local source settings path
	source=$(source_dir)
	settings=$(grep '^CONFIG_' "$vm_dir/debug.config")
	path=$cache_dir/debug-$(hash_of "$source" "$(gcc -dumpfullversion)" "$settings" \
		"$(declare -f compile_debug list_builtin make_initramfs pack_cpio)")
	cached "$path" make_debug "$source"
	echo "$path"
}

# --- what the scripts use -------------------------------------------------------------------------------------------

# kernel_build_dir KERNEL: where modules for it are built against
kernel_build_dir() {
	case $1 in
	stock) echo "/lib/modules/$(stock_release)/build" ;;
	debug) debug_dir ;;
	*) die "unknown kernel $1" ;;
	esac
}

# kernel_boot_dir KERNEL: where it and its initramfs lie
kernel_boot_dir() {
	case $1 in
	stock) stock_boot_dir ;;
	debug) debug_dir ;;
	*) die "unknown kernel $1" ;;
	esac
}

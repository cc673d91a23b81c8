# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run
# The machine: QEMU's command line, and which accelerator to use. Uses run's variables; needs lib.sh.

# accelerator BOOT_DIR: "kvm" only where a probe boot succeeds; a /dev/kvm that merely exists may hang
accelerator() {
	local path
	if [ "${AF_ZMQ_ACCEL:-}" = tcg ] || [ ! -w /dev/kvm ] || ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
		echo tcg
		return
	fi
	path=$cache_dir/accel-$(hash_of "$(uname -rn)" "$(qemu-system-x86_64 --version)")
	cached "$path" probe_kvm "$1"
	cat "$path"
}

# probe_kvm FILE BOOT_DIR: the kernel finds no init, panics and so ends the machine, if KVM works
probe_kvm() {
	local status=0
	timeout -k 1 20 qemu-system-x86_64 -accel kvm -cpu max -m 512 -nodefaults -display none -no-reboot \
		-kernel "$2/boot.image" -append "panic=-1" >/dev/null 2>&1 </dev/null || status=$?
	if [ "$status" = 0 ]; then echo kvm; else echo tcg; fi >"$1"
}

# disk ID FILE: a read-only file, as persistent memory where possible: reading it takes no interrupt
disk() {
	if [ "$kernel" = debug ]; then
		machine+=(-drive "if=virtio,format=raw,read-only=on,file=$2")
		return
	fi
	machine+=(
		-object "memory-backend-file,id=$1,mem-path=$2,size=$(stat -c %s "$2"),readonly=on,share=on"
		-device "nvdimm,memdev=$1,unarmed=on"
	)
}

# port_file NAME: a virtio-serial port that QEMU writes to a file
port_file() {
	machine+=(
		-chardev "file,id=$1,path=$run_dir/$1"
		-device "virtserialport,chardev=$1,name=$1"
	)
	: >"$run_dir/$1"
}

add_processor() {
	if [ "$icount" = 1 ]; then
		machine+=(
			-accel tcg -cpu max -icount "shift=0,sleep=off" -seed 1
			-rtc "base=2026-01-01T00:00:00,clock=vm"
		)
	elif [ "$accel" = kvm ]; then
		machine+=(-accel kvm -cpu host)
	else
		machine+=(-accel "tcg,thread=multi" -cpu max)
	fi
	if [ "$kernel" = debug ]; then
		# Without ACPI the kernel sees one processor a socket.
		machine+=(-smp "$smp,sockets=$smp" -m "$mem")
	else
		machine+=(-smp "$smp" -m "$mem,slots=4,maxmem=$((mem + 16384))M")
	fi
}

# Everything in the guest is slower than the kernel's watchdogs expect, hence their longer times; no_timer_check
# likewise (on a busy host the check of the IO-APIC's timer fails now and then). On the debug kernel, small hash tables
# make the scans of kmemleak faster; for the rest see debug.config.
kernel_arguments() {
	local words=(
		console=ttyS0 no_timer_check cryptomgr.notests=1
		"loglevel=${AF_ZMQ_VM_LOGLEVEL:-5}" log_buf_len=1M panic=-1 tsc=reliable
		watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120
		workqueue.watchdog_thresh=120 sysctl.kernel.hung_task_timeout_secs=120
	)
	[ "$kernel" != debug ] || words+=(acpi=off pmtmr=0x608 dummy.numdummies=0
		dhash_entries=8192 ihash_entries=8192 thash_entries=2048)
	echo "${words[*]}"
}

build_machine() {
	local port
	machine=(
		-name af_zmq -machine "q35,nvdimm=on,usb=off" -nodefaults -no-user-config -display none -no-reboot
		-chardev "file,id=console,path=$run_dir/console" -serial chardev:console
		-device "virtio-serial-pci,ioeventfd=off"
		-kernel "$boot_dir/boot.image" -initrd "$run_dir/initrd" -append "$(kernel_arguments)"
	)
	add_processor
	disk root "$root"
	[ ! -e "$boot_dir/modules.ext4" ] || disk modules "$boot_dir/modules.ext4"
	for port in output status log out; do
		port_file "$port"
	done
	mkfifo "$run_dir/control.in" "$run_dir/control.out"
	machine+=(
		-chardev "pipe,id=control,path=$run_dir/control"
		-device "virtserialport,chardev=control,name=control"
	)
}

# start_machine: sets qemu (process), streamer (the process that copies its output), never (a descriptor nobody writes)
start_machine() {
	build_machine
	setpriv --pdeathsig KILL qemu-system-x86_64 "${machine[@]}" >"$run_dir/qemu" 2>&1 </dev/null &
	qemu=$!
	tail -c +1 -f -s 0.05 --pid="$qemu" "$run_dir/output" &
	streamer=$!
	mkfifo "$run_dir/never"
	exec {never}<>"$run_dir/never"
}

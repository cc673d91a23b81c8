# SPDX-License-Identifier: GPL-2.0-only
# See README.md. KERNEL is stock or debug; KDIR overrides the kernel to build for.
# COVERAGE=1 makes a module that knows which of its code has run, for tests/fuzz/vm.
# PREFIX and DESTDIR are for install, install-default and uninstall.

KERNEL	?= stock
KDIR	?= $(shell tests/vm/kdir $(KERNEL))
BUILD	:= $(CURDIR)/build
MODDIR	:= $(BUILD)/$(KERNEL)$(if $(COVERAGE),-coverage)

all: module shim tools

# Kbuild writes beside the sources, so each kernel gets a copy of them, and one
# build at a time may work in it.
module:
	@mkdir -p $(BUILD)
	@flock $(MODDIR).lock $(MAKE) --no-print-directory module-locked

module-locked:
	@test -n "$(KDIR)" || { echo "no kernel to build for; run tests/vm/setup" >&2; exit 1; }
	@mkdir -p $(MODDIR)
	@rsync -a --delete-after --filter='P *.o' --filter='P *.ko' \
		--filter='P *.cmd' --filter='P *.mod*' --filter='P Module.symvers' \
		--filter='P modules.order' Kbuild kmod uapi $(MODDIR)/
	@$(if $(COVERAGE),rsync -a tests/fuzz/module/ $(MODDIR)/coverage/)
	$(MAKE) -C $(KDIR) M=$(MODDIR) $(if $(COVERAGE),COVERAGE=1) $(if $(W),W=$(W)) $(if $(C),C=$(C)) modules

shim:
	@mkdir -p $(BUILD)
	@flock $(BUILD)/shim.lock $(MAKE) -C userspace/libzmq O=$(BUILD)/lib

tools:
	@mkdir -p $(BUILD)
	@flock $(BUILD)/tools.lock $(MAKE) -C userspace/zmqss O=$(BUILD)/bin OBJDIR=$(BUILD)/zmqss-obj
	@flock $(BUILD)/tools.lock $(MAKE) -C userspace/zmqk O=$(BUILD)/bin OBJDIR=$(BUILD)/zmqk-obj

# Not what programs use by default; install-default makes it so. See userspace/install.
install: shim tools
	PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' userspace/install install $(BUILD)

install-default:
	PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' userspace/install default $(BUILD)

uninstall:
	PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' userspace/install remove $(BUILD)

# Into /lib/modules, for the kernel of KDIR. Where it was not built but has headers
# only, Kbuild leaves depmod to us; a package leaves it to its installation.
modules_install: module
	$(MAKE) -C $(KDIR) M=$(MODDIR) INSTALL_MOD_PATH='$(DESTDIR)' modules_install
	$(if $(DESTDIR),,depmod $$(modinfo -F vermagic $(MODDIR)/af_zmq.ko | cut -d " " -f 1))

demo:
	tests/vm/setup
	tests/demo/run

check:
	tests/vm/setup
	tests/check

# FUZZ_RUNS, FUZZ_TIME: see tests/fuzz/run --help.
fuzz:
	tests/vm/setup --fuzz
	tests/fuzz/run

# The module itself, in a machine; hours: see tests/fuzz/vm --help.
fuzz-vm:
	tests/vm/setup
	tests/fuzz/vm

bench:
	tests/vm/setup
	tests/bench/run

lint:
	tests/vm/setup --lint
	tests/lint/run

clean:
	rm -rf $(BUILD)

.PHONY: all module module-locked shim tools install install-default uninstall
.PHONY: modules_install demo check fuzz fuzz-vm bench lint clean

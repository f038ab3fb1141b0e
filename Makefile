# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# make            build/lskel and build/liblskel.a
# make demo       set-up, then the main job on real objects
# make check      set-up, then all tests
# make kselftest  set-up, then all objects of the kernel's BPF selftests
# make clean      removes what was built, except the kernels and libbpf
#
# V=1 shows the commands. LIBBPF=DIR, CC, CLANG override what is found.

VERSION := 0.1

B := build
V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-8s%s\n' $(1) $(2);
else
say =
endif

.DEFAULT_GOAL := all
.PHONY: all demo check kselftest clean setup

ifneq ($(filter demo check kselftest setup,$(MAKECMDGOALS)),)

# These may have to install what the rest needs, so they come before anything is looked for.
demo check kselftest: setup
	$(Q)$(MAKE) --no-print-directory V=$(V) run-$@
setup:
	$(Q)scripts/setup

else ifneq ($(filter clean,$(MAKECMDGOALS)),)

clean:
	rm -rf $(filter-out $(B)/kernels $(B)/libbpf $(B)/libbpf.mk,$(wildcard $(B)/*))

else

include $(B)/libbpf.mk
include scripts/build.mk
include Documentation/examples/build.mk
include selftests/build.mk

endif


$(B)/libbpf.mk: scripts/libbpf-build
	$(Q)V=$(V) scripts/libbpf-build $(B)

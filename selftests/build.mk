# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Tests. Fragments add to three lists: HOST_TESTS need no bpf(2); KERNEL_TESTS load but do not attach,
# and run on the machine's kernel and in vmtest; ATTACH_TESTS run in vmtest only.

T := $(B)/selftests
TEST_CFLAGS := -O2 -g -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -Iselftests -I$(T)
HOST_TESTS := $(addprefix selftests/,test_readme.sh test_tools.sh test_vmtest.sh test_install.sh test_projects.sh test_man.sh)
KERNEL_TESTS :=
ATTACH_TESTS := selftests/test_examples.sh

include selftests/runtime.mk selftests/reading.mk selftests/generator.mk selftests/fidelity.mk selftests/prog_tests.mk selftests/offsets.mk \
	selftests/bench/bench.mk

.PHONY: run-check run-check-deb
run-check: all examples $(T)/can_bpf $(filter $(B)/%,$(HOST_TESTS) $(KERNEL_TESTS) $(ATTACH_TESTS))
	$(Q)selftests/check --host $(HOST_TESTS) --kernel $(KERNEL_TESTS) --attach $(ATTACH_TESTS)

# Of packages that "make deb" has made.
run-check-deb: all $(FIXTURES)
	$(Q)selftests/run selftests/test_deb.sh

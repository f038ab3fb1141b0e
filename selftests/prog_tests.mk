# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The kernel's own tests of light skeletons: the files of tools/testing/selftests/bpf/prog_tests (Linux
# 6.12) that use them, unmodified, in the kernel's own harness. Built twice, as the kernel's Makefile does
# but for the other tests: with the headers of the kernel's bpftool, and with lskel's. Included by
# selftests/build.mk.

PT := $(B)/prog_tests
PT_OUT := $(B)/selftests/prog_tests
PT_TREE := $(B)/kernel-objects/src
PT_BPF := $(PT_TREE)/tools/testing/selftests/bpf

PT_TESTS := atomics core_kern core_kern_overflow fentry_fexit fentry_test fexit_sleep fexit_test kfunc_call \
	    ksyms_btf ksyms_module map_ptr ringbuf trace_printk trace_vprintk verif_stats
# LSKELS and LSKELS_EXTRA of the kernel's Makefile, and libbpf's skeletons that these tests include as well.
PT_LSKELS := atomics core_kern core_kern_overflow fentry_test fexit_sleep fexit_test kfunc_call_test \
	     kfunc_call_test_subprog map_ptr_kern test_ksyms_module test_ksyms_weak test_ringbuf \
	     test_ringbuf_map_key test_ringbuf_n test_ringbuf_write trace_printk trace_vprintk
PT_SKELS := fentry_many_args fexit_many_args kfunc_call_destructive kfunc_call_fail kfunc_call_test \
	    kfunc_call_test_subprog test_ksyms_btf test_ksyms_btf_null_check test_ksyms_btf_write_check \
	    test_ksyms_module test_ksyms_weak
# TRUNNER_EXTRA_SOURCES of the kernel's Makefile.
PT_HARNESS := test_progs cgroup_helpers trace_helpers network_helpers testing_helpers btf_helpers cap_helpers \
	      unpriv_helpers netlink_helpers jit_disasm_helpers test_loader xsk disasm disasm_helpers json_writer
PT_PROGRAMS := $(addprefix $(PT_OUT)/,bpftool/test_progs lskel/test_progs)

ATTACH_TESTS += selftests/test_prog_tests.sh
run-check: $(PT_PROGRAMS) $(PT_OUT)/testmod

PT_INCLUDES := $(LIBBPF_CFLAGS) $(addprefix -I$(PT_TREE)/tools/,lib include arch/x86/include include/uapi)
PT_CFLAGS := -g -O0 -rdynamic -Wall -Werror -fno-omit-frame-pointer -D_GNU_SOURCE= -I$(PT)/skel -I$(PT_BPF) \
	     $(PT_INCLUDES)

# Sources and objects. Not at the same time as those for the fidelity check, which unpack the same.
$(PT)/objects: selftests/kernel-objects | $(B)/selftests/objects
	@mkdir -p $(PT)/linked $(PT)/skel $(PT)/harness $(addprefix $(PT)/,bpftool lskel)
	$(call say,OBJECTS,$@)selftests/kernel-objects $(B)/kernel-objects $(sort $(PT_LSKELS) $(PT_SKELS)) && touch $@

# The bpftool that belongs to the tests: Debian's is older. Its bootstrap form, which has "gen".
$(PT)/bpftool/bpftool: $(PT)/objects
	$(call say,LINK,$@)$(CC) -O1 -w -D_GNU_SOURCE -D__EXPORTED_HEADERS__ -DPACKAGE='"bpftool"' $(PT_INCLUDES) \
		-I$(PT_TREE)/kernel/bpf -o $@ $(patsubst %,$(PT_TREE)/tools/bpf/bpftool/%.c,main common json_writer gen btf) \
		$(LIBS)

$(PT)/linked/%.o: $(PT)/bpftool/bpftool
	$(call say,BPFTOOL,$@)$< gen object $(PT)/linked/$*.1 $(B)/kernel-objects/$*.bpf.o && \
		$< gen object $(PT)/linked/$*.2 $(PT)/linked/$*.1 && $< gen object $@ $(PT)/linked/$*.2

$(PT)/skel/%.skel.h: $(PT)/linked/%.o
	$(call say,BPFTOOL,$@)$(PT)/bpftool/bpftool gen skeleton $< name $* > $@.tmp && mv $@.tmp $@
$(PT)/bpftool/%.lskel.h: $(PT)/linked/%.o
	$(call say,BPFTOOL,$@)$(PT)/bpftool/bpftool gen skeleton -L $< name $*_lskel > $@.tmp && mv $@.tmp $@
$(PT)/lskel/%.lskel.h: $(PT)/linked/%.o scripts/bpftool $(B)/lskel
	$(call say,GEN,$@)scripts/bpftool gen skeleton -L $< name $*_lskel > $@.tmp && mv $@.tmp $@

# The list of tests, in the words of the kernel's Makefile.
$(PT)/prog_tests/tests.h: $(PT)/objects
	@mkdir -p $(@D)
	$(call say,GEN,$@)sed -n -E 's/^void (serial_)?test_([a-zA-Z0-9_]+)\((void)?\).*/DEFINE_TEST(\2)/p' \
		$(PT_TESTS:%=$(PT_BPF)/prog_tests/%.c) | sort > $@

$(PT)/harness/%.o: $(PT)/prog_tests/tests.h
	$(call say,CC,$@)$(CC) -I$(PT) $(PT_CFLAGS) -c -o $@ $(PT_BPF)/$*.c

PT_SKEL_HEADERS := $(PT_SKELS:%=$(PT)/skel/%.skel.h)
$(PT)/bpftool/%.test.o: $(PT_LSKELS:%=$(PT)/bpftool/%.lskel.h) $(PT_SKEL_HEADERS)
	$(call say,CC,$@)$(CC) -I$(@D) $(PT_CFLAGS) -c -o $@ $(PT_BPF)/prog_tests/$*.c
$(PT)/lskel/%.test.o: $(PT_LSKELS:%=$(PT)/lskel/%.lskel.h) $(PT_SKEL_HEADERS)
	$(call say,CC,$@)$(CC) -I$(@D) $(PT_CFLAGS) -c -o $@ $(PT_BPF)/prog_tests/$*.c

$(PT_PROGRAMS): $(PT_OUT)/%/test_progs: $(PT_HARNESS:%=$(PT)/harness/%.o)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -rdynamic -s -o $@ $(filter %.o,$^) $(LIBBPF_A) $(LIBBPF_LIBS) -lrt -lpthread
$(PT_OUT)/bpftool/test_progs: $(PT_TESTS:%=$(PT)/bpftool/%.test.o)
$(PT_OUT)/lskel/test_progs: $(PT_TESTS:%=$(PT)/lskel/%.test.o)

# The module that some tests need, or why there is none.
$(PT_OUT)/testmod: selftests/kernel-testmod $(PT)/objects $(wildcard $(B)/kernels/6.12/release)
	@mkdir -p $(@D)
	$(call say,MODULE,$@)if selftests/kernel-testmod 6.12 $(PT_TREE) 2>$@.tmp; then \
		cp $(B)/kernels/6.12/bpf_testmod.ko $(@D); fi; mv $@.tmp $@

.SECONDARY: $(PT_SKEL_HEADERS) $(foreach n,$(PT_LSKELS),$(PT)/bpftool/$n.lskel.h $(PT)/lskel/$n.lskel.h) \
	    $(patsubst %,$(PT)/linked/%.o,$(sort $(PT_SKELS) $(PT_LSKELS)))

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# How the fidelity check and the objects that it looks at are built. Included by selftests/build.mk.

FIDELITY_OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard selftests/fidelity*.c))
FIDELITY_GEN := $(filter-out $(B)/gen/main.o $(B)/gen/cmd_%.o $(B)/gen/show_%.o,$(GEN_OBJS))
FIDELITY_EXAMPLES := $(patsubst %.c,$(B)/%.o,$(filter-out progs/loader.bpf.c,$(wildcard progs/*.bpf.c)))

# Objects of other tests, for what the kernel's have too little of.
FIDELITY_EXAMPLES += $(addprefix $(B)/selftests/,$(addsuffix .bpf.o,arena arg_ctx ca ca_plain choices fallbacks kconfig many relocated rich settings))

# Every section name that libbpf knows.
FIDELITY_SECTIONS := $(patsubst %,$(B)/selftests/sections/sections_%.bpf.o,NETWORK CGROUP RECENT PROBES FUNCTIONS SLEEPABLE TARGETS)
$(FIDELITY_SECTIONS): $(B)/selftests/sections/sections_%.bpf.o: selftests/progs/sections.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -D$* -c -o $@ $<

# Objects with two faults.
FIDELITY_MISSING := $(patsubst %,$(B)/selftests/missing/missing_%.bpf.o,ADDRESS CONFIG CONFIG_RANGE STRUCT_OPS TARGET)
$(FIDELITY_MISSING): $(B)/selftests/missing/missing_%.bpf.o: selftests/progs/missing.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -D$* -c -o $@ $<

# Kernel symbols of other types than the kernel's.
FIDELITY_MISSING += $(patsubst %,$(B)/selftests/extern_types_%.bpf.o,FUNC INCOMPLETE WEAK VAR VAR_WEAK VAR_UNUSED FLAVORS STRONG \
		    OLD_FLAVORS OLD_STRONG)

# Objects lie where the program finds them, in a vmtest kernel, too.
$(B)/selftests/objects: selftests/fidelity.mk selftests/kernel-objects selftests/kernel-objects.list $(FIDELITY_EXAMPLES) $(FIDELITY_SECTIONS) $(FIDELITY_MISSING)
	$(call say,OBJECTS,$@)selftests/kernel-objects $(B)/kernel-objects
	$(Q)rm -rf $@ && mkdir -p $@
	$(Q)sed 's/#.*//; /^ *$$/d; s,.*,$(B)/kernel-objects/&.bpf.o,' selftests/kernel-objects.list | \
		xargs cp -t $@ $(FIDELITY_EXAMPLES) $(FIDELITY_SECTIONS) $(FIDELITY_MISSING) $(wildcard /usr/lib/*/bpf/*.o)

# What they trace: in the executable itself, with the kernel's own macros, and programs of the kernel's, as its Makefile
# builds them.
FIDELITY_BPF := $(B)/kernel-objects/src/tools/testing/selftests/bpf
FIDELITY_TRACED := $(B)/selftests/kernel-programs
$(B)/selftests/fidelity_traced.o: INCLUDES += -isystem $(FIDELITY_BPF)
$(B)/selftests/fidelity_traced.o: | $(B)/selftests/objects

FIDELITY_CC := $(CLANG) -O0 -w -D_GNU_SOURCE $(LIBBPF_CFLAGS) -isystem $(FIDELITY_BPF) \
	       $(addprefix -I$(B)/kernel-objects/src/tools/,lib include) -Wl,-znoseparate-code -Wl,--build-id=sha1
$(FIDELITY_TRACED): selftests/fidelity.mk | $(B)/selftests/objects
	$(call say,TRACED,$@)rm -rf $@ $@.tmp && mkdir -p $@.tmp
	$(Q)$(FIDELITY_CC) -fPIC -shared $(FIDELITY_BPF)/urandom_read_lib[12].c -o $@.tmp/liburandom_read.so \
		-Wl,--version-script=$(FIDELITY_BPF)/liburandom_read.map
	$(Q)$(FIDELITY_CC) $(FIDELITY_BPF)/urandom_read.c $(FIDELITY_BPF)/urandom_read_aux.c -o $@.tmp/urandom_read \
		-L$@.tmp -lurandom_read -Wl,-rpath='$$ORIGIN'
	$(Q)$(FIDELITY_CC) -Wl,-T,$(FIDELITY_BPF)/uprobe_multi.ld $(FIDELITY_BPF)/uprobe_multi.c -o $@.tmp/uprobe_multi
	$(Q)mv $@.tmp $@

$(B)/selftests/fidelity: $(FIDELITY_OBJS) $(FIDELITY_GEN) $(B)/liblskel.a | $(B)/selftests/objects $(B)/selftests/target.bpf.o $(FIDELITY_TRACED)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(WRAP) $(LIBS) -ldl

# Every object that the kernel's selftests have.
.PHONY: run-kselftest
run-kselftest: $(B)/lskel $(B)/selftests/fidelity $(B)/selftests/can_bpf
	$(Q)selftests/kernel-objects $(B)/kernel-objects --all
	$(Q)selftests/kselftest $(B)/kselftest $(B)/kernel-objects/*.bpf.o

HOST_TESTS += selftests/test_kselftest.sh
# Relocates as the generator does, on the kernel that runs.
$(B)/selftests/test_relocated $(B)/selftests/test_layout: $(B)/selftests/%: $(B)/selftests/%.o $(FIDELITY_GEN) $(B)/liblskel.a | $(B)/selftests/objects
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(WRAP) $(LIBS)

KERNEL_TESTS += $(B)/selftests/fidelity $(B)/selftests/test_relocated $(B)/selftests/test_layout

-include $(wildcard $(B)/selftests/fidelity*.d $(B)/selftests/test_relocated.d $(B)/selftests/test_layout.d)

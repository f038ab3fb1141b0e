# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# How lskel, its run time and the loader program are built. Included by the Makefile once libbpf is
# there; the tests add their own in selftests/build.mk.

CC ?= gcc
CLANG ?= $(shell scripts/newest clang)
BPFTOOL := $(firstword $(shell command -v bpftool) $(wildcard /usr/sbin/bpftool))

WARNINGS := -Wall -Wextra -Werror
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -DLSKEL_VERSION='"$(VERSION)"'
INCLUDES := -Iinclude -Igen -I$(B)/gen $(LIBBPF_CFLAGS) $(addprefix -isystem ,$(LIBBPF_UAPI))
LIBS := $(LIBBPF_A) $(LIBBPF_LIBS) -pthread

# What libbpf must not get from the machine at hand: see gen/record.h.
WRAPPED := syscall mmap mmap64 open open64 fopen fopen64 gzopen gzopen64 access faccessat mkdir unlink realpath \
	   getenv geteuid getpagesize sysconf uname btf__load_vmlinux_btf btf__free \
	   btf__find_by_name_kind btf__find_by_name_kind_own btf__load_from_kernel_by_id
comma := ,
WRAP := $(addprefix -Wl$(comma)--wrap=,$(WRAPPED))

RECORD_SRCS := $(addprefix gen/,commands.c externs.c image.c pretend_btf.c pretend_fs.c record.c record_args.c record_refuse.c targets.c term.c trace.c util.c)
GEN_SRCS := $(filter-out gen/mkloader.c,$(wildcard gen/*.c))
GEN_OBJS := $(GEN_SRCS:%.c=$(B)/%.o)
RECORD_OBJS := $(RECORD_SRCS:%.c=$(B)/%.o)
LOADER_OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard loader/*.c))

.PHONY: all
.PRECIOUS: $(B)/progs/%.bpf.o $(B)/examples/%.lskel.h
.DELETE_ON_ERROR:
all: $(B)/lskel $(B)/liblskel.a

$(B)/%.o: %.c $(B)/libbpf.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

# Where the version is in it.
VERSIONED := $(patsubst %.c,%.o,$(shell grep -l LSKEL_VERSION gen/*.c))
$(VERSIONED:%=$(B)/%): Makefile

# The tables that the generator makes refer to functions of the run time.
$(B)/lskel: $(GEN_OBJS) $(B)/liblskel.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(WRAP) $(LIBS)

$(B)/liblskel.a: $(LOADER_OBJS)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# The loader program: compiled for BPF, then made into tables by a tool that contains the recorder.
# BPF_PROG() declares parameters that a program need not use.
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 $(WARNINGS) -Wno-unused-parameter -Iinclude \
	      $(addprefix -I,$(BPF_HEADERS)) $(addprefix -isystem ,$(LIBBPF_UAPI)) \
	      -idirafter /usr/include/$(shell $(CC) -dumpmachine)

$(B)/progs/%.bpf.o: progs/%.bpf.c $(wildcard progs/*.h)
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(B)/gen/loader_plain.o: progs/loader.bpf.c include/lskel/blob.h
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<
$(B)/gen/loader_types.o: progs/loader.bpf.c include/lskel/blob.h
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -DLSKEL_FIND_BTF -c -o $@ $<
$(B)/gen/loader_symbols.o: progs/loader.bpf.c include/lskel/blob.h
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -DLSKEL_FIND_BTF -DLSKEL_FIND_SYM -c -o $@ $<

$(B)/mkloader: $(B)/gen/mkloader.o $(RECORD_OBJS)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(WRAP) $(LIBS)

$(B)/gen/loader_%.h: $(B)/gen/loader_%.o $(B)/mkloader
	$(call say,GEN,$@)$(B)/mkloader $< loader_$* > $@.tmp && mv $@.tmp $@

# The run time as text, for --standalone.
RUNTIME := $(wildcard include/lskel/*.h loader/*.[ch])
$(B)/gen/runtime_text.h: scripts/amalgamate $(RUNTIME)
	@mkdir -p $(@D)
	$(call say,GEN,$@)scripts/amalgamate > $@.tmp && mv $@.tmp $@

$(B)/gen/skeleton.o: $(B)/gen/runtime_text.h
$(B)/gen/loader_link.o: $(addprefix $(B)/gen/loader_,plain.h types.h symbols.h)

-include $(wildcard $(B)/gen/*.d $(B)/loader/*.d)

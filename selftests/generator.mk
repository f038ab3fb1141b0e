# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Tests of the generator and of the headers that it writes, and the generator under ASan and UBSan:
# build/asan/lskel. Included by selftests/build.mk.

GT := $(B)/selftests
GENERATOR_SCRIPTS := $(addprefix selftests/,test_headers.sh test_deterministic.sh test_sanitized.sh \
		     test_cli.sh test_bpftool_names.sh test_relocate.sh test_show.sh test_prog_load.sh test_autoattach.sh test_completion.sh)
FIXTURES := $(patsubst selftests/%.c,$(GT)/%.o,$(wildcard selftests/fixtures/*.bpf.c))
FIXTURES += $(if $(BPFTOOL),$(GT)/fixtures/linked.bpf.o)

COMPAT := $(if $(BPFTOOL),$(addprefix $(GT)/compat_,lskel bpftool))

KERNEL_TESTS += selftests/test_bpftool_compat.sh
ATTACH_TESTS += selftests/test_bpftool_compat_attach.sh
HOST_TESTS += $(GENERATOR_SCRIPTS) $(addprefix $(GT)/,test_core_relo test_damage test_prune_btf test_sys test_verify test_versions) $(B)/asan/fuzz_elf $(B)/asan/fuzz_saved \
	      $(B)/asan/fuzz_image $(B)/asan/test_btf_types

# Scripts are no targets: what they need is built before any test runs.
run-check: $(GT)/map_types.bpf.o $(GT)/reading.bpf.o $(FIXTURES) $(COMPAT) $(GT)/can_bpf $(GT)/many.bpf.o $(GT)/relocated.bpf.o \
	   $(GT)/autoattach.bpf.o $(GT)/autoattach_nowhere.bpf.o $(GT)/xdp_metadata.bpf.o $(GT)/slow.bpf.o $(GT)/offload.bpf.o $(B)/lskel $(B)/liblskel.a $(B)/asan/lskel

# Objects for the generator.
$(GT)/fixtures/%.bpf.o: selftests/fixtures/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<
$(GT)/fixtures/no_btf.bpf.o: BPF_CFLAGS += -g0

$(GT)/fixtures/linked.bpf.o: $(GT)/fixtures/link_a.bpf.o $(GT)/fixtures/link_b.bpf.o
	$(call say,BPFTOOL,$@)$(BPFTOOL) gen object $@ $^

# The generator with sanitizers. gcc's come as shared libraries, which --wrap leaves alone.
ASAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ASAN_OBJS := $(patsubst $(B)/%,$(B)/asan/%,$(GEN_OBJS) $(LOADER_OBJS))

$(ASAN_OBJS): $(B)/asan/%.o: %.c $(B)/libbpf.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<
$(VERSIONED:%=$(B)/asan/%): Makefile
$(B)/asan/gen/skeleton.o: $(B)/gen/runtime_text.h
$(B)/asan/gen/loader_link.o: $(addprefix $(B)/gen/loader_,plain.h types.h symbols.h)

$(B)/asan/lskel: $(ASAN_OBJS)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) -o $@ $^ $(WRAP) $(LIBS)

$(B)/asan/fuzz_elf $(B)/asan/fuzz_saved $(B)/asan/test_btf_types: $(B)/asan/%: $(GT)/%.o $(GT)/fuzz_mutate.o $(filter-out $(B)/asan/gen/main.o,$(ASAN_OBJS))
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) -o $@ $^ $(WRAP) $(LIBS)

$(B)/asan/fuzz_image: $(GT)/fuzz_image.o $(filter-out $(B)/asan/gen/main.o,$(ASAN_OBJS)) | $(GT)/relocated.bpf.o
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) -o $@ $(filter %.o,$^) $(WRAP) $(LIBS)

$(GT)/autoattach_nowhere.bpf.o: selftests/progs/autoattach.bpf.c
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -DNOWHERE -c -o $@ $<

# One application with the headers of two generators.
COMPAT_CFLAGS := -O2 -Wall -Wextra -Werror -static $(addprefix -isystem ,$(LIBBPF_UAPI))
$(GT)/compat_lskel.h: $(GT)/fixtures/compat.bpf.o $(B)/lskel
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name compat > $@.tmp && mv $@.tmp $@
$(GT)/compat_bpftool.h: $(GT)/fixtures/compat.bpf.o
	$(call say,BPFTOOL,$@)$(BPFTOOL) gen skeleton -L $< name compat > $@.tmp && mv $@.tmp $@
$(GT)/compat_lskel: selftests/compat_app.c $(GT)/compat_lskel.h $(B)/liblskel.a
	$(call say,CC,$@)$(CC) $(COMPAT_CFLAGS) -Iinclude '-DCOMPAT_HEADER="../$(GT)/compat_lskel.h"' -o $@ $<
$(GT)/compat_bpftool: selftests/compat_app.c $(GT)/compat_bpftool.h
	$(call say,CC,$@)$(CC) $(COMPAT_CFLAGS) $(LIBBPF_CFLAGS) -Wno-unused-parameter -Wno-sign-compare \
		'-DCOMPAT_HEADER="../$(GT)/compat_bpftool.h"' -o $@ $<

# Unit tests.
$(GT)/test_core_relo $(GT)/test_prune_btf $(GT)/test_verify: $(GT)/%: $(GT)/%.o $(filter-out $(B)/gen/main.o,$(GEN_OBJS)) \
		      $(B)/liblskel.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(WRAP) $(LIBS)
$(GT)/test_damage: $(GT)/test_damage.o $(GT)/fuzz_mutate.o $(addprefix $(B)/gen/,term.o util.o)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(LIBS)
$(GT)/test_sys: $(GT)/test_sys.o
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^
$(GT)/test_versions: $(GT)/test_versions.o $(B)/loader/names.o $(B)/loader/versions.o
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

-include $(wildcard $(B)/asan/*/*.d $(GT)/fixtures/*.d \
	   $(addprefix $(GT)/,test_core_relo.d test_damage.d test_prune_btf.d test_sys.d test_verify.d test_versions.d fuzz_elf.d fuzz_image.d fuzz_saved.d fuzz_mutate.d))

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The comparison with libbpf of where functions are: a program of its own, with libbpf and shared libraries, and a library
# to look into. Included by selftests/build.mk.

OT := $(B)/selftests
ATTACH_TESTS += $(OT)/test_attach_offsets

$(OT)/test_attach_offsets: selftests/test_attach_offsets.c $(OT)/attach_uprobes.lskel.h $(B)/liblskel.a \
			   | $(OT)/libtraced.so $(OT)/test_attach_uprobes
	$(call say,CC,$@)$(CC) $(CFLAGS) $(INCLUDES) -Iselftests -I$(OT) -MMD -MP -pie -fPIE -o $@ $< \
		$(B)/liblskel.a $(LIBS)

$(OT)/traced_%.o: selftests/traced_lib.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) -Iselftests -fPIC -DTRACED_PART=$* -c -o $@ $<

$(OT)/libtraced.so: $(OT)/traced_1.o $(OT)/traced_2.o selftests/traced_lib.map
	$(call say,LINK,$@)$(CC) -shared -Wl,--version-script=selftests/traced_lib.map -o $@ $(filter %.o,$^)

-include $(OT)/test_attach_offsets.d

# The same without a kernel, and with sanitizers.
HOST_TESTS += $(B)/asan/test_probe_parts
PROBE_PARTS := $(addprefix $(B)/asan/loader/,elf_file.o elf_symbols.o usdt_args.o usdt_notes.o)
$(B)/asan/test_probe_parts: $(B)/asan/selftests/test_probe_parts.o $(PROBE_PARTS) | $(OT)/libtraced.so
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) -o $@ $^ -lelf -lz
$(B)/asan/selftests/test_probe_parts.o: selftests/test_probe_parts.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(ASAN_FLAGS) $(INCLUDES) -Iselftests -MMD -MP -c -o $@ $<

-include $(B)/asan/selftests/test_probe_parts.d

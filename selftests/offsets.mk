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
	$(call say,CC,$@)$(CC) $(CFLAGS) -fPIC -DTRACED_PART=$* -c -o $@ $<

$(OT)/libtraced.so: $(OT)/traced_1.o $(OT)/traced_2.o selftests/traced_lib.map
	$(call say,LINK,$@)$(CC) -shared -Wl,--version-script=selftests/traced_lib.map -o $@ $(filter %.o,$^)

-include $(OT)/test_attach_offsets.d

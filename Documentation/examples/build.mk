# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The examples: skeletons and applications, static so that they run in vmtest as they are, and for
# comparison the same on libbpf.

E := $(B)/examples
LIBXDP_OBJECT := $(firstword $(wildcard /usr/lib/*/bpf/xdp-dispatcher.o /usr/lib*/bpf/xdp-dispatcher.o))
EXAMPLE_CFLAGS := -O2 $(WARNINGS) -Iinclude -Iprogs -I$(E)

EXAMPLES := $(addprefix $(E)/,execwatch execwatch_dynamic execwatch_libbpf execwatch_libbpf_static \
	      xdp_dispatcher)

# Tools, and for comparison the same sources on libbpf, if there is a bpftool to make skeletons for it.
TOOLS := $(addprefix $(E)/,biolat runqlat tcplife xdpfilter)
TOOL_TWINS := $(if $(BPFTOOL),$(TOOLS:%=%_skel) $(TOOLS:%=%_skel_static))
EXAMPLES += $(TOOLS) $(TOOLS:%=%_dynamic) $(TOOL_TWINS)

.PHONY: examples run-demo
examples: $(EXAMPLES)

run-demo: all examples $(B)/progs/execwatch.bpf.o
	$(Q)scripts/demo $(B) $(LIBXDP_OBJECT)

$(E)/%.lskel.h: $(B)/progs/%.bpf.o $(B)/lskel
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name $* > $@

$(E)/xdp_dispatcher.lskel.h: $(LIBXDP_OBJECT) $(B)/lskel
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name xdp_dispatcher > $@

$(E)/%.skel.h: $(B)/progs/%.bpf.o
	@mkdir -p $(@D)
	$(call say,BPFTOOL,$@)$(BPFTOOL) gen skeleton $< name $* > $@

$(E)/%: Documentation/examples/%.c $(E)/%.lskel.h $(B)/liblskel.a
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) -static -o $@ $< $(B)/liblskel.a

$(E)/%_dynamic: Documentation/examples/%.c $(E)/%.lskel.h $(B)/liblskel.a
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) -o $@ $< $(B)/liblskel.a

$(E)/%_libbpf: Documentation/examples/%_libbpf.c $(B)/libbpf.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) $(LIBBPF_CFLAGS) -o $@ $< $(LIBS)

$(E)/%_libbpf_static: Documentation/examples/%_libbpf.c $(B)/libbpf.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) $(LIBBPF_CFLAGS) -static -o $@ $< $(LIBS)

$(TOOLS:%=%_skel): $(E)/%_skel: Documentation/examples/%.c $(E)/%.skel.h
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) -DON_LIBBPF $(LIBBPF_CFLAGS) -o $@ $< $(LIBS)

$(TOOLS:%=%_skel_static): $(E)/%_skel_static: Documentation/examples/%.c $(E)/%.skel.h
	$(call say,CC,$@)$(CC) $(EXAMPLE_CFLAGS) -DON_LIBBPF $(LIBBPF_CFLAGS) -static -o $@ $< $(LIBS)

$(TOOLS) $(TOOLS:%=%_dynamic) $(TOOL_TWINS): Documentation/examples/tool.h

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Tests of the run time: selftests/progs/NAME.bpf.c becomes build/selftests/NAME.lskel.h, and
# selftests/test_NAME.c, which includes such headers, a static program. Included by
# selftests/build.mk; adds to HOST_TESTS, KERNEL_TESTS (these load) and ATTACH_TESTS (these attach, or change
# settings of the kernel).

ST := $(B)/selftests
ST_KERNEL := $(addprefix $(ST)/test_,settings zero_data resize at_once no_lines autoload_off many low_fds verifier_log allowlist \
	     kconfig loader_states messages messages_machine failure_injection failing_calls ksyms extern_types fallbacks \
	     choices arena peer_bugs struct_ops targets pinning pinning_races token)
ST_ATTACH := $(addprefix $(ST)/test_,attach_kinds kptr_restrict struct_ops_attach \
	     sched_ext attach_targets attach_net attach_sockets attach_sockmaps attach_infrared)
ST_PROBES := $(addprefix $(ST)/test_attach_,probes multi uprobes usdt iters)
ST_ATTACH += $(ST_PROBES)
ST_SCRIPTS := $(addprefix selftests/,test_refusals.sh test_trace.sh test_modules.sh test_module_ops.sh \
	      test_lockdown.sh test_module_targets.sh test_attach_netlink.sh test_attach_cgroup.sh)
# What scripts run in vmtest kernels that they set up.
ST_SPECIAL := $(addprefix $(ST)/test_,lockdown module_kfuncs module_targets module_ops attach_netlink attach_cgroup \
	      attach_cgroup_rules)
# The same tests of applications that have the load of liblskel.a, as by pkg-config.
ST_LINKED := $(patsubst %,$(ST)/test_%_linked,settings choices kconfig struct_ops targets failing_calls)
KERNEL_TESTS += $(ST_KERNEL) $(ST_LINKED)
ATTACH_TESTS += $(ST_ATTACH)
HOST_TESTS += $(ST_SCRIPTS)

# Scripts are no targets: what they need is built before any test runs.
run-check: $(ST_KERNEL) $(ST_LINKED) $(ST_ATTACH) $(ST_SPECIAL) $(ST)/can_bpf $(ST)/json_cmds

ST_TYPES := $(addprefix extern_types_,FUNC INCOMPLETE WEAK VAR VAR_WEAK VAR_UNUSED MODULE MODULE_WEAK FLAVORS STRONG \
	    OLD_FLAVORS OLD_STRONG)
ST_MISSING := $(addprefix ksym_missing_,FUNC VAR ADDR UNUSED_FUNC UNUSED_VAR UNUSED_ADDR)

# The skeletons that each program includes.
st_skels = $(patsubst %,$(ST)/%.lskel.h,$(1))
$(ST)/test_settings $(ST)/test_zero_data: $(call st_skels,settings)
$(ST)/test_at_once: $(call st_skels,rich settings)
$(ST)/test_no_lines: $(call st_skels,rich rich_no_lines)
$(ST)/test_autoload_off: $(call st_skels,optional)
$(ST)/test_pinning $(ST)/test_pinning_races: $(call st_skels,pinned)
$(ST)/test_token: $(call st_skels,bad_access bad_target ksym_func pinned rich)
$(ST)/test_many: $(call st_skels,many)
$(ST)/test_low_fds: $(call st_skels,maps_only rich)
$(ST)/test_verifier_log: $(call st_skels,bad_access bad_helper bad_target bare)
$(ST)/test_allowlist: $(call st_skels,bare rich)
$(ST)/test_loader_states: $(call st_skels,bare ksym_addr many one_target rich)
$(ST)/test_failure_injection $(ST)/test_failing_calls: $(call st_skels,bare ca_plain fallbacks ksym_addr maps_only rich)
$(ST)/test_ksyms: $(call st_skels,ksym_func ksym_func_old ksym_mixed ksym_mixed_old ksym_addr ksym_prog ksym_zero \
		  $(ST_MISSING))
$(ST)/test_extern_types: $(call st_skels,$(ST_TYPES))
$(ST)/test_fallbacks: $(call st_skels,fallbacks needs_core needs_lock)
$(ST)/test_struct_ops $(ST)/test_struct_ops_attach: $(call st_skels,ca ca_link)
$(ST)/test_module_ops: $(call st_skels,module_ops)
$(ST)/test_sched_ext: $(call st_skels,scx)
$(ST)/test_targets: $(call st_skels,replace retarget target target_plain)
$(ST)/test_attach_net $(ST)/test_attach_netlink: $(call st_skels,attach_net)
$(ST)/test_attach_cgroup $(ST)/test_attach_cgroup_rules: $(call st_skels,attach_cgroup)
$(ST)/test_attach_sockets $(ST)/test_attach_sockmaps: $(call st_skels,attach_sockets)
$(ST)/test_attach_infrared: $(call st_skels,infrared)
$(ST)/test_attach_targets: $(call st_skels,replace target watch)
$(ST)/test_module_targets: $(call st_skels,module)
$(ST)/test_kconfig: $(call st_skels,kconfig kconfig_missing kconfig_type)
$(ST)/test_messages: $(call st_skels,arena bad_member bad_target bare broken broken_license broken_map_type broken_no_entries \
		    ca ksym_missing_ADDR ksym_missing_FUNC replace)
$(ST)/test_messages_machine: $(call st_skels,bare broken broken_no_entries kconfig_missing kconfig_type pinned)
$(ST)/test_choices $(ST)/test_resize: $(call st_skels,choices)
$(ST)/test_arena: $(call st_skels,arena arena_fixed arena_plain)
$(ST)/test_peer_bugs: $(call st_skels,bad_access no_btf no_programs targets)
$(ST)/test_kptr_restrict: $(call st_skels,ksym_addr ksym_addr_weak ksym_missing_ADDR ksym_mixed ksym_mixed_old)
$(ST)/test_lockdown: $(call st_skels,fallbacks ksym_addr ksym_func ksym_mixed maps_only needs_core one_target optional \
		    settings)
$(ST)/test_module_kfuncs: $(call st_skels,module_kfuncs module_many)
$(ST)/test_attach_kinds: $(call st_skels,attach_kinds attach_refused attach_sleepable optional)

$(ST)/test_attach_probes: $(call st_skels,attach_probes attach_sections)
$(ST)/test_attach_multi: $(call st_skels,attach_multi)
$(ST)/test_attach_uprobes: $(call st_skels,attach_uprobes)
$(ST)/test_attach_usdt: $(call st_skels,attach_usdt)
$(ST)/test_attach_iters: $(call st_skels,attach_iters)

ST_BPF_CFLAGS := $(BPF_CFLAGS)
$(ST)/bare.bpf.o: ST_BPF_CFLAGS += -g0
$(ST)/attach_usdt.bpf.o: ST_BPF_CFLAGS += -D__TARGET_ARCH_x86 -Wno-sign-compare

.PRECIOUS: $(ST)/%.bpf.o $(ST)/%_old.bpf.o $(ST)/%.lskel.h

$(ST)/%.bpf.o: selftests/progs/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(ST)/many.bpf.c: selftests/progs/many.awk
	@mkdir -p $(@D)
	$(call say,GEN,$@)awk -v progs=200 -v maps=300 -f $< > $@.tmp && mv $@.tmp $@
$(ST)/many.bpf.o: $(ST)/many.bpf.c
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -c -o $@ $<

$(ST)/arena_plain.bpf.o: selftests/progs/arena.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DPLAIN -MMD -MP -c -o $@ $<

$(ST)/arena_fixed.bpf.o: selftests/progs/arena.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DFIXED -MMD -MP -c -o $@ $<

# The same without BTF.
$(ST)/target_plain.bpf.o: selftests/progs/target.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -g0 -MMD -MP -c -o $@ $<

# The same with functions that older kernels have.
$(ST)/%_old.bpf.o: selftests/progs/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DOLD -MMD -MP -c -o $@ $<

$(ST)/ksym_addr_weak.bpf.o: selftests/progs/ksym_addr.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DWEAK -MMD -MP -c -o $@ $<

$(ST_MISSING:%=$(ST)/%.bpf.o): $(ST)/ksym_missing_%.bpf.o: selftests/progs/ksym_missing.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -D$* -MMD -MP -c -o $@ $<

$(ST_TYPES:%=$(ST)/%.bpf.o): $(ST)/extern_types_%.bpf.o: selftests/progs/extern_types.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -D$(subst OLD_,OLD -D,$*) -MMD -MP -c -o $@ $<

# The same with kernel configuration that can't be had.
$(ST)/kconfig_missing.bpf.o $(ST)/kconfig_type.bpf.o: selftests/progs/kconfig.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DKCONFIG_$(patsubst kconfig_%.bpf.o,%,$(@F)) -MMD -MP -c -o $@ $<

$(ST)/broken_license.bpf.o: BROKEN := LICENSE
$(ST)/broken_map_type.bpf.o: BROKEN := MAP_TYPE
$(ST)/broken_no_entries.bpf.o: BROKEN := NO_ENTRIES
$(addprefix $(ST)/broken_,$(addsuffix .bpf.o,license map_type no_entries)): selftests/progs/broken.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -D$(BROKEN) -MMD -MP -c -o $@ $<

# One object for each construct that the generator refuses.
ST_REFUSED := $(patsubst %,$(ST)/refused/%.o,LONG_NAME LONGEST_NAME CORE \
	      BIG_ENDIAN)
run-check: $(ST_REFUSED)
$(ST)/refused/BIG_ENDIAN.o: ST_BPF_CFLAGS += --target=bpfeb
$(ST_REFUSED): $(ST)/refused/%.o: selftests/progs/refused.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -D$* -c -o $@ $<

# The same with maps that are attached by links.
$(ST)/ca_link.bpf.o: selftests/progs/ca.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DLINK -MMD -MP -c -o $@ $<
$(ST)/ca_plain.bpf.o: selftests/progs/ca.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(ST_BPF_CFLAGS) -DPLAIN -MMD -MP -c -o $@ $<

$(ST)/%.lskel.h: $(ST)/%.bpf.o $(B)/lskel
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name $* > $@.tmp && mv $@.tmp $@

$(ST)/rich_no_lines.lskel.h: $(ST)/rich.bpf.o $(B)/lskel
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name rich_no_lines --no-line-info > $@.tmp && mv $@.tmp $@

# Those of tests of the generator.
$(ST)/no_btf.lskel.h $(ST)/no_programs.lskel.h: $(ST)/%.lskel.h: $(ST)/fixtures/%.bpf.o $(B)/lskel
	$(call say,GEN,$@)$(B)/lskel gen skeleton $< name $* > $@.tmp && mv $@.tmp $@

$(ST)/test_failure_injection $(ST)/test_failing_calls $(ST)/test_targets $(ST)/test_module_targets \
$(ST)/test_failing_calls_linked $(ST)/test_targets_linked: \
	ST_LDFLAGS := -Wl,--wrap=syscall,--wrap=mmap
$(ST)/test_zero_data $(ST)/test_loader_states $(ST)/test_messages_machine $(ST)/test_pinning_races $(ST)/test_token $(ST_PROBES): \
	ST_LDFLAGS := -Wl,--wrap=syscall
$(ST)/test_struct_ops $(ST)/test_struct_ops_linked: ST_LDFLAGS := -Wl,--wrap=open
$(ST)/test_kconfig $(ST)/test_kconfig_linked $(ST)/test_messages_machine: ST_LIBS := -lz
$(ST)/test_attach_cgroup $(ST)/test_attach_cgroup_rules: ST_LIBS := $(LIBBPF_A) $(LIBBPF_LIBS)
# What the fidelity check says of BTF.
RESIZE_OBJS := $(ST)/fidelity_btf.o $(addprefix $(B)/gen/,term.o util.o)
$(ST)/test_resize: ST_LIBS := $(RESIZE_OBJS) $(LIBBPF_A) $(LIBBPF_LIBS)
$(ST)/test_resize: INCLUDES += -Igen
$(ST)/test_resize: $(RESIZE_OBJS)
# What attaching may call, see selftests/attach_failures.h.
$(ST)/test_attach_net $(ST)/test_attach_netlink $(ST)/test_attach_cgroup $(ST)/test_attach_cgroup_rules \
$(ST)/test_attach_sockets $(ST)/test_attach_sockmaps $(ST)/test_attach_infrared: ST_LDFLAGS := \
	-Wl,$(subst $() ,$(comma),$(addprefix --wrap=,syscall mmap socket send recv setsockopt getsockopt fcntl))
$(ST)/test_attach_uprobes $(ST)/test_attach_usdt: ST_LIBS := -lelf -lz

ST_CC = $(CC) $(CFLAGS) $(INCLUDES) -Iselftests -I$(ST) -MMD -MP -static $(ST_LDFLAGS)
$(ST_KERNEL) $(ST_ATTACH) $(ST_SPECIAL) $(ST)/can_bpf $(ST)/json_cmds: $(ST)/%: selftests/%.c $(B)/liblskel.a
	@mkdir -p $(@D)
	$(call say,CC,$@)$(ST_CC) -o $@ $< $(B)/liblskel.a $(ST_LIBS)

# Behind those that include the same headers.
$(ST_LINKED): $(ST)/%_linked: selftests/%.c $(B)/liblskel.a | $(ST)/%
	$(call say,CC,$@)$(ST_CC) -DLSKEL_LINKED -o $@ $< $(B)/liblskel.a $(ST_LIBS)

-include $(wildcard $(ST)/*.d)

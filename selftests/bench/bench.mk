# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# make bench: how long it takes to load an object through a skeleton, next to the bare system calls, libbpf
# and libbpf's gen_loader; and to read what programs produce, next to libbpf. See Documentation/performance.md. Included by selftests/build.mk.

BENCH := $(B)/bench
BENCH_SRC := selftests/bench

$(BENCH)/prepare: $(addprefix $(B)/selftests/bench/,prepare.o record.o) $(addprefix $(B)/gen/,commands.o slice.o term.o trace.o util.o)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^ $(LIBS) -ldl

$(BENCH)/bench: $(B)/selftests/bench/bench.o $(B)/selftests/bench/measure.o $(B)/selftests/bench/report.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -o $@ $^

$(BENCH)/forget: $(B)/selftests/bench/forget.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -static -o $@ $^

$(BENCH)/loader_cost: selftests/bench/loader_cost.c $(addprefix $(B)/selftests/,bare.lskel.h ksym_addr.lskel.h rich.lskel.h) $(B)/liblskel.a
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(INCLUDES) -Iselftests -I$(B)/selftests -MMD -MP -static -Wl,--wrap=syscall -o $@ $< $(B)/liblskel.a

# What all applications have in common.
# As with the flags of pkg-config.
BENCH_CFLAGS := -O2 -static -s -pthread -DLSKEL_LINKED -Iinclude -I$(BENCH_SRC) $(LIBBPF_CFLAGS) $(addprefix -isystem ,$(LIBBPF_UAPI))

BENCH_ENV = BENCH_CFLAGS='$(BENCH_CFLAGS)' BENCH_LIBS='$(LIBS)' BENCH_BPF_CFLAGS='$(BPF_CFLAGS)' CC='$(CC)' CLANG='$(CLANG)'
BENCH_OPTIONS = $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only '$(ONLY)')

.PHONY: run-bench run-bench-sweep
run-bench: all $(addprefix $(BENCH)/,prepare bench loader_cost forget) $(addprefix $(B)/selftests/,can_bpf bench_reading) \
	   $(B)/progs/execwatch.bpf.o
	$(Q)$(BENCH_ENV) $(BENCH_SRC)/run $(B) $(BENCH_OPTIONS)
	$(Q)$(B)/selftests/bench_reading | tee $(BENCH)/reading.txt

run-bench-sweep: all $(addprefix $(BENCH)/,prepare forget)
	$(Q)$(BENCH_ENV) $(BENCH_SRC)/sweep $(B) $(BENCH_OPTIONS)

-include $(wildcard $(B)/selftests/bench/*.d) $(BENCH)/loader_cost.d

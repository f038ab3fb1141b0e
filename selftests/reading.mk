# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Tests of what reads the output of programs, and a comparison of speed with libbpf. Built by the rules of
# selftests/runtime.mk; included by selftests/build.mk.

RT_KERNEL := $(addprefix $(ST)/test_,ringbuf user_ringbuf perfbuf maps)
RT_ATTACH := $(addprefix $(ST)/test_,perfbuf_offline)
KERNEL_TESTS += $(RT_KERNEL)
ATTACH_TESTS += $(RT_ATTACH)

$(RT_KERNEL) $(RT_ATTACH): $(ST)/reading.lskel.h
$(ST)/test_maps: $(ST)/map_types.lskel.h
$(RT_KERNEL) $(RT_ATTACH): ST_LDFLAGS := \
	-Wl,--wrap=syscall,--wrap=mmap,--wrap=epoll_create1,--wrap=epoll_ctl,--wrap=calloc,--wrap=realloc

$(RT_KERNEL) $(RT_ATTACH): $(ST)/%: selftests/%.c $(B)/liblskel.a
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(INCLUDES) -Iselftests -I$(ST) -MMD -MP -static $(ST_LDFLAGS) -o $@ $< \
		$(B)/liblskel.a

# Not a test, but it shall compile. "make bench" runs it.
run-check: $(ST)/bench_reading
$(ST)/bench_reading: $(ST)/reading.lskel.h
$(ST)/bench_reading: $(ST)/%: selftests/%.c $(B)/liblskel.a
	$(call say,CC,$@)$(CC) $(CFLAGS) $(INCLUDES) -Iselftests -I$(ST) -MMD -MP -static -o $@ $< \
		$(B)/liblskel.a $(LIBS)

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two programs for an infrared device: they count the pulses that it hears, and tell how long the last one was. */
#include <linux/bpf.h>
#include <linux/lirc.h>
#include <bpf/bpf_helpers.h>

__u32 pulses, other_pulses;
__u32 last; /* in microseconds */

static __always_inline void count(const unsigned int *sample, __u32 *counter)
{
	if (!LIRC_IS_PULSE(*sample))
		return;
	__sync_fetch_and_add(counter, 1);
	last = LIRC_VALUE(*sample);
}

SEC("lirc_mode2")
int on_infrared(unsigned int *sample)
{
	count(sample, &pulses);
	return 0;
}

SEC("lirc_mode2")
int on_infrared_other(unsigned int *sample)
{
	count(sample, &other_pulses);
	return 0;
}

char _license[] SEC("license") = "GPL";

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Histograms in powers of two: slot 0 is for 0 and 1, slot n for 2^n to 2^(n+1) - 1, the last for all above. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#define SLOTS 27

#ifdef __bpf__
static __always_inline __u32 slot_of(__u64 value)
{
	__u32 slot = 0;

	for (int shift = 32; shift; shift >>= 1)
		if (value >> shift) {
			value >>= shift;
			slot += shift;
		}
	return slot < SLOTS ? slot : SLOTS - 1;
}
#endif

#endif /* HISTOGRAM_H */

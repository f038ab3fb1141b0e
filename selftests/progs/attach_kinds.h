/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which program of attach_kinds.bpf.c counts where. */
#ifndef LSKEL_SELFTESTS_ATTACH_KINDS_H
#define LSKEL_SELFTESTS_ATTACH_KINDS_H

enum {
	HIT_RAW_TP,
	HIT_TP_BTF,
	HIT_FENTRY,
	HIT_FEXIT,
	HIT_FMOD_RET,
	HIT_LSM,
	HIT_LSM_SLEEPABLE,
	HIT_ITER,
	HITS,
};

#endif /* LSKEL_SELFTESTS_ATTACH_KINDS_H */

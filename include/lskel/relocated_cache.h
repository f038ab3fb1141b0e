/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Forms of <lskel/relocated.h> in files, which "lskel relocate" writes. Part of liblskel.a; only skeletons that were
 * generated with --cache link it.
 *
 * Internal: applications call foo__use_cache().
 */
#ifndef LSKEL_RELOCATED_CACHE_H
#define LSKEL_RELOCATED_CACHE_H

#include <lskel/relocated.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where "lskel relocate" puts forms, and where lskel_use_cache() looks for them. */
#define LSKEL_CACHE_DIR "/var/cache/lskel"

/*
 * Between open() and load(): has load() use the form for the running kernel that "lskel relocate" put into
 * directory @dir, NULL for LSKEL_CACHE_DIR. Returns 0; or a negative errno, which is also in errno, and then
 * load() does what it would have done without:
 *
 * -ENOENT: there is none for this skeleton and kernel; -EPERM: the directory or the file is owned by someone
 * who is neither root nor this process's user, or may be written to by others; -EINVAL: it is damaged, or
 * @skel is loaded, or the skeleton was generated without --cache; -ENODATA: the kernel has no build id; or what
 * open(2) and malloc(3) give.
 */
LSKEL_API int lskel_use_cache(const struct lskel_info *info, void *skel, const char *dir);

/* For this and for "lskel relocate": */

/* Room for the name of a file in the cache. */
#define LSKEL_CACHE_NAME_MAX (32 + 1 + 2 * LSKEL_BUILD_ID_MAX + 1)

/* That name: 16 bytes of the hash, and the build id, as hex digits. */
LSKEL_API void lskel_cache_name(const void *hash, const __u8 *build_id, __u32 build_id_len,
				char name[LSKEL_CACHE_NAME_MAX]);

/*
 * Reads the form for the running kernel that has @build_id from directory @dir. Returns 0 with a *@form that
 * the caller frees, or a negative errno as lskel_use_cache().
 */
LSKEL_API int lskel_read_cache(const void *image, const void *hash, const char *dir,
			       const __u8 *build_id, __u32 build_id_len, void **form);

#ifdef __cplusplus
}
#endif

/* int foo__use_cache(struct foo *skel, const char *dir): see lskel_use_cache(). */
#define LSKEL_DEFINE_CACHE(name)                                                                   \
	static inline                                                                              \
		__attribute__((unused)) int name##__use_cache(struct name *skel, const char *dir)  \
	{                                                                                          \
		return lskel_use_cache(&name##__info, skel, dir);                                  \
	}

#endif /* LSKEL_RELOCATED_CACHE_H */

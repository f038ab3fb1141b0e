/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The functions of a skeleton, for generated headers. For an object "foo" that is:
 *
 * struct foo *foo__open(void);
 *	Returns a skeleton with initial data that may be changed, or NULL with errno set.
 * int foo__load(struct foo *skel);
 *	Creates maps and loads programs. Returns 0 or a negative errno (also in errno).
 * struct foo *foo__open_and_load(void);
 *	Both; NULL with errno set when either fails.
 * int foo__attach(struct foo *skel);
 *	Attaches every program that says where in its section name. Returns 0 or a negative errno.
 * int foo__PROG__attach(struct foo *skel);
 *	Attaches one. Returns the fd of the link, which the skeleton owns, 0 when there is nothing
 *	to do, or a negative errno (-EBUSY when it is attached already).
 * struct lskel_link *foo__PROG__attach_to(struct foo *skel, const struct lskel_where *where);
 *	Attaches one at any place that it may be attached to, as often as you like. See lskel_attach_to(), and the
 *	header of its kind for what @where is.
 * struct lskel_link *foo__PROG__attach_old_to(struct foo *skel, const struct lskel_where *where);
 *	The same in the way that the kernel had before BPF links: PROG_ATTACH, netlink. For kernels without such
 *	links, to replace programs that were attached so, or for what shall outlive the process without a pin. See
 *	<lskel/attach_old.h>, <lskel/attach_netlink.h>.
 * void foo__link_detach(struct foo *skel, struct lskel_link *link);
 *	Takes back what attach_to() has attached; so do detach() and destroy().
 * int foo__link_disown(struct foo *skel, struct lskel_link *link);
 *	Gives the link up: the program stays attached. Returns the fd of the BPF link, now the caller's, or 0.
 * int foo__link_update(struct foo *skel, struct lskel_link *link, int prog_fd);
 *	Puts another program into the link. See <lskel/link.h>.
 * int foo__detach_one(struct foo *skel, int *fd);
 * int foo__disown(struct foo *skel, int *fd);
 * int foo__update(struct foo *skel, int *fd, int prog_fd);
 *	The same for what attach() has attached, where @fd is &skel->links.NAME_fd. See <lskel/link.h>.
 * int foo__MAP__put_into(struct foo *skel, int link_fd);
 *	Puts a struct_ops map into the link of another one. See <lskel/struct_ops.h>.
 * int foo__pin(struct foo *skel, int fd, const char *path);
 * int foo__unpin(struct foo *skel, const char *path);
 *	Pins a program, link or map in a BPF file system, and takes a pin away. See <lskel/link.h>.
 * int foo__PROG__set_target(struct foo *skel, int prog_fd, const char *func);
 *	Before load(), of a program that is for a function, tracepoint or hook: another one, or one of another
 *	program. See <lskel/target.h>. Needs liblskel.a.
 * int foo__set_value_size(struct foo *skel, struct lskel_map *map, __u32 size);
 *	Before load(), other sizes for values, as of an array at the end of global data. See <lskel/open.h>.
 * int foo__set_pin_root(struct foo *skel, const char *dir);
 *	Before load(), another place for the maps that the object has pinned by name. See <lskel/open.h>.
 * void foo__detach(struct foo *skel);
 *	Takes back what was attached.
 * void foo__destroy(struct foo *skel);
 *	Detaches, closes all fds and frees @skel; NULL is allowed.
 * const char *foo__error(struct foo *skel);
 *	What the last load or attach failed at; see <lskel/error.h>. Needs liblskel.a, unless the
 *	skeleton was generated with --standalone.
 *
 * Since: lskel 0.1
 */
#ifndef LSKEL_DEFINE_H
#define LSKEL_DEFINE_H

#include <lskel/attach.h>
#include <lskel/error.h>
#include <lskel/link.h>

#ifdef __cplusplus
#define LSKEL_ASSERT static_assert
#else
#define LSKEL_ASSERT _Static_assert
#endif

#define LSKEL_FUNCTION static inline __attribute__((unused))

#define LSKEL_DEFINE_SKELETON(name)                                                                \
	LSKEL_FUNCTION void name##__detach(struct name *skel)                                      \
	{                                                                                          \
		lskel_detach(&name##__info, skel);                                                 \
	}                                                                                          \
	LSKEL_FUNCTION void name##__destroy(struct name *skel)                                     \
	{                                                                                          \
		lskel_destroy(&name##__info, skel);                                                \
	}                                                                                          \
	LSKEL_FUNCTION struct name *name##__open(void)                                             \
	{                                                                                          \
		return (struct name *)lskel_open(&name##__info);                                   \
	}                                                                                          \
	LSKEL_FUNCTION int name##__load(struct name *skel)                                         \
	{                                                                                          \
		return lskel_load(&name##__info, skel);                                            \
	}                                                                                          \
	LSKEL_FUNCTION int name##__set_value_size(struct name *skel, struct lskel_map *map,        \
						  __u32 size)                                      \
	{                                                                                          \
		return lskel_set_value_size(&name##__info, skel, map, size);                       \
	}                                                                                          \
	LSKEL_FUNCTION int name##__set_pin_root(struct name *skel, const char *dir)                \
	{                                                                                          \
		return lskel_set_pin_root(&name##__info, skel, dir);                               \
	}                                                                                          \
	LSKEL_FUNCTION struct name *name##__open_and_load(void)                                    \
	{                                                                                          \
		return (struct name *)lskel_open_and_load(&name##__info);                          \
	}                                                                                          \
	LSKEL_FUNCTION int name##__attach(struct name *skel)                                       \
	{                                                                                          \
		return lskel_attach(&name##__info, skel);                                          \
	}                                                                                          \
	LSKEL_FUNCTION void name##__link_detach(struct name *skel, struct lskel_link *link)        \
	{                                                                                          \
		lskel_link_detach(skel, link);                                                     \
	}                                                                                          \
	LSKEL_FUNCTION int name##__link_disown(struct name *skel, struct lskel_link *link)         \
	{                                                                                          \
		return lskel_link_disown(skel, link);                                              \
	}                                                                                          \
	LSKEL_FUNCTION int name##__link_update(struct name *skel, struct lskel_link *link,         \
					       int prog_fd)                                        \
	{                                                                                          \
		return lskel_link_update(&name##__info, skel, link, prog_fd);                      \
	}                                                                                          \
	LSKEL_FUNCTION int name##__detach_one(struct name *skel, int *fd)                          \
	{                                                                                          \
		return lskel_detach_one(&name##__info, skel, fd);                                  \
	}                                                                                          \
	LSKEL_FUNCTION int name##__disown(struct name *skel, int *fd)                              \
	{                                                                                          \
		return lskel_disown(&name##__info, skel, fd);                                      \
	}                                                                                          \
	LSKEL_FUNCTION int name##__update(struct name *skel, int *fd, int prog_fd)                 \
	{                                                                                          \
		return lskel_update(&name##__info, skel, fd, prog_fd);                             \
	}                                                                                          \
	LSKEL_FUNCTION int name##__pin(struct name *skel, int fd, const char *path)                \
	{                                                                                          \
		return lskel_pin(&name##__info, skel, fd, path);                                   \
	}                                                                                          \
	LSKEL_FUNCTION int name##__unpin(struct name *skel, const char *path)                      \
	{                                                                                          \
		return lskel_unpin(skel, path);                                                    \
	}                                                                                          \
	LSKEL_FUNCTION const char *name##__error(struct name *skel)                                \
	{                                                                                          \
		return lskel_error(&name##__info, skel);                                           \
	}

#define LSKEL_DEFINE_ATTACH(name, prog, number)                                                    \
	LSKEL_FUNCTION int name##__##prog##__attach(struct name *skel)                             \
	{                                                                                          \
		return lskel_attach_prog(&name##__info, skel, number);                             \
	}

/* @kind: one of struct lskel_attach_kind. */
#define LSKEL_DEFINE_ATTACH_TO(name, prog, number, kind)                                           \
	LSKEL_FUNCTION struct lskel_link *name##__##prog##__attach_to(                             \
		struct name *skel, const struct lskel_where *where)                                \
	{                                                                                          \
		return lskel_attach_to(&name##__info, skel, number, kind, where);                  \
	}

/* The same in the way that was before BPF links. */
#define LSKEL_DEFINE_ATTACH_OLD_TO(name, prog, number, kind)                                       \
	LSKEL_FUNCTION struct lskel_link *name##__##prog##__attach_old_to(                         \
		struct name *skel, const struct lskel_where *where)                                \
	{                                                                                          \
		return lskel_attach_to(&name##__info, skel, number, kind, where);                  \
	}

/* The same for struct_ops map number @number. */
#define LSKEL_DEFINE_ATTACH_MAP(name, map, number)                                                 \
	LSKEL_FUNCTION int name##__##map##__attach(struct name *skel)                              \
	{                                                                                          \
		return lskel_struct_ops_attach_map(&name##__info, skel, number);                   \
	}                                                                                          \
	LSKEL_FUNCTION int name##__##map##__put_into(struct name *skel, int link_fd)               \
	{                                                                                          \
		return lskel_struct_ops_put_into(&name##__info, skel, number, link_fd);            \
	}

#endif /* LSKEL_DEFINE_H */

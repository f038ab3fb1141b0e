// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/load_args.h. Words may be cut short, as with bpftool. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <net/if.h>

#include "cmd.h"
#include "load_args.h"
#include "options.h"
#include "util.h"

/* What is left of the command line. */
struct words {
	char **at;
	int left;
};

static const char *next(struct words *words)
{
	words->left--;
	return *words->at++;
}

static bool take(struct words *words, const char *word)
{
	if (!words->left || !cmd_is_word(*words->at, word))
		return false;
	next(words);
	return true;
}

static int missing(const char *what)
{
	complain("prog load: %s is missing", what);
	return -EINVAL;
}

static bool is_map(int fd)
{
	_cleanup_(free_ptr) char *path = xprintf("/proc/self/fd/%d", fd);
	char target[64];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	target[len > 0 ? len : 0] = '\0';
	return strstr(target, "bpf-map");
}

/* The only map of the kernel's with that name. */
static int map_by_name(const char *name)
{
	int found = -ENOENT;
	__u32 id = 0;

	while (!bpf_map_get_next_id(id, &id)) {
		struct bpf_map_info info = {};
		__u32 len = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_map_get_info_by_fd(fd, &info, &len) || strcmp(info.name, name) != 0) {
			close(fd);
			continue;
		}
		if (found >= 0) {
			close(fd);
			close(found);
			complain("several maps have the name '%s': use 'id'", name);
			return -EINVAL;
		}
		found = fd;
	}
	if (found < 0)
		complain("no map has the name '%s'", name);
	return found;
}

static int map_by_id(const char *word)
{
	char *end;
	__u32 id = strtoul(word, &end, 0);
	int fd = *end || !*word ? -EINVAL : bpf_map_get_fd_by_id(id);

	if (fd < 0)
		complain("can't get the map with id '%s': %s", word, strerror(-fd));
	return fd;
}

static int map_by_path(const char *path)
{
	int fd = bpf_obj_get(path);

	if (fd < 0) {
		complain("can't get the map pinned as '%s': %s", path, strerror(-fd));
		return fd;
	}
	if (is_map(fd))
		return fd;
	close(fd);
	complain("what is pinned as '%s' is no map", path);
	return -EINVAL;
}

/* { id N | pinned FILE | name NAME | FILE } */
static int parse_map(struct words *words)
{
	if (words->left && strchr(*words->at, '/'))
		return map_by_path(next(words));
	if (words->left < 2)
		return missing("a map: 'id ID', 'pinned FILE' or 'name NAME'");
	if (take(words, "id"))
		return map_by_id(next(words));
	if (take(words, "pinned"))
		return map_by_path(next(words));
	if (take(words, "name"))
		return map_by_name(next(words));
	complain("prog load: expected 'id', 'pinned' or 'name', got '%s'", *words->at);
	return -EINVAL;
}

/* Behind "map": { idx N | name NAME } MAP */
static int parse_map_choice(struct load_args *args, struct words *words)
{
	struct map_choice choice = {};
	char *end;

	if (words->left < 3)
		return missing("'map idx N MAP' or 'map name NAME MAP'");
	if (take(words, "idx")) {
		const char *word = next(words);

		choice.idx = strtoul(word, &end, 0);
		if (*end || !*word) {
			complain("prog load: '%s' is not the number of a map", word);
			return -EINVAL;
		}
	} else if (take(words, "name")) {
		choice.name = next(words);
	} else {
		complain("prog load: expected 'idx' or 'name', got '%s'", *words->at);
		return -EINVAL;
	}
	choice.fd = parse_map(words);
	if (choice.fd < 0)
		return choice.fd;
	push(args->maps, args->map_cnt) = choice;
	return 0;
}

/* As in a section: "xdp", "cgroup/skb", or with a '/' to come: "kprobe". */
static int parse_type(struct load_args *args, struct words *words)
{
	_cleanup_(free_ptr) char *with_slash = NULL;
	const char *word;

	if (!words->left || args->has_type) {
		complain("prog load: %s", args->has_type ? "one type is enough" : "which type?");
		return -EINVAL;
	}
	word = next(words);
	with_slash = xprintf("%s/", word);
	args->has_type =
		!libbpf_prog_type_by_name(word, &args->type.type, &args->type.attach_type) ||
		!libbpf_prog_type_by_name(with_slash, &args->type.type, &args->type.attach_type);
	if (!args->has_type) {
		complain("prog load: '%s' is no type of programs", word);
		return -EINVAL;
	}
	return 0;
}

static int parse_dev(struct load_args *args, struct words *words, __u32 *ret)
{
	const char *word;

	if (!words->left)
		return missing("the name of the device");
	if (args->offload_dev || args->xdpmeta_dev) {
		complain("prog load: one of offload_dev and xdpmeta_dev, once");
		return -EINVAL;
	}
	word = next(words);
	*ret = if_nametoindex(word);
	if (!*ret) {
		complain("no network device '%s': %s", word, strerror(errno));
		return -ENODEV;
	}
	return 0;
}

static int parse_word(struct load_args *args, struct words *words)
{
	if (take(words, "type"))
		return parse_type(args, words);
	if (take(words, "map"))
		return parse_map_choice(args, words);
	if (take(words, "dev") || take(words, "offload_dev"))
		return parse_dev(args, words, &args->offload_dev);
	if (take(words, "xdpmeta_dev"))
		return parse_dev(args, words, &args->xdpmeta_dev);
	if (take(words, "autoattach")) {
		args->autoattach = true;
		return 0;
	}
	if (take(words, "pinmaps")) {
		if (!words->left)
			return missing("the directory for maps");
		args->pinmaps = next(words);
		return 0;
	}
	complain("prog load: expected 'type', 'map', 'pinmaps', 'autoattach', 'offload_dev' or "
		 "'xdpmeta_dev', got '%s'%s",
		 *words->at,
		 cmd_is_word(*words->at, "kernel_btf") ? " (the kernel relocates, by its own BTF)" :
							 "");
	return -EINVAL;
}

int load_args_parse(struct load_args *args, int argc, char **argv)
{
	struct words words = { argv, argc };
	int err = 0;

	*args = (struct load_args){};
	if (!words.left)
		return missing("FILE");
	args->file = next(&words);
	if (!options.use_loader) {
		if (!words.left)
			return missing("the path to pin at");
		args->path = next(&words);
	}
	while (words.left && !err)
		err = parse_word(args, &words);
	if (!err && !args->path && (args->pinmaps || args->autoattach)) {
		complain("prog load: with -L, nothing is pinned");
		err = -EINVAL;
	}
	return err;
}

void load_args_free(struct load_args *args)
{
	for (__u32 i = 0; i < args->map_cnt; i++)
		close(args->maps[i].fd);
	free(args->maps);
}

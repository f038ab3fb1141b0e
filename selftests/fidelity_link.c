// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel says of a link, as a line of text: see fidelity.h. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <bpf/bpf.h>

#include "fidelity.h"
#include "util.h"

/* Asks again, with room for what @info says that there is, and for a name. */
struct link_details {
	struct bpf_link_info info;
	char name[PATH_MAX];
	__u64 *places, *ref_ctrs, *cookies;
};

static void ask_again(struct link_details *details, int fd)
{
	__u32 len = sizeof(details->info);

	if (bpf_link_get_info_by_fd(fd, &details->info, &len))
		snprintf(details->name, sizeof(details->name), "(no information: %s)",
			 strerror(errno));
}

static __u64 name_of(struct link_details *details)
{
	return (__u64)(unsigned long)details->name;
}

static __u64 numbers(__u64 **array, __u32 cnt)
{
	*array = xcalloc(cnt + 1UL, sizeof(**array));
	return (__u64)(unsigned long)*array;
}

static __u64 sum(const __u64 *array, __u32 cnt)
{
	return fidelity_checksum(array, cnt * sizeof(*array));
}

static bool is_usdt(const struct fidelity *loaded, __u32 prog_id)
{
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		if (loaded->progs[i].id == prog_id)
			return !strncmp(loaded->progs[i].section, "usdt", strlen("usdt"));
	return false;
}

static int usdt_specs(const struct fidelity *loaded)
{
	for (__u32 i = 0; i < loaded->map_cnt; i++)
		if (!strcmp(loaded->maps[i].name, "__bpf_usdt_specs"))
			return loaded->maps[i].fd;
	return -1;
}

/*
 * The cookie of a uprobe. That of a USDT probe is the number of a specification in a map, in which order they are
 * taken, once some are given back, means nothing: what that says of the arguments does.
 */
static void say_cookie(const struct fidelity *loaded, __u32 prog_id, __u64 cookie, FILE *out)
{
	const __u32 key = cookie;
	__u64 spec[64] = {}; /* the value has 208 bytes */

	if (is_usdt(loaded, prog_id) && !bpf_map_lookup_elem(usdt_specs(loaded), &key, spec))
		fprintf(out, " arguments %llx", fidelity_checksum(spec, sizeof(spec)));
	else
		fprintf(out, " cookie %#llx", cookie);
}

static void say_kprobe_multi(struct link_details *details, int fd, FILE *out)
{
	const __u32 cnt = details->info.kprobe_multi.count;

	details->info.kprobe_multi.addrs = numbers(&details->places, cnt);
	details->info.kprobe_multi.cookies = numbers(&details->cookies, cnt);
	ask_again(details, fd);
	fprintf(out, " %u functions, flags %#x, addresses %llx, cookies %llx", cnt,
		details->info.kprobe_multi.flags, sum(details->places, cnt),
		sum(details->cookies, cnt));
}

static void say_uprobe_multi(const struct fidelity *loaded, struct link_details *details, int fd,
			     FILE *out)
{
	const __u32 cnt = details->info.uprobe_multi.count;

	details->info.uprobe_multi.path = name_of(details);
	details->info.uprobe_multi.path_size = sizeof(details->name);
	details->info.uprobe_multi.offsets = numbers(&details->places, cnt);
	details->info.uprobe_multi.ref_ctr_offsets = numbers(&details->ref_ctrs, cnt);
	details->info.uprobe_multi.cookies = numbers(&details->cookies, cnt);
	ask_again(details, fd);
	fprintf(out, " %u places in %s, flags %#x, pid %u", cnt, details->name,
		details->info.uprobe_multi.flags, details->info.uprobe_multi.pid);
	for (__u32 i = 0; i < cnt; i++) {
		fprintf(out, ", %#llx counter %#llx", details->places[i], details->ref_ctrs[i]);
		say_cookie(loaded, details->info.prog_id, details->cookies[i], out);
	}
}

static void say_perf_event(const struct fidelity *loaded, struct link_details *details, int fd,
			   FILE *out)
{
	const struct bpf_link_info *info = &details->info;
	const __u32 type = info->perf_event.type;

	switch (type) {
	case BPF_PERF_EVENT_UPROBE:
	case BPF_PERF_EVENT_URETPROBE:
		details->info.perf_event.uprobe.file_name = name_of(details);
		details->info.perf_event.uprobe.name_len = sizeof(details->name);
		ask_again(details, fd);
		fprintf(out, " perf type %u: %s + %#x", type, details->name,
			info->perf_event.uprobe.offset);
		break;
	case BPF_PERF_EVENT_KPROBE:
	case BPF_PERF_EVENT_KRETPROBE:
		details->info.perf_event.kprobe.func_name = name_of(details);
		details->info.perf_event.kprobe.name_len = sizeof(details->name);
		ask_again(details, fd);
		fprintf(out, " perf type %u: %s + %#x at %llx", type, details->name,
			info->perf_event.kprobe.offset, info->perf_event.kprobe.addr);
		break;
	case BPF_PERF_EVENT_TRACEPOINT:
		details->info.perf_event.tracepoint.tp_name = name_of(details);
		details->info.perf_event.tracepoint.name_len = sizeof(details->name);
		ask_again(details, fd);
		fprintf(out, " perf type %u: %s", type, details->name);
		break;
	case BPF_PERF_EVENT_EVENT:
		fprintf(out, " perf type %u: event type %u config %#llx", type,
			info->perf_event.event.type, info->perf_event.event.config);
		break;
	default: /* a kernel before 6.6 does not tell */
		break;
	}
	say_cookie(loaded, info->prog_id, fidelity_cookie(info->id), out);
}

bool fidelity_iterates_map(const char *name)
{
	return strstr(name, "bpf_map_elem") || strstr(name, "bpf_sk_storage_map") ||
	       strstr(name, "sockmap");
}

static void say_iter(const struct fidelity *loaded, struct link_details *details, int fd, FILE *out)
{
	details->info.iter.target_name = name_of(details);
	details->info.iter.target_name_len = sizeof(details->name);
	ask_again(details, fd);
	fprintf(out, " of %s", details->name);
	if (fidelity_iterates_map(details->name))
		fprintf(out, " %s", fidelity_map_name(loaded, details->info.iter.map.map_id));
	else
		fprintf(out, ", cgroup %llu order %u", details->info.iter.cgroup.cgroup_id,
			details->info.iter.cgroup.order);
}

static void say_details(const struct fidelity *loaded, struct link_details *details, int fd,
			FILE *out)
{
	switch (details->info.type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		details->info.raw_tracepoint.tp_name = name_of(details);
		details->info.raw_tracepoint.tp_name_len = sizeof(details->name);
		ask_again(details, fd);
		fprintf(out, " %s", details->name);
		break;
	case BPF_LINK_TYPE_TRACING:
		fprintf(out, " attach type %u, target %u BTF id %u",
			details->info.tracing.attach_type, details->info.tracing.target_obj_id,
			details->info.tracing.target_btf_id);
		break;
	case BPF_LINK_TYPE_ITER:
		say_iter(loaded, details, fd, out);
		break;
	case BPF_LINK_TYPE_STRUCT_OPS:
		fprintf(out, " map %s", fidelity_map_name(loaded, details->info.struct_ops.map_id));
		break;
	case BPF_LINK_TYPE_KPROBE_MULTI:
		say_kprobe_multi(details, fd, out);
		break;
	case BPF_LINK_TYPE_UPROBE_MULTI:
		say_uprobe_multi(loaded, details, fd, out);
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		say_perf_event(loaded, details, fd, out);
		break;
	default: /* libbpf attaches no others by itself */
		fprintf(out, " ???");
		break;
	}
}

char *fidelity_link_text(const struct fidelity *loaded, int fd, const struct bpf_link_info *info)
{
	struct link_details details = { .info = *info };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "link of %s, type %u:",
		info->type == BPF_LINK_TYPE_STRUCT_OPS ? "struct_ops" :
							 fidelity_prog_name(loaded, info->prog_id),
		info->type);
	say_details(loaded, &details, fd, out);
	fprintf(out, "%s\n", fidelity_made_with(info->id));
	fclose(out);
	free(details.places);
	free(details.ref_ctrs);
	free(details.cookies);
	return text;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel symbols are found on the target: functions are called, variables read, addresses are those of
 * /proc/kallsyms. Weak ones may be missing; a strong one that is missing fails the load, used or not, with
 * a message that names it.
 */
/* The type of the data in the skeletons. */
#include "progs/ksym_results.h"

#include "ksym_addr.lskel.h"
#include "ksym_func.lskel.h"
#include "ksym_func_old.lskel.h"
#include "ksym_missing_ADDR.lskel.h"
#include "ksym_missing_FUNC.lskel.h"
#include "ksym_missing_UNUSED_ADDR.lskel.h"
#include "ksym_missing_UNUSED_FUNC.lskel.h"
#include "ksym_missing_UNUSED_VAR.lskel.h"
#include "ksym_missing_VAR.lskel.h"
#include "ksym_mixed.lskel.h"
#include "ksym_mixed_old.lskel.h"
#include "ksym_prog.lskel.h"
#include "ksym_zero.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PACKET_LEN 64

/* Whether /proc/kallsyms has @name, and where. */
static bool kallsym(const char *name, __u64 *ret)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[640], symbol[512];
	unsigned long long address;
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%llx %*c %511s", &address, symbol) == 2 &&
			!strcmp(symbol, name);
	if (file)
		fclose(file);
	if (found)
		*ret = address;
	return found;
}

/* Whether the kernel's BTF has the string @name. */
static bool btf_has(const char *name)
{
	static char btf[16 << 20];
	static ssize_t size;
	ssize_t len = 1;
	int fd;

	if (!size) {
		fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
		for (; len > 0 && size < (ssize_t)sizeof(btf); size += len)
			len = read(fd, btf + size, sizeof(btf) - (size_t)size);
		close(fd);
	}
	return memmem(btf, (size_t)size, name, strlen(name) + 1);
}

static int run(int fd)
{
	union bpf_attr attr = {};
	char packet[PACKET_LEN] = {};

	attr.test.prog_fd = (__u32)fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

/* Runs all programs of @skel. Returns what they found: the only variable there is. */
static const struct ksym_results *run_all(const struct lskel_info *info, void *skel)
{
	for (__u32 i = 0; i < info->prog_cnt; i++) {
		int err = run(lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd);

		if (err)
			fail(info->name, "'%s' can't be run: %d", info->progs[i].name, err);
	}
	return *lskel_at(void *, skel, info->data[0].pointer);
}

static const struct ksym_results *load_and_run(const struct lskel_info *info, void *skel)
{
	if (!skel || lskel_load(info, skel)) {
		fail(info->name, "%s", skel ? lskel_error(info, skel) : strerror(errno));
		return NULL;
	}
	return run_all(info, skel);
}

static void check_number(const char *object, const char *what, __u64 value, __u64 expected)
{
	char name[128];

	snprintf(name, sizeof(name), "%s: %s", object, what);
	check(name, value == expected, "0x%llx instead of 0x%llx", (unsigned long long)value,
	      (unsigned long long)expected);
}

/* Without @symbol, the load fails with @expected, and says why. */
static void refused(const struct lskel_info *info, const char *symbol, int expected)
{
	void *skel = lskel_open(info);
	int err = lskel_load(info, skel);
	const char *message = lskel_error(info, skel);
	char name[128];

	snprintf(name, sizeof(name), "%s: '%s' is missing", info->name, symbol);
	check(name, err == expected && errno == -expected, "%d instead of %d: %s", err, expected,
	      message);
	snprintf(name, sizeof(name), "%s: the message says so", info->name);
	check(name, strstr(message, symbol) && strstr(message, "no such symbol"), "%s", message);
	lskel_destroy(info, skel);
}

/*
 * Loads @info's skeleton where weak @symbol, which this kernel has, is missing: the loader program
 * looks for another name. Returns the skeleton, and what its programs found.
 */
static void *load_without(struct blob_copy *copy, const struct lskel_info *info, const char *symbol,
			  const struct ksym_results **ret)
{
	void *skel;

	blob_copy_make(copy, info);
	for (__u32 i = 0; i < blob_hdr(copy)->op_cnt; i++) {
		const struct lskel_op *op = blob_op(copy, i);
		struct lskel_symbol *found = (struct lskel_symbol *)blob_attr(copy, op);

		if ((op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM) &&
		    !strcmp(found->name, symbol))
			found->name[0] = '!';
	}
	skel = lskel_open(&copy->info);
	*ret = load_and_run(&copy->info, skel);
	return skel;
}

static void functions(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	const struct ksym_results *results = load_and_run(info, skel);
	const char *name = info->name;

	if (results) {
		check_number(name, "a function is called", results->strong, PACKET_LEN);
		check_number(name, "by another program, too", results->again, PACKET_LEN);
		check_number(name, "so is a weak one", results->weak, PACKET_LEN);
		check_number(name, "a weak one that is missing is not", results->weak_missing,
			     KSYM_ABSENT);
		check_number(name, "a flavor is the function", results->flavored, PACKET_LEN);
		check_number(name, "a function is called 300 times", results->often,
			     PACKET_LEN * KSYM_CALLS);
	}
	lskel_destroy(info, skel);
}

static void function_is_not_there(void)
{
	const struct ksym_results *results;
	struct blob_copy copy;
	void *skel = load_without(&copy, &ksym_func__info, "bpf_dynptr_is_null", &results);

	if (results) {
		check_number("ksym_func", "without a weak function", results->weak, 0);
		check_number("ksym_func", "strong ones are called", results->strong, PACKET_LEN);
	}
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
}

/* Weak or strong, @function is of those that @info's object uses. */
static void functions_if(const struct lskel_info *info, const char *function)
{
	if (btf_has(function))
		functions(info);
	else
		refused(info, function, -EINVAL);
}

static void variables(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	const struct ksym_results *results = load_and_run(info, skel);
	__u64 active = 0, runqueues = 0, counts = 0;
	const char *name = info->name;

	kallsym("bpf_prog_active", &active);
	kallsym("runqueues", &runqueues);
	kallsym("process_counts", &counts);
	if (results) {
		check_number(name, "a variable has its address", results->first, active);
		check_number(name, "used twice, too", results->first_again, active);
		check_number(name, "in another program, too", results->first_elsewhere, active);
		check_number(name, "a second one has its own", results->second, runqueues);
		check_number(name, "it can be read", results->cpu, results->this_cpu);
		check_number(name, "a weak one has its own", results->weak_present, counts);
		check_number(name, "a weak one that is missing is not there", results->none,
			     KSYM_ABSENT);
		check_number(name, "a function next to it is called", results->mixed, PACKET_LEN);
		check_number(name, "in another program, too, it is", results->again, PACKET_LEN);
	}
	lskel_destroy(info, skel);
}

static void variable_is_not_there(const struct lskel_info *info)
{
	const struct ksym_results *results;
	struct blob_copy copy;
	void *skel = load_without(&copy, info, "process_counts", &results);

	if (results) {
		check_number(info->name, "without a weak variable", results->weak_present, 0);
		check_number(info->name, "strong ones are read", results->cpu, results->this_cpu);
	}
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
}

static void variables_if(const struct lskel_info *info, const char *function)
{
	__u64 address;

	if (!btf_has(function)) {
		refused(info, function, -EINVAL);
	} else if (!kallsym("bpf_prog_active", &address)) {
		skip(info->name, "this kernel does not list variables (CONFIG_KALLSYMS_ALL)");
	} else {
		variables(info);
		variable_is_not_there(info);
	}
}

static void addresses(void)
{
	struct ksym_addr *skel = ksym_addr__open();
	const struct ksym_results *results = load_and_run(&ksym_addr__info, skel);
	__u64 first = 0, second = 0, third = 0;
	const char *name = "ksym_addr";

	kallsym("schedule", &first);
	kallsym("schedule_timeout", &second);
	kallsym("schedule_hrtimeout", &third);
	if (results) {
		check("ksym_addr: addresses can be read", first && second && third, "they are 0");
		check_number(name, "a symbol has its address", results->first, first);
		check_number(name, "used twice, too", results->first_again, first);
		check_number(name, "in another program, too", results->first_elsewhere, first);
		check_number(name, "a second one has its own", results->second, second);
		check_number(name, "a weak one has its own", results->weak_present, third);
		check_number(name, "a weak one that is missing has 0", results->none, KSYM_ABSENT);
	}
	ksym_addr__destroy(skel);
}

static void address_is_not_there(void)
{
	const struct ksym_results *results;
	struct blob_copy copy;
	void *skel = load_without(&copy, &ksym_addr__info, "schedule_hrtimeout", &results);
	__u64 first = 0;

	kallsym("schedule", &first);
	if (results) {
		check_number("ksym_addr", "without a weak symbol", results->weak_present, 0);
		check_number("ksym_addr", "strong ones have theirs", results->first, first);
	}
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
}

static void address_zero(void)
{
	__u64 first = 0, zero = 1, second = 0;
	const struct ksym_results *results;
	struct ksym_zero *skel;

	if (!kallsym("__per_cpu_start", &zero)) {
		refused(&ksym_zero__info, "__per_cpu_start", -ESRCH);
		return;
	}
	skel = ksym_zero__open();
	results = load_and_run(&ksym_zero__info, skel);
	kallsym("schedule", &first);
	kallsym("schedule_timeout", &second);
	if (results) {
		check_number("ksym_zero", "it runs", results->strong, 1);
		check_number("ksym_zero", "a symbol may be at 0", results->zero, zero);
		check_number("ksym_zero", "one before it has its address", results->first, first);
		check_number("ksym_zero", "one behind it has its own", results->second, second);
	}
	ksym_zero__destroy(skel);
}

/* A program, for its symbol, which goes to @symbol. Returns its fd. */
static int load_target(char symbol[sizeof("bpf_prog_0123456789abcdef_lskel_target")])
{
	struct bpf_insn insns[2] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
				     { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attr = {};
	struct bpf_prog_info info;
	int fd;

	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = lskel_u64(insns);
	attr.insn_cnt = 2;
	attr.license = lskel_u64("GPL");
	strcpy(attr.prog_name, "lskel_target");
	fd = lskel_sys_bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0 || lskel_sys_prog_info(fd, &info))
		return -1;
	strcpy(symbol, "bpf_prog_");
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		sprintf(symbol + strlen(symbol), "%02x", info.tag[i]);
	strcat(symbol, "_lskel_target");
	return fd;
}

/* The loader program does not find it. */
static void symbol_of_a_program(void)
{
	static const char stored[] = "bpf_prog_0123456789abcdef_lskel_target";
	const struct ksym_results *results;
	char symbol[sizeof(stored)];
	int fd = load_target(symbol);
	__u64 first = 0, second = 0;
	struct blob_copy copy;
	void *skel;

	if (fd < 0 || !kallsym(symbol, &second)) {
		skip("ksym_prog", "this kernel lists no BPF programs (net.core.bpf_jit_kallsyms)");
		return;
	}
	blob_copy_make(&copy, &ksym_prog__info);
	for (__u32 i = 0; i < blob_hdr(&copy)->op_cnt; i++) {
		const struct lskel_op *op = blob_op(&copy, i);
		struct lskel_symbol *found = (struct lskel_symbol *)blob_attr(&copy, op);

		if (op->cmd == LSKEL_CMD_FIND_SYM && !strcmp(found->name, stored))
			strcpy(found->name, symbol);
	}
	skel = lskel_open(&copy.info);
	results = load_and_run(&copy.info, skel);
	kallsym("schedule", &first);
	if (results) {
		check_number("ksym_prog", "a BPF program's symbol has its address", results->second,
			     second);
		check_number("ksym_prog", "one of the kernel's next to it has its own",
			     results->first, first);
	}
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
	close(fd);
	refused(&ksym_prog__info, stored, -ESRCH);
}

int main(void)
{
	static const char symbol[] = "lskel_no_such_ksym";
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	functions_if(&ksym_func__info, "bpf_dynptr_from_skb");
	if (btf_has("bpf_dynptr_from_skb"))
		function_is_not_there();
	functions_if(&ksym_func_old__info, "bpf_kfunc_call_test1");
	variables_if(&ksym_mixed__info, "bpf_dynptr_from_skb");
	variables_if(&ksym_mixed_old__info, "bpf_kfunc_call_test1");
	addresses();
	address_is_not_there();
	address_zero();
	symbol_of_a_program();
	refused(&ksym_missing_FUNC__info, symbol, -EINVAL);
	refused(&ksym_missing_VAR__info, symbol, -EINVAL);
	refused(&ksym_missing_ADDR__info, symbol, -ESRCH);
	refused(&ksym_missing_UNUSED_FUNC__info, symbol, -EINVAL);
	refused(&ksym_missing_UNUSED_VAR__info, symbol, -EINVAL);
	refused(&ksym_missing_UNUSED_ADDR__info, symbol, -ESRCH);
	left = fds_left(&before);
	check("all of this leaves no fd", !left, "%s", left);
	return harness_status();
}

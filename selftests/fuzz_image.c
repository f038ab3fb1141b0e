// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * "lskel relocate" takes images of skeletons out of files that anybody may have made. Damaged ones neither
 * crash it nor make it hang or touch memory that isn't its own: they are no image, are refused, or give a form
 * that the run time takes.
 *
 * Environment: FUZZ_SECONDS (default 15), FUZZ_SEED (1).
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "info.h"
#include "relocate.h"

#define OBJECT	     "build/selftests/relocated.bpf.o"
#define CASE_SECONDS 20

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=256";
}

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

/* Words where it hurts: of the header, operations, attrs, relocations or BTF; or any. */
static void damage(char *image, size_t len)
{
	const struct lskel_blob_hdr *hdr = (const void *)image;
	size_t head = hdr->mask < len ? hdr->mask : len;

	for (int i = rand() % 4; i >= 0; i--) {
		size_t at = rand() % (rand() % 2 ? head : len);
		__u32 word = rand();

		switch (rand() % 4) {
		case 0:
			image[at] ^= 1 << rand() % 8;
			break;
		case 1:
			word %= len;
			/* fall through */
		case 2:
			memcpy(image + at / 4 * 4, &word, sizeof(word));
			break;
		default:
			image[at] = rand();
		}
	}
}

/* The first BTF in @image says that its header has no bytes: to add to that, libbpf would write behind its memory. */
static void check_short_header(const struct bytes *good, const struct target_kernel *kernel)
{
	_cleanup_(free_ptr) char *image = xmemdup(good->data, good->len);
	_cleanup_(bytes_free) struct bytes form = {};
	static const __u32 head[] = { BTF_MAGIC | BTF_VERSION << 16, sizeof(struct btf_header) };
	struct btf_header *hdr = memmem(image, good->len, head, sizeof(head));

	hdr->hdr_len = 0;
	hdr->type_off += sizeof(*hdr);
	hdr->str_off += sizeof(*hdr);
	check("BTF whose header has no bytes is refused",
	      relocate("image", image, good->len, kernel, NULL, &form) == -EINVAL, "it is not");
}

int main(void)
{
	time_t end = time(NULL) + number("FUZZ_SECONDS", 15);
	unsigned long cases = 0, images = 0, forms = 0;
	/* Any BTF will do for a kernel's, and a small one is fast. */
	struct target_kernel kernel = { .build_id_len = 1 };
	struct object object;
	struct info info = {};

	srand(number("FUZZ_SEED", 1));
	if (object_load(&object, OBJECT, NULL) || info_make(&info, &object)) {
		fail("damaged images", "%s can't be loaded", OBJECT);
		return 1;
	}
	kernel.btf = btf__parse(OBJECT, NULL);
	/* The messages are not for us; what the sanitizers say still is. */
	stderr = fopen("/dev/null", "we");
	check_short_header(&info.blob.image, &kernel);
	for (; time(NULL) < end; cases++) {
		_cleanup_(bytes_free) struct bytes form = {};
		size_t len = info.blob.image.len, size;
		_cleanup_(free_ptr) char *image = xmemdup(info.blob.image.data, len);

		alarm(CASE_SECONDS);
		damage(image, len);
		size = image_size(image, len);
		if (!size)
			continue;
		images++;
		forms += !relocate("image", image, size, &kernel, NULL, &form);
	}
	alarm(0);
	check("damaged images are survived", images && forms, "none was good enough");
	printf("# %lu cases, %lu images, %lu forms\n", cases, images, forms);
	btf__free(kernel.btf);
	info_free(&info);
	object_free(&object);
	return harness_status();
}

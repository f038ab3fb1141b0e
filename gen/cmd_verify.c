// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel verify: whether a file is what lskel makes, and the hashes to remember it by. */
#include "cmd.h"
#include "input.h"
#include "json.h"
#include "options.h"
#include "sha256.h"
#include "verify.h"
#include <lskel/open.h>

static void print_verified(const struct input *input, const char *path)
{
	const struct lskel_info *table = &input->info.table;
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(table);
	char blob[SHA256_TEXT], loader[SHA256_TEXT];
	struct json json = { .out = stdout, .pretty = options.pretty };

	sha256_text(table->image, hdr->image_size, blob);
	sha256_text(table->insns, table->insn_cnt * sizeof(struct bpf_insn), loader);
	if (!options.json) {
		printf("%s: %s '%s' is good: %u operations, %u programs, %u maps\n"
		       "  blob    sha256 %s\n  loader  sha256 %s\n",
		       path, input_kind_name(input->kind), table->name, hdr->op_cnt,
		       table->prog_cnt, table->map_cnt, blob, loader);
		return;
	}
	json_open(&json, NULL, '{');
	json_string(&json, "file", path);
	json_string(&json, "kind", input_kind_name(input->kind));
	json_string(&json, "name", table->name);
	json_number(&json, "operations", hdr->op_cnt);
	json_string(&json, "blob_sha256", blob);
	json_string(&json, "loader_sha256", loader);
	json_close(&json, '}');
}

int cmd_verify(int argc, char **argv)
{
	const char *path = cmd_only_file("verify", argc, argv);
	struct input input;
	int err;

	if (!path)
		return 1;
	err = input_read(&input, path, NULL, true);
	if (!err && input.kind == INPUT_OBJECT)
		err = verify(&input.info, path);
	if (!err)
		print_verified(&input, path);
	input_free(&input);
	return err ? 1 : 0;
}

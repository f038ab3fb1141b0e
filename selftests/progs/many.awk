# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Writes a BPF object's source with as many programs and maps as -v progs= and -v maps= say. Program N
# returns N + 1 and counts in map N, which has N + 1 entries, or as many as -v entries= says.

function map(n) { return sprintf("m_%03d", n) }

BEGIN {
	print "/* Made by selftests/progs/many.awk. */"
	print "#include <linux/bpf.h>"
	print "#include <bpf/bpf_helpers.h>"
	for (i = 0; i < maps; i++) {
		print "struct {"
		print "\t__uint(type, BPF_MAP_TYPE_ARRAY);"
		print "\t__uint(max_entries, " (entries ? entries : i + 1) ");"
		print "\t__type(key, __u32);"
		print "\t__type(value, __u64);"
		print "} " map(i) " SEC(\".maps\");"
	}
	for (i = 0; i < progs; i++) {
		printf "SEC(\"socket\") int p_%03d(struct __sk_buff *skb)\n{\n", i
		print "\t__u32 key = 0;"
		print "\t__u64 *value = bpf_map_lookup_elem(&" map(i) ", &key);\n"
		print "\tif (value)\n\t\t*value += 1;"
		print "\treturn " i + 1 ";\n}"
	}
	print "char _license[] SEC(\"license\") = \"GPL\";"
}

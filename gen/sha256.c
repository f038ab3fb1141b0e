// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/sha256.h, in the words of FIPS 180-4, section 6.2. */
#include <stdio.h>
#include <string.h>

#include "sha256.h"

#define BLOCK 64

static const __u32 constants[BLOCK] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static __u32 rotate(__u32 x, int bits)
{
	return x >> bits | x << (32 - bits);
}

static void schedule(const __u8 *block, __u32 w[BLOCK])
{
	for (int t = 0; t < 16; t++)
		w[t] = (__u32)block[4 * t] << 24 | block[4 * t + 1] << 16 | block[4 * t + 2] << 8 |
		       block[4 * t + 3];
	for (int t = 16; t < BLOCK; t++) {
		__u32 s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
		__u32 s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
}

static void hash_block(__u32 state[8], const __u8 *block)
{
	__u32 w[BLOCK], v[8]; /* v: a to h */

	schedule(block, w);
	memcpy(v, state, sizeof(v));
	for (int t = 0; t < BLOCK; t++) {
		__u32 s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		__u32 choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		__u32 t1 = v[7] + s1 + choice + constants[t] + w[t];
		__u32 s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		__u32 majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + s0 + majority;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256(const void *data, size_t len, __u8 ret[SHA256_SIZE])
{
	__u32 state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	__u8 last[2 * BLOCK] = {};
	size_t rest = len % BLOCK, padded = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	const __u8 *bytes = data;

	for (size_t i = 0; i + BLOCK <= len; i += BLOCK)
		hash_block(state, bytes + i);
	memcpy(last, bytes + len - rest, rest);
	last[rest] = 0x80;
	for (int i = 0; i < 8; i++)
		last[padded - 1 - i] = (__u64)len * 8 >> 8 * i;
	for (size_t i = 0; i < padded; i += BLOCK)
		hash_block(state, last + i);
	for (int i = 0; i < SHA256_SIZE; i++)
		ret[i] = state[i / 4] >> (24 - 8 * (i % 4));
}

void sha256_text(const void *data, size_t len, char ret[SHA256_TEXT])
{
	__u8 digest[SHA256_SIZE];

	sha256(data, len, digest);
	for (int i = 0; i < SHA256_SIZE; i++)
		sprintf(ret + 2 * i, "%02x", digest[i]);
}

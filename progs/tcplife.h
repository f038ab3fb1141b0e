/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tcplife.bpf.c reports of a connection. */
#ifndef TCPLIFE_H
#define TCPLIFE_H

struct tcp_event {
	unsigned long long us;		   /* how long it lived */
	unsigned long long sent, received; /* bytes */
	unsigned int family;		   /* AF_INET or AF_INET6 */
	unsigned short local_port, remote_port;
	unsigned char local[16], remote[16]; /* addresses; of AF_INET the first four bytes */
	int pid;
	char comm[16];
};

#endif /* TCPLIFE_H */

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The attaching part of test_bpftool_compat.sh.

exec selftests/test_bpftool_compat.sh attach

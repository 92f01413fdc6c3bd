#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests of base/scan for AArch64, whose vectors are NEON's, by qemu's emulation of user programs.
#
#     tests/cross/neon.sh
#
# Prints TAP; skips, with a reason, without a compiler or an emulator for AArch64.
set -eu

skip() {
	printf '1..0 # SKIP %s\n' "$*"
	exit
}

compiler=aarch64-linux-gnu-gcc
command -v "$compiler" >/dev/null || skip "there is no $compiler: see tests/packages"
emulator=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) || skip 'there is no qemu-aarch64: see tests/packages'

CDPATH='' cd -- "$(dirname -- "$0")"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
"$compiler" -std=gnu11 -Wall -Wextra -Werror -O3 -static -I../../src -o "$directory/neon" neon.c
"$emulator" "$directory/neon"

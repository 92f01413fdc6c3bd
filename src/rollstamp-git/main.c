/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollstamp-git: lists remote git repositories for rollstamp, which starts it and speaks with it as src/git/wire.h
 * says.
 *
 * This file has what concerns the process as a whole: its group, signals, the limit of memory, the exit status.
 */
#include "base/fd.h"
#include "base/output.h"
#include "rollstamp-git/serve.h"
#include "rollstamp-git/standalone.h"

#include "rollstamp-git/client.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * How much memory each of its processes may have. A server can list as many refs as it likes: two million take 300 MB.
 */
#define MEMORY_LIMIT ((rlim_t)1 << 30)

/* Makes a process group of our own, since the whole group is killed at the end. */
static bool take_group(void)
{
	return getpgrp() == getpid() || setpgid(0, 0) == 0;
}

/* The sanitizers reserve terabytes, which would count as well. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMITS_MEMORY false
#elif defined(__has_feature)
#define LIMITS_MEMORY !__has_feature(address_sanitizer)
#else
#define LIMITS_MEMORY true
#endif

static void limit_memory(void)
{
	struct rlimit limit = { 0 };

	if (!LIMITS_MEMORY || getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur <= MEMORY_LIMIT)
		return;
	limit.rlim_cur = MEMORY_LIMIT;
	if (setrlimit(RLIMIT_DATA, &limit) != 0) {
		/* Then there is no limit. */
	}
}

/* Prints what `rollstamp --version` shows of this program. */
static int print_version(void)
{
	char text[128];
	struct str piece = { .ptr = text };
	struct err err;

	piece.len = (size_t)snprintf(text, sizeof(text), "rollstamp-git " ROLLSTAMP_VERSION ", %s\n", client_version());
	if (output_write(STDOUT_FILENO, "standard output", &piece, 1, &err) &&
	    output_close(STDOUT_FILENO, "standard output", &err))
		return 0;
	output_error(&err);
	return 1;
}

/* Has a person started this program, to find out what it is? */
static bool is_started_by_hand(int argc)
{
	return argc > 1 || isatty(STDIN_FILENO);
}

int main(int argc, char *argv[])
{
	bool ok;
	struct err err;

	fd_hold_standard();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return print_version();
	if (is_started_by_hand(argc)) {
		err_set(&err, "rollstamp-git is a part of rollstamp, which starts it to read git repositories");
		return output_error(&err), 2;
	}
	signal(SIGPIPE, SIG_IGN);
	standalone_start();
	limit_memory();
#ifdef __GLIBC__
	/* Every arena of malloc counts against the limit of memory. */
	mallopt(M_ARENA_MAX, 4);
#endif
	ok = take_group() ? serve(STDIN_FILENO, STDOUT_FILENO, &err)
			  : err_set(&err, "there is no process group for it");
	if (!ok)
		output_error(&err);
	return ok ? 0 : 1;
}

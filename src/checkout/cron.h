/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cron: what a cron daemon in a container runs again and again, as far as the container's own commands, or files of the
 * manifests, give it.
 *
 * Tables are those of crontab(5): five fields or @hourly and the like, then a command; also those of /etc, with a user
 * (root) in front of it.
 */
#ifndef CHECKOUT_CRON_H
#define CHECKOUT_CRON_H

#include "shell/args.h"

struct cron {
	bool runs;          /* a daemon is started */
	struct str *tables; /* texts that may be tables, or their lines */
	size_t count, room;
	struct word file; /* the table that the daemon is told to read; empty if none is */
};

/* Is it an image whose entry point is such a daemon? */
bool cron_is_image(struct str image);
/* A command that runs: the daemon, or one that writes a text (echo, printf, a here-document `input`). */
void cron_look(struct cron *cron, struct args args, struct str input, struct arena *arena);
/* Where tables of root are, in common images; the last one is NULL. */
extern const char *const cron_files[];
/* Cuts the next command off a table that is run again and again. Returns false at its end. */
bool cron_next(struct str *table, struct str *command);

#endif

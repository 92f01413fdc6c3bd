/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starts: what the commands of a container start beside git: git-sync, and programs that are not known.
 */
#ifndef CHECKOUT_STARTS_H
#define CHECKOUT_STARTS_H

#include "shell/args.h"
#include "base/text.h"

/* A git-sync that is started in a script, or by another program. */
struct starts_sync {
	const struct text *words; /* its name and its arguments; `$(` stands for what is not known */
	size_t count;
	bool polls;     /* it is started again and again */
	bool is_unsure; /* it may not be started though all goes well, or is inside a substitution */
};

struct starts {
	struct starts_sync *syncs;
	size_t sync_count, sync_room;
	struct str unknown; /* the first program or script that is not known, as it is written; or empty */
	bool sets_sync;     /* variables of git-sync are set, or may be */
};

/* Is it git-sync, under any path? */
bool starts_is_sync(struct args args);
/* `origin` is that of the container's word; `sync` says the rest but words and count. */
void starts_add_sync(struct starts *start, struct args args, const void *origin, struct starts_sync sync,
		     struct arena *arena);
/* A command, with the assignments in front of it, before it runs. */
void starts_look(struct starts *start, struct args args, struct args assignments);
/* It runs this, which can't be looked into. */
void starts_note_unknown(struct starts *start, const struct word *word, struct arena *arena);
/* Copies what it points at into another arena. */
void starts_keep(struct starts *start, struct arena *arena);

#endif

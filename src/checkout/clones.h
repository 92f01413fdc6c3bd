/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clones: the `git clone`s in a container's command.
 *
 * Takes the words that the container is started with and finds what they clone, and which ref is checked out in the
 * end: the one of -b, or the one of a `git checkout`, `git switch` or `git reset --hard` that follows in the clone's
 * directory. Files of another ref that are used beside that make it unknown. Looks through `sh -c`, env, exec, sudo,
 * timeout and their like. What can't be known without running the command is unknown, with a reason; nothing is guessed.
 * Whether the url may be used, and what the ref is, is for others.
 *
 * Options are those of the commands' manual pages up to git 2.50.
 */
#ifndef CHECKOUT_CLONES_H
#define CHECKOUT_CLONES_H

#include "checkout/part.h"
#include "checkout/unfollowed.h"
#include "checkout/starts.h"
#include "shell/variables.h"

/*
 * A file that the container is started with, a script of a ConfigMap say: `path` is absolute. A file that manifests could
 * not tell of is absent.
 */
typedef struct text clones_read_file(void *context, struct str path);

struct clones_input {
	const struct text *words; /* command and args, one behind the other, `$(VAR)` expanded as Kubernetes does */
	size_t count;
	struct str image;     /* may be empty. Some, whose entry point is git, are known */
	struct str directory; /* where it is started, if that is known: an absolute path; else empty */
	bool has_command;     /* the words begin with `command`; else the image's own entry point stands before them */
	/* What the container has; each may be NULL: then nothing is known of it. */
	variables_look_up *variable, *reference;
	clones_read_file *read_file;
	void *context; /* of these three */
};

struct clones_checkout {
	struct part url;      /* never TEXT_ABSENT; may be a local path */
	struct part ref;      /* TEXT_ABSENT: the remote's HEAD */
	bool is_branch_first; /* a ref that is both branch and tag: `git clone -b` takes the branch, all else the tag */
	/* As given, or made from the url as git does, behind what `cd` and -C say; may be relative. */
	struct text directory;
	bool is_once; /* it is made only while there is none yet, and nothing new comes into it later */
	/*
	 * Where its files are moved or copied to, if that is known: an absolute path; else empty. Or somewhere in that.
	 */
	struct str moved_to;
	bool is_moved_inside;
	bool is_own;     /* the url is a directory that the commands themselves have made */
	bool is_shallow; /* it lacks older commits */
	bool is_in_loop; /* it stands in a loop that asks before each round, and goes on as long as it likes */
	bool polls;      /* the command also pulls, fetches or clones again and again */
	size_t word;     /* which of the input's words it stands in */
	struct span at;  /* and where in it */
};

/* A command that checks a ref out, or merges it, in a clone that was not made here. */
struct clones_turn {
	struct str directory; /* absolute, or empty if that is not known */
	struct part ref;      /* never TEXT_ABSENT */
};

struct clones {
	const struct clones_checkout *checkouts; /* each (url, directory) once, in the order of the words */
	size_t count;
	/*
	 * Where `git pull` or `git fetch` runs again and again, in none of the checkouts for sure: an absolute path, or
	 * empty if it is not known.
	 */
	const struct str *polled;
	size_t polled_count;
	const struct clones_turn *turns; /* in the order of the words */
	size_t turn_count;
	struct starts start; /* what else is started */
	/* The first command that takes something of which nothing is known, once and not again and again; or NULL. */
	const struct unfollowed *untold;
	struct str untold_directory; /* in which it works: absolute, or empty if that is not known */
	/*
	 * Why a part of the command could not be read, though it looks as if it ran git or the like, or why that would
	 * take too long, or what runs text that only the shell has; to stand behind "because ". Else NULL.
	 */
	const char *trouble;
};

/* Never fails. Everything is in `arena` or borrowed from the input. */
struct clones clones_find(const struct clones_input *input, struct arena *arena);

#endif

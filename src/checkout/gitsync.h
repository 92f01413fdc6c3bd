/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitsync: what a git-sync container checks out, and where a commit could be put instead.
 *
 * Facts are those of git-sync 2 and 3 (Go's flag package, variables GIT_SYNC_*) and 4 (pflag, variables GITSYNC_*, the
 * old names and flags as deprecated aliases): main.go and env.go of k8s.io/git-sync. Flags win over variables; an empty
 * variable counts as absent. What can't be known is unknown, with a reason. Knows nothing of manifests: the caller gives
 * the words and a look-up of the environment.
 */
#ifndef CHECKOUT_GITSYNC_H
#define CHECKOUT_GITSYNC_H

#include "base/text.h"

struct gitsync_input {
	struct str image;
	const struct text *words; /* command and args, one behind the other, `$(VAR)` expanded */
	size_t count;
	bool has_command; /* the words begin with `command`, not with `args` */
	bool is_init;     /* an init container without restartPolicy: Always, which must end */
	/* Of one that a script starts: */
	bool is_script;     /* no word of the container is one of its flags */
	bool is_unsure_env; /* the script sets some of its variables */
	bool polls;         /* it is started again and again */
	/* The variable `name`, as the container has it. */
	struct text (*env)(void *context, const char *name);
	void *context;
};

/* One of the words. */
struct gitsync_word {
	size_t number;
	size_t offset; /* where in it the value begins: behind `--ref=`, or 0 if it is a word of its own */
};

enum gitsync_source { GITSYNC_DEFAULT, GITSYNC_ENV, GITSYNC_FLAG };

/* A setting, and where it stands. */
struct gitsync_setting {
	struct text text;
	enum gitsync_source source;
	const char *name;         /* the variable's name, or the flag's without dashes: static; NULL for a default */
	struct gitsync_word word; /* that holds the value of a flag */
};

/* Where a commit works in place of the ref. */
struct gitsync_pin {
	enum { GITSYNC_PIN_NOWHERE, GITSYNC_PIN_ENV, GITSYNC_PIN_FLAG } kind;
	union {
		const char *why_not; /* nowhere: why, to stand behind "not pinned: "; static */
		const char
			*variable; /* in this variable of the container's own env, where it need not be yet; static */
		struct gitsync_word word; /* as the value of a flag */
	};
};

struct gitsync {
	bool is_gitsync; /* else nothing below is filled */
	/* 2, 3 or 4: that of the image's tag, else the one that names of variables and flags belong to; 0: unknown. */
	unsigned version;
	bool is_version_sure;
	struct gitsync_setting url; /* never TEXT_ABSENT */
	struct gitsync_setting ref; /* never TEXT_ABSENT: the default is "master" for version 2 and 3, "HEAD" for 4 */
	bool is_branch_first;       /* version 2 and 3's branch; else the tag comes first */
	enum text_state
		polling;  /* TEXT_KNOWN: it follows its ref; TEXT_ABSENT: it reads it once and ends; or unknown */
	struct text root; /* GITSYNC_ROOT, --root and their aliases: TEXT_ABSENT if not given */
	struct text link; /* GITSYNC_LINK, --link, GIT_SYNC_DEST, --dest: likewise; relative to root */
	struct gitsync_pin pin;
};

/*
 * Does the container start by itself what can be git-sync? Else that may stand in a script, whose words gitsync_find can
 * take in place of the container's.
 */
bool gitsync_is_direct(const struct gitsync_input *input);
/* Does the image's name say git-sync? */
bool gitsync_is_image(struct str image);
/*
 * It is git-sync if the last part of the image's name, or of its command, says so, or if it has GITSYNC_REPO or
 * GIT_SYNC_REPO and no command of its own. Never fails. Everything is borrowed from the input.
 */
struct gitsync gitsync_find(const struct gitsync_input *input);

#endif

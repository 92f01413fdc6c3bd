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

#include "base/arena.h"
#include "base/text.h"

struct gitsync_input {
	struct str image;
	const struct text_value *words; /* command and args, one behind the other, `$(VAR)` expanded */
	size_t count;
	bool has_command; /* the words begin with `command`, not with `args` */
	bool is_init;     /* an init container without restartPolicy: Always, which must end */
	/* Of one that a script starts: */
	bool is_script;     /* no word of the container is one of its flags */
	bool is_unsure_env; /* the script sets some of its variables */
	bool polls;         /* it is started again and again */
	/* Is `name` in the environment? Fills `*value` when it is known, and its origin when it is unknown. */
	enum text_state (*env)(void *context, const char *name, struct text_value *value);
	void *context;
};

enum gitsync_source { GITSYNC_DEFAULT, GITSYNC_ENV, GITSYNC_FLAG };

/* Where a setting stands. */
struct gitsync_place {
	enum gitsync_source source;
	const char *name;    /* the variable's name, or the flag's without dashes: static; NULL for a default */
	size_t word;         /* of a flag: the number of the word that holds the value */
	size_t value_offset; /* and where in it the value begins: behind `--ref=`, or 0 if it is a word of its own */
};

/* Where a commit hash works in place of the ref. */
enum gitsync_pin {
	GITSYNC_PIN_NOWHERE, /* `why_not` tells */
	GITSYNC_PIN_ENV,     /* set the variable `pin_at.name` in the container's own env; it may not be there yet */
	GITSYNC_PIN_FLAG,    /* replace the value of the flag at `pin_at` */
};

struct gitsync {
	bool is_gitsync; /* else nothing below is filled */
	unsigned
		version; /* 2, 3 or 4: of the image's tag, else what the names of variables and flags are of; 0: unknown */
	bool is_version_sure;
	struct text_part url; /* never TEXT_ABSENT */
	struct gitsync_place url_at;
	struct text_part ref; /* never TEXT_ABSENT: the default is "master" for version 2 and 3, "HEAD" for 4 */
	struct gitsync_place ref_at;
	bool is_branch_first; /* version 2 and 3's branch; else the tag comes first */
	enum text_state
		polling; /* TEXT_KNOWN: it follows its ref; TEXT_ABSENT: it reads it once and ends; or TEXT_UNKNOWN */
	struct text_part root; /* GITSYNC_ROOT, --root and their aliases: TEXT_ABSENT if not given */
	struct text_part link; /* GITSYNC_LINK, --link, GIT_SYNC_DEST, --dest: likewise; relative to root */
	enum gitsync_pin pin;
	struct gitsync_place pin_at;
	const char *why_not; /* of GITSYNC_PIN_NOWHERE, to stand behind "not pinned: "; else NULL */
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
 * GIT_SYNC_REPO and no command of its own. Never fails. Everything is in `arena` or borrowed from the input.
 */
struct gitsync gitsync_find(const struct gitsync_input *input, struct arena *arena);

#endif

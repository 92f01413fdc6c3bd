/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitref: a git ref that a container of a pod template checks out: what is known of its url and its name, where the
 * template says them, and where a commit could stand instead.
 *
 * Only what the modules that find refs share. Looks at no url or ref itself, and asks no server.
 */
#ifndef CHECKOUT_GITREF_H
#define CHECKOUT_GITREF_H

#include "checkout/pair.h"
#include "base/text.h"
#include "kube/podenv.h"
#include "kube/podspec.h"

enum gitref_via {
	GITREF_ENV,        /* a pair of variables */
	GITREF_GIT_SYNC,   /* a git-sync container */
	GITREF_VOLUME,     /* a gitRepo volume */
	GITREF_CLONE,      /* git clone in a command */
	GITREF_ANNOTATION, /* rollstamp.io/git */
};

/* What of a url or ref must not be shown, or is not known. */
struct gitref_hidden {
	struct str secret, secret_key; /* a Secret that it came from, or a part of it; else empty */
	struct str outline;            /* as podenv has it, where something in it is hidden; else empty */
	bool is_host_secret;           /* of a url with a secret: its host is, or could be, taken from there */
};

/* A url or a ref. */
struct gitref_part {
	/* An absent text is one that the template does not say: its value is the default, if there is one. */
	struct text text;
	/*
	 * NULL: all of it may be shown. Of a url whose userinfo alone was secret or not known, nothing is hidden: userinfo
	 * is no part of what is asked for.
	 */
	const struct gitref_hidden *hidden;
	const char *where; /* for people: "git clone", "git-sync" ...; "variable" or "flag", if it has a name */
	struct str name;   /* of a variable or a flag: GIT_REPO, --ref; else empty */
	size_t at;         /* where in the document it stands */
};

enum gitref_pin_kind { GITREF_PIN_NOWHERE, GITREF_PIN_VARIABLE, GITREF_PIN_WORD, GITREF_PIN_REVISION };

/* Where a commit can be put so that the pod checks it out. */
struct gitref_pin {
	enum gitref_pin_kind kind;
	bool takes_sha1_only; /* 40 hex digits; 64 are not understood */
	union {
		const char *why_not; /* nowhere: why, to stand behind "not pinned: "; static */
		struct str variable; /* in this variable of the container, which may have to be added to its env */
		struct {
			size_t number; /* counts the items of command, then those of args */
			size_t prefix; /* behind so many bytes of it */
		} word;
		size_t volume; /* as the revision of the gitRepo volume with this number */
	};
};

struct gitref {
	enum gitref_via via;
	size_t container;     /* index into podspec.containers, or NO_CONTAINER */
	struct str volume;    /* of a gitRepo volume: its name */
	struct str directory; /* where the container checks it out: absolute, or empty if it is not known */
	struct gitref_part url, ref;
	struct str
		variable; /* of a pair, or where a commit was put in: the container reads the ref from it; else empty */
	bool is_untold;   /* it works in a clone that this container has not made: another one may have */
	bool turns;       /* it only checks `ref` out in such a clone */
	bool is_run;      /* of a pair: the container's command clones it */
	bool is_told;     /* of a pair: the user named it */
	bool is_puller;   /* it stands for a loop that follows something that is not known */
	bool is_own;      /* the url is a directory that the container itself makes */
	bool is_branch_first;    /* a name that is both: see enum ref_rule */
	bool in_every_container; /* none of its own is known */
	bool is_moved_inside;    /* `moved_to` is known only to be somewhere in that */
	bool is_unmounted;       /* a gitRepo volume that no container mounts */
	size_t *containers;      /* that consume it: indexes into podspec.containers, ascending */
	size_t container_count;
	struct str followed_by; /* the container that follows the ref by itself, maybe this very one; else empty */
	struct str kept_in;     /* the volume that keeps it, and a restart brings nothing new to; else empty */
	struct str moved_to;    /* where the container moves its files: absolute, or empty */
	struct gitref_pin pin;
};

struct gitrefs {
	struct gitref *items;
	size_t count, room;
};

struct gitref_input {
	struct node *pod_template;
	struct node *workload_annotations; /* or NULL */
	const struct podspec *podspec;
	struct manifest *manifest;
	struct str ns; /* of the workload */
	const struct pair *pairs;
	size_t pair_count;
	bool pins_pairs; /* rollstamp.io/git-pin: every pair of variables takes a commit */
	size_t *budget;  /* see podspec_read */
	struct arena *arena;
};

/* Where the part was found, for people: "variable GIT_REPO", "flag --ref", "git clone" ... In the arena, or static. */
struct str gitref_where(const struct gitref_part *part, struct arena *arena);
/* A ref that is not pinned, because of `why_not`, which is static. */
struct gitref_pin gitref_not_pinned(const char *why_not);
/* Its name in reports: "env", "git-sync" ... */
const char *gitref_via_name(enum gitref_via via);

#endif

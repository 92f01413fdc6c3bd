/*
 * gitref: which git refs the containers of a pod template check out when they start, and where the template says so.
 *
 * Finds git-sync, `gitRepo` volumes, `git clone` in commands, pairs of variables (repository and
 * ref) in init containers, pairs that the user names in any container, and the annotation rollstamp.io/git. Nothing is
 * guessed: what merely talks to a repository is not found, and what can't be known is found as unknown, with a reason.
 * Does not look at a url or ref itself, and asks no server.
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

/* A url or a ref. */
struct gitref_part {
	enum text_state
		state;     /* TEXT_ABSENT: the template does not say it; then `text` is the default, if there is one */
	struct str text;   /* what is known */
	struct str reason; /* why it is unknown, to stand behind "because " */
	struct str where;  /* for people: "variable GIT_REPO", "flag --ref", "git clone" ... */
	struct str name;   /* if it is a variable or a flag: GIT_REPO, --ref; else empty */
	struct str secret, secret_key; /* a Secret that it came from, or a part of it; `text` may be shown nowhere */
	/*
	 * As podenv has it, where `text` came from there and something in it is hidden; else empty. Of a url whose userinfo
	 * alone was, neither is any more: userinfo is no part of what is asked for.
	 */
	struct str outline;
	bool is_host_secret; /* of a url with a secret: its host is, or could be, taken from there */
	size_t at;           /* where in the document it stands */
};

/* Where a commit can be put so that the pod checks it out. */
enum gitref_pin {
	GITREF_PIN_NOWHERE,
	GITREF_PIN_VARIABLE, /* the container's variable `pin_name`, maybe to be added to its env */
	GITREF_PIN_WORD,     /* behind the first `pin_prefix` bytes of word `pin_word` */
	GITREF_PIN_REVISION, /* gitRepo.revision of volume number `pin_word` */
};

struct gitref {
	enum gitref_via via;
	size_t container;     /* index into podspec.containers, or NO_CONTAINER */
	struct str volume;    /* of a gitRepo volume: its name */
	struct str directory; /* where the container checks it out: absolute, or empty if it is not known */
	struct gitref_part url, ref;
	bool is_untold;       /* it works in a clone that this container has not made: another one may have */
	bool turns;           /* it only checks `ref` out in such a clone */
	bool is_run;          /* of a pair: the container's command clones it */
	bool is_told;         /* of a pair: the user named it */
	bool is_puller;       /* it stands for a loop that follows something that is not known */
	bool is_own;          /* the url is a directory that the container itself makes */
	bool is_branch_first; /* a name that is both: see enum ref_rule */
	size_t *containers;   /* that consume it: indexes into podspec.containers, ascending */
	size_t container_count;
	bool in_every_container; /* none of its own is known */
	struct str followed_by;  /* the container that follows the ref by itself, maybe this very one; else empty */
	struct str kept_in;      /* the volume that keeps it, and a restart brings nothing new to; else empty */
	struct str moved_to;     /* where the container moves its files: absolute, or empty */
	bool is_moved_inside;    /* or somewhere in that */
	bool is_unmounted;       /* a gitRepo volume that no container mounts */
	enum gitref_pin pin;
	const char *why_not; /* GITREF_PIN_NOWHERE: to stand behind "not pinned: " */
	struct str pin_name;
	size_t pin_word; /* counts the items of command, then those of args */
	size_t pin_prefix;
	bool pins_sha1_only; /* 40 hex digits; 64 are not understood */
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

/*
 * Appends what it finds, in the order of the containers, then volumes, then annotations. Fails when the template has
 * used up its budget, like podspec_read.
 */
CHECKED bool gitref_find(const struct gitref_input *input, struct gitrefs *refs, struct err *err);
/* Its name in reports: "env", "git-sync" ... */
const char *gitref_via_name(enum gitref_via via);

#endif

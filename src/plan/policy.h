/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: what the caller wants: which objects count, what is written and where, what may be missing, which git urls may
 * be asked.
 *
 * Options fill it, and everything that plans reads it: nothing below the command line knows options. Texts are borrowed.
 */
#ifndef PLAN_POLICY_H
#define PLAN_POLICY_H

#include "checkout/pair.h"
#include "kube/kinds.h"
#include "kube/podspec.h"

/* Where stamps are written; both bits for both. */
enum inject { INJECT_ANNOTATIONS = 1, INJECT_ENV = 2 };

/* What is done with the git refs that are found. */
enum git_mode { GIT_OFF, GIT_OBSERVE, GIT_PIN };

/* Who asks git servers. */
enum git_client { GIT_CLIENT_LIBGIT2, GIT_CLIENT_GIT };

/* The values of an option that can be given more than once. */
struct policy_list {
	struct str *items;
	size_t count, room;
	size_t own_from, own_to; /* the range of those that the command line has given */
};

/* --volumes=WORKLOAD=MODE */
struct volumes_rule {
	struct str workload; /* a pattern */
	enum volumes_mode mode;
};

struct policy {
	bool keeps_going;   /* a server, a cluster or a ref that fails is told of, and ends nothing: for lists */
	bool wants_details; /* what is decided will be reported or compared, and must be kept */
	bool wants_places;  /* and so must be where the references stand */
	bool only_compares; /* nothing is printed of what is edited: nobody needs the proof that it says what was meant */
	bool refs_only;     /* git refs are found and resolved; nothing else is looked at, and nothing is written */
	bool strict;        /* what can't be resolved is an error */
	unsigned inject;    /* enum inject */
	bool secrets;       /* they are stamped */
	bool live;          /* what is nowhere else is asked of the cluster */
	struct kinds kinds; /* known ones and --kind */
	struct str ns;      /* the release's, or empty */
	/* [KIND/][NAMESPACE/]NAME */
	struct policy_list ignores;
	struct policy_list unresolved_ok; /* or git/WORKLOAD */
	/* WORKLOAD=OBJECT; of `alsos` OBJECT is KIND/[NAMESPACE/]NAME */
	struct policy_list excludes;
	struct policy_list alsos;
	bool change_cause;                 /* what a workload's revision is made of goes into its own annotations */
	struct policy_list drop_checksums; /* patterns of annotations; empty: all stay */
	enum volumes_mode volumes;         /* of workloads of which no rule says anything */
	struct volumes_rule *volumes_rules;
	size_t volumes_rule_count, volumes_rule_room;
	enum git_mode git;
	enum git_client git_client;
	struct pair *git_pairs; /* --git-pair */
	size_t git_pair_count, git_pair_room;
	struct policy_list git_maps;   /* FROM=TO */
	struct policy_list git_allows; /* patterns of urls, like git_skips */
	struct policy_list git_skips;
	struct policy_list git_onlys; /* patterns of urls: the others are left alone; none: all count */
	bool git_allow_local;
	struct str lock;    /* the lock file's path, or empty */
	bool locked;        /* commits come from the lock alone */
	bool lock_fallback; /* ... or where a server fails */
};

/* Is what `strict` refuses an error? A list shows it, and tells by its exit status. */
bool policy_is_strict(const struct policy *policy);
/* Appends to a list in `arena`, borrowing the text. */
void policy_add(struct policy_list *list, struct str text, struct arena *arena);
/* "annotations", "env" or "both". */
const char *policy_inject_name(unsigned inject);
/* Is an item of `unresolved_ok` about git refs: git/WORKLOAD? `*workload` is a pattern then. */
bool policy_allows_git(struct str text, struct str *workload);

#endif

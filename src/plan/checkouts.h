/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkouts: the git refs that one workload checks out, and which commit each of them is.
 */
#ifndef PLAN_CHECKOUTS_H
#define PLAN_CHECKOUTS_H

#include "checkout/gitref.h"
#include "plan/draft.h"
#include "plan/placement.h"

enum checkout_outcome {
	CHECKOUT_RESOLVED,
	/* Findings. */
	CHECKOUT_UNRESOLVED, /* the url or the ref is not known */
	CHECKOUT_FAILED,     /* for lists, which go on: no such ref, no answer, refused */
	/* Nothing is stamped, and that is meant. */
	CHECKOUT_FOLLOWED,
	CHECKOUT_KEPT,
	CHECKOUT_SKIPPED,
	CHECKOUT_UNMOUNTED,
	CHECKOUT_COVERED, /* by the stamp of a Secret that it came from */
};

struct checkout {
	const struct gitref *gitref;
	enum checkout_outcome outcome;
	struct str reason;  /* unless resolved: for people */
	bool is_urls_fault; /* unless resolved: the url is to blame, not the ref */
	/* For people: nothing of a Secret, no userinfo, no query. Empty if not known. */
	struct str url, ref;
	struct str container; /* or empty */
	struct commits_ref asked;
	bool is_parsed;               /* `asked` is filled */
	struct commits_answer answer; /* if resolved */
	struct str repository;        /* its name in annotations and variables: see repositories */
	bool is_lifted;               /* its variable, which envFrom sets, is to be put into env */
	bool is_pinned;               /* the template names the commit */
	struct str why_not;           /* else, with --git=pin: why */
	struct placements placements; /* where its commit is written, if somebody wants to know */
};

struct checkouts {
	struct checkout *items;
	size_t count;
};

/*
 * Finds the git refs of a template, and tells `draft->basis->commits` which ones must be asked for; `*needs_asking` tells
 * whether there are any. Fails, with err->at in the document, on a url or ref that is refused.
 */
CHECKED bool checkouts_find(const struct draft *draft, struct checkouts *checkouts, bool *needs_asking,
			    struct err *err);
/* Their commits. Fails, with err->at in the document, when one can't be had; for lists that is an outcome. */
CHECKED bool checkouts_resolve(const struct draft *draft, struct checkouts *checkouts, struct err *err);
/* The url or the ref: which of them a message is about. */
const struct gitref_part *checkouts_part(const struct checkout *checkout);
/* "container git-init, variable GIT_CHECKOUT_BRANCH": where that one was found. In the arena. */
struct str checkouts_where(const struct checkout *checkout, struct arena *arena);
/* "resolved", "unresolved" ... */
const char *checkout_outcome_name(enum checkout_outcome outcome);

#endif

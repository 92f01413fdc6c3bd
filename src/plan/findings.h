/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings: what a workload consumes, as reports tell it. Findings are kept for the whole run, when the workload's tree is
 * gone: everything in them is in the run's arena or static.
 */
#ifndef PLAN_FINDINGS_H
#define PLAN_FINDINGS_H

#include "plan/changecause.h"
#include "plan/checkouts.h"
#include "plan/checksums.h"
#include "plan/collections.h"
#include "plan/consumed.h"

/* One reference to an object, for people. */
struct mention {
	enum reference_via via;
	struct str container; /* or empty */
	struct str detail;    /* name of the variable or volume, or empty */
	bool is_optional;
	size_t line; /* in the input */
};

/* What a workload takes, or would take, from one ConfigMap or Secret. */
struct finding {
	enum object_kind kind;
	struct str ns; /* only a foreign one */
	struct str name;
	enum outcome outcome;
	struct str made_by; /* resolved: what makes it at run time, or empty */
	struct str why;     /* the outcome in a sentence of its own; else empty */
	bool is_optional;
	bool is_exempt; /* unresolved, but allowed to be */
	bool all_keys;
	struct selection selection; /* resolved: what the digest covers. Only keys may be shown. */
	char digest[DIGEST_HEX + 1];
	bool is_guessable; /* a Secret's digest without a key */
	const struct object *object;
	struct mention *mentions; /* if the policy wants places */
	size_t mention_count;
	struct placements placements;
};

/* One git ref that it checks out. Nothing in here is secret. */
struct git_finding {
	enum gitref_via via;
	struct str container; /* or empty */
	struct str url, ref;  /* or empty: not known */
	struct str where;     /* the ref, or the url where there is no ref, was found */
	size_t line;          /* in the input, if the policy wants places */
	size_t at;            /* in the document: the same place */
	enum checkout_outcome outcome;
	bool is_exempt;     /* unresolved, but allowed to be */
	bool is_urls_fault; /* unless resolved: the url is to blame, not the ref */
	struct str reason;  /* unless resolved */
	enum ref_kind kind; /* if resolved */
	struct str commit;
	enum commits_source source;
	struct str failure;          /* of the server, if the lock stood in for it */
	struct str url_key, ref_key; /* of the lock file */
	/* What the lock file had of it before this run; no commit: nothing. */
	enum ref_kind recorded_kind;
	struct str recorded;
	struct str repository; /* the name in annotations and variables */
	bool is_pinned;
	struct str why_not; /* else, with --git=pin: why */
	struct placements placements;
};

/* Of a selection of more objects the report names so many. */
#define FINDINGS_OBJECTS_LISTED 100

/* A glob or a label selector by which it consumes ConfigMaps or Secrets. */
struct selected_finding {
	struct collection collection; /* its selector is none of these texts' */
	enum outcome outcome;
	struct str why;  /* the outcome in a sentence of its own; else empty */
	bool is_exempt;  /* it may fit nothing */
	size_t left_out; /* so many objects are ignored or excluded */
	enum reference_via via;
	size_t line;                /* in the input */
	struct collected collected; /* if resolved; each object has its digest */
	bool is_guessable;          /* the digest of Secrets without a key */
	struct placements placements;
};

struct workload {
	struct str api_version, kind, ns, name;
	struct place place;
	const char *effect;
	struct str other_mover; /* who restarts it as well, if it is stamped; or empty */
	struct finding *findings;
	size_t finding_count;
	struct selected_finding *selections;
	size_t selection_count;
	struct git_finding *gits;
	size_t git_count;
	struct second_reasons second_reasons;
	struct changecause cause;
	struct stale_list stale;
};

/* Why it is not stamped, for people: "followed by reloader". */
struct str findings_reason(const struct finding *finding);
struct str findings_selection_reason(const struct selected_finding *finding);
/* Does it resolve nowhere, though it is neither optional nor allowed to? */
bool findings_is_problem(const struct finding *finding);
bool findings_is_selection_problem(const struct selected_finding *finding);
bool findings_is_git_problem(const struct git_finding *finding);
/* The line of the input that byte `at` of the document of `workload` stands in. */
size_t findings_line(const struct workload *workload, size_t at);

/* What has been planned of a workload. */
struct findings_source {
	const struct consumed *consumed;
	const struct collections *collections;
	const struct checkouts *checkouts;
};

/*
 * Fills in `workload`, all zero, from what has been planned and stamped. Everything that is kept is copied into the run's
 * arena.
 */
void findings_read(const struct draft *draft, const struct findings_source *found, const struct stale_list *stale,
		   struct workload *workload);

#endif

/*
 * plan: what to write where, decided one workload after the other.
 *
 * A workload's tree lives only while it is planned. What is kept is the edits, and for reports what they are for.
 */
#ifndef APP_PLAN_H
#define APP_PLAN_H

#include "app/stamp.h"
#include "yaml/verify.h"

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
	struct str namespace; /* only a foreign one */
	struct str name;
	enum outcome outcome;
	bool is_optional;
	bool is_exempt; /* unresolved, but allowed to be */
	bool all_keys;
	struct data_item *items; /* resolved: what the digest covers. Only keys may be shown. */
	size_t item_count;
	char digest[DIGEST_HEX + 1];
	bool is_guessable; /* a Secret's digest without a key */
	const struct object *object;
	struct mention *mentions;
	size_t mention_count;
	struct written *written;
	size_t written_count, written_room;
};

struct workload {
	struct str api_version, kind, namespace, name;
	struct place place;
	const char *effect;
	struct finding *findings;
	size_t finding_count;
	const struct stale *stale;
	size_t stale_count;
};

struct plan {
	struct arena *arena; /* for the run */
	struct arena tree;   /* for one workload document */
	const struct options *options;
	const struct kinds *kinds;
	struct manifest *manifest;
	struct str secret_key;
	bool wants_details; /* a report, log or list will be made */
	enum verify_extent extent;
	size_t unresolved_count;    /* with --strict: references that should have been resolved */
	struct err unresolved;      /* what to say of the first */
	struct buf also_unresolved; /* and of the others */
	struct edits *edits;        /* per stream: offsets into its text */
	const struct stream *streams;
	struct workload *workloads; /* if wants_details */
	size_t workload_count, workload_room;
};

/*
 * A plan for the workloads of `manifest`, whose streams with SCOPE_STREAM are `streams`, `stream_count` of them. All is
 * borrowed.
 */
void plan_init(struct plan *plan, const struct options *options, struct manifest *manifest,
	       const struct stream *streams, size_t stream_count, struct str secret_key, struct arena *arena);
void plan_release(struct plan *plan);
/*
 * Plans and checks every edit. Fails with the whole context where an object that is consumed can't be read, where an
 * edit can't be made, with --strict where a reference is unresolved, and when an edited document is not what was meant.
 */
CHECKED bool plan_make(struct plan *plan, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unused: which values of --ignore, --exclude, --also, --git-map, --git-skip and --only fit something in the input.
 *
 * A value of the command line that fits nothing is misspelled, or older than the chart: that is told in a note. Values of a
 * configuration file, which many releases share, are not looked at.
 */
#ifndef PLAN_UNUSED_H
#define PLAN_UNUSED_H

#include "plan/policy.h"
#include "git/url.h"
#include "kube/collection.h"

enum unused_option { FITS_IGNORE, FITS_EXCLUDE, FITS_ALSO, FITS_GIT_MAP, FITS_GIT_SKIP, FITS_GIT_ONLY, FITS_COUNT };

struct unused {
	const struct policy *policy;
	bool *hits[FITS_COUNT]; /* of each of the command line's: has it fitted? */
};

void unused_init(struct unused *unused, const struct policy *policy, struct arena *arena);
/* Tells of a workload that is planned: for --also. */
void unused_workload(struct unused *unused, const struct identity *identity);
/* Tells of a glob or a selector that fits something, or does not for a reason of its own: for --also. */
void unused_collection(struct unused *unused, const struct identity *workload, const struct collection *collection);
/* Tells of an object that a workload names, and the namespace that it may be in: for --ignore and --exclude. */
void unused_object(struct unused *unused, const struct identity *workload, enum object_kind kind, struct str ns,
		   struct str name);
/* Tells of a git url, which is `text` where it could not be read as one (`url` is NULL). */
void unused_url(struct unused *unused, struct str text, const struct url *url);
/* Tells of everything that was indexed or passed over: for --ignore. */
void unused_manifest(struct unused *unused, const struct manifest *manifest);

/* "--ignore": the option's name. */
const char *unused_option_name(enum unused_option option);
/* Those of the command line that fitted nothing, in `*values` in `arena`; returns how many. */
size_t unused_missed(const struct unused *unused, enum unused_option option, struct arena *arena, struct str **values);

#endif

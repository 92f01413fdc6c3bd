/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: [KIND/][NAMESPACE/]NAME, by which options and annotations name workloads, ConfigMaps and Secrets.
 *
 * Each part is a glob (base/glob.h), KIND in any case. Of two parts the first is the kind if it is, or as a glob matches,
 * a kind that matters; else the namespace.
 */
#ifndef KUBE_PATTERN_H
#define KUBE_PATTERN_H

#include "base/err.h"
#include "kube/kinds.h"

struct pattern {
	struct str kind, ns; /* empty: any */
	struct str name;
};

/* Is it a pattern: one to three parts, none of them empty? Fails with a sentence if not. */
CHECKED bool pattern_check(struct str text, struct err *err);
/* Takes a pattern apart; borrows the text, which pattern_check has accepted. */
struct pattern pattern_read(const struct kinds *kinds, struct str text);
/* Does it name this object? `namespace` is empty where nobody knows it. */
bool pattern_matches(const struct pattern *pattern, struct str kind, struct str ns, struct str name);
/* Can it name a ConfigMap, Secret or SecretProviderClass? */
bool pattern_can_name_object(const struct pattern *pattern);

#endif

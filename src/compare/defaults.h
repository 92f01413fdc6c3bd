/* SPDX-License-Identifier: Apache-2.0 */
/*
 * defaults: what the API server writes into a pod template where a field is absent.
 *
 * One table for the fields with one default (pkg/apis/core/v1: defaults.go, zz_generated.defaults.go); what depends on
 * another field is in value.c. Defaults that a Pod gets and a template does not (enableServiceLinks, requests from
 * limits, hostPort) are none: who writes them out makes the workload roll.
 */
#ifndef COMPARE_DEFAULTS_H
#define COMPARE_DEFAULTS_H

#include "base/str.h"

/* The default of a field of the struct `owner`, as text, or NULL for none. */
const char *defaults_find(struct str owner, struct str field);
/* How many rows the table has. */
size_t defaults_count(void);
/*
 * The default of imagePullPolicy for this image: of the tag `latest`, or without tag and digest, Always; else
 * IfNotPresent (pkg/util/parsers).
 */
const char *defaults_pull_policy(struct str image);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * defaults: what the API server writes into a pod template where a field is absent.
 *
 * One table has the fields with a constant default (pkg/apis/core/v1: defaults.go, zz_generated.defaults.go); defaults
 * that depend on another field are in value.c. Defaults that a Pod gets and a template does not get
 * (enableServiceLinks, requests from limits, hostPort) are left out: writing such a default into a template makes the
 * workload roll.
 */
#ifndef COMPARE_DEFAULTS_H
#define COMPARE_DEFAULTS_H

#include "base/str.h"

/* The default of `field` in the Kubernetes struct `owner`, as static text, or NULL if it has none. */
const char *defaults_find(struct str owner, struct str field);
/* How many rows the table has. */
size_t defaults_count(void);
/*
 * The default of imagePullPolicy for this image, static: Always for the tag `latest`, and without tag and digest; else
 * IfNotPresent (pkg/util/parsers).
 */
const char *defaults_pull_policy(struct str image);

#endif

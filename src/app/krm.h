/* SPDX-License-Identifier: Apache-2.0 */
/*
 * krm: rollstamp as a KRM function (kustomize, kpt), which the caller chooses with --krm or by the name rollstamp-krm.
 *
 * The input is one ResourceList (config.kubernetes.io/v1 or v1beta1): items to stamp, and in functionConfig what would
 * be options. The specification is kustomize's functions-spec.md. Items are stamped like those of any list; this module
 * is for the configuration. That comes with the manifests, which are not trusted: see enum option_place.
 */
#ifndef APP_KRM_H
#define APP_KRM_H

#include "app/options.h"

/* Was the program called by the name that chooses this mode? `program` is argv[0]. */
bool krm_is_program(const char *program);
/*
 * Applies the functionConfig of `text`, the whole input, which must be one ResourceList: `data` of a ConfigMap, `spec`
 * of any other kind, with the names of the long options. What the caller has set, on the command line or in a
 * configuration file, stays as it is, and an entry that could make the caller's --strict pass is refused. Fails with
 * a sentence.
 */
CHECKED bool krm_configure(struct str text, struct options *options, struct arena *arena, struct err *err);

#endif

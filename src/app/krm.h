/*
 * krm: rollstamp as a KRM function (kustomize, kpt).
 *
 * The input is one ResourceList (config.kubernetes.io/v1 or v1beta1): items to stamp, and in functionConfig what would
 * be options. The specification is kustomize's functions-spec.md. Items are stamped like those of any list; this module
 * is for the configuration and for failures, which go into `results`.
 */
#ifndef APP_KRM_H
#define APP_KRM_H

#include "app/options.h"

/*
 * If `text` is one ResourceList, sets options->krm and applies its functionConfig: `data` of a ConfigMap, `spec` of any
 * other kind, with the names of the long options. Nothing in it can make the program write a file or trust more than it
 * would, since it comes in with the manifests. Fails with a sentence.
 */
CHECKED bool krm_configure(struct str text, struct options *options, struct arena *arena, struct err *err);
/*
 * The ResourceList `text` with `message` as its first result, as an error, and everything else as it came; in the arena.
 * False if that can't be made.
 */
bool krm_failure(struct str text, struct str message, struct arena *arena, struct str *failure);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamped: the stamps that stand in a pod template, whoever has written them.
 */
#ifndef COMPARE_STAMPED_H
#define COMPARE_STAMPED_H

#include "compare/value.h"

enum stamped_type {
	STAMPED_CONFIGMAP,
	STAMPED_SECRET,
	STAMPED_PROVIDER,   /* a SecretProviderClass */
	STAMPED_CONFIGMAPS, /* a selection of ConfigMaps */
	STAMPED_SECRETS,
	STAMPED_GIT,
	STAMPED_TYPES,
};

struct stamped {
	enum stamped_type type;
	struct str name; /* of the annotation, or of the variable */
	bool is_env;
	struct str value;
};

struct stamped_list {
	struct stamped *items; /* sorted by name, each once */
	size_t count, room;
};

/* Which stamp an annotation or a variable with this name is, if it is one. */
bool stamped_type_of(struct str name, bool is_env, enum stamped_type *type);
/* What the name says behind its type: "shop-config", or of a variable "SHOP_CONFIG". */
struct str stamped_subject(const struct stamped *stamp);
/* Takes all stamps out of `pod_template` (NULL: there is none) into `list`, in `arena`. */
void stamped_take(struct value *pod_template, struct arena *arena, struct stamped_list *list);
/* Adds one, for those who know of stamps in another way; then sort. */
void stamped_add(struct stamped_list *list, struct arena *arena, struct stamped stamp);
void stamped_sort(struct stamped_list *list);

#endif

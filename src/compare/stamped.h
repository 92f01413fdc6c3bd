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
	struct str container; /* whose variable it is */
	struct str value;
	bool is_untold; /* it is known to be there, and its value is not: of a report */
};

struct stamped_list {
	struct stamped *items; /* sorted by name and container, each once */
	size_t count, room;
};

/*
 * Sets `type` to the type of stamp that an annotation, or with `is_env` a variable, of this name is. False if it is no
 * stamp.
 */
bool stamped_type_of(struct str name, bool is_env, enum stamped_type *type);
/* What the name of a stamp says behind its type, borrowed: "shop-config", or of a variable "SHOP_CONFIG". */
struct str stamped_subject(const struct stamped *stamp);
/* The order of the stamps in a list: by name, and of one variable by container. */
int stamped_compare(const struct stamped *a, const struct stamped *b);
/*
 * Moves all stamps out of `pod_template` (NULL: there is none) into `list`, sorted. The list is in the arena;
 * texts are borrowed from the template.
 */
void stamped_take(struct value *pod_template, struct arena *arena, struct stamped_list *list);
/* Adds a copy of `stamp` to `list`, in the arena; its texts are borrowed. The caller sorts afterwards. */
void stamped_add(struct stamped_list *list, struct arena *arena, struct stamped stamp);
/*
 * Sorts `list`, and leaves one annotation of each name, and one variable of each name and container. Where there were
 * other values, as the commits of one repository, it has all of them, with commas between them, in `arena`.
 */
void stamped_sort(struct stamped_list *list, struct arena *arena);

#endif

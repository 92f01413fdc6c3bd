/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/policy.h"

bool policy_is_strict(const struct policy *policy)
{
	return policy->strict && !policy->keeps_going;
}

void policy_add(struct policy_list *list, struct str text, struct arena *arena)
{
	list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = text;
}

const char *policy_inject_name(unsigned inject)
{
	return inject == INJECT_ANNOTATIONS ? "annotations" : inject == INJECT_ENV ? "env" : "both";
}

bool policy_allows_git(struct str text, struct str *workload)
{
	struct str rest = text, first = str_cut(&rest, '/');

	*workload = rest;
	return rest.ptr && str_equal_nocase(first, str_from("git"));
}

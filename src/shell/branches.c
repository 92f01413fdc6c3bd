/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/branches.h"

void branches_init(struct branches *branches, struct arena *arena)
{
	*branches = (struct branches){ .arena = arena };
	branches_new(branches, 0);
}

size_t branches_new(struct branches *branches, size_t parent)
{
	branches->parents = arena_grow(branches->arena, branches->parents, branches->count, &branches->room,
				       sizeof(*branches->parents));
	branches->parents[branches->count] = parent;
	return branches->count++;
}

bool branches_is_in(const struct branches *branches, size_t inner, size_t outer)
{
	while (inner > outer)
		inner = branches->parents[inner];
	return inner == outer;
}

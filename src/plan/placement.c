/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/placement.h"

void placements_add(struct placements *placements, struct placement placement, struct arena *arena)
{
	placements->items =
		arena_grow(arena, placements->items, placements->count, &placements->room, sizeof(*placements->items));
	placements->items[placements->count++] = placement;
}

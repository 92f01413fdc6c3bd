/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/hold.h"

#include "yaml/scalar.h"

#include <stdlib.h>

static long read_partition(struct node *strategy)
{
	struct str text = scalar_get(node_get(strategy, "rollingUpdate"), "partition");
	char digits[16];

	if (text.len == 0 || text.len >= sizeof(digits))
		return 0;
	for (size_t i = 0; i < text.len; i++)
		digits[i] = text.ptr[i];
	digits[text.len] = '\0';
	return strtol(digits, NULL, 10);
}

struct hold hold_read(const struct kind *kind, struct node *object)
{
	struct node *spec = node_get(object, "spec"), *strategy = node_get(spec, "updateStrategy");
	struct hold hold = { .is_paused = scalar_is_true(node_get(spec, "paused")) };
	bool has_revisions = str_is(kind->kind, "StatefulSet") || str_is(kind->kind, "DaemonSet");
	const char *effect;

	if (has_revisions) {
		hold.is_on_delete = str_is(scalar_get(strategy, "type"), "OnDelete");
		hold.partition = hold.is_on_delete ? 0 : read_partition(strategy);
		hold.is_paused = false;
	}
	if (!has_revisions && !str_is(kind->kind, "Deployment") && !str_is(kind->kind, "Rollout")) {
		effect = kinds_effect(kind, object);
		hold.other = str_is(str_from(effect), "rolls") ? NULL : effect;
	}
	return hold;
}

struct str hold_name(const struct hold *hold, struct arena *arena)
{
	if (hold->is_paused)
		return str_from("paused");
	if (hold->is_on_delete)
		return str_from("OnDelete");
	if (hold->partition > 0)
		return arena_printf(arena, "partition %ld", hold->partition);
	return str_from(hold->other);
}

const char *hold_released(const struct hold *before, const struct hold *after)
{
	if (after->is_paused || after->is_on_delete)
		return NULL;
	if (before->is_paused)
		return "paused";
	if (before->is_on_delete)
		return "OnDelete";
	return before->partition > after->partition ? "partition" : NULL;
}

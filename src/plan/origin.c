/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/origin.h"

static bool makes(const struct consumption *provider, const struct consumption *secret)
{
	if (provider->kind != OBJECT_PROVIDER_CLASS || provider->outcome != OUTCOME_RESOLVED ||
	    secret->foreign_namespace.len > 0 || !provider->object->loaded)
		return false;
	for (size_t i = 0; i < provider->object->make_count; i++)
		if (str_equal(provider->object->makes[i], secret->name))
			return true;
	return false;
}

void origin_cover(const struct consumption *consumptions, size_t count, struct consumption *consumption,
		  struct arena *arena)
{
	struct consumption *c = consumption;
	bool is_known = c->outcome == OUTCOME_RESOLVED && c->object->scope != SCOPE_LIVE;
	bool is_missing = c->outcome == OUTCOME_MISSING || c->outcome == OUTCOME_HIDDEN;

	if (c->kind != OBJECT_SECRET || is_known || (c->outcome != OUTCOME_RESOLVED && !is_missing))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!makes(&consumptions[i], c))
			continue;
		c->outcome = OUTCOME_COVERED;
		c->why = arena_printf(arena, "covered by secretproviderclass/%.*s", STR_ARG(consumptions[i].name));
		return;
	}
}

void origin_stand_in(const struct manifest *manifest, struct str ns, struct consumption *consumption,
		     struct arena *arena)
{
	struct consumption *c = consumption;
	bool is_live = c->outcome == OUTCOME_RESOLVED && c->object->scope == SCOPE_LIVE;
	bool is_nowhere = c->outcome == OUTCOME_MISSING || c->outcome == OUTCOME_NOWHERE ||
			  c->outcome == OUTCOME_UNASKED || c->outcome == OUTCOME_FOREIGN;
	struct str by;

	if (c->kind != OBJECT_SECRET || (!is_live && !is_nowhere))
		return;
	by = standins_find(&manifest->standins, ns, c->name);
	if (by.len == 0)
		return;
	if (is_live) {
		c->made_by = by;
		return;
	}
	c->outcome = OUTCOME_STAND_IN;
	c->why = arena_printf(arena, "comes from %.*s: its controller writes it later, so no stamp can tell when",
			      STR_ARG(by));
}

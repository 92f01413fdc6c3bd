/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/origin.h"

static bool makes(const struct consumption *provider, const struct consumption *secret)
{
	const struct object_makes *made;

	if (provider->kind != OBJECT_PROVIDER_CLASS || provider->outcome != OUTCOME_RESOLVED ||
	    secret->foreign_namespace.len > 0 || !provider->object->loaded)
		return false;
	made = provider->object->makes;
	for (size_t i = 0; made && i < made->count; i++)
		if (str_equal(made->names[i], secret->name))
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

/* Does the template mention it where programs look by themselves: in a variable or a volume? */
static bool is_mentioned(const struct consumption *c)
{
	for (size_t i = 0; i < c->reference_count; i++) {
		enum reference_via via = c->references[i]->via;

		if (via == VIA_ENV || via == VIA_ENV_FROM || via == VIA_VOLUME || via == VIA_PROJECTED)
			return true;
	}
	return false;
}

static bool is_live(const struct consumption *c)
{
	return c->outcome == OUTCOME_RESOLVED && c->object->scope == SCOPE_LIVE;
}

/* Is it not of the input, but of the cluster or a file that may be copied from there? */
static bool is_from_elsewhere(const struct consumption *c)
{
	return c->outcome == OUTCOME_RESOLVED && c->object->scope != SCOPE_STREAM;
}

/* The Secret of a consumption, if something in the input makes it. */
static bool find_maker(const struct draft *draft, const struct consumption *c, struct mover_secret *secret)
{
	struct str ns = resolve_namespace(c, draft->subject->identity.ns);

	*secret = (struct mover_secret){
		.name = c->name,
		.maker = standins_find(&draft->basis->manifest->standins, ns, c->name),
	};
	return secret->maker.len > 0;
}

static void follow(const struct draft *draft, struct consumption *c, const struct mover_secret *secret, struct str who)
{
	c->outcome = OUTCOME_FOLLOWED;
	c->why = arena_printf(draft->basis->tree, "comes from %.*s, followed by %.*s", STR_ARG(secret->maker),
			      STR_ARG(who));
}

void origin_follow(const struct draft *draft, struct consumption *consumption)
{
	struct consumption *c = consumption;
	struct mover_secret secret;
	struct str who;

	if (c->kind != OBJECT_SECRET || (c->outcome != OUTCOME_MISSING && !is_live(c)) ||
	    !find_maker(draft, c, &secret))
		return;
	who = movers_find_target(&draft->basis->manifest->movers, &draft->subject->identity, &secret);
	if (who.len > 0)
		follow(draft, c, &secret, who);
}

void origin_stand_in(const struct draft *draft, struct consumption *consumption)
{
	struct consumption *c = consumption;
	bool is_nowhere = c->outcome == OUTCOME_MISSING || c->outcome == OUTCOME_NOWHERE ||
			  c->outcome == OUTCOME_UNASKED || c->outcome == OUTCOME_FOREIGN;
	struct arena *arena = draft->basis->tree;
	struct mover_secret secret;
	struct str who;

	if (c->kind != OBJECT_SECRET || (!is_from_elsewhere(c) && !is_nowhere) || !find_maker(draft, c, &secret))
		return;
	if (is_from_elsewhere(c)) {
		c->made_by = secret.maker;
		return;
	}
	secret.is_mentioned = is_mentioned(c);
	who = movers_find_watch(&draft->subject->identity, draft->choice.template_annotations, &secret, arena);
	if (who.len > 0) {
		follow(draft, c, &secret, who);
		return;
	}
	c->outcome = OUTCOME_STAND_IN;
	c->why = arena_printf(arena, "comes from %.*s: its controller writes it later, so no stamp can tell when",
			      STR_ARG(secret.maker));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/problems.h"

#include "base/buf.h"
#include "base/map.h"

void problems_init(struct problems *problems, struct arena *arena)
{
	*problems = (struct problems){ .arena = arena };
}

void problems_reset(struct problems *problems)
{
	problems->count = 0;
	problems->refusal_count = 0;
	problems->refused = 0;
	problems->needs_look = false;
}

static void add(struct problems *problems, struct problem problem)
{
	problems->items = arena_grow(problems->arena, problems->items, problems->count, &problems->room,
				     sizeof(*problems->items));
	problems->items[problems->count++] = problem;
}

void problems_add(struct problems *problems, enum problem_type type, struct str what)
{
	add(problems, (struct problem){ .type = type, .what = arena_dup(problems->arena, what) });
}

/* Keeps a refusal that an error will name; of all others only the number is known. */
static void refuse(struct problems *problems, struct refusal refusal)
{
	problems->refusals = arena_grow(problems->arena, problems->refusals, problems->refusal_count,
					&problems->refusal_room, sizeof(*problems->refusals));
	problems->refusals[problems->refusal_count++] = refusal;
}

void problems_refuse(struct problems *problems, const struct refusal *refusal)
{
	struct arena *arena = problems->arena;
	struct refusal kept = { .place = refusal->place };

	problems->refused++;
	if (problems->refusal_count > PROBLEMS_NAMED)
		return;
	kept.what = arena_dup(arena, refusal->what);
	kept.kind = arena_dup(arena, refusal->kind);
	kept.name = arena_dup(arena, refusal->name);
	kept.place.source = arena_dup(arena, refusal->place.source);
	kept.message = arena_dup(arena, refusal->message);
	refuse(problems, kept);
}

void problems_move(struct problems *problems, struct problems *from)
{
	for (size_t i = 0; i < from->count; i++)
		add(problems, from->items[i]);
	for (size_t i = 0; i < from->refusal_count && problems->refusal_count <= PROBLEMS_NAMED; i++)
		refuse(problems, from->refusals[i]);
	problems->refused += from->refused;
	problems->needs_look = problems->needs_look || from->needs_look;
	problems_reset(from);
}

size_t problems_count(const struct problems *problems, enum problem_type type)
{
	struct arena arena = { 0 };
	struct map seen;
	size_t count;

	map_init(&seen, &arena);
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].type == type)
			map_set(&seen, problems->items[i].what, &problems->items[i]);
	count = seen.count;
	arena_release(&arena);
	return count;
}

bool problems_allow(const struct problems *problems, struct err *err)
{
	const struct refusal *first = problems->refusals;
	bool are_references = problems_count(problems, PROBLEM_FINDING) == 0;
	struct buf others = { 0 };

	if (problems->refused == 0)
		return true;
	err_set(err, "%.*s", STR_ARG(first->message));
	place_explain(first->place, first->kind, first->name, err);
	for (size_t i = 1; i < problems->refusal_count; i++) {
		const struct refusal *other = &problems->refusals[i];

		buf_printf(&others, "%s %.*s of %.*s %.*s", i > 1 ? "," : "", STR_ARG(other->what),
			   STR_ARG(other->kind), STR_ARG(other->name));
	}
	if (problems->refused > problems->refusal_count)
		buf_printf(&others, " and %zu more (see rollstamp list)", problems->refused - problems->refusal_count);
	if (others.len > 0)
		err_add(err, "; also%s:%.*s", are_references ? " unresolved" : "", STR_ARG(buf_str(&others)));
	buf_release(&others);
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/starts.h"

#include "checkout/part.h"

/* More git-syncs in one container are none that anybody has. */
#define MAX_SYNCS 64

bool starts_is_sync(struct args args)
{
	return str_is(args_program(args), "git-sync");
}

static struct text text_of(const struct word *word, const void *origin, struct arena *arena)
{
	struct text text = part_of(word, origin).text;

	if (text.state == TEXT_UNKNOWN)
		text.value = arena_printf(arena, "%.*s$(%.*s)", (int)word->known_len, word->text.ptr,
					  STR_ARG(str_skip(word->text, word->known_len)));
	else
		text.state = TEXT_KNOWN; /* also an empty word */
	return text;
}

void starts_add_sync(struct starts *start, struct args args, const void *origin, struct starts_sync sync,
		     struct arena *arena)
{
	struct text *words = arena_array(arena, args.count, sizeof(*words));

	if (start->sync_count == MAX_SYNCS)
		return;
	for (size_t i = 0; i < args.count; i++)
		words[i] = text_of(&args.words[i], origin, arena);
	sync.words = words;
	sync.count = args.count;
	start->syncs = arena_grow(arena, start->syncs, start->sync_count, &start->sync_room, sizeof(*start->syncs));
	start->syncs[start->sync_count++] = sync;
}

static bool sets_sync(struct args args)
{
	for (size_t i = 0; i < args.count; i++) {
		struct str text = args.words[i].text;

		if (str_starts_with(text, "GIT_SYNC_") || str_starts_with(text, "GITSYNC_"))
			return true;
	}
	return false;
}

void starts_look(struct starts *start, struct args args, struct args assignments)
{
	struct str program = args_program(args);
	bool reads_file = str_is(program, ".") || str_is(program, "source");

	start->sets_sync = start->sets_sync || reads_file || sets_sync(args) || sets_sync(assignments);
}

void starts_note_unknown(struct starts *start, const struct word *word, struct arena *arena)
{
	if (start->unknown.len == 0)
		start->unknown = part_shown(word, arena);
}

void starts_keep(struct starts *start, struct arena *arena)
{
	struct starts_sync *syncs = arena_array(arena, start->sync_count, sizeof(*syncs));

	for (size_t i = 0; i < start->sync_count; i++) {
		struct text *words = arena_array(arena, start->syncs[i].count, sizeof(*words));

		syncs[i] = start->syncs[i];
		for (size_t k = 0; k < syncs[i].count; k++) {
			words[k] = syncs[i].words[k];
			words[k].value = arena_dup(arena, words[k].value);
		}
		syncs[i].words = words;
	}
	start->syncs = syncs;
	start->unknown = arena_dup(arena, start->unknown);
}

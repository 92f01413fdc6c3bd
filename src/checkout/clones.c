/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/clones.h"

#include "checkout/cron.h"
#include "checkout/follow.h"

static struct word to_word(const struct text *text, size_t number, struct arena *arena)
{
	struct word word = { .text = text->value, .known_len = text->value.len, .at = { number, number } };

	if (text->state == TEXT_KNOWN && text->is_secret) {
		struct piece *piece = ARENA_NEW(arena, struct piece);

		*piece = (struct piece){ .kind = PIECE_SECRET, .at = { 0, word.text.len }, .origin = text->origin };
		word.pieces = piece;
		word.piece_count = 1;
	}
	if (text->state == TEXT_KNOWN)
		return word;
	word.reason = text->reason ? text->reason : PART_BECAUSE_REFERENCE;
	word.piece_count = piece_references(word.text, word.reason, arena, &word.pieces);
	word.known_len = text_known_beginning(text).len;
	/* Not a piece of it, but all of it. */
	if (word.piece_count == 0) {
		word.known_len = 0;
		word.fixed_reason = word.reason;
	}
	return word;
}

/* Images, on any registry, whose entry point is git. */
static bool has_git_entry_point(struct str image)
{
	static const char *const names[] = { "alpine/git", "alpine-git", "chainguard/git" };
	size_t end;

	image.len = str_find(image, '@');
	for (end = image.len; end > 0 && image.ptr[end - 1] != ':' && image.ptr[end - 1] != '/'; end--)
		;
	if (end > 0 && image.ptr[end - 1] == ':')
		image.len = end - 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str before = image;

		if (!str_ends_with(image, names[i]))
			continue;
		before.len -= strlen(names[i]);
		if (before.len == 0 || str_ends_with(before, "/"))
			return true;
	}
	return false;
}

/* The words as those of a command. */
static struct args make_words(const struct clones_input *input, struct arena *arena)
{
	struct word *words = arena_array(arena, input->count + 1, sizeof(*words));
	bool adds_git = !input->has_command && has_git_entry_point(input->image);
	bool adds_cron = !input->has_command && cron_is_image(input->image);
	size_t count = 0;

	if (adds_git)
		words[count++] = (struct word){ .text = STR("git"), .known_len = 3 };
	if (adds_cron)
		words[count++] = (struct word){ .text = STR("supercronic"), .known_len = strlen("supercronic") };
	for (size_t i = 0; i < input->count; i++)
		words[count++] = to_word(&input->words[i], i, arena);
	return (struct args){ .words = words, .count = count };
}

static void keep_text(struct text *text, struct arena *arena)
{
	text->value = arena_dup(arena, text->value);
	if (text->reason)
		text->reason = arena_dup(arena, str_from(text->reason)).ptr;
}

static void keep_part(struct part *part, struct arena *arena)
{
	keep_text(&part->text, arena);
	if (part->variable.len > 0)
		part->variable = arena_dup(arena, part->variable);
}

/* The result, out of the memory that following the commands took. */
static struct clones keep(const struct clones *found, struct arena *arena)
{
	struct clones_checkout *checkouts = arena_array(arena, found->count, sizeof(*checkouts));
	struct str *polled = arena_array(arena, found->polled_count, sizeof(*polled));
	struct clones kept = { .checkouts = checkouts, .count = found->count };
	struct clones_turn *turns;

	kept.polled = polled;
	for (; kept.polled_count < found->polled_count; kept.polled_count++)
		polled[kept.polled_count] = arena_dup(arena, found->polled[kept.polled_count]);

	for (size_t i = 0; i < found->count; i++) {
		checkouts[i] = found->checkouts[i];
		keep_part(&checkouts[i].url, arena);
		keep_part(&checkouts[i].ref, arena);
		keep_text(&checkouts[i].directory, arena);
		if (checkouts[i].moved_to.len > 0)
			checkouts[i].moved_to = arena_dup(arena, checkouts[i].moved_to);
	}
	turns = arena_array(arena, found->turn_count, sizeof(*turns));
	kept.turns = turns;
	for (; kept.turn_count < found->turn_count; kept.turn_count++) {
		turns[kept.turn_count] = found->turns[kept.turn_count];
		turns[kept.turn_count].directory = arena_dup(arena, turns[kept.turn_count].directory);
		keep_part(&turns[kept.turn_count].ref, arena);
	}
	kept.start = found->start;
	starts_keep(&kept.start, arena);
	if (found->untold) {
		struct unfollowed *untold = ARENA_NEW(arena, struct unfollowed);

		*untold = *found->untold;
		kept.untold = untold;
		kept.untold_directory = arena_dup(arena, found->untold_directory);
	}
	if (found->trouble)
		kept.trouble = arena_dup(arena, str_from(found->trouble)).ptr;
	return kept;
}

struct clones clones_find(const struct clones_input *input, struct arena *arena)
{
	struct arena scratch;
	struct clones found;

	if (input->count == 0)
		return (struct clones){ 0 };
	arena_init(&scratch);
	found = follow_follow(input, make_words(input, &scratch), &scratch);
	found = keep(&found, arena);
	arena_release(&scratch);
	return found;
}

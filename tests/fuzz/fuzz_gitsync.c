/*
 * git-sync: any flags and variables are read; every part is known or has a reason; a pin is a variable with a name, or
 * lies in a word, where it names the very ref; and unknown flags leave nothing known. The input is lines: NAME=VALUE of
 * the environment (NAME=? isn't known), an empty one, the image, then the words; one that begins with \x01 isn't known.
 */
#include "check.h"

#include "checkout/gitsync.h"

#include <string.h>

#define MAX_WORDS 16

static enum text_state look_up(void *context, const char *name, struct text_value *value)
{
	struct str rest = *(const struct str *)context;

	while (rest.ptr) {
		struct str text = str_cut(&rest, '\n'), found = str_cut(&text, '=');

		if (!str_is(found, name) || !text.ptr)
			continue;
		*value = (struct text_value){ .is_known = !str_is(text, "?"), .text = text };
		return value->is_known ? TEXT_KNOWN : TEXT_UNKNOWN;
	}
	return TEXT_ABSENT;
}

static void check_part(const struct text_part *part)
{
	CHECK((part->state == TEXT_KNOWN) == part->value.is_known || part->state == TEXT_ABSENT);
	CHECK((part->state == TEXT_UNKNOWN) == (part->reason != NULL));
	CHECK(part->state != TEXT_KNOWN || part->value.text.len > 0);
}

static void check_place(const struct gitsync_place *place, const struct gitsync_input *input)
{
	switch (place->source) {
	case GITSYNC_DEFAULT:
		CHECK(!place->name);
		break;
	case GITSYNC_ENV:
		CHECK(strncmp(place->name, "GIT", 3) == 0);
		break;
	case GITSYNC_FLAG:
		CHECK(place->name && place->word < input->count);
		CHECK(place->value_offset <= input->words[place->word].text.len);
		CHECK(place->value_offset == 0 || input->words[place->word].text.ptr[place->value_offset - 1] == '=');
		break;
	}
}

static void check_pin(const struct gitsync *sync, const struct gitsync_input *input)
{
	CHECK((sync->pin == GITSYNC_PIN_NOWHERE) == (sync->why_not != NULL));
	if (sync->pin == GITSYNC_PIN_NOWHERE)
		return;
	CHECK(sync->ref.state == TEXT_KNOWN && sync->is_version_sure);
	CHECK((sync->pin == GITSYNC_PIN_FLAG) == (sync->pin_at.source == GITSYNC_FLAG));
	check_place(&sync->pin_at, input);
	if (sync->version == 4 && sync->ref_at.source == GITSYNC_FLAG)
		CHECK(str_equal(sync->ref.value.text,
				str_skip(input->words[sync->pin_at.word].text, sync->pin_at.value_offset)));
}

static void check_input(const struct gitsync_input *input, struct arena *arena)
{
	struct gitsync sync = gitsync_find(input, arena);

	if (!sync.is_gitsync)
		return;
	CHECK(sync.version == 0 || (sync.version >= 2 && sync.version <= 4));
	CHECK(sync.url.state != TEXT_ABSENT && sync.ref.state != TEXT_ABSENT);
	check_part(&sync.url);
	check_part(&sync.ref);
	check_part(&sync.root);
	check_part(&sync.link);
	check_place(&sync.url_at, input);
	check_place(&sync.ref_at, input);
	check_pin(&sync, input);
	CHECK(!input->is_init || sync.polling == TEXT_ABSENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_value words[MAX_WORDS];
	struct gitsync_input input = { .words = words, .env = look_up };
	struct arena arena;
	struct str rest, env;

	arena_init(&arena);
	rest = check_copy(&arena, (struct str){ .ptr = (const char *)data, .len = size });
	env = rest;
	env.len = 0;
	while (rest.ptr) {
		struct str line = str_cut(&rest, '\n');

		if (line.len == 0)
			break;
		env.len = (size_t)(line.ptr - env.ptr) + line.len;
	}
	input.context = &env;
	input.image = rest.ptr ? str_cut(&rest, '\n') : (struct str){ 0 };
	while (rest.ptr && input.count < MAX_WORDS) {
		struct str word = str_cut(&rest, '\n');
		bool is_unknown = str_starts_with(word, "\x01");

		words[input.count++] =
			(struct text_value){ .is_known = !is_unknown, .text = str_skip(word, is_unknown) };
	}
	check_input(&input, &arena);
	input.has_command = true;
	check_input(&input, &arena);
	input.is_init = true;
	check_input(&input, &arena);
	arena_release(&arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git-sync: any flags and variables are read; every part is known or has a reason; a pin is a variable with a name, or
 * lies in a word, where it names the very ref; and unknown flags leave nothing known. The input is lines: NAME=VALUE of
 * the environment (NAME=? isn't known), an empty one, the image, then the words; one that begins with \x01 isn't known.
 */
#include "check.h"

#include "checkout/gitsync.h"

#include <string.h>

#define MAX_WORDS 16

static struct text look_up(void *context, const char *name)
{
	struct str rest = *(const struct str *)context;

	while (rest.ptr) {
		struct str text = str_cut(&rest, '\n'), found = str_cut(&text, '=');

		if (!str_is(found, name) || !text.ptr)
			continue;
		return (struct text){ .state = str_is(text, "?") ? TEXT_UNKNOWN : TEXT_KNOWN, .value = text };
	}
	return (struct text){ .state = TEXT_ABSENT };
}

static void check_text(const struct text *text)
{
	CHECK((text->state == TEXT_UNKNOWN) == (text->reason != NULL));
	CHECK(text->state != TEXT_KNOWN || text->value.len > 0);
}

static void check_word(const struct gitsync_word *word, const struct gitsync_input *input)
{
	CHECK(word->number < input->count);
	CHECK(word->offset <= input->words[word->number].value.len);
	CHECK(word->offset == 0 || input->words[word->number].value.ptr[word->offset - 1] == '=');
}

static void check_place(const struct gitsync_setting *place, const struct gitsync_input *input)
{
	switch (place->source) {
	case GITSYNC_DEFAULT:
		CHECK(!place->name);
		break;
	case GITSYNC_ENV:
		CHECK(strncmp(place->name, "GIT", 3) == 0);
		break;
	case GITSYNC_FLAG:
		CHECK(place->name);
		check_word(&place->word, input);
		break;
	}
}

static void check_pin(const struct gitsync *sync, const struct gitsync_input *input)
{
	switch (sync->pin.kind) {
	case GITSYNC_PIN_NOWHERE:
		CHECK(sync->pin.why_not && sync->pin.why_not[0] != '\0');
		return;
	case GITSYNC_PIN_ENV:
		CHECK(strncmp(sync->pin.variable, "GIT", 3) == 0);
		break;
	case GITSYNC_PIN_FLAG:
		check_word(&sync->pin.word, input);
		if (sync->version == 4 && sync->ref.source == GITSYNC_FLAG)
			CHECK(str_equal(sync->ref.text.value,
					str_skip(input->words[sync->pin.word.number].value, sync->pin.word.offset)));
		break;
	}
	CHECK(sync->ref.text.state == TEXT_KNOWN && sync->is_version_sure);
}

static void check_input(const struct gitsync_input *input)
{
	struct gitsync sync = gitsync_find(input);

	if (!sync.is_gitsync)
		return;
	CHECK(sync.version == 0 || (sync.version >= 2 && sync.version <= 4));
	CHECK(sync.url.text.state != TEXT_ABSENT && sync.ref.text.state != TEXT_ABSENT);
	check_text(&sync.url.text);
	check_text(&sync.ref.text);
	check_text(&sync.root);
	check_text(&sync.link);
	check_place(&sync.url, input);
	check_place(&sync.ref, input);
	check_pin(&sync, input);
	CHECK(!input->is_init || sync.polling == TEXT_ABSENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text words[MAX_WORDS];
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

		words[input.count++] = (struct text){ .state = is_unknown ? TEXT_UNKNOWN : TEXT_KNOWN,
						      .value = str_skip(word, is_unknown) };
	}
	check_input(&input);
	input.has_command = true;
	check_input(&input);
	input.is_init = true;
	check_input(&input);
	arena_release(&arena);
	return 0;
}

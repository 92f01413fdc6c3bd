/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git clone in commands: any words are followed to an end; what is found is known or has a reason, lies where it says,
 * and is no piece of a variable that isn't known. The input is the words, NUL between them; a word that begins with \x01
 * isn't known. One word alone is a script, also that of the file /w/f. Variables go by the first letter of their names.
 */
#include "check.h"

#include "checkout/clones.h"

#include <string.h>

#define MAX_WORDS 32

/* Does `text` have a whole reference $(NAME) in it that a word that isn't known has, too? */
static bool has_reference_of(struct str text, struct str word)
{
	for (size_t i = 0; i + 3 < text.len; i++) {
		struct str rest = str_skip(text, i);
		size_t end = 2;

		if (!str_starts_with(rest, "$("))
			continue;
		while (end < rest.len && (str_is_alphanumeric(rest.ptr[end]) || rest.ptr[end] == '_'))
			end++;
		if (end > 2 && end < rest.len && rest.ptr[end] == ')' && memmem(word.ptr, word.len, rest.ptr, end + 1))
			return true;
	}
	return false;
}

static void check_text(const struct text *text, const struct clones_input *input, size_t word)
{
	const struct text *source = &input->words[word];

	switch (text->state) {
	case TEXT_ABSENT:
		break;
	case TEXT_KNOWN:
		CHECK(!text->reason);
		CHECK(input->reference || source->state == TEXT_KNOWN || !has_reference_of(text->value, source->value));
		break;
	case TEXT_UNKNOWN:
		CHECK(text->reason && strlen(text->reason) > 0);
		break;
	}
}

static struct text look_up(void *context, struct str name)
{
	static char secret;

	(void)context;
	switch (name.len > 0 ? name.ptr[0] : '\0') {
	case 'A':
		return text_known((struct str)STR("u:a"));
	case 'B':
		return text_known((struct str)STR("main dev"));
	case 'C':
		return (struct text){ .state = TEXT_UNKNOWN,
				      .value = STR("https://u:$(F)@h/a"),
				      .reason = "it is a field" };
	case 'S':
		return (struct text){
			.state = TEXT_KNOWN, .is_secret = true, .value = STR("s3cr3t"), .origin = &secret
		};
	default:
		return (struct text){ .state = TEXT_ABSENT };
	}
}

static struct text read_file(void *context, struct str path)
{
	struct text text = *(const struct text *)context;

	text.reason = "it is gone";
	if (!str_is(path, "/w/f"))
		text.state = TEXT_ABSENT;
	return text;
}

static void check_input(const struct clones_input *input, struct arena *arena)
{
	struct clones found = clones_find(input, arena);

	for (size_t i = 0; i < found.count; i++) {
		const struct clones_checkout *checkout = &found.checkouts[i];

		CHECK(checkout->url.text.state != TEXT_ABSENT);
		CHECK(checkout->word < input->count);
		CHECK(checkout->at.from <= checkout->at.to &&
		      checkout->at.to <= input->words[checkout->word].value.len);
		check_text(&checkout->url.text, input, checkout->word);
		check_text(&checkout->ref.text, input, checkout->word);
		check_text(&checkout->directory, input, checkout->word);
		CHECK(!checkout->is_branch_first || checkout->ref.text.state != TEXT_ABSENT);
	}
	for (size_t i = 0; i < found.polled_count; i++)
		CHECK(found.polled[i].len == 0 || found.polled[i].ptr[0] == '/');
	CHECK(!found.trouble || strlen(found.trouble) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { .ptr = (const char *)data, .len = size };
	struct text words[MAX_WORDS] = { { TEXT_KNOWN, .value = STR("sh") }, { TEXT_KNOWN, .value = STR("-c") } };
	struct clones_input input = { .words = words + 2, .image = STR("alpine/git") };
	struct arena arena;

	arena_init(&arena);
	while (rest.ptr && input.count + 2 < MAX_WORDS) {
		struct str word = str_cut(&rest, '\0');
		bool is_unknown = str_starts_with(word, "\x01");

		words[2 + input.count++] = (struct text){ .state = is_unknown ? TEXT_UNKNOWN : TEXT_KNOWN,
							  .value = check_copy(&arena, str_skip(word, is_unknown)) };
	}
	if (input.count == 1) {
		input.words = words;
		input.count = 3;
	}
	check_input(&input, &arena);
	input.has_command = true;
	check_input(&input, &arena);
	input.directory = (struct str)STR("/w");
	check_input(&input, &arena);
	input.variable = input.reference = look_up;
	input.read_file = read_file;
	input.context = &words[2];
	check_input(&input, &arena);
	arena_release(&arena);
	return 0;
}

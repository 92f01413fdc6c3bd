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

static void check_part(const struct text_part *part, const struct clones_input *input, size_t word)
{
	const struct text_value *source = &input->words[word];

	switch (part->state) {
	case TEXT_ABSENT:
		break;
	case TEXT_KNOWN:
		CHECK(part->value.is_known && !part->reason);
		CHECK(input->reference || source->is_known || !has_reference_of(part->value.text, source->text));
		break;
	case TEXT_UNKNOWN:
		CHECK(!part->value.is_known && part->reason && strlen(part->reason) > 0);
		break;
	}
}

static enum text_state look_up(void *context, struct str name, struct text_value *value)
{
	static char secret;

	(void)context;
	*value = (struct text_value){ .is_known = true, .reason = STR("it is a field") };
	switch (name.len > 0 ? name.ptr[0] : '\0') {
	case 'A':
		value->text = (struct str)STR("u:a");
		return TEXT_KNOWN;
	case 'B':
		value->text = (struct str)STR("main dev");
		return TEXT_KNOWN;
	case 'C':
		value->is_known = false;
		value->text = (struct str)STR("https://u:$(F)@h/a");
		return TEXT_UNKNOWN;
	case 'S':
		value->text = (struct str)STR("s3cr3t");
		value->is_secret = true;
		value->origin = &secret;
		return TEXT_KNOWN;
	default:
		return TEXT_ABSENT;
	}
}

static enum text_state read_file(void *context, struct str path, struct text_value *text)
{
	const struct text_value *word = context;

	*text = *word;
	text->reason = (struct str)STR("it is gone");
	if (!str_is(path, "/w/f"))
		return TEXT_ABSENT;
	return word->is_known ? TEXT_KNOWN : TEXT_UNKNOWN;
}

static void check_input(const struct clones_input *input, struct arena *arena)
{
	struct clones found = clones_find(input, arena);

	for (size_t i = 0; i < found.count; i++) {
		const struct clones_checkout *checkout = &found.checkouts[i];

		CHECK(checkout->url.state != TEXT_ABSENT);
		CHECK(checkout->word < input->count);
		CHECK(checkout->at.from <= checkout->at.to && checkout->at.to <= input->words[checkout->word].text.len);
		check_part(&checkout->url, input, checkout->word);
		check_part(&checkout->ref, input, checkout->word);
		check_part(&checkout->directory, input, checkout->word);
		CHECK(!checkout->is_branch_first || checkout->ref.state != TEXT_ABSENT);
	}
	for (size_t i = 0; i < found.polled_count; i++)
		CHECK(found.polled[i].len == 0 || found.polled[i].ptr[0] == '/');
	CHECK(!found.trouble || strlen(found.trouble) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { .ptr = (const char *)data, .len = size };
	struct text_value words[MAX_WORDS] = { { true, STR("sh"), NULL }, { true, STR("-c"), NULL } };
	struct clones_input input = { .words = words + 2, .image = STR("alpine/git") };
	struct arena arena;

	arena_init(&arena);
	while (rest.ptr && input.count + 2 < MAX_WORDS) {
		struct str word = str_cut(&rest, '\0');
		bool is_unknown = str_starts_with(word, "\x01");

		words[2 + input.count++] =
			(struct text_value){ .is_known = !is_unknown,
					     .text = check_copy(&arena, str_skip(word, is_unknown)) };
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "app/candidates.h"

#include "unit.h"

#define MAX_WORDS 16

/* What fits the word of the line at its `|`, the candidates without what they mean, with a blank between them. */
static struct str candidates_of(const char *line)
{
	struct str rest = str_from(line), words[MAX_WORDS];
	struct buf answer = { 0 }, names = { 0 };
	size_t count = 0, index = 0;
	struct str lines;

	while (rest.ptr) {
		struct str word = str_cut(&rest, ' ');

		if (word.len > 0 && word.ptr[word.len - 1] == '|') {
			index = count;
			word.len--;
		}
		words[count++] = word;
	}
	candidates_print(words, count, index, &unit_arena, &answer);
	lines = buf_str(&answer);
	while (lines.len > 0) {
		struct str rest_of_line = str_cut(&lines, '\n'), candidate = str_cut(&rest_of_line, '\t');

		buf_printf(&names, "%s%.*s", names.len > 0 ? " " : "", STR_ARG(candidate));
	}
	buf_release(&answer);
	return buf_keep(&names, &unit_arena);
}

static void what_fits_a_word(void **state)
{
	static const struct {
		const char *line, *candidates;
	} rows[] = {
		{ "li|", "list :files" },
		{ "--inj|", "--inject= :end" },
		{ "--drop|", "--drop-checksums :end" },
		{ "--git=|", "--git=off --git=observe --git=pin :end" },
		{ "--git o|", "off observe :end" },
		{ "--git pin o|", ":files" },
		{ "-o w|", "wide :end" },
		{ "-ow|", "-owide :end" },
		{ "-o|", ":end" },
		{ "--strict s|", ":files" },
		{ "--strict=|", ":end" },
		{ "--lock=a|", ":files--lock=" },
		{ "--lock a|", ":files" },
		{ "--volumes=s|", "--volumes=subpath :end" },
		{ "--volumes=web=n|", "--volumes=web=none :end" },
		{ "list --exit|", ":end" },
		{ "why --exit|", "--exit-code :end" },
		{ "--no-such a|", ":files" },
		{ "list li|", ":files" },
		{ "file li|", ":files" },
		{ "help li|", "list :end" },
		{ "help list li|", ":end" },
		{ "completion z|", "zsh :end" },
		{ "version |", ":end" },
		{ "version --|", ":end" },
		{ "digest c|", ":end" },
		{ "digest configmap/a c|", ":files" },
		{ "-- --inj|", ":files" },
		{ "-- li|", ":files" },
		/* Not yet a command of the line: the word is still being typed. */
		{ "list|", "list :files" },
		/* What stands behind the cursor is no command. */
		{ "--exit| why", ":end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(candidates_of(rows[i].line), rows[i].candidates, rows[i].line);
}

static void behind_the_last_word_an_empty_one_is_completed(void **state)
{
	struct str words[] = { S("help") };
	struct buf answer = { 0 };

	(void)state;
	candidates_print(words, 1, 1, &unit_arena, &answer);
	assert_true(str_contains(buf_str(&answer), "\nwhy\t"));
	buf_release(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_fits_a_word),
		TEST(behind_the_last_word_an_empty_one_is_completed),
	};

	return unit_run(tests);
}

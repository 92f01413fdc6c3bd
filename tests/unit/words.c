/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/words.h"
#include "yaml/tree.h"

#include "unit.h"

static struct node *parse(const char *text)
{
	struct node *root;

	assert_succeeds(tree_parse(str_from(text), READER_STRICT, &unit_arena, &root, &unit_err));
	return root;
}

static void the_spellings_of_yaml_and_go_are_taken_for_true(void **state)
{
	static const char *const trues[] = { "true", "True", "TRUE", "yes", "Yes", "YES", "on",
					     "On",   "ON",   "y",    "Y",   "t",   "T",   "1" };
	static const char *const others[] = { "false", "no", "off", "n", "f", "0", "tRUE", "maybe", "2", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(trues); i++) {
		struct node *root = parse(arena_printf(&unit_arena, "rollstamp.io/ignore: \"%s\"\n", trues[i]).ptr);

		assert_for(words_is_true(root, WORDS_IGNORE), trues[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		struct node *root = parse(arena_printf(&unit_arena, "rollstamp.io/ignore: \"%s\"\n", others[i]).ptr);

		assert_for(!words_is_true(root, WORDS_IGNORE), others[i]);
	}
	assert_false(words_is_true(NULL, WORDS_IGNORE));
}

static void a_word_that_means_nothing_is_told_with_the_nearest_one(void **state)
{
	static const struct {
		const char *annotation, *text; /* NULL: nothing is wrong */
		enum words_place place;
	} rows[] = {
		{ "rollstamp.io/configmap: a", "did you mean rollstamp.io/configmaps?", WORDS_OF_WORKLOAD },
		{ "rollstamp.io/Secrets: a", "did you mean rollstamp.io/secrets?", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/gitpin: a", "did you mean rollstamp.io/git-pin?", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/gti: a", "did you mean rollstamp.io/git?", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/: a", "means nothing: known are", WORDS_OF_WORKLOAD },
		{ "rollstamp.io/xyz: a", "means nothing: known are", WORDS_OF_WORKLOAD },
		{ "rollstamp.io/a-word-that-is-longer-than-any-that-there-is: a", "known are", WORDS_OF_WORKLOAD },
		{ "rollstamp.io/ignore: \"true\"", "not in its template's", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/git: a#b", "belongs to workloads", WORDS_OF_OBJECT },
		{ "rollstamp.io/ignore: \"2\"", "is '2', which is neither true nor false", WORDS_OF_OBJECT },
		{ "rollstamp.io/ignore:", "is '', which is neither true nor false", WORDS_OF_WORKLOAD },
		{ "rollstamp.io/git-pin: {}", "is no text", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/volumes: sub", "none of all, subpath and none", WORDS_OF_TEMPLATE },
		{ "rollstamp.io/volumes: none", NULL, WORDS_OF_TEMPLATE },
		{ "rollstamp.io/ignore: \"off\"", NULL, WORDS_OF_OBJECT },
		{ "rollstamp.io/exclude: a", NULL, WORDS_OF_WORKLOAD },
		{ "configmap.rollstamp.io/app: a", NULL, WORDS_OF_TEMPLATE },
		{ "rollstamp.iox/ignore: a", NULL, WORDS_OF_WORKLOAD },
		{ "{rollstamp.io/ignore: a, rollstamp.io/ignore: \"true\"}", NULL, WORDS_OF_WORKLOAD },
		{ "[rollstamp.io/ignored]", NULL, WORDS_OF_WORKLOAD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mistakes mistakes = { .arena = &unit_arena };

		words_check(&mistakes, parse(rows[i].annotation), rows[i].place);
		assert_for(mistakes.count == (rows[i].text != NULL), rows[i].annotation);
		if (rows[i].text)
			assert_for(strstr(mistakes.items[0].text.ptr, rows[i].text) != NULL, rows[i].annotation);
	}
}

static void no_more_is_looked_at_than_a_limit(void **state)
{
	struct mistakes mistakes = { .arena = &unit_arena };
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < 10 * WORDS_LIMIT; i++)
		buf_printf(&text, "rollstamp.io/a%zu: b\n", i);
	words_check(&mistakes, parse(buf_keep(&text, &unit_arena).ptr), WORDS_OF_WORKLOAD);
	assert_int_equal(mistakes.count, WORDS_LIMIT);
}

static void what_is_no_list_is_told_with_its_owner(void **state)
{
	struct mistakes mistakes = { .arena = &unit_arena };

	(void)state;
	words_check_lists(&mistakes, parse("spec:\n"
					   "  initContainers: {}\n"
					   "  containers:\n"
					   "  - {name: web, env: {A: b}, envFrom: [], volumeMounts: null}\n"
					   "  - {envFrom: x}\n"
					   "  - text\n"
					   "  volumes:\n"
					   "  - {name: v, configMap: {items: a}, projected: {sources: {}}}\n"));
	assert_int_equal(mistakes.count, 5);
	assert_str(mistakes.items[0].what, "initContainers");
	assert_str(mistakes.items[1].what, "container web: env");
	assert_str(mistakes.items[2].what, "container 2: envFrom");
	assert_str(mistakes.items[3].what, "volume v: items");
	assert_str(mistakes.items[4].what, "volume v: sources");
	assert_non_null(strstr(mistakes.items[4].text.ptr, "volume v: sources is no list"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_spellings_of_yaml_and_go_are_taken_for_true),
		TEST(a_word_that_means_nothing_is_told_with_the_nearest_one),
		TEST(no_more_is_looked_at_than_a_limit),
		TEST(what_is_no_list_is_told_with_its_owner),
	};

	return unit_run(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/edit.h"

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

static struct edits edits;

static void add(size_t from, size_t to, const char *text)
{
	edits_add(&edits, (struct span){ from, to }, str_from(text));
}

static void without_edits_the_text_is_the_same(void **state)
{
	(void)state;
	edits_init(&edits, &unit_arena);
	edits_sort(&edits);
	assert_str(edits_apply(&edits, S("abc"), &unit_arena), "abc");
	assert_str(edits_apply(&edits, (struct str){ 0 }, &unit_arena), "");
}

static void edits_are_applied_in_the_order_of_the_text(void **state)
{
	(void)state;
	edits_init(&edits, &unit_arena);
	add(6, 6, "<end>");
	add(3, 5, "<de>");
	add(0, 0, "<start>");
	add(2, 3, "");
	edits_sort(&edits);
	assert_str(edits_apply(&edits, S("abcdef"), &unit_arena), "<start>ab<de>f<end>");
}

static void more_edits_than_fit_at_first_are_kept(void **state)
{
	struct str edited;

	(void)state;
	edits_init(&edits, &unit_arena);
	for (size_t i = 100; i-- > 0;)
		add(i, i, "-");
	edits_sort(&edits);
	assert_int_equal(edits.count, 100);
	edited = edits_apply(&edits,
			     arena_dup(&unit_arena, S("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")),
			     &unit_arena);
	assert_int_equal(edited.len, 200);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(edited.ptr[i], i % 2 == 0 ? '-' : 'x');
}

static void an_insertion_may_touch_a_replacement(void **state)
{
	(void)state;
	edits_init(&edits, &unit_arena);
	add(2, 2, "|");
	add(1, 2, "B");
	edits_sort(&edits);
	assert_str(edits_apply(&edits, S("abc"), &unit_arena), "aB|c");
	edits_init(&edits, &unit_arena);
	add(1, 2, "B");
	add(1, 1, "|");
	edits_sort(&edits);
	assert_str(edits_apply(&edits, S("abc"), &unit_arena), "a|Bc");
}

static void sort(void *argument)
{
	(void)argument;
	edits_sort(&edits);
}

static void add_reversed(void *argument)
{
	(void)argument;
	add(3, 2, "");
}

static void assert_aborts(void (*function)(void *))
{
	struct str output;
	int status = unit_in_child(function, NULL, &output);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void edits_that_meet_are_our_bug(void **state)
{
	(void)state;
	edits_init(&edits, &unit_arena);
	add(1, 3, "x");
	add(2, 4, "y");
	assert_aborts(sort);
	edits_init(&edits, &unit_arena);
	add(2, 2, "x");
	add(2, 2, "y");
	assert_aborts(sort);
	edits_init(&edits, &unit_arena);
	add(2, 3, "x");
	add(2, 3, "y");
	assert_aborts(sort);
	assert_aborts(add_reversed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_edits_the_text_is_the_same),    TEST(edits_are_applied_in_the_order_of_the_text),
		TEST(more_edits_than_fit_at_first_are_kept), TEST(an_insertion_may_touch_a_replacement),
		TEST(edits_that_meet_are_our_bug),
	};

	return unit_run(tests);
}

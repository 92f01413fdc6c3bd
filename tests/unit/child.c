/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/child.h"

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct child child;

static int forget(void **state)
{
	(void)state;
	arena_release(&unit_arena);
	return 0;
}

/* A shell that runs `script`. */
static void start(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	assert_succeeds(child_start(argv, NULL, &unit_arena, &child, &unit_err));
}

/* Reads to the end. */
static struct str read_all(void)
{
	struct str all = { 0 };
	char chunk[1000];
	size_t got;

	for (;;) {
		assert_succeeds(child_read(&child, chunk, sizeof(chunk), &got, &unit_err));
		if (got == 0)
			return all;
		all = arena_printf(&unit_arena, "%.*s%.*s", STR_ARG(all), (int)got, chunk);
	}
}

static void a_conversation_goes_both_ways(void **state)
{
	char text[8];
	size_t got;

	(void)state;
	start("read word; echo \"1 $word\"; read word; echo \"2 $word\"; cat >/dev/null; exit 3");
	assert_succeeds(child_write(&child, S("one\n"), &unit_err));
	assert_succeeds(child_read(&child, text, sizeof(text), &got, &unit_err));
	assert_str(((struct str){ text, got }), "1 one\n");
	assert_succeeds(child_write(&child, S("two\n"), &unit_err));
	assert_succeeds(child_read(&child, text, sizeof(text), &got, &unit_err));
	assert_str(((struct str){ text, got }), "2 two\n");
	child_end(&child);
	assert_int_equal(child.pid, 0);
	/* On a busy machine it may not have been quick enough. */
	assert_true(WIFSIGNALED(child.status) || WEXITSTATUS(child.status) == 3);
}

static void at_the_end_its_status_and_complaint_are_known(void **state)
{
	(void)state;
	start("echo out; echo why >&2; exit 255");
	assert_str(read_all(), "out\n");
	assert_true(WIFEXITED(child.status) && WEXITSTATUS(child.status) == 255);
	assert_str(child_complaint(&child), "why\n");
	child_end(&child);
}

static void of_a_long_complaint_the_end_is_kept_and_nothing_waits_for_us(void **state)
{
	struct str complaint;

	(void)state;
	start("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo last >&2; echo out");
	assert_str(read_all(), "out\n");
	complaint = child_complaint(&child);
	assert_true(complaint.len <= CHILD_COMPLAINT_LIMIT && complaint.len >= CHILD_COMPLAINT_LIMIT / 2);
	assert_true(str_ends_with(complaint, "xlast\n"));
	child_end(&child);
}

static void what_it_leaves_behind_is_not_waited_for(void **state)
{
	(void)state;
	start("sleep 30 <&- >/dev/null & echo why >&2; exit 1");
	assert_str(read_all(), "");
	assert_str(child_complaint(&child), "why\n");
	assert_int_equal(child.pid, 0);
	child_end(&child);
}

static void one_that_does_not_end_is_ended(void **state)
{
	(void)state;
	start("exec sleep 600");
	child_end(&child);
	assert_true(WIFSIGNALED(child.status) && WTERMSIG(child.status) == SIGTERM);
	start("while :; do echo more; done");
	child_end(&child);
	assert_int_equal(child.pid, 0);
}

static void one_that_reads_nothing_is_an_error(void **state)
{
	(void)state;
	start("exec <&-; echo ready; sleep 600");
	assert_succeeds(child_read(&child, (char[8]){ 0 }, 8, &(size_t){ 0 }, &unit_err));
	assert_fails(child_write(&child, S("text"), &unit_err), "does not read");
	child_end(&child);
}

static void one_that_is_not_there_is_an_error(void **state)
{
	static const char *const argv[] = { "no-such-program", NULL };

	(void)state;
	assert_fails(child_start(argv, NULL, &unit_arena, &child, &unit_err), "no-such-program can't be started");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_conversation_goes_both_ways),
		TEST(at_the_end_its_status_and_complaint_are_known),
		TEST(of_a_long_complaint_the_end_is_kept_and_nothing_waits_for_us),
		TEST(what_it_leaves_behind_is_not_waited_for),
		TEST(one_that_does_not_end_is_ended),
		TEST(one_that_reads_nothing_is_an_error),
		TEST(one_that_is_not_there_is_an_error),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, forget);
}

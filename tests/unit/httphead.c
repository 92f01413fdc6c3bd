/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/httphead.h"

#include "unit.h"

#include <string.h>

/* What passes of `answer`, when it comes in pieces of `size` bytes. */
static const char *passed(const char *answer, size_t size)
{
	struct str rest = str_from(answer);
	struct httphead head = { 0 };
	struct buf got = { 0 };

	httphead_expect(&head);
	while (rest.len > 0) {
		size_t length = size < rest.len ? size : rest.len;
		struct str ready;

		assert_true(httphead_add(&head, (struct str){ rest.ptr, length }));
		rest = str_skip(rest, length);
		while ((ready = httphead_ready(&head)).len > 0) {
			/* One byte at a time, as if there were room for no more. */
			buf_add_char(&got, ready.ptr[0]);
			httphead_take(&head, 1);
		}
	}
	httphead_release(&head);
	return buf_keep(&got, &unit_arena).ptr;
}

static void a_challenge_passes_with_its_status_alone(void **state)
{
	static const struct {
		const char *answer, *passed;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\n\nWWW-Authenticate: x\n", NULL },
		{ "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n", NULL },
		{ "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n", NULL },
		{ "HTTP/1.1 302 Found\r\nWWW-Authenticate: Basic\r\nLocation: /x\r\n\r\n",
		  "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n" },
		{ "HTTP/1.1 302 Found\r\nLocation: /x\r\nwww-AUTHENTICATE:Basic\r\n\r\n",
		  "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n" },
		{ "HTTP/1.1 302 Found\nWWW-Authenticate: Basic\nLocation: /x\n\nbody",
		  "HTTP/1.1 302 Found\nLocation: /x\n\nbody" },
		{ "HTTP/1.1 301 Moved\r\nWWW-Authenticate: a,\r\n b\r\n\tc\r\nX: y\r\n z\r\n\r\n",
		  "HTTP/1.1 301 Moved\r\nX: y\r\n z\r\n\r\n" },
		{ "HTTP/1.1 401 No\r\nProxy-Authenticate: Basic\r\n\r\n", "HTTP/1.1 401 No\r\n\r\n" },
		{ "HTTP/1.1 407 No\r\nWWW-Authenticate: Basic\r\n\r\n", "HTTP/1.1 407 No\r\n\r\n" },
		{ "HTTP/1.1  302\r\nWWW-Authenticate: Basic\r\n\r\n", "HTTP/1.1  302\r\n\r\n" },
		{ "HTTP/1.1\r\nWWW-Authenticate: Basic\r\n\r\n", "HTTP/1.1\r\n\r\n" },
		{ "\r\n\n\r\nHTTP/1.1 302 x\r\nWWW-Authenticate: Basic\r\n\r\n", "\r\n\n\r\nHTTP/1.1 302 x\r\n\r\n" },
		{ "HTTP/1.1 302 x\r\nX-WWW-Authenticate: Basic\r\n\r\n", NULL },
	};
	static const size_t sizes[] = { 1, 2, 7, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(sizes); k++)
			assert_string_equal(passed(rows[i].answer, sizes[k]),
					    rows[i].passed ? rows[i].passed : rows[i].answer);
}

static void nothing_passes_before_a_head_is_whole(void **state)
{
	struct httphead head = { 0 };

	(void)state;
	httphead_expect(&head);
	assert_true(httphead_add(&head, S("HTTP/1.1 200 OK\r\nA: b\r\n")));
	assert_str(httphead_ready(&head), "");
	/* Or will not be: then it is for libgit2 to tell. */
	httphead_end(&head);
	assert_str(httphead_ready(&head), "HTTP/1.1 200 OK\r\nA: b\r\n");
	httphead_release(&head);
}

static void each_request_has_a_head(void **state)
{
	struct httphead head = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* With a body that nobody read. */
		httphead_expect(&head);
		assert_true(httphead_add(&head, S("HTTP/1.1 302 x\r\nWWW-Authenticate: y\r\n\r\nbody")));
		assert_str(httphead_ready(&head), "HTTP/1.1 302 x\r\n\r\nbody");
		assert_true(httphead_add(&head, S(" more")));
		assert_str(httphead_ready(&head), "HTTP/1.1 302 x\r\n\r\nbody more");
	}
	httphead_release(&head);
}

static void a_head_without_an_end_is_refused(void **state)
{
	struct httphead head = { 0 };
	size_t count = 0;

	(void)state;
	httphead_expect(&head);
	while (httphead_add(&head, S("A: 0123456789\r\n")))
		assert_true(++count < HTTPHEAD_LIMIT);
	assert_in_range(count, HTTPHEAD_LIMIT / 16, HTTPHEAD_LIMIT / 14);
	httphead_release(&head);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_challenge_passes_with_its_status_alone),
		TEST(nothing_passes_before_a_head_is_whole),
		TEST(each_request_has_a_head),
		TEST(a_head_without_an_end_is_refused),
	};

	return unit_run(tests);
}

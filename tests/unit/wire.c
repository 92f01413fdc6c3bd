/* SPDX-License-Identifier: Apache-2.0 */
#include "git/wire.h"

#include "unit.h"

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void frames_are_taken_when_they_are_whole(void **state)
{
	static const struct {
		const char *text;
		enum wire_state state;
		const char *payload, *rest;
	} rows[] = {
		{ "0:,", WIRE_WHOLE, "", "" },
		{ "3:abc,", WIRE_WHOLE, "abc", "" },
		{ "3:a,:,rest", WIRE_WHOLE, "a,:", "rest" },
		{ "12:0:,1:a,2:bb,,", WIRE_WHOLE, "0:,1:a,2:bb,", "" },
		{ "", WIRE_PARTIAL, "", "" },
		{ "1", WIRE_PARTIAL, "", "1" },
		{ "0", WIRE_PARTIAL, "", "0" },
		{ "3:", WIRE_PARTIAL, "", "3:" },
		{ "3:abc", WIRE_PARTIAL, "", "3:abc" },
		{ "67108864:a", WIRE_PARTIAL, "", "67108864:a" },
		{ "67108865:a", WIRE_BROKEN, "", "67108865:a" },
		{ "99999999999999999999:a", WIRE_BROKEN, "", "99999999999999999999:a" },
		{ "00:,", WIRE_BROKEN, "", "00:," },
		{ "01", WIRE_BROKEN, "", "01" },
		{ "03:abc,", WIRE_BROKEN, "", "03:abc," },
		{ ":,", WIRE_BROKEN, "", ":," },
		{ "-1:,", WIRE_BROKEN, "", "-1:," },
		{ " 1:a,", WIRE_BROKEN, "", " 1:a," },
		{ "1 :a,", WIRE_BROKEN, "", "1 :a," },
		{ "3:abcd,", WIRE_BROKEN, "", "3:abcd," },
		{ "a", WIRE_BROKEN, "", "a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str rest = str_from(rows[i].text), payload = { 0 };

		assert_for(wire_take(&rest, &payload) == rows[i].state, rows[i].text);
		assert_row(payload, rows[i].payload, rows[i].text);
		assert_row(rest, rows[i].rest, rows[i].text);
	}
}

static struct str payload_of(const struct buf *text)
{
	struct str rest = buf_str(text), payload;

	assert_int_equal(wire_take(&rest, &payload), WIRE_WHOLE);
	assert_int_equal(rest.len, 0);
	return arena_dup(&unit_arena, payload);
}

static void a_request_is_read_as_it_was_written(void **state)
{
	static const struct str names[] = { STR("HEAD"), STR("refs/heads/a\n,:\0b") };
	static const struct wire_query queries[] = {
		{ STR("https://u:p@h/\n1:x,"), names, 2 },
		{ STR(""), names, 0 },
	};
	static const struct str allow[] = { STR("*.example.com") };
	struct wire_request request = {
		.timeout_ms = 1500,
		.left_ms = 700,
		.client = WIRE_CLIENT_GIT,
		.allow_local = true,
		.allow = allow,
		.allow_count = 1,
		.queries = queries,
		.count = 2,
	};
	struct wire_request read;
	struct buf text = { 0 };

	(void)state;
	wire_put_request(&request, &text);
	assert_succeeds(wire_get_request(payload_of(&text), &unit_arena, &read, &unit_err));
	buf_release(&text);
	assert_int_equal(read.timeout_ms, 1500);
	assert_int_equal(read.left_ms, 700);
	assert_int_equal(read.client, WIRE_CLIENT_GIT);
	assert_true(read.allow_local);
	assert_int_equal(read.allow_count, 1);
	assert_str(read.allow[0], "*.example.com");
	assert_int_equal(read.count, 2);
	assert_str(read.queries[0].url, "https://u:p@h/\n1:x,");
	assert_int_equal(read.queries[0].name_count, 2);
	assert_str(read.queries[0].names[0], "HEAD");
	assert_str(read.queries[0].names[1], "refs/heads/a\n,:\0b");
	assert_str(read.queries[1].url, "");
	assert_int_equal(read.queries[1].name_count, 0);
}

static void an_answer_is_read_as_it_was_written(void **state)
{
	struct str commits[] = { STR(A40), STR("") };
	struct wire_answer answer = { .query = 3, .commits = commits, .commit_count = 2 }, read;
	struct buf text = { 0 };

	(void)state;
	wire_put_answer(&answer, &text);
	assert_succeeds(wire_get_answer(payload_of(&text), &unit_arena, &read, &unit_err));
	assert_int_equal(read.query, 3);
	assert_int_equal(read.kind, WIRE_COMMITS);
	assert_int_equal(read.commit_count, 2);
	assert_str(read.commits[0], A40);
	assert_str(read.commits[1], "");

	text.len = 0;
	answer = (struct wire_answer){ .kind = WIRE_FAILURE, .sentence = S("no") };
	wire_put_answer(&answer, &text);
	assert_succeeds(wire_get_answer(payload_of(&text), &unit_arena, &read, &unit_err));
	assert_int_equal(read.kind, WIRE_FAILURE);
	assert_str(read.sentence, "no");
	assert_int_equal(read.commit_count, 0);
	buf_release(&text);
}

static void every_kind_of_answer_comes_back(void **state)
{
	static const enum wire_kind kinds[] = { WIRE_COMMITS, WIRE_FAILURE, WIRE_TROUBLE, WIRE_STARTED, WIRE_AGAIN };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct wire_answer answer = { .query = i, .kind = kinds[i] }, read;
		struct buf text = { 0 };

		if (kinds[i] == WIRE_FAILURE || kinds[i] == WIRE_TROUBLE)
			answer.sentence = S("no");
		wire_put_answer(&answer, &text);
		assert_succeeds(wire_get_answer(payload_of(&text), &unit_arena, &read, &unit_err));
		assert_int_equal(read.kind, kinds[i]);
		assert_int_equal(read.query, i);
		assert_true(str_equal(read.sentence, answer.sentence));
		buf_release(&text);
	}
}

static void broken_requests_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"15:rollstamp-git/1,3:100,3:100,7:libgit2,5:local,1:0,",
		"15:rollstamp-git/2,",
		"15:rollstamp-git/2,3:100,",
		"15:rollstamp-git/2,3:100,3:100,",
		"15:rollstamp-git/2,3:100,3:100,6:libgit,5:local,1:0,",
		"15:rollstamp-git/2,3:100,3:100,5:local,1:0,",
		"15:rollstamp-git/2,3:100,10:4294967296,7:libgit2,5:local,1:0,",
		"15:rollstamp-git/2,2:-1,3:100,7:libgit2,5:local,",
		"15:rollstamp-git/2,10:4294967296,3:100,7:libgit2,5:local,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,4:LOCA,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,1:1,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,1:0,1:u,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,1:0,1:u,1:1,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,1:0,1:u,8:99999999,1:n,",
		"15:rollstamp-git/2,3:100,3:100,7:libgit2,5:local,1:0,1:u,1:1,1:n",
	};
	struct wire_request read;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(!wire_get_request(str_from(rows[i]), &unit_arena, &read, &unit_err), rows[i]);
}

static void broken_answers_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"1:x,7:commits,",
		"1:0,",
		"1:0,6:answer,",
		"1:0,7:failure,",
		"1:0,7:failure,0:,",
		"1:0,7:failure,1:a,1:b,",
		"1:0,7:trouble,",
		"1:0,7:trouble,0:,",
		"1:0,7:started,1:a,",
		"1:0,5:again,1:a,",
		"1:0,7:commits,1:a,",
		"1:0,7:commits,40:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,",
		"1:0,7:commits,39:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,",
		"1:0,7:commits,0:",
		"30:111111111111111111111111111111,7:commits,",
	};
	struct wire_answer read;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(!wire_get_answer(str_from(rows[i]), &unit_arena, &read, &unit_err), rows[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(frames_are_taken_when_they_are_whole), TEST(a_request_is_read_as_it_was_written),
		TEST(an_answer_is_read_as_it_was_written),  TEST(broken_requests_are_refused),
		TEST(broken_answers_are_refused),           TEST(every_kind_of_answer_comes_back),
	};

	return unit_run(tests);
}

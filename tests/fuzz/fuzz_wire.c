/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol between rollstamp and rollstamp-git, both ways: any bytes are read without trouble, what was read writes
 * itself as the same bytes, and what was written is read as it was.
 */
#include "check.h"

#include "git/wire.h"

#include <limits.h>

static struct str written(struct buf *text, struct arena *arena)
{
	struct str rest = buf_str(text), payload = { 0 };

	CHECK(wire_take(&rest, &payload) == WIRE_WHOLE);
	CHECK(rest.len == 0);
	payload = check_copy(arena, payload);
	buf_release(text);
	return payload;
}

static struct str write_request(const struct wire_request *request, struct arena *arena)
{
	struct buf text = { 0 };

	wire_put_request(request, &text);
	return written(&text, arena);
}

static struct str write_answer(const struct wire_answer *answer, struct arena *arena)
{
	struct buf text = { 0 };

	wire_put_answer(answer, &text);
	return written(&text, arena);
}

static void read_any(struct str payload, struct arena *arena)
{
	struct wire_request request;
	struct wire_answer answer;
	struct err err;

	if (wire_get_request(payload, arena, &request, &err))
		CHECK(str_equal(write_request(&request, arena), payload));
	else
		check_message(&err);
	if (wire_get_answer(payload, arena, &answer, &err))
		CHECK(str_equal(write_answer(&answer, arena), payload));
	else
		check_message(&err);
}

/* As the reading ends do it: frame by frame, with what follows the last one. */
static void read_stream(struct str text, struct arena *arena)
{
	struct str rest = text, payload = { 0 };
	enum wire_state state;

	while ((state = wire_take(&rest, &payload)) == WIRE_WHOLE) {
		struct str less = { text.ptr, (size_t)(rest.ptr - text.ptr) - 1 };

		read_any(check_copy(arena, payload), arena);
		text = rest;
		/* Without its last byte it is not whole. */
		CHECK(wire_take(&less, &payload) == WIRE_PARTIAL);
	}
	/* What is broken stays so, whatever follows. */
	if (state == WIRE_BROKEN) {
		struct str pieces[] = { rest, STR("0:,") }, more = check_join(arena, pieces, 2);

		CHECK(wire_take(&more, &payload) == WIRE_BROKEN);
	}
}

static struct str make_text(struct choices *choices, struct arena *arena)
{
	size_t length = choice_below(choices, 24);
	struct str rest = choice_rest(choices);

	if (length > rest.len)
		length = rest.len;
	choices->next += length;
	choices->left -= length;
	return check_copy(arena, (struct str){ rest.ptr, length });
}

static const struct str *make_list(struct choices *choices, struct arena *arena, size_t *count)
{
	struct str *list;

	*count = choice_below(choices, 5);
	list = arena_array(arena, *count, sizeof(*list));
	for (size_t i = 0; i < *count; i++)
		list[i] = make_text(choices, arena);
	return list;
}

static void check_same(const struct str *a, size_t a_count, const struct str *b, size_t b_count)
{
	CHECK(a_count == b_count);
	for (size_t i = 0; i < a_count; i++)
		CHECK(str_equal(a[i], b[i]));
}

static void round_trip_request(struct choices *choices, struct arena *arena)
{
	struct wire_request request = { .timeout_ms = choice_byte(choices) % 2 ? UINT_MAX : choice_byte(choices) },
			    again;
	struct wire_query *queries;
	struct err err;

	request.left_ms = choice_byte(choices);
	request.client = choice_byte(choices) % 2 ? WIRE_CLIENT_GIT : WIRE_CLIENT_LIBGIT2;
	request.allow_local = choice_byte(choices) % 2;
	request.allow = make_list(choices, arena, &request.allow_count);
	request.count = choice_below(choices, 5);
	request.queries = queries = arena_array(arena, request.count, sizeof(*queries));
	for (size_t i = 0; i < request.count; i++) {
		queries[i].url = make_text(choices, arena);
		queries[i].names = make_list(choices, arena, &queries[i].name_count);
	}
	CHECK(wire_get_request(write_request(&request, arena), arena, &again, &err));
	CHECK(again.timeout_ms == request.timeout_ms && again.left_ms == request.left_ms);
	CHECK(again.client == request.client && again.allow_local == request.allow_local);
	check_same(again.allow, again.allow_count, request.allow, request.allow_count);
	CHECK(again.count == request.count);
	for (size_t i = 0; i < request.count; i++) {
		CHECK(str_equal(again.queries[i].url, queries[i].url));
		check_same(again.queries[i].names, again.queries[i].name_count, queries[i].names,
			   queries[i].name_count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	struct arena arena;

	arena_init(&arena);
	if (choice_byte(&choices) % 2 == 0)
		read_stream(check_copy(&arena, choice_rest(&choices)), &arena);
	else
		round_trip_request(&choices, &arena);
	arena_release(&arena);
	return 0;
}

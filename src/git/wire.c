/* SPDX-License-Identifier: Apache-2.0 */
#include "git/wire.h"

#include "git/refname.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>

#define VERSION "rollstamp-git/2"
/* How many digits the length of a frame may have: more than WIRE_LIMIT needs. */
#define LENGTH_DIGITS 9

/* A decimal number without sign or leading zeros, at most `most`. */
static bool read_number(struct str digits, size_t most, size_t *number)
{
	size_t value = 0;

	if (digits.len == 0 || (digits.len > 1 && digits.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		size_t digit = (size_t)(digits.ptr[i] - '0');

		if (!str_is_digit(digits.ptr[i]) || digit > most || value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

enum wire_state wire_take(struct str *rest, struct str *payload)
{
	size_t digits = 0, length;
	struct str behind;

	while (digits < rest->len && digits <= LENGTH_DIGITS && str_is_digit(rest->ptr[digits]))
		digits++;
	if (digits > LENGTH_DIGITS)
		return WIRE_BROKEN;
	if (digits == rest->len)
		return digits > 1 && rest->ptr[0] == '0' ? WIRE_BROKEN : WIRE_PARTIAL;
	if (rest->ptr[digits] != ':' || !read_number((struct str){ rest->ptr, digits }, WIRE_LIMIT, &length))
		return WIRE_BROKEN;
	behind = str_skip(*rest, digits + 1);
	if (behind.len <= length)
		return WIRE_PARTIAL;
	if (behind.ptr[length] != ',')
		return WIRE_BROKEN;
	*payload = (struct str){ behind.ptr, length };
	*rest = str_skip(behind, length + 1);
	return WIRE_WHOLE;
}

static void put(struct buf *to, struct str payload)
{
	buf_printf(to, "%zu:", payload.len);
	buf_add(to, payload);
	buf_add_char(to, ',');
}

static void put_number(struct buf *to, size_t number)
{
	struct buf digits = { 0 };

	buf_printf(&digits, "%zu", number);
	put(to, buf_str(&digits));
	buf_release(&digits);
}

static void put_list(struct buf *to, const struct str *items, size_t count)
{
	put_number(to, count);
	for (size_t i = 0; i < count; i++)
		put(to, items[i]);
}

void wire_put_request(const struct wire_request *request, struct buf *to)
{
	struct buf payload = { 0 };

	put(&payload, (struct str)STR(VERSION));
	put_number(&payload, request->timeout_ms);
	put_number(&payload, request->left_ms);
	put(&payload, str_from(request->client == WIRE_CLIENT_GIT ? "git" : "libgit2"));
	put(&payload, str_from(request->allow_local ? "local" : "network"));
	put_list(&payload, request->allow, request->allow_count);
	for (size_t i = 0; i < request->count; i++) {
		put(&payload, request->queries[i].url);
		put_list(&payload, request->queries[i].names, request->queries[i].name_count);
	}
	put(to, buf_str(&payload));
	buf_release(&payload);
}

static const char *name_of(enum wire_kind kind)
{
	switch (kind) {
	case WIRE_COMMITS:
		return "commits";
	case WIRE_FAILURE:
		return "failure";
	case WIRE_TROUBLE:
		return "trouble";
	case WIRE_STARTED:
		return "started";
	case WIRE_AGAIN:
		return "again";
	}
	assert(!"a kind");
	return "";
}

static bool has_sentence(enum wire_kind kind)
{
	return kind == WIRE_FAILURE || kind == WIRE_TROUBLE;
}

void wire_put_answer(const struct wire_answer *answer, struct buf *to)
{
	struct buf payload = { 0 };

	put_number(&payload, answer->query);
	put(&payload, str_from(name_of(answer->kind)));
	if (has_sentence(answer->kind))
		put(&payload, answer->sentence);
	for (size_t i = 0; i < answer->commit_count; i++)
		put(&payload, answer->commits[i]);
	put(to, buf_str(&payload));
	buf_release(&payload);
}

static bool take(struct str *rest, struct str *payload)
{
	return wire_take(rest, payload) == WIRE_WHOLE;
}

static bool take_number(struct str *rest, size_t most, size_t *number)
{
	struct str digits;

	return take(rest, &digits) && read_number(digits, most, number);
}

/* Takes all frames in `rest`. */
static bool take_all(struct str rest, struct arena *arena, struct str **items, size_t *count)
{
	struct str *list = NULL;
	size_t n = 0, room = 0;

	while (rest.len > 0) {
		struct str item;

		if (!take(&rest, &item))
			return false;
		list = arena_grow(arena, list, n, &room, sizeof(*list));
		list[n++] = item;
	}
	*items = list;
	*count = n;
	return true;
}

/* Takes what put_list writes. */
static bool take_list(struct str *rest, struct arena *arena, const struct str **items, size_t *count)
{
	struct str *list;

	/* Every item takes at least three bytes: "0:,". */
	if (!take_number(rest, rest->len / 3, count))
		return false;
	list = arena_array(arena, *count, sizeof(*list));
	for (size_t i = 0; i < *count; i++)
		if (!take(rest, &list[i]))
			return false;
	*items = list;
	return true;
}

bool wire_get_request(struct str payload, struct arena *arena, struct wire_request *request, struct err *err)
{
	struct wire_query *queries = NULL;
	size_t room = 0, timeout = 0, left = 0;
	struct wire_request found = { 0 };
	struct str rest = payload, version, client, where;

	if (!take(&rest, &version) || !str_is(version, VERSION))
		return err_set(err, "the request is of another version than " VERSION);
	if (!take_number(&rest, UINT_MAX, &timeout) || !take_number(&rest, UINT_MAX, &left) || !take(&rest, &client) ||
	    (!str_is(client, "git") && !str_is(client, "libgit2")) || !take(&rest, &where) ||
	    (!str_is(where, "local") && !str_is(where, "network")) ||
	    !take_list(&rest, arena, &found.allow, &found.allow_count))
		return err_set(err, "the request has a broken head");
	while (rest.len > 0) {
		struct wire_query *query;

		queries = arena_grow(arena, queries, found.count, &room, sizeof(*queries));
		query = &queries[found.count];
		if (!take(&rest, &query->url) || !take_list(&rest, arena, &query->names, &query->name_count))
			return err_set(err, "query %zu of the request is broken", found.count);
		found.count++;
	}
	found.timeout_ms = (unsigned)timeout;
	found.left_ms = (unsigned)left;
	found.client = str_is(client, "git") ? WIRE_CLIENT_GIT : WIRE_CLIENT_LIBGIT2;
	found.allow_local = str_is(where, "local");
	found.queries = queries;
	*request = found;
	return true;
}

static bool kind_from(struct str name, enum wire_kind *kind)
{
	static const enum wire_kind kinds[] = { WIRE_COMMITS, WIRE_FAILURE, WIRE_TROUBLE, WIRE_STARTED, WIRE_AGAIN };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(name, name_of(kinds[i]))) {
			*kind = kinds[i];
			return true;
		}
	return false;
}

bool wire_get_answer(struct str payload, struct arena *arena, struct wire_answer *answer, struct err *err)
{
	struct wire_answer found = { 0 };
	struct str rest = payload, what;

	if (!take_number(&rest, SIZE_MAX, &found.query) || !take(&rest, &what) || !kind_from(what, &found.kind))
		return err_set(err, "the answer has a broken head");
	if (has_sentence(found.kind) && (!take(&rest, &found.sentence) || found.sentence.len == 0))
		return err_set(err, "the answer has no sentence");
	if (found.kind == WIRE_COMMITS && !take_all(rest, arena, &found.commits, &found.commit_count))
		return err_set(err, "the answer is broken");
	if (found.kind != WIRE_COMMITS && rest.len > 0)
		return err_set(err, "the answer has more than belongs to it");
	for (size_t i = 0; i < found.commit_count; i++)
		if (found.commits[i].len > 0 && !refname_is_commit(found.commits[i]))
			return err_set(err, "the answer has a commit that is none");
	*answer = found;
	return true;
}

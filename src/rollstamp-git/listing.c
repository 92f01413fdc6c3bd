/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/listing.h"

/*
 * What a server may send. A line for each ref is 60 to 70 bytes long, of which libgit2 makes 150: a hundred thousand refs are
 * 7 MB. In a process of many it is little, since other listings need memory, too.
 */
#define RECEIVED_LIMIT ((size_t)32 * 1024 * 1024)
#define RECEIVED_LIMIT_ALONE ((size_t)256 * 1024 * 1024)

static bool check_url(struct listing *listing, struct err *err)
{
	if (url_is_local(&listing->url) && !listing->request->allow_local)
		return err_set(err, "local repositories are not read unless --git-allow-local allows it");
	listing->is_trouble = listing->url.scheme == URL_HTTPS && listing->untrusting.len > 0;
	if (listing->is_trouble)
		return err_set(err, "%.*s", STR_ARG(listing->untrusting));
	return true;
}

void listing_init(struct listing *listing, const struct wire_request *request, size_t query, bool is_alone,
		  struct str untrusting)
{
	struct err err;

	*listing = (struct listing){
		.query = request->queries[query],
		.request = request,
		.is_alone = is_alone,
		.untrusting = untrusting,
	};
	atomic_init(&listing->stage, SENTENCE_WAITING);
	if (!url_parse(listing->query.url, &listing->arena, &listing->url, &err) || !check_url(listing, &err))
		listing_fail(listing, str_from(err.text));
}

void listing_release(struct listing *listing)
{
	arena_release(&listing->arena);
}

void listing_fail(struct listing *listing, struct str sentence)
{
	if (listing->failure.len == 0 && !listing->is_settled)
		listing->failure = arena_dup(&listing->arena, sentence);
}

void listing_fail_ourselves(struct listing *listing, struct str sentence)
{
	listing->is_trouble = listing->is_trouble || (listing->failure.len == 0 && !listing->is_settled);
	listing_fail(listing, sentence);
}

bool listing_receive(struct listing *listing, size_t count)
{
	listing->received += count;
	if (listing->received <= (listing->is_alone ? RECEIVED_LIMIT_ALONE : RECEIVED_LIMIT))
		return true;
	if (!listing->is_settled) {
		listing_fail(listing, (struct str)STR("the server sends more than 256 MiB, and a listing of refs may "
						      "not be longer"));
		listing->takes_too_much = true;
	}
	return false;
}

struct map listing_index_names(struct listing *listing)
{
	const struct wire_query *query = &listing->query;
	struct map index;

	map_init(&index, &listing->arena);
	for (size_t i = 0; i < query->name_count; i++)
		if (!map_get(&index, query->names[i]))
			map_set(&index, query->names[i], ARENA_NEW(&listing->arena, struct str));
	return index;
}

void listing_take_index(struct listing *listing, const struct map *index)
{
	for (size_t i = 0; i < listing->query.name_count; i++)
		listing->commits[i] = *(const struct str *)map_get(index, listing->query.names[i]);
}

void listing_settle(struct listing *listing, void (*done)(struct listing *))
{
	listing->is_settled = true;
	done(listing);
}

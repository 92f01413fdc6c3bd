/* SPDX-License-Identifier: Apache-2.0 */
#include "git/urlname.h"

#include "base/hash.h"
#include "base/shortname.h"

#include <string.h>

/* Texts that stand for a secret in the lock file begin so. */
#define HASHED "sha256:"
#define HASHED_WITH_KEY "hmac-sha256:"

struct str urlname_identity(const struct url *url, struct arena *arena)
{
	struct str path = url_plain_path(url, arena), query = str_skip(url->bare, url->shown.len);

	/* A work tree's directory and the repository in it (DIRECTORY/.git) are one repository. */
	path = str_trim_char(path, '/');
	if (url_is_local(url))
		return arena_printf(arena, "%s%.*s", str_starts_with(url->path, "/") ? "/" : "", STR_ARG(path));
	return arena_printf(arena, "%s://%.*s:%.*s/%.*s%.*s", url_scheme_name(url),
			    STR_ARG(arena_lower(arena, url->host)), STR_ARG(url_port(url)), STR_ARG(path),
			    STR_ARG(query));
}

struct str urlname_identity_of(struct str text, struct arena *arena)
{
	struct url url;
	struct err err;

	return url_parse(text, arena, &url, &err) ? urlname_identity(&url, arena) : text;
}

static struct str last_segment(struct str path)
{
	size_t start;

	while (str_ends_with(path, "/"))
		path.len--;
	for (start = path.len; start > 0 && path.ptr[start - 1] != '/'; start--)
		;
	return str_skip(path, start);
}

struct str urlname_repository(const struct url *url, struct arena *arena)
{
	struct str segment = last_segment(url->path);
	char short_digest[HASH_SHORT + 1];
	size_t plain = 0;

	if (str_ends_with(segment, ".git"))
		segment.len -= strlen(".git");
	while (plain < segment.len && !str_is_alphanumeric(segment.ptr[plain]))
		plain++;
	if (plain < segment.len)
		return shortname_clean(segment, "repo", arena);
	hash_short(url->bare, short_digest);
	return arena_printf(arena, "repo-%s", short_digest);
}

struct str urlname_hashed(struct str text, struct str key, struct arena *arena)
{
	struct hash *hash = hash_new(HASH_SHA256, key);
	char hex[2 * HASH_BYTES + 1];

	hash_add(hash, text);
	hash_end(hash, HASH_BYTES, hex);
	return arena_printf(arena, "%s%s", key.len > 0 ? HASHED_WITH_KEY : HASHED, hex);
}

struct str urlname_lock_key(const struct url *url, bool is_secret, struct str secret_key, struct arena *arena)
{
	bool looks_hashed = str_starts_with(url->bare, HASHED) || str_starts_with(url->bare, HASHED_WITH_KEY);

	if (is_secret)
		return urlname_hashed(url->bare, secret_key, arena);
	return url->has_query || looks_hashed ? urlname_hashed(url->bare, (struct str){ 0 }, arena) : url->bare;
}

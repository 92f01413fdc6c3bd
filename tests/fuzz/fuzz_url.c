/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Urls of git: what was taken is shown without its secrets, has no control characters, means the same when its parts are
 * read again, and can be used as a name and as a key. The first line is the url; the others are a pattern and a map.
 */
#include "check.h"

#include "git/urlname.h"
#include "git/urlrule.h"

#include <string.h>

static void check_no_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		CHECK_OF((unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f, text);
}

static void check_host(const struct url *url)
{
	CHECK_OF(url_is_local(url) == (url->host.len == 0), url->text);
	CHECK_OF(url->host.len == 0 || url->host.ptr[0] != '-', url->text);
	CHECK_OF(url->user.len == 0 || url->user.ptr[0] != '-', url->text);
	for (size_t i = 0; i < url->host.len; i++)
		CHECK_OF(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:", url->host.ptr[i]),
			 url->host);
}

/* Without userinfo it is the same place, and has none. */
static void check_bare(const struct url *url, struct arena *arena)
{
	struct url bare;
	struct err err;

	/* With `@` in its path it would look like one that lacks a scheme. */
	if (url->scheme == URL_SCP && str_find(url->path, '@') < url->path.len)
		return;
	CHECK_OF(url_parse(check_copy(arena, url->bare), arena, &bare, &err), url->bare);
	CHECK(bare.user.len == 0 && !bare.has_password);
	CHECK(bare.scheme == url->scheme && str_equal(bare.host, url->host) && str_equal(bare.port, url->port));
	CHECK(str_equal(bare.path, url->path) && str_equal(bare.bare, url->bare) && str_equal(bare.shown, url->shown));
	CHECK(bare.has_query == url->has_query);
	CHECK(url->shown.len <= url->bare.len && memcmp(url->shown.ptr, url->bare.ptr, url->shown.len) == 0);
	CHECK(!url->has_query || str_find(url->shown, '?') == url->shown.len);
}

static void check_names(const struct url *url, struct arena *arena)
{
	struct str name = urlname_repository(url, arena), key = urlname_lock_key(url, false, (struct str){ 0 }, arena);

	CHECK(name.len > 0 && str_is_alphanumeric(name.ptr[0]) && str_is_alphanumeric(name.ptr[name.len - 1]));
	for (size_t i = 0; i < name.len; i++)
		CHECK_OF(str_is_alphanumeric(name.ptr[i]) || strchr("._-", name.ptr[i]), name);
	CHECK(str_equal(key, url->bare) || (key.len == 71 && str_starts_with(key, "sha256:")));
	CHECK(!str_starts_with(url->bare, "sha256:") || !str_equal(key, url->bare));
}

static void check_rules(const struct url *url, struct str pattern, struct str map, struct arena *arena)
{
	struct str host = check_copy(arena, url->host);
	struct url mapped;
	struct err err;
	bool matches = urlrule_matches(pattern, url);

	CHECK(urlrule_check_allowed(url, NULL, 0, false, &err) == !url_is_local(url));
	CHECK(urlrule_check_allowed(url, &pattern, 1, true, &err) == (matches || url_is_local(url)));
	if (!url_is_local(url) && str_find(host, ':') == host.len)
		CHECK_OF(urlrule_matches(host, url), host);
	if (!urlrule_check_map(map, &err))
		check_message(&err);
	if (!urlrule_map(url, &map, 1, arena, &mapped, &err))
		check_message(&err);
	else
		check_host(&mapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { .ptr = (const char *)data, .len = size }, text, pattern, map;
	struct arena arena;
	struct url url;
	struct err err;

	arena_init(&arena);
	text = check_copy(&arena, str_cut(&rest, '\n'));
	pattern = check_copy(&arena, str_cut(&rest, '\n'));
	map = check_copy(&arena, rest);
	if (url_parse(text, &arena, &url, &err)) {
		check_no_control(url.text);
		check_no_control(url_decode(url.text, &arena));
		check_host(&url);
		check_bare(&url, &arena);
		check_names(&url, &arena);
		check_rules(&url, pattern, map, &arena);
	} else {
		check_message(&err);
	}
	arena_release(&arena);
	return 0;
}

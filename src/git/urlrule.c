/* SPDX-License-Identifier: Apache-2.0 */
#include "git/urlrule.h"

#include "base/glob.h"

#include <string.h>

static struct str first(struct str text, size_t n)
{
	return str_slice(text, (struct span){ 0, n });
}

/* Where the first of two bytes stands in `text`, or text.len. */
static size_t find_either(struct str text, char a, char b)
{
	size_t at = str_find(text, a), other = str_find(text, b);

	return at < other ? at : other;
}

/* What a pattern says of each part of a url; with a NULL pointer where it says nothing. */
struct url_pattern {
	struct str scheme, host, port, path;
};

static bool is_port_pattern(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_digit(text.ptr[i]))
			return str_is(text, "*");
	return text.len > 0;
}

static struct url_pattern read_pattern(struct str text)
{
	struct url_pattern pattern = { 0 };
	size_t scheme = str_find_text(text, "://"), at, end;

	if (scheme < text.len) {
		pattern.scheme = first(text, scheme);
		text = str_skip(text, scheme + 3);
	}
	at = str_find(text, '@');
	if (at < find_either(text, ':', '/'))
		text = str_skip(text, at + 1);
	end = str_find(text, ']');
	/* A set of characters in a glob is no IPv6 address, which has two colons at least. */
	if (str_starts_with(text, "[") && end < text.len && str_find(text, ':') < end) {
		pattern.host = str_slice(text, (struct span){ 1, end });
		text = str_skip(text, end + 1);
	} else {
		pattern.host = first(text, find_either(text, ':', '/'));
		text = str_skip(text, pattern.host.len);
	}
	if (str_starts_with(text, ":")) {
		struct str port = str_skip(text, 1);

		port = first(port, str_find(port, '/'));
		if (!pattern.scheme.ptr && !is_port_pattern(port)) {
			pattern.path = str_skip(text, 1);
			return pattern;
		}
		pattern.port = port;
		text = str_skip(text, 1 + port.len);
	}
	if (text.len > 1)
		pattern.path = str_skip(text, 1);
	return pattern;
}

static bool has_dot_segment(struct str path)
{
	while (path.ptr) {
		struct str segment = str_cut(&path, '/');

		if (str_is(segment, ".") || str_is(segment, ".."))
			return true;
	}
	return false;
}

static bool path_matches(struct str pattern, const struct url *url)
{
	struct arena arena = { 0 };
	struct str text = url_plain_path(url, &arena);
	bool result;

	pattern = str_trim_char(pattern, '/');
	/* A server would resolve the dots, and so make another path of it. */
	result = !has_dot_segment(text) && (glob_matches(pattern, text) ||
					    glob_matches(pattern, arena_printf(&arena, "%.*s.git", STR_ARG(text))));
	arena_release(&arena);
	return result;
}

bool urlrule_matches(struct str text, const struct url *url)
{
	struct url_pattern pattern = read_pattern(text);

	if (url_is_local(url))
		return glob_matches(text, url->shown) || glob_matches(text, url->path);
	return (!pattern.scheme.ptr || glob_matches(pattern.scheme, str_from(url_scheme_name(url)))) &&
	       glob_matches_nocase(pattern.host, url->host) &&
	       (!pattern.port.ptr || str_is(pattern.port, "*") || str_equal(pattern.port, url_port(url))) &&
	       (!pattern.path.ptr || path_matches(pattern.path, url));
}

bool urlrule_check_allowed(const struct url *url, const struct str *allow, size_t count, bool allow_local,
			   struct err *err)
{
	if (url_is_local(url))
		return allow_local ||
		       err_set(err,
			       "is a local path: if it is one of the pod's, leave it out with --git-skip; if it is one "
			       "of this machine's, allow it with --git-allow-local");
	if (count == 0)
		return true;
	for (size_t i = 0; i < count; i++)
		if (urlrule_matches(allow[i], url))
			return true;
	return err_set(err, "is allowed by no --git-allow pattern");
}

/* Is HOST the name of one host, and no glob? */
static bool names_host(struct str text)
{
	struct str host = read_pattern(text).host;

	for (size_t i = 0; i < host.len; i++)
		if (strchr("*?[\\", host.ptr[i]))
			return false;
	return host.len > 0;
}

bool urlrule_check_secret(const struct url *url, bool is_host_secret, const struct str *allow, size_t count,
			  struct err *err)
{
	const char *scheme = url_scheme_name(url);

	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "ssh") != 0)
		return err_set(err, "has something of a Secret in it, which is sent over https and ssh only");
	for (size_t i = 0; i < count; i++)
		if (urlrule_matches(allow[i], url) && (!is_host_secret || names_host(allow[i])))
			return true;
	if (is_host_secret)
		return err_set(err, "has something of a Secret in it, which is sent only to a host that a --git-allow "
				    "names without a wildcard");
	return err_set(err, "has something of a Secret in it, which is sent only to a host that a --git-allow names");
}

bool urlrule_check_map(struct str map, struct err *err)
{
	size_t equals = str_find(map, '=');

	if (equals == 0 || equals + 1 >= map.len)
		return err_set(err, "is not FROM=TO: the beginning of a url, and what takes its place");
	return true;
}

static bool is_beginning(struct str from, struct str text)
{
	bool has_scheme = str_find_text(from, "://") < from.len;
	char last, next;

	if (from.len == 0 || from.len > text.len || memcmp(from.ptr, text.ptr, from.len) != 0)
		return false;
	if (from.len == text.len)
		return true;
	last = from.ptr[from.len - 1];
	next = text.ptr[from.len];
	/* In a url with a scheme a colon is no boundary: a port may follow, or a password in front of the host. */
	return last == '/' || last == '@' || next == '/' || next == '?' ||
	       (!has_scheme && (last == ':' || next == ':'));
}

/* `to` and the rest of the url behind `from`, with one slash between them if `from` ended with one. */
static struct str replace(struct str from, struct str to, struct str url, struct arena *arena)
{
	struct str rest = str_skip(url, from.len);
	const char *between = "";

	if (str_ends_with(to, "/") && str_starts_with(rest, "/"))
		rest = str_skip(rest, 1);
	else if (str_ends_with(from, "/") && !strchr("/:@", to.ptr[to.len - 1]))
		between = "/";
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(to), between, STR_ARG(rest));
}

static bool is_ssh(const struct url *url)
{
	return url->scheme == URL_SSH || url->scheme == URL_SCP;
}

/* Is `mapped`, which names no user, reached in the same way as `url`? */
static bool takes_userinfo(const struct url *mapped, const struct url *url)
{
	return mapped->bare.len == mapped->text.len && url->bare.len < url->text.len &&
	       ((mapped->scheme == URL_HTTPS && url->scheme == URL_HTTPS) || (is_ssh(mapped) && is_ssh(url)));
}

/* Where userinfo stands, or would stand. */
static size_t userinfo_start(struct str text)
{
	size_t end = str_find_text(text, "://");

	return end < text.len ? end + 3 : 0;
}

/* Gives `mapped` the userinfo of `url`. */
static bool add_userinfo(const struct url *url, struct arena *arena, struct url *mapped, struct err *err)
{
	size_t from = userinfo_start(url->text), to = userinfo_start(mapped->text);
	struct str userinfo = str_slice(url->text, (struct span){ from, from + url->text.len - url->bare.len });

	return url_parse(arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(first(mapped->text, to)), STR_ARG(userinfo),
				      STR_ARG(str_skip(mapped->text, to))),
			 arena, mapped, err);
}

bool urlrule_map(const struct url *url, const struct str *maps, size_t count, struct arena *arena, struct url *mapped,
		 struct err *err)
{
	struct str longest = { 0 }, to = { 0 };
	struct url result;
	bool is_bare = false;

	for (size_t i = 0; i < count; i++) {
		struct str rest = maps[i], from = str_cut(&rest, '=');
		bool begins_text = is_beginning(from, url->text);

		if (from.len < longest.len || rest.len == 0 || !(begins_text || is_beginning(from, url->bare)))
			continue;
		longest = from;
		to = rest;
		is_bare = !begins_text;
	}
	if (longest.len == 0) {
		*mapped = *url;
		return true;
	}
	if (!url_parse(replace(longest, to, is_bare ? url->bare : url->text, arena), arena, &result, err) ||
	    (is_bare && takes_userinfo(&result, url) && !add_userinfo(url, arena, &result, err)))
		return err_prefix(err, "is no url any more after --git-map");
	*mapped = result;
	return true;
}

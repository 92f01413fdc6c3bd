/* SPDX-License-Identifier: Apache-2.0 */
#include "git/url.h"

#include "base/utf8.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	enum url_scheme scheme;
} schemes[] = {
	{ "https", URL_HTTPS }, { "http", URL_HTTP }, { "ssh", URL_SSH },   { "git+ssh", URL_SSH },
	{ "ssh+git", URL_SSH }, { "git", URL_GIT },   { "file", URL_FILE },
};

static int hex_value(char c)
{
	if (str_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct str url_decode(struct str text, struct arena *arena)
{
	char *to = arena_alloc(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len && text.ptr[i] == '%' ? hex_value(text.ptr[i + 1]) : -1;
		int low = high >= 0 ? hex_value(text.ptr[i + 2]) : -1;

		to[n++] = text.ptr[i];
		if (low < 0)
			continue;
		to[n - 1] = (char)(high * 16 + low);
		i += 2;
	}
	return (struct str){ .ptr = to, .len = n };
}

/* How many bytes of `text` from its start on are none of `stops`. */
static size_t span_until(struct str text, const char *stops)
{
	size_t n = 0;

	while (n < text.len && !memchr(stops, text.ptr[n], strlen(stops)))
		n++;
	return n;
}

static struct str first(struct str text, size_t n)
{
	return str_slice(text, (struct span){ 0, n });
}

static bool check_text(struct str text, struct arena *arena, struct err *err)
{
	if (text.len == 0)
		return err_set(err, "is empty");
	if (text.len > URL_LIMIT)
		return err_set(err, "is longer than %d bytes", URL_LIMIT);
	if (!utf8_is_valid(text))
		return err_set(err, "is not UTF-8 text");
	if (str_find(text, '\n') == text.len - 1)
		return err_set(err, "ends in a newline, which is not part of a url (in YAML, a block scalar with `|`"
				    " has one: write `|-`)");
	if (utf8_has_control(text))
		return err_set(err, "has a control character");
	if (utf8_has_control(url_decode(text, arena)))
		return err_set(err, "has a control character in percent-encoding");
	return true;
}

static bool check_port(struct str port, struct err *err)
{
	unsigned long value = 0;

	for (size_t i = 0; i < port.len && i < 6; i++)
		value = str_is_digit(port.ptr[i]) ? value * 10 + (unsigned long)(port.ptr[i] - '0') : 65536;
	if (port.len == 0 || port.len > 5 || value == 0 || value > 65535)
		return err_set(err, "has a port that is not a number from 1 to 65535 (a `:`, `/`, `?`, `#` or `@` in a"
				    " user name or password must be percent-encoded)");
	return true;
}

static bool check_host(struct str host, struct err *err)
{
	if (host.len == 0)
		return err_set(err, "names no host");
	if (host.ptr[0] == '-')
		return err_set(err, "has a host that begins with `-`, which looks like an option");
	for (size_t i = 0; i < host.len; i++)
		if (!str_is_alphanumeric(host.ptr[i]) && !strchr("._-", host.ptr[i]))
			return err_set(err, "has a host with other characters than letters, digits, `.`, `-` and `_`"
					    " (write an international name in its xn-- form)");
	return true;
}

static bool check_ipv6(struct str host, struct arena *arena, struct err *err)
{
	struct in6_addr ignored;

	if (inet_pton(AF_INET6, arena_dup(arena, host).ptr, &ignored) != 1)
		return err_set(err, "has something in brackets that is not an IPv6 address");
	return true;
}

/* `text` is `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`. */
static bool parse_host_and_port(struct str text, struct arena *arena, struct url *url, struct err *err)
{
	size_t colon = str_find(text, ':');

	if (text.len > 0 && text.ptr[0] == '[') {
		size_t end = str_find(text, ']');

		if (end == text.len)
			return err_set(err, "has a `[` in its host without a `]`");
		url->host = str_slice(text, (struct span){ 1, end });
		if (!check_ipv6(url->host, arena, err))
			return false;
		colon = end + 1;
		if (colon < text.len && text.ptr[colon] != ':')
			return err_set(err, "has text between the `]` of its host and the path");
	} else {
		url->host = first(text, colon);
		if (!check_host(url->host, err))
			return false;
	}
	if (colon == text.len)
		return true;
	url->port = str_skip(text, colon + 1);
	return check_port(url->port, err);
}

static bool is_ssh(const struct url *url)
{
	return url->scheme == URL_SSH || url->scheme == URL_SCP;
}

/* ssh puts the user's name where %r stands in ProxyCommand and the like, which a shell runs. */
static bool is_plain_user(struct str user)
{
	for (size_t i = 0; i < user.len; i++)
		if (!str_is_alphanumeric(user.ptr[i]) && !strchr("._+@=~-", user.ptr[i]))
			return false;
	return true;
}

static bool parse_user(struct str userinfo, struct arena *arena, struct url *url, struct err *err)
{
	struct str user = first(userinfo, str_find(userinfo, ':')), decoded;

	url->has_password = user.len < userinfo.len;
	url->user = url->scheme == URL_SCP ? user : url_decode(user, arena);
	if (url->user.len > 0 && url->user.ptr[0] == '-')
		return err_set(err, "has a user that begins with `-`, which looks like an option");
	/* git decodes before it takes the url apart, and would end the host at this slash. */
	decoded = url_decode(userinfo, arena);
	if (url->scheme == URL_SSH && str_find(decoded, '/') < decoded.len)
		return err_set(err, "has a `/` in its user or password, which git would take for the end of the host");
	if (is_ssh(url) && !is_plain_user(url->user))
		return err_set(err,
			       "has a user with other characters than letters, digits and `._+@=~-`, which commands of "
			       "ssh's configuration could take for others (User in ~/.ssh/config can name it, for a "
			       "host that --git-map leads to)");
	return true;
}

/* `authority` is what stands in front of the path: `[USERINFO@]HOST[:PORT]`. `*userinfo` is empty if there is none. */
static bool parse_authority(struct str authority, struct arena *arena, struct url *url, struct str *userinfo,
			    struct err *err)
{
	size_t at = str_find(authority, '@');

	*userinfo = first(authority, at < authority.len ? at : 0);
	if (at == authority.len)
		return parse_host_and_port(authority, arena, url, err);
	if (url->scheme == URL_GIT)
		return err_set(err, "has a user, which git:// doesn't know");
	if (str_find(str_skip(authority, at + 1), '@') < authority.len - at - 1)
		return err_set(err, "has more than one `@` in front of its path (in a user name or password, write"
				    " %%40)");
	return parse_user(*userinfo, arena, url, err) &&
	       parse_host_and_port(str_skip(authority, at + 1), arena, url, err);
}

/* Sets `bare`: the text without `userinfo` and its `@` at `start`. */
static void set_bare(struct url *url, size_t start, bool has_user, struct str userinfo, struct arena *arena)
{
	url->bare = url->text;
	if (has_user)
		url->bare = arena_printf(arena, "%.*s%.*s", STR_ARG(first(url->text, start)),
					 STR_ARG(str_skip(url->text, start + userinfo.len + 1)));
	url->shown = url->bare;
}

static bool check_ambiguous_path(struct str path, struct arena *arena, struct err *err)
{
	struct str decoded = url_decode(path, arena);

	/* git looks for a host in brackets in the whole text. */
	return str_find_text(decoded, "@[") == decoded.len ||
	       err_set(err, "has `@[` in its path, where git would look for the host");
}

/* `start` is where the authority begins. */
static bool parse_network(struct url *url, size_t start, struct arena *arena, struct err *err)
{
	struct str rest = str_skip(url->text, start), authority = first(rest, span_until(rest, "/?#")), userinfo;
	bool is_http = url->scheme == URL_HTTPS || url->scheme == URL_HTTP;
	size_t query;

	/* Browsers, and programs that follow them, end the host at a backslash. */
	if (str_find(authority, '\\') < authority.len)
		return err_set(err, "has a `\\` in front of its path");
	if (!parse_authority(authority, arena, url, &userinfo, err))
		return false;
	if (is_http && str_find(rest, ' ') < rest.len)
		return err_set(err, "has a space (write %%20)");
	if (is_http && str_find(rest, '#') < rest.len)
		return err_set(err, "has a `#`, which is no part of a repository's address (write %%23 if it belongs to"
				    " a name)");
	rest = str_skip(rest, authority.len);
	query = str_find(rest, '?');
	url->path = first(rest, query);
	url->has_query = query < rest.len;
	if (url->path.len == 0 || url->path.ptr[0] != '/')
		return err_set(err, "names no repository: it has a host and no path");
	if (!is_http && !check_ambiguous_path(rest, arena, err))
		return false;
	set_bare(url, start, str_find(authority, '@') < authority.len, userinfo, arena);
	url->shown = first(url->bare, url->bare.len - (rest.len - query));
	return true;
}

/*
 * Where the colon of an scp-like url is: the first colon that is not in the brackets of a host. The text has a colon
 * before its first slash.
 */
static size_t scp_colon(struct str text)
{
	size_t at = str_find(text, '@'), colon = str_find(text, ':');
	size_t host = at < colon ? at + 1 : 0;
	struct str rest = str_skip(text, host);
	size_t end = rest.len > 0 && rest.ptr[0] == '[' ? str_find(rest, ']') : 0;

	return end == 0 ? colon : host + end + str_find(str_skip(rest, end), ':');
}

/*
 * The authority without the brackets of [HOST:PORT]:PATH, which is git's way to name a port in such a url; brackets of
 * an IPv6 address stay.
 */
static struct str unwrap(struct str authority, struct arena *arena)
{
	size_t at = str_find(authority, '@'), start = at < authority.len ? at + 1 : 0;
	struct str host = str_skip(authority, start), ports;

	if (!str_starts_with(host, "[") || !str_ends_with(host, "]"))
		return authority;
	host = str_slice(host, (struct span){ 1, host.len - 1 });
	ports = host;
	str_cut(&ports, ':');
	if (ports.ptr && str_find(ports, ':') < ports.len)
		return authority;
	return arena_printf(arena, "%.*s%.*s", STR_ARG(first(authority, start)), STR_ARG(host));
}

/* A mistyped url is a path for git, which knows no userinfo in a path. A password in it would be shown. */
static bool check_no_userinfo(struct str path, struct err *err)
{
	struct str segment;

	while (str_starts_with(path, "/"))
		path = str_skip(path, 1);
	segment = first(path, str_find(path, '/'));
	return str_find(segment, '@') == segment.len ||
	       err_set(err, "has an `@` in its first name: is it a url with a password that lacks https:// in front?");
}

static bool parse_scp(struct url *url, struct arena *arena, struct err *err)
{
	size_t colon = scp_colon(url->text);
	struct str authority = first(url->text, colon), userinfo;
	bool has_user = str_find(authority, '@') < authority.len;

	if (colon == url->text.len)
		return err_set(err, "has a `[` in its host without `]:`");
	url->path = str_skip(url->text, colon + 1);
	if (!parse_authority(unwrap(authority, arena), arena, url, &userinfo, err))
		return false;
	if (url->path.len == 0)
		return err_set(err, "names no repository: it has a host and no path");
	if (url->path.ptr[0] == '-')
		return err_set(err, "has a path that begins with `-`, which looks like an option");
	/* Without its user the url would name a remote helper. */
	if (url->path.ptr[0] == ':')
		return err_set(err, "has two colons behind its host");
	if (str_is(authority, "https") || str_is(authority, "http"))
		return err_set(err, "has no `//` behind its scheme");
	if (!has_user && !check_no_userinfo(url->path, err))
		return false;
	if (!check_ambiguous_path(url->path, arena, err))
		return false;
	set_bare(url, 0, has_user, userinfo, arena);
	return true;
}

static bool parse_local(struct url *url, size_t start, struct err *err)
{
	url->path = str_skip(url->text, start);
	url->bare = url->text;
	url->shown = url->text;
	if (url->scheme == URL_FILE && (url->path.len == 0 || url->path.ptr[0] != '/'))
		return err_set(err, "is no file:///PATH: the path must be absolute, without a host");
	if (url->path.ptr[0] == '-')
		return err_set(err, "begins with `-`, which looks like an option");
	if (url->scheme == URL_FILE)
		return true;
	if (str_starts_with(url->path, "//"))
		return err_set(err, "begins with `//`: is it a url that lacks https: in front?");
	return check_no_userinfo(url->path, err);
}

static bool is_scheme_text(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_alphanumeric(text.ptr[i]) && (i == 0 || !strchr("+-.", text.ptr[i])))
			return false;
	return text.len > 0;
}

/* Sets `scheme` and `*start`, where what stands behind the scheme begins. */
static bool find_scheme(struct str text, enum url_scheme *scheme, size_t *start, struct err *err)
{
	size_t end = str_find_text(text, "://"), colon = str_find(text, ':');
	struct str word = first(text, colon);

	/* git would start a program of that name. */
	if (str_starts_with(str_skip(text, colon), "::") && (colon == 0 || is_scheme_text(word)))
		return err_set(err,
			       "names a remote helper (`NAME::`), which would be a program to run: only https, http, "
			       "ssh and git urls can be used");
	*start = 0;
	if (end == text.len) {
		*scheme = colon < str_find(text, '/') ? URL_SCP : URL_PATH;
		return true;
	}
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (!str_is(first(text, end), schemes[i].name))
			continue;
		*scheme = schemes[i].scheme;
		*start = end + 3;
		return true;
	}
	/* The message does not name the scheme: it may be a secret that was put in the wrong place. */
	return err_set(err, "has an unknown scheme: https, http, ssh and git urls can be used");
}

bool url_parse(struct str text, struct arena *arena, struct url *url, struct err *err)
{
	struct url found = { .text = text };
	bool ok = false;
	size_t start;

	if (!check_text(text, arena, err) || !find_scheme(text, &found.scheme, &start, err))
		return false;
	switch (found.scheme) {
	case URL_HTTPS:
	case URL_HTTP:
	case URL_SSH:
	case URL_GIT:
		ok = parse_network(&found, start, arena, err);
		break;
	case URL_SCP:
		ok = parse_scp(&found, arena, err);
		break;
	case URL_FILE:
	case URL_PATH:
		ok = parse_local(&found, start, err);
		break;
	}
	if (ok)
		*url = found;
	return ok;
}

/* Where the host begins in `text`: behind the last `@` in front of the path. */
static size_t find_host(struct str text, size_t *start)
{
	size_t scheme = str_find_text(text, "://"), host;
	struct str authority;

	*start = scheme < text.len ? scheme + 3 : 0;
	authority = str_skip(text, *start);
	authority.len = span_until(authority, scheme < text.len ? "/?#" : "/:");
	for (host = authority.len; host > 0 && authority.ptr[host - 1] != '@'; host--)
		;
	return *start + host;
}

struct str url_drop_hidden(struct str outline, char hidden, struct arena *arena)
{
	size_t start, host = find_host(outline, &start);
	struct str scheme = first(outline, start), userinfo = str_slice(outline, (struct span){ start, host });
	bool is_ssh = start == 0 || str_find_text(scheme, "ssh") < scheme.len;

	if (str_find(userinfo, hidden) == userinfo.len)
		return outline;
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(scheme), is_ssh ? "git@" : "",
			    STR_ARG(str_skip(outline, host)));
}

bool url_shows_host(const struct url *url, struct str outline, char hidden, struct arena *arena)
{
	size_t start, host = find_host(outline, &start), end;
	struct str rest = str_skip(outline, host);
	char *probe = arena_alloc(arena, outline.len + 1);
	struct url seen;
	struct err err;

	end = host + span_until(rest, start > 0 ? "/?#" : "/:");
	/* The character that ends the host must be shown, too. */
	if (end == outline.len || str_find(first(outline, start), hidden) < start ||
	    str_find(str_slice(outline, (struct span){ host, end }), hidden) < end - host)
		return false;
	for (size_t i = 0; i < outline.len; i++)
		probe[i] = (char)(outline.ptr[i] == hidden ? 'x' : outline.ptr[i]);
	/* Hidden pieces elsewhere could still make another url of it. */
	return url_parse((struct str){ probe, outline.len }, arena, &seen, &err) && seen.scheme == url->scheme &&
	       str_equal(seen.host, url->host) && str_equal(url_port(&seen), url_port(url));
}

struct str url_without_credentials(const struct url *url, struct arena *arena)
{
	size_t start = 0, host = find_host(url->text, &start);
	bool is_ssh = url->scheme == URL_SSH || url->scheme == URL_SCP;
	struct str user = str_slice(url->text, (struct span){ start, host });

	if (!is_ssh || url->user.len == 0)
		return url->bare;
	/* An scp-like url has no password. */
	user.len = url->scheme == URL_SCP ? user.len : str_find(first(user, user.len - 1), ':');
	return arena_printf(arena, "%.*s%.*s%s%.*s", STR_ARG(first(url->text, start)), STR_ARG(user),
			    url->scheme == URL_SCP ? "" : "@", STR_ARG(str_skip(url->text, host)));
}

bool url_is_local(const struct url *url)
{
	return url->scheme == URL_FILE || url->scheme == URL_PATH;
}

static const char *default_port(enum url_scheme scheme)
{
	switch (scheme) {
	case URL_HTTPS:
		return "443";
	case URL_HTTP:
		return "80";
	case URL_SSH:
	case URL_SCP:
		return "22";
	case URL_GIT:
		return "9418";
	case URL_FILE:
	case URL_PATH:
		break;
	}
	return "";
}

const char *url_scheme_name(const struct url *url)
{
	switch (url->scheme) {
	case URL_HTTPS:
		return "https";
	case URL_HTTP:
		return "http";
	case URL_SSH:
	case URL_SCP:
		return "ssh";
	case URL_GIT:
		return "git";
	case URL_FILE:
	case URL_PATH:
		break;
	}
	return "";
}

struct str url_port(const struct url *url)
{
	return url->port.len > 0 ? url->port : str_from(default_port(url->scheme));
}

struct str url_plain_path(const struct url *url, struct arena *arena)
{
	struct str path = url->scheme == URL_PATH ? url->path : url_decode(url->path, arena);

	path = str_trim_char(path, '/');
	if (str_ends_with(path, ".git"))
		path.len -= strlen(".git");
	return path;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: what a git url is, whether it may be used, how it is shown.
 *
 * Manifests are input from others, so a url is taken apart and judged before anything connects to it. A url is read as
 * git reads it (git-clone(1), "GIT URLS", and git's connect.c): `scheme://...`; else the scp-like `[user@]host:path`,
 * where a colon stands before the first slash; else a local path. Where git, curl and libgit2 could take one text apart
 * in different ways, the text is refused.
 *
 * No message of this module has any part of the url in it, not even its scheme: every part may be secret, and a text
 * that is no url may be anything.
 */
#ifndef GIT_URL_H
#define GIT_URL_H

#include "base/arena.h"
#include "base/err.h"

/* Longer urls are refused. */
#define URL_LIMIT 4096

enum url_scheme {
	URL_HTTPS,
	URL_HTTP,
	URL_SSH, /* ssh://, and as git has it git+ssh:// and ssh+git:// */
	URL_SCP, /* [user@]host:path, another way to write an ssh url */
	URL_GIT,
	URL_FILE, /* file:///path */
	URL_PATH
};

struct url {
	enum url_scheme scheme;
	struct str text; /* as given */
	/* Without brackets around an IPv6 address, and as written (case means nothing in it); empty for local urls. */
	struct str host;
	struct str port; /* decimal digits, or empty */
	struct str user; /* without password, percent-decoded; or empty */
	/*
	 * What is behind the authority, without a query and not decoded: "/a/b.git". In an scp-like url what is behind
	 * the colon, without a slash in front if the path is relative; for URL_PATH the whole text.
	 */
	struct str path;
	bool has_query;    /* a url with :// has a `?`; what follows is hidden as a secret would be */
	bool has_password; /* the userinfo has a `:` */
	struct str bare;   /* `text` without userinfo */
	struct str shown;  /* without userinfo and query: for messages, reports, annotations' names */
};

/*
 * Reads `text`, which must outlive the result, as long as the arena does. Fails, with a sentence that can follow "the
 * url ", for what is empty, too long or not UTF-8; for control characters, also after percent-decoding, in any part;
 * for any other scheme (ftp://, SSH://) and for remote helpers (`ext::`, `foo::bar`); for a host or user that begins
 * with `-`; for a user of ssh with other characters than [A-Za-z0-9._+@=~-]; for a path that does so where it could be
 * taken for an option (scp-like, local); for a host with other characters than [A-Za-z0-9._-] or those of an IPv6
 * address in brackets (`[host]:path` and `[host:port]:path` are scp-like, too); for a port that is none of 1 to 65535;
 * for more than one `@` in front of the host; for file://host/; for what looks like a url without its scheme, or with
 * one slash behind it, since a password would be shown; for http(s) with a space or a `#`; for git:// with a user,
 * which it doesn't know; for a missing path; and for `@[` in the path or a `/` in the user where git, which decodes
 * ssh and git urls before it takes them apart, would find another host.
 */
CHECKED bool url_parse(struct str text, struct arena *arena, struct url *url, struct err *err);

/* `text` with percent-encoded bytes decoded, once; a `%` that encodes no byte stays. In the arena. */
struct str url_decode(struct str text, struct arena *arena);

/*
 * `outline` is a url in which bytes `hidden` stand for pieces that are unknown or secret. Returns the url without its
 * userinfo, in the arena, if a piece of the userinfo is hidden, and else `outline` itself. Userinfo says who asks, and
 * not which repository is meant, so it can be left out. The user of an ssh url belongs to the address; in the result
 * the user is git, which nearly all servers use.
 */
struct str url_drop_hidden(struct str outline, char hidden, struct arena *arena);
/*
 * Is nothing hidden in scheme, host and port of `url`, whose outline is `outline` (see url_drop_hidden)? The arena is
 * for what is needed meanwhile.
 */
bool url_shows_host(const struct url *url, struct str outline, char hidden, struct arena *arena);
/*
 * The url to connect to, without userinfo; only the user of an ssh url stays, since that user belongs to the address.
 * In the arena, or borrowed from `url`.
 */
struct str url_without_credentials(const struct url *url, struct arena *arena);

/* Is the url file:// or a path? */
bool url_is_local(const struct url *url);

/* The scheme as a word: "https", "http", "git", or "ssh", also of scp-like urls; empty for local urls. Static. */
const char *url_scheme_name(const struct url *url);
/* The port of `url`, borrowed, or the default port of its scheme; empty for local urls. */
struct str url_port(const struct url *url);
/*
 * The path of `url`, percent-decoded unless it is a plain path, without slashes at both ends, and then without `.git`
 * at the end. In the arena, or borrowed from `url`.
 */
struct str url_plain_path(const struct url *url, struct arena *arena);
#endif

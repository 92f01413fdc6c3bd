/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urlrule: what the user's options say about urls: --git-allow, --git-skip, --git-allow-local, --git-map.
 *
 * Patterns and maps are the user's own and trusted; the urls that they are compared with are not. As in `url`, no
 * message has any of a url in it.
 */
#ifndef GIT_URLRULE_H
#define GIT_URLRULE_H

#include "git/url.h"

/*
 * Does `pattern`, of --git-allow or --git-skip, match? It is one of
 *
 *     HOST  HOST:PORT  HOST/PATH  HOST:PORT/PATH  HOST:PATH  SCHEME://HOST[:PORT][/PATH]
 *
 * where HOST, PATH and SCHEME are globs (base/glob.h), each of which must match all of its part of the url: a `*` never
 * reaches from the host into the path. What is not given matches anything.
 * - HOST compares without case. An IPv6 address stands in brackets. A user in front of it (git@) is ignored.
 * - PORT is digits or `*`; a url that names none has its scheme's. What else stands behind a colon is a PATH.
 * - PATH is compared percent-decoded, without slashes at its ends, with and without `.git`. A url's path that has a `.`
 *   or `..` segment matches none.
 * - SCHEME is https, http, git or ssh, which scp-like urls have, too.
 * A local url has no host: the pattern must match all of its path, or all of its text.
 */
bool urlrule_matches(struct str pattern, const struct url *url);

/*
 * May the url be used? A local url only with `allow_local`, whatever the patterns are; another url if there are no
 * patterns in `allow`, or if a pattern matches. Fails with a sentence that can follow "the url " if the url may not be
 * used.
 */
CHECKED bool urlrule_check_allowed(const struct url *url, const struct str *allow, size_t count, bool allow_local,
				   struct err *err);

/*
 * May a url be asked for of which a part came from a Secret? Only over https and ssh, and only where a pattern in
 * `allow` matches; if the host `is_host_secret`, that pattern must have a HOST that is no glob. Fails with a sentence
 * that can follow "the url " if the url may not be asked for.
 */
CHECKED bool urlrule_check_secret(const struct url *url, bool is_host_secret, const struct str *allow, size_t count,
				  struct err *err);

/*
 * Checks that `map`, an option's value, is FROM=TO with neither part empty; the first `=` divides them. Fails with a
 * sentence.
 */
CHECKED bool urlrule_check_map(struct str map, struct err *err);
/*
 * Where to connect to for `url`: of the `maps` (FROM=TO, see urlrule_check_map) whose FROM is the beginning of the url,
 * the longest, of equal ones the last, has it replaced by its TO. Without one `*mapped` is the url itself. The lock,
 * the report and the annotations have the url of the manifest, never this one.
 *
 * FROM is compared with the url as given and with the url without userinfo. Where it begins the latter only, the
 * userinfo goes on into the result, if both are https or both ssh and TO names no user: it is the same server under
 * another address. FROM ends at a boundary of the url: at its end, behind or in front of a `/`, in front of a `?`, and
 * without :// at a colon. https://git.local is no beginning of https://git.localdomain/ or https://git.local:8443/. A
 * slash at the end of FROM or TO that the other one lacks changes nothing.
 *
 * Fails when the result is no url, with a sentence that can follow "the url ". Whether it may be used is for the caller
 * to check.
 */
CHECKED bool urlrule_map(const struct url *url, const struct str *maps, size_t count, struct arena *arena,
			 struct url *mapped, struct err *err);

#endif

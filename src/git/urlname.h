/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urlname: what a repository is called: to be compared with another, in the names of stamps, and in the lock file.
 */
#ifndef GIT_URLNAME_H
#define GIT_URLNAME_H

#include "git/url.h"

/*
 * What two ways to write one repository have in common: scheme, host without case, port and url_plain_path, with the
 * query and without userinfo. To compare; nothing can be connected to by it.
 */
struct str urlname_identity(const struct url *url, struct arena *arena);
/* urlname_identity of a text. A text that is no url has nothing in common but with itself, and is returned as it is. */
struct str urlname_identity_of(struct str text, struct arena *arena);

/*
 * The name of the repository in annotations and variables: the last segment of the path without `.git`; characters
 * other than [A-Za-z0-9._-] become `-`, what is not alphanumeric is cut at both ends; and if that changed it, `-` and
 * the first 8 hex digits of XXH3-64 of the segment (as it was, without .git) follow. Empty: `repo-` and the 8 digits of
 * `bare`. Slashes at the path's end don't count. The length is not limited here.
 */
struct str urlname_repository(const struct url *url, struct arena *arena);

/*
 * What stands for a secret in the lock file: "sha256:" and the 64 hex digits of the SHA-256 of `text`; with a `key`, whose
 * owner alone can then try guesses against it, "hmac-sha256:" and those of the HMAC-SHA-256.
 */
struct str urlname_hashed(struct str text, struct str key, struct arena *arena);
/*
 * The key of `url` in the lock file: `bare`; or urlname_hashed of that, with `secret_key` if the url `is_secret` (it came from
 * a Secret), and without a key if the url has a query or looks like what is hashed itself.
 */
struct str urlname_lock_key(const struct url *url, bool is_secret, struct str secret_key, struct arena *arena);

#endif

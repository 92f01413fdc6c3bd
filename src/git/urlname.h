/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urlname: the names of a repository: for comparing it with another, in stamps, and in the lock file.
 */
#ifndef GIT_URLNAME_H
#define GIT_URLNAME_H

#include "git/url.h"

/*
 * A text that is equal for two ways to write one repository: scheme, host in lower case, port and url_plain_path, with
 * the query and without userinfo. In the arena. For comparing only: nothing can be connected to by it.
 */
struct str urlname_identity(const struct url *url, struct arena *arena);
/* urlname_identity of the url `text`. A text that is no url is equal to itself alone, and is returned unchanged. */
struct str urlname_identity_of(struct str text, struct arena *arena);

/*
 * The name of the repository in annotations and variables, in the arena: the last segment of the path, without `.git`.
 * Characters other than [A-Za-z0-9._-] become `-`, and characters at both ends that are not alphanumeric are cut. If
 * that changed the segment, `-` and the first 8 hex digits of XXH3-64 of the unchanged segment follow. If nothing is
 * left, the name is `repo-` and the 8 digits of `bare`. Slashes at the path's end don't count. The length is not
 * limited here.
 */
struct str urlname_repository(const struct url *url, struct arena *arena);

/*
 * What stands for the secret `text` in the lock file, in the arena: "sha256:" and the 64 hex digits of the SHA-256 of
 * `text`. With a `key`, "hmac-sha256:" and the digits of the HMAC-SHA-256, so that only the owner of the key can try
 * guesses.
 */
struct str urlname_hashed(struct str text, struct str key, struct arena *arena);
/*
 * The key of `url` in the lock file: `bare`, borrowed; or urlname_hashed of `bare`, with `secret_key` if the url
 * `is_secret` (came from a Secret), and without a key if the url has a query or looks hashed already.
 */
struct str urlname_lock_key(const struct url *url, bool is_secret, struct str secret_key, struct arena *arena);

#endif

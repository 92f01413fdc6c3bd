/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library: libgit2, made ready for many threads: which certificates are trusted, where proxies are.
 *
 * Trusted are the certificates that the first of these names: GIT_SSL_CAINFO, git's http.sslCAInfo, SSL_CERT_FILE; and
 * those in the directory that the first of GIT_SSL_CAPATH, git's http.sslCAPath, SSL_CERT_DIR names. Without any, the
 * system's. Git's http.sslVerify is not read: certificates are always checked.
 */
#ifndef ROLLSTAMP_GIT_LIBRARY_H
#define ROLLSTAMP_GIT_LIBRARY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Reading certificates takes its time: only with `needs_certificates`. `*untrusting`, in the arena, is empty, or why no
 * https server can be trusted. Fails if libgit2 doesn't start.
 */
CHECKED bool library_start(unsigned timeout_ms, bool needs_certificates, struct arena *arena, struct str *untrusting,
			   struct err *err);
/* Only when no thread uses libgit2 any more. */
void library_stop(void);

/* "libgit2 1.5.1", for `--version`. */
const char *library_version(void);

#endif

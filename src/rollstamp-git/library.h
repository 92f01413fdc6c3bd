/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library: libgit2, made ready for many threads: which certificates it trusts, and which proxies it uses.
 *
 * Trusted are the certificates in the file that the first of these names: GIT_SSL_CAINFO, git's http.sslCAInfo,
 * SSL_CERT_FILE; and those in the directory that the first of GIT_SSL_CAPATH, git's http.sslCAPath, SSL_CERT_DIR names.
 * Where none of them is set, the system's certificates are trusted. Git's http.sslVerify is not read: certificates are
 * always checked.
 */
#ifndef ROLLSTAMP_GIT_LIBRARY_H
#define ROLLSTAMP_GIT_LIBRARY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Starts libgit2. A connection gets at most `timeout_ms` where libgit2 can limit it. Certificates, which take their
 * time, are read only with `needs_certificates`. `*untrusting`, in the arena, tells why no https server can be trusted,
 * or is empty. The arena must live until library_stop. Fails with a sentence if libgit2 doesn't start.
 */
CHECKED bool library_start(unsigned timeout_ms, bool needs_certificates, struct arena *arena, struct str *untrusting,
			   struct err *err);
/* Stops libgit2. No thread may use it any more. */
void library_stop(void);

/* "libgit2 1.5.1", for `--version`; static. */
const char *library_version(void);

#endif

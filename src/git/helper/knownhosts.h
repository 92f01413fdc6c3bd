/*
 * knownhosts: is this the key that an ssh server should have?
 *
 * Reads the text of known_hosts files as sshd(8) describes them under "SSH_KNOWN_HOSTS FILE FORMAT": markers, lists of
 * patterns with `*`, `?` and `!`, [host]:port, hashed names. Keys of certificate authorities (@cert-authority) are no
 * keys of hosts, and host certificates are not supported.
 */
#ifndef GIT_HELPER_KNOWNHOSTS_H
#define GIT_HELPER_KNOWNHOSTS_H

#include "base/str.h"

#include <stdint.h>

#define KNOWNHOSTS_DEFAULT_PORT 22

/* Types of keys, the best first, as ssh prefers them. */
extern const char *const knownhosts_types[];
#define KNOWNHOSTS_TYPES 5

/* The server that is looked for. */
struct knownhosts_server {
	struct str host; /* without brackets */
	unsigned port;
	struct str key; /* the public key as it goes over the wire (RFC 4253, 6.6), which begins with its type */
};

/* What files say of a server. All false: nothing. */
struct knownhosts {
	bool has_key;     /* it is the key of this host */
	bool has_changed; /* the host has another key of this type */
	bool has_other;   /* the host has a key of another type */
	bool is_revoked;  /* the key is marked @revoked for this host */
	unsigned types;   /* bit n: the host has a key of type n of knownhosts_types */
};

enum knownhosts_verdict {
	KNOWNHOSTS_KNOWN,
	KNOWNHOSTS_UNKNOWN,
	KNOWNHOSTS_OTHER_TYPE,
	KNOWNHOSTS_CHANGED,
	KNOWNHOSTS_REVOKED
};

/* Adds what the file with contents `text` says of `server` to `*seen`. Lines that can't be read say nothing. */
void knownhosts_read(struct str text, const struct knownhosts_server *server, struct knownhosts *seen);

/* What that means, when all files are read. */
enum knownhosts_verdict knownhosts_judge(const struct knownhosts *seen);

#endif

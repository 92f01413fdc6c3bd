/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/sentence.h"

#include "base/buf.h"
#include "base/err.h"

#include <assert.h>

struct phrase {
	const char *part;    /* a part of the message */
	const char *meaning; /* what it means */
};

/* What is wrong with a certificate, in the words of mbedTLS and of OpenSSL. A message can have several. */
static const struct phrase certificate_faults[] = {
	{ "not correctly signed", "it is not signed by an authority that is trusted here (SSL_CERT_FILE, or git's "
				  "http.sslCAInfo, names the certificates of others)" },
	{ "expired", "it has expired" },
	{ "Common Name", "it is for another host" },
	{ "hostname", "it is for another host" },
	{ "future", "it is not valid yet" },
	{ "revoked", "it is revoked" },
};

#define NO_SERVER ": check the address, or give one that can be reached from here with --git-map"
#define NO_GIT "what answers there is no git server: check the address"

/* The first that fits counts. */
static const struct phrase phrases[] = {
	{ "failed to resolve address", "the name of the host can't be resolved" NO_SERVER },
	{ "Connection refused", "the connection was refused" NO_SERVER },
	{ "timed out", "nothing answers there" NO_SERVER },
	{ "unreachable", "the host can't be reached" NO_SERVER },
	{ "failed to connect", "no connection to the host" NO_SERVER },
	{ "failed to load CA", "the certificates of authorities can't be read" },
	/* A server for TLS 1.3 alone ends the handshake with this alert. */
	{ "fatal alert message was received",
	  "the server ended the TLS handshake. If it speaks TLS 1.3 only, it must offer "
	  "TLS 1.2, too: the TLS library of libgit2 here may know no later one" },
	{ "protocol version", "the server speaks a version of TLS that is not supported here: it must offer TLS 1.2" },
	{ "invalid SSL record", "the server does not speak TLS there: check scheme and port" },
	{ "wrong version number", "the server does not speak TLS there: check scheme and port" },
	{ "indicated an EOF", "the server closed the connection during the TLS handshake" },
	{ "proxy authentication required", "the proxy asks for a login: put it into https_proxy or http_proxy" },
	{ "proxy returned unexpected status", "the proxy refused the connection" },
	{ "server requires authentication that we do not support",
	  "the server asks for a kind of login that is not "
	  "supported (a user name with a password or token is)" },
	{ "unexpected http status code: 404",
	  "there is no git repository there, or it is shown to nobody without a login "
	  "(HTTP status 404): check the address" },
	{ "unexpected http status code: 403",
	  "the server forbids to read it (HTTP status 403): check what the login may do" },
	{ "unexpected http status code: 429",
	  "the server has had too many requests (HTTP status 429): try again later" },
	{ "unexpected http status code: 5", "the server failed (an HTTP status from 500 on): try again later" },
	{ "unexpected http status code",
	  "the server answered with an HTTP status that git does not use: check the address" },
	{ "too many redirects", "the server redirects again and again: check the address" },
	{ "cannot redirect from",
	  "the server redirects to a scheme that is not followed (https and http are, but never from "
	  "https to http): check the address" },
	{ "malformed URL",
	  "the server redirects to an address that is not followed (only https and http are): check the "
	  "address" },
	{ "redirect", "the server redirects in a way that can't be followed: check the address" },
	{ "content-type", NO_GIT " (its answer is of another type, a web page perhaps)" },
	{ "REF pkt-line",
	  "its refs can't be read: it is a repository with SHA-256 object names, which libgit2 here does not "
	  "know (--git-client=git does), or no git server. Full commit hashes as refs need no listing" },
	{ "objectformat", "it is a repository with SHA-256 object names, which libgit2 here does not know "
			  "(--git-client=git does). Full commit hashes as refs need no listing" },
	{ "object format", "it is a repository with SHA-256 object names, which libgit2 here does not know "
			   "(--git-client=git does). Full commit hashes as refs need no listing" },
	{ "does not appear to be a git repository", "there is no git repository there: check the path" },
	{ "not exported", "the server has no such repository, or does not export it: check the path" },
	{ "no such repository", "the server has no such repository: check the path" },
	{ "remote error", "the server refused: check the path, and that it may be read" },
	{ "epository not found", "the server has no such repository, or the login may not read it: check the path" },
	{ "denied", "the server denied access: check the login, and what it may read" },
	{ "ended at an unexpected time", "the server closed the connection before its answer was complete: try again" },
	{ "early EOF",
	  "the server closed the connection before its answer was complete: check the path, and try again" },
	{ "premature end", "the server closed the connection before its answer was complete: try again" },
	{ "unexpected EOF", "the server closed the connection before its answer was complete: try again" },
	{ "error receiving", "the connection broke: try again" },
	{ "error sending", "the connection broke: try again" },
	{ "Connection reset", "the connection broke: try again" },
	{ "packet", NO_GIT },
	{ "pkt", NO_GIT },
	{ "invalid hex digit", NO_GIT },
	{ "invalid symref", NO_GIT },
	{ "invalid response", NO_GIT },
	{ "parse", NO_GIT },
	{ "could not find repository", "there is no git repository at this path" },
	{ "failed to resolve path", "there is no git repository at this path" },
	{ "unsupported URL protocol", "there is no git repository at this path" },
	{ "Out of memory", "the listing of its refs needs too much memory" },
};

#define NO_SSH "no ssh server answers there: check host and port"

/* What OpenSSH's client says when it fails itself. The first that fits counts. */
static const struct phrase ssh_phrases[] = {
	{ "UNPROTECTED PRIVATE KEY FILE",
	  "ssh ignores a key file that others can read, and the server accepts no other key: `chmod 600` it" },
	{ "signing failed",
	  "the ssh-agent, or a hardware key, refused to sign: unlock or touch it, or check it with `ssh-add -l`" },
	{ "Permission denied (",
	  "the ssh server accepts none of the keys that ssh has for it (those of the ssh-agent, and key files without a "
	  "passphrase, since nobody is asked for one): give it one that may read the repository, with `ssh-add` or "
	  "IdentityFile in ~/.ssh/config, and check the user name (without one in the url it is that of ~/.ssh/config, "
	  "or of this machine)" },
	{ "Too many authentication failures",
	  "the ssh server gave up after too many keys: name the right one with IdentityFile and IdentitiesOnly in "
	  "~/.ssh/config" },
	{ "no mutual signature", "the ssh server and ssh here have no kind of signature in common" },
	{ "Unable to negotiate", "the ssh server and ssh here have no kind of key or cipher in common" },
	{ "Could not resolve hostname", "the name of the host can't be resolved" NO_SERVER },
	/* Behind these, others tell what followed. */
	{ "stdio forwarding failed", "the jump host of ~/.ssh/config does not reach the ssh server" },
	{ "No user exists for uid",
	  "ssh does not run for a user that the system does not know (in a container with a random uid, add it to "
	  "/etc/passwd)" },
	{ "Bad owner or permissions",
	  "ssh refuses its configuration, since others can write to it: see ~/.ssh/config" },
	{ "onfiguration option",
	  "ssh does not understand its configuration: `ssh -G HOST` tells the line of ~/.ssh/config" },
	{ "Connection refused", "the connection was refused" NO_SERVER },
	{ "unreachable", "the host can't be reached" NO_SERVER },
	{ "No route to host", "the host can't be reached" NO_SERVER },
	{ "banner exchange", NO_SSH },
	{ "timed out", "nothing answers there" NO_SERVER },
	{ "banner line", NO_SSH },
	{ "protocol mismatch", NO_SSH },
	{ "version identification", NO_SSH },
	{ "Bad packet length", NO_SSH },
	{ "rotocol error", NO_SSH },
	{ "kex_exchange_identification", "the ssh server closed the connection before it said anything: try again" },
	{ "closed by remote host", "the ssh server closed the connection: try again" },
	{ "Connection closed by", "the ssh server closed the connection: try again" },
};

#define ADD_KEY "with `ssh-keyscan -p PORT HOST >> ~/.ssh/known_hosts`, or connect once by hand with `ssh -p PORT HOST`"

/* What git and ssh say where git runs ssh. The first that fits counts. */
static const struct phrase git_ssh_phrases[] = {
	{ "REVOKED HOST KEY", "the ssh server's key is marked @revoked in known_hosts" },
	{ "marked as revoked", "the ssh server's key is marked @revoked in known_hosts" },
	{ "HOST IDENTIFICATION HAS CHANGED",
	  "the ssh server has another key than known_hosts says: somebody may be in between. If the key was changed on "
	  "purpose, remove the old one with `ssh-keygen -R`, add the new one " ADD_KEY
	  ", and compare its fingerprint (`ssh-keygen -l`) with the one that the server's owner tells" },
	{ "Host key verification failed",
	  "the ssh server's key is not in known_hosts: add it " ADD_KEY
	  ", and compare its fingerprint (`ssh-keygen -l`) with the one that the server's owner tells" },
	{ "git-upload-pack",
	  "the ssh server has no git-upload-pack: git is not installed there, or not on the PATH of its "
	  "non-interactive shells" },
	{ "does not support setting port", "the ssh program can't be told a port: see GIT_SSH_VARIANT" },
	{ "cannot run", "the program of GIT_SSH can't be started" },
	{ ": not found", "the ssh program of GIT_SSH_COMMAND or core.sshCommand can't be run" },
};

/* What git says, and curl through it, where it differs from libgit2. The first that fits counts. */
static const struct phrase git_phrases[] = {
	{ "SSL CA cert",
	  "the certificates of authorities can't be read (SSL_CERT_FILE, or git's http.sslCAInfo, names them)" },
	{ "certificate has expired", "the certificate of the server is refused: it has expired" },
	{ "certificate is expired", "the certificate of the server is refused: it has expired" },
	{ "expired certificate", "the certificate of the server is refused: it has expired" },
	{ "not yet activated", "the certificate of the server is refused: it is not valid yet" },
	{ "not yet valid", "the certificate of the server is refused: it is not valid yet" },
	{ "does not match target host", "the certificate of the server is refused: it is for another host" },
	{ "no alternative certificate subject name",
	  "the certificate of the server is refused: it is for another host" },
	{ "certificate",
	  "the certificate of the server is refused: it is not valid, or not signed by an authority that is "
	  "trusted here (SSL_CERT_FILE, or git's http.sslCAInfo, names the certificates of others)" },
	{ "Could not resolve host", "the name of the host can't be resolved" NO_SERVER },
	{ "unable to look up", "the name of the host can't be resolved" NO_SERVER },
	{ "Could not resolve proxy", "the name of the proxy can't be resolved: see https_proxy and git's http.proxy" },
	{ "CONNECT tunnel failed", "the proxy refused the connection" },
	{ "from proxy after CONNECT", "the proxy refused the connection" },
	{ "Failed to connect", "no connection to the host, it was refused or nothing answers there" NO_SERVER },
	{ "unable to connect", "no connection to the host, it was refused or nothing answers there" NO_SERVER },
	{ "could not read Username",
	  "it asks for a login, and git's credential helpers have none: store one with a credential helper "
	  "(git-credential(1)), or use ssh" },
	{ "could not read Password",
	  "it asks for a login, and git's credential helpers have none: store one with a credential helper "
	  "(git-credential(1)), or use ssh" },
	{ "unable to get password",
	  "it asks for a login, and git's credential helpers have none: store one with a credential helper "
	  "(git-credential(1)), or use ssh" },
	{ "uthentication failed", "the server refused the login that git has for it: check it, and what it may read" },
	{ "returned error: 401", "it asks for a login, which is given over https and ssh only: use one of them" },
	{ "returned error: 403", "the server forbids to read it (HTTP status 403): check what the login may do" },
	{ "returned error: 404",
	  "there is no git repository there, or it is shown to nobody without a login (HTTP status 404): check the "
	  "address" },
	{ "returned error: 407", "the proxy asks for a login: put it into https_proxy or http_proxy" },
	{ "returned error: 429", "the server has had too many requests (HTTP status 429): try again later" },
	{ "returned error: 5", "the server failed (an HTTP status from 500 on): try again later" },
	{ "returned error: 3",
	  "the server redirects, which with --git-client=git and --git-allow is not followed: use the address that it "
	  "redirects to" },
	{ "returned error:", "the server answered with an HTTP status that git does not use: check the address" },
	{ "repository '",
	  "there is no git repository there, or it is shown to nobody without a login: check the address" },
	{ "unable to update url base",
	  "the server redirects to an address that git does not follow: check the address" },
	{ "aximum (", "the server redirects again and again: check the address" },
	{ "edirects followed", "the server redirects again and again: check the address" },
	{ "not supported or disabled in libcurl",
	  "the server redirects to a scheme that is not followed (https and http are, but never from https to http): "
	  "check the address" },
	{ "not allowed", "git may not use this kind of address: check the address, and git's url.*.insteadOf" },
	{ "unable to find remote helper", "git here is built without https and http: install all of it" },
	{ "dubious ownership", "git does not trust the owner of this repository: see git's safe.directory" },
	{ "SSL", "the TLS connection failed: does the server speak TLS (https) there? Check scheme and port" },
	{ "gnutls_handshake",
	  "the TLS connection failed: does the server speak TLS (https) there? Check scheme and port" },
	{ "is this a git repository", NO_GIT },
	{ "unknown protocol", NO_GIT },
	{ "Unsupported response", NO_GIT },
	{ "Unsupported HTTP", NO_GIT },
	{ "Header without colon", NO_GIT },
	{ "Malformed encoding", NO_GIT },
	{ "content unencoding", NO_GIT },
	{ "Weird server reply", NO_GIT },
	{ "valid info/refs", NO_GIT },
	{ "bad line length", NO_GIT },
	{ "nvalid advertisement", NO_GIT },
	{ "expected flush", NO_GIT },
	{ "nexpected packet", NO_GIT },
	{ "protocol error", NO_GIT },
	{ "nknown object format", NO_GIT },
	{ "invalid server response", NO_GIT },
	{ "unknown ref", NO_GIT },
	{ "bad config", "git does not understand its configuration: `git config --list` tells the line" },
	{ "Empty reply", "the server closed the connection without an answer: try again" },
	{ "hung up", "the server closed the connection before its answer was complete: check the path, and try again" },
	{ "transfer closed", "the server closed the connection before its answer was complete: try again" },
	{ "eceived HTTP/0.9", NO_GIT },
	{ "Recv failure", "the connection broke: try again" },
	{ "Send failure", "the connection broke: try again" },
	{ "ut of memory", "git had too little memory for the listing of its refs" },
};

static struct str tell_certificate(struct str message, struct arena *arena)
{
	struct str told = STR("the certificate of the server is refused: ");
	bool found = false;

	for (size_t i = 0; i < sizeof(certificate_faults) / sizeof(*certificate_faults); i++) {
		if (!str_contains(message, certificate_faults[i].part))
			continue;
		told = arena_printf(arena, "%.*s%s%s", STR_ARG(told), found ? ", and " : "",
				    certificate_faults[i].meaning);
		found = true;
	}
	return found ? told : arena_dup(arena, (struct str)STR("the certificate of the server is not valid"));
}

static bool is_about_certificate(struct str message)
{
	return str_contains(message, "certificate is invalid") || str_contains(message, "hostname does not match") ||
	       str_contains(message, "certificate");
}

/* The beginning of an unknown text, made one line. */
static struct str show(struct str message, struct arena *arena)
{
	struct buf safe = { 0 };

	if (message.len > 200)
		message.len = 200;
	err_print_safe(&safe, message);
	return buf_keep(&safe, arena);
}

/* What the first of the phrases that fits means; or NULL. */
static const char *find_phrase(struct str message, const struct phrase *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_contains(message, table[i].part))
			return table[i].meaning;
	return NULL;
}

#define FIND(message, table) find_phrase(message, table, sizeof(table) / sizeof(*(table)))

static const char *find_meaning(struct str message, enum sentence_source source)
{
	const char *meaning = NULL;

	if (source == SENTENCE_GIT_SSH)
		meaning = FIND(message, git_ssh_phrases);
	if (!meaning && (source == SENTENCE_SSH || source == SENTENCE_GIT_SSH))
		meaning = FIND(message, ssh_phrases);
	if (!meaning && (source == SENTENCE_GIT || source == SENTENCE_GIT_SSH))
		meaning = FIND(message, git_phrases);
	/* Where git runs ssh, this message does not tell whose failure it was. */
	if (!meaning && source == SENTENCE_GIT && str_contains(message, "Could not read from remote repository"))
		return "the server closed the connection without an answer: check the path, and try again";
	return meaning ? meaning : FIND(message, phrases);
}

bool sentence_is_known(struct str message, enum sentence_source source)
{
	return find_meaning(message, source) != NULL;
}

struct str sentence_for(struct str message, enum sentence_source source, struct arena *arena)
{
	const char *meaning;

	if (source == SENTENCE_TLS && is_about_certificate(message))
		return tell_certificate(message, arena);
	meaning = find_meaning(message, source);
	if (meaning)
		return arena_dup(arena, str_from(meaning));
	switch (source) {
	case SENTENCE_TLS:
		return arena_printf(arena, "the TLS connection failed (%s)", show(message, arena).ptr);
	case SENTENCE_SSH:
		return arena_dup(arena, (struct str)STR("ssh failed; `ssh -o BatchMode=yes HOST` may tell why"));
	case SENTENCE_ANYWHERE:
	case SENTENCE_GIT:
	case SENTENCE_GIT_SSH:
		break;
	}
	return arena_dup(arena, (struct str)STR("its refs could not be listed; `git ls-remote` may tell why"));
}

struct str sentence_for_timeout(enum sentence_stage stage, unsigned timeout_ms, struct arena *arena)
{
	double seconds = timeout_ms / 1000.0;

	switch (stage) {
	case SENTENCE_WAITING:
		return arena_printf(
			arena, "it was not asked within %g s, since too many others did not answer: see --git-timeout",
			seconds);
	case SENTENCE_CONNECTING:
		return arena_printf(
			arena,
			"no complete answer within %g s: check that it can be reached from here, or see --git-timeout",
			seconds);
	case SENTENCE_LOGIN:
		return arena_printf(
			arena,
			"it asks for a login, and `git credential fill` gave none within %g s: check git's credential.helper",
			seconds);
	}
	assert(!"a stage");
	return (struct str){ 0 };
}

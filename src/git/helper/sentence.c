#include "git/helper/sentence.h"

#include "base/buf.h"
#include "base/err.h"

#include <assert.h>

static bool contains(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

struct phrase {
	const char *part;    /* of the message */
	const char *meaning; /* what it means */
};

/* What is wrong with a certificate: as mbedTLS says it, and OpenSSL. Several can be at once. */
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
	  "know, or no git server. Full commit hashes as refs need no listing" },
	{ "objectformat",
	  "it is a repository with SHA-256 object names, which libgit2 here does not know. Full commit hashes "
	  "as refs need no listing" },
	{ "object format",
	  "it is a repository with SHA-256 object names, which libgit2 here does not know. Full commit hashes "
	  "as refs need no listing" },
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

static struct str tell_certificate(struct str message, struct arena *arena)
{
	struct str told = STR("the certificate of the server is refused: ");
	bool found = false;

	for (size_t i = 0; i < sizeof(certificate_faults) / sizeof(*certificate_faults); i++) {
		if (!contains(message, certificate_faults[i].part))
			continue;
		told = arena_printf(arena, "%.*s%s%s", STR_ARG(told), found ? ", and " : "",
				    certificate_faults[i].meaning);
		found = true;
	}
	return found ? told : arena_dup(arena, (struct str)STR("the certificate of the server is not valid"));
}

static bool is_about_certificate(struct str message)
{
	return contains(message, "certificate is invalid") || contains(message, "hostname does not match") ||
	       contains(message, "certificate");
}

/* Of a text that is not known: one line, and not much of it. */
static struct str show(struct str message, struct arena *arena)
{
	struct buf safe = { 0 };

	if (message.len > 200)
		message.len = 200;
	err_print_safe(&safe, message);
	return buf_keep(&safe, arena);
}

struct str sentence_for(struct str message, enum sentence_source source, struct arena *arena)
{
	if (source == SENTENCE_TLS && is_about_certificate(message))
		return tell_certificate(message, arena);
	for (size_t i = 0; source == SENTENCE_SSH && i < sizeof(ssh_phrases) / sizeof(*ssh_phrases); i++)
		if (contains(message, ssh_phrases[i].part))
			return arena_dup(arena, str_from(ssh_phrases[i].meaning));
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (contains(message, phrases[i].part))
			return arena_dup(arena, str_from(phrases[i].meaning));
	switch (source) {
	case SENTENCE_TLS:
		return arena_printf(arena, "the TLS connection failed (%s)", show(message, arena).ptr);
	case SENTENCE_SSH:
		return arena_dup(arena, (struct str)STR("ssh failed; `ssh -o BatchMode=yes HOST` may tell why"));
	case SENTENCE_ANYWHERE:
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/sentence.h"

#include "unit.h"

/* Messages of libgit2 1.5.1, and what ssh says, and what they become, in part. */
static const struct {
	enum sentence_source source;
	const char *message, *part;
} rows[] = {
	{ SENTENCE_ANYWHERE, "failed to resolve address for SECRET: Name or service not known", "can't be resolved" },
	{ SENTENCE_ANYWHERE, "failed to connect to SECRET: Connection refused", "connection was refused" },
	{ SENTENCE_ANYWHERE, "failed to connect to SECRET: Connection timed out", "nothing answers" },
	{ SENTENCE_ANYWHERE, "failed to connect to SECRET: No route to host", "no connection" },
	{ SENTENCE_ANYWHERE, "failed to connect to SECRET: Network is unreachable", "can't be reached" },
	{ SENTENCE_TLS, "the SSL certificate is invalid: 0x01 - The certificate validity has expired", "has expired" },
	{ SENTENCE_TLS,
	  "the SSL certificate is invalid: 0x04 - The certificate Common Name (CN) does not match with the expected CN",
	  "for another host" },
	{ SENTENCE_TLS,
	  "the SSL certificate is invalid: 0x09 - The certificate validity has expired\n"
	  "The certificate is not correctly signed by the trusted CA",
	  "http.sslCAInfo, names the certificates of others), and it has expired" },
	{ SENTENCE_TLS, "the SSL certificate is invalid: 0x200 - The certificate validity starts in the future",
	  "not valid yet" },
	{ SENTENCE_TLS, "the SSL certificate is invalid: 0x4000 - x", "certificate of the server is not valid" },
	{ SENTENCE_TLS, "SSL error: 0xffff8880 - SSL - A fatal alert message was received from our peer", "TLS 1.3" },
	{ SENTENCE_TLS, "SSL error: 0xffff8d80 - SSL - The connection indicated an EOF", "during the TLS handshake" },
	{ SENTENCE_TLS, "SSL error: 0xffff8e00 - SSL - An invalid SSL record was received", "does not speak TLS" },
	{ SENTENCE_TLS, "SSL error: 0xffff9999 - SSL - something\x1b[2J new", "TLS connection failed (SSL error" },
	{ SENTENCE_ANYWHERE, "unexpected http status code: 404", "404" },
	{ SENTENCE_ANYWHERE, "unexpected http status code: 403", "403" },
	{ SENTENCE_ANYWHERE, "unexpected http status code: 503", "server failed" },
	{ SENTENCE_ANYWHERE, "unexpected http status code: 204", "does not use" },
	{ SENTENCE_ANYWHERE, "too many redirects or authentication replays", "redirects again and again" },
	{ SENTENCE_ANYWHERE, "cannot redirect from 'https' to 'http'", "scheme that is not followed" },
	{ SENTENCE_ANYWHERE, "malformed URL 'file:///SECRET'", "not followed" },
	{ SENTENCE_ANYWHERE, "redirect without location", "can't be followed" },
	{ SENTENCE_ANYWHERE, "invalid content-type: 'text/SECRET'", "no git server" },
	{ SENTENCE_ANYWHERE, "error parsing REF pkt-line", "SHA-256" },
	{ SENTENCE_ANYWHERE, "unsupported extension name extensions.objectformat", "SHA-256" },
	{ SENTENCE_ANYWHERE, "unknown remote object format 'sha256'", "SHA-256" },
	{ SENTENCE_ANYWHERE, "early EOF", "closed the connection" },
	{ SENTENCE_ANYWHERE, "http parser error: stream ended at an unexpected time", "closed the connection" },
	{ SENTENCE_ANYWHERE, "http parser error: invalid constant string", "no git server" },
	{ SENTENCE_ANYWHERE, "bad packet length", "no git server" },
	{ SENTENCE_ANYWHERE, "remote error: access denied or repository not exported: /SECRET", "not export it" },
	{ SENTENCE_ANYWHERE, "remote error: no such repository: /SECRET", "no such repository" },
	{ SENTENCE_ANYWHERE, "remote error: SECRET", "server refused" },
	{ SENTENCE_ANYWHERE, "fatal: '/SECRET' does not appear to be a git repository\n", "no git repository there" },
	{ SENTENCE_ANYWHERE, "ERROR: Repository not found.\n", "no such repository" },
	{ SENTENCE_ANYWHERE, "could not find repository from '/SECRET'", "no git repository at this path" },
	{ SENTENCE_ANYWHERE, "failed to resolve path '/SECRET': No such file or directory",
	  "no git repository at this path" },
	{ SENTENCE_ANYWHERE, "SECRET", "could not be listed" },
	{ SENTENCE_ANYWHERE, "", "could not be listed" },
	/* Of OpenSSH 9.2. */
	{ SENTENCE_SSH, "ssh: Could not resolve hostname SECRET: Name or service not known\r\n", "can't be resolved" },
	{ SENTENCE_SSH, "ssh: connect to host SECRET port 22: Connection refused\r\n", "connection was refused" },
	{ SENTENCE_SSH, "ssh: connect to host SECRET port 22: Connection timed out\r\n", "nothing answers" },
	{ SENTENCE_SSH, "SECRET@SECRET: Permission denied (publickey).\r\n", "none of the keys" },
	{ SENTENCE_SSH,
	  "Received disconnect from SECRET port 22:2: Too many authentication failures\r\nDisconnected from SECRET port 22\r\n",
	  "IdentitiesOnly" },
	{ SENTENCE_SSH, "@ WARNING: UNPROTECTED PRIVATE KEY FILE! @\nSECRET@SECRET: Permission denied (publickey).\n",
	  "chmod 600" },
	{ SENTENCE_SSH,
	  "Unable to negotiate with SECRET port 22: no matching host key type found. Their offer: SECRET\r\n",
	  "in common" },
	{ SENTENCE_SSH, "kex_exchange_identification: banner line contains invalid characters\r\n", "no ssh server" },
	{ SENTENCE_SSH, "kex_exchange_identification: Connection closed by remote host\r\n",
	  "before it said anything" },
	{ SENTENCE_SSH,
	  "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n"
	  "Connection closed by UNKNOWN port 65535\r\n",
	  "jump host" },
	{ SENTENCE_SSH, "Bad owner or permissions on /home/SECRET/.ssh/config\r\n", "others can write" },
	{ SENTENCE_SSH,
	  "/home/SECRET/.ssh/config: line 1: Bad configuration option: secret\r\n"
	  "/home/SECRET/.ssh/config: terminating, 1 bad configuration options\r\n",
	  "`ssh -G HOST`" },
	{ SENTENCE_SSH, "No user exists for uid 1000660000\r\n", "/etc/passwd" },
	{ SENTENCE_SSH, "Connection closed by SECRET port 22\r\n", "closed the connection" },
	{ SENTENCE_SSH, "SECRET", "`ssh -o BatchMode=yes HOST` may tell why" },
	{ SENTENCE_SSH, "", "`ssh -o BatchMode=yes HOST` may tell why" },
};

static bool has(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void messages_become_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str sentence = sentence_for(str_from(rows[i].message), rows[i].source, &unit_arena);
		const char *row = arena_printf(&unit_arena, "%s: %.*s", rows[i].message, STR_ARG(sentence)).ptr;

		assert_for(has(sentence, rows[i].part), row);
	}
}

static void what_a_server_or_a_url_put_into_a_message_is_not_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(!has(sentence_for(str_from(rows[i].message), rows[i].source, &unit_arena), "SECRET"),
			   rows[i].message);
}

static void no_sentence_has_a_control_character(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str sentence = sentence_for(str_from(rows[i].message), rows[i].source, &unit_arena);

		for (size_t n = 0; n < sentence.len; n++)
			assert_for((unsigned char)sentence.ptr[n] >= 0x20, rows[i].message);
	}
}

static void a_timeout_tells_what_was_waited_for(void **state)
{
	(void)state;
	assert_true(has(sentence_for_timeout(SENTENCE_CONNECTING, 1500, &unit_arena), "within 1.5 s"));
	assert_true(has(sentence_for_timeout(SENTENCE_CONNECTING, 10000, &unit_arena), "--git-timeout"));
	assert_true(has(sentence_for_timeout(SENTENCE_LOGIN, 250, &unit_arena), "none within 0.25 s"));
	assert_true(has(sentence_for_timeout(SENTENCE_WAITING, 10000, &unit_arena), "not asked within 10 s"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(messages_become_sentences),
		TEST(what_a_server_or_a_url_put_into_a_message_is_not_told),
		TEST(no_sentence_has_a_control_character),
		TEST(a_timeout_tells_what_was_waited_for),
	};

	return unit_run(tests);
}

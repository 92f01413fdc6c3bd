#include "git/helper/knownhosts.h"

#include "unit.h"

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <stdio.h>

/* Keys as they go over the wire: the length and the name of the type, and then anything. */
#define ED25519(rest) "\0\0\0\x0bssh-ed25519" rest
#define ECDSA(rest)  \
	"\0\0\0\x13" \
	"ecdsa-sha2-nistp256" rest
#define RSA(rest) "\0\0\0\x07ssh-rsa" rest

static const char *base64(struct str bytes)
{
	char *text = arena_alloc(&unit_arena, BASE64_ENCODE_RAW_LENGTH(bytes.len) + 1);

	base64_encode_raw(text, bytes.len, (const uint8_t *)bytes.ptr);
	return text;
}

/* "|1|salt|hash" of a name. */
static const char *hashed(const char *name)
{
	static const char salt[] = "a salt of some bytes";
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct hmac_sha1_ctx context;

	hmac_sha1_set_key(&context, sizeof(salt) - 1, (const uint8_t *)salt);
	hmac_sha1_update(&context, strlen(name), (const uint8_t *)name);
	hmac_sha1_digest(&context, sizeof(digest), digest);
	return arena_printf(&unit_arena, "|1|%s|%s", base64(S("a salt of some bytes")),
			    base64((struct str){ (const char *)digest, sizeof(digest) }))
		.ptr;
}

static enum knownhosts_verdict verdict(const char *text, const char *host, unsigned port, struct str key)
{
	struct knownhosts_server server = { .host = str_from(host), .port = port, .key = key };
	struct knownhosts seen = { 0 };

	knownhosts_read(str_from(text), &server, &seen);
	return knownhosts_judge(&seen);
}

/* A line for the ed25519 key "good". */
static const char *line(const char *names)
{
	return arena_printf(&unit_arena, "%s ssh-ed25519 %s a comment\n", names, base64(S(ED25519("good")))).ptr;
}

static void names_are_matched_as_ssh_does_it(void **state)
{
	static const struct {
		const char *names, *host;
		unsigned port;
		bool is_known;
	} rows[] = {
		{ "git.example.com", "git.example.com", 22, true },
		{ "git.example.com", "GIT.Example.COM", 22, true },
		{ "Git.Example.Com", "git.example.com", 22, true },
		{ "git.example.com", "git.example.co", 22, false },
		{ "git.example.com", "git.example.com.evil.example", 22, false },
		{ "git.example.com", "gitXexample.com", 22, false },
		{ "a,git.example.com,192.0.2.1", "192.0.2.1", 22, true },
		{ "*.example.com", "git.example.com", 22, true },
		{ "*.example.com", "example.com", 22, false },
		{ "git?.example.com", "git1.example.com", 22, true },
		{ "git?.example.com", "git.example.com", 22, false },
		{ "*", "anything", 22, true },
		{ "*.example.com,!git.example.com", "git.example.com", 22, false },
		{ "!git.example.com,*.example.com", "git.example.com", 22, false },
		{ "*.example.com,!git.example.com", "www.example.com", 22, true },
		{ "!git.example.com", "www.example.com", 22, false },
		{ "", "", 22, false },
		{ ",", "", 22, false },
		{ "[git.example.com]:2222", "git.example.com", 2222, true },
		{ "[git.example.com]:2222", "git.example.com", 22, false },
		{ "[git.example.com]:2222", "git.example.com", 2223, false },
		/* ssh looks the host up without the port when it doesn't know it with one. */
		{ "git.example.com", "git.example.com", 2222, true },
		{ "[*.example.com]:2222", "git.example.com", 2222, true },
		{ "::1", "::1", 22, true },
		{ "[::1]:2222", "::1", 2222, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *row =
			arena_printf(&unit_arena, "%s for %s port %u", rows[i].names, rows[i].host, rows[i].port).ptr;
		bool known = verdict(line(rows[i].names), rows[i].host, rows[i].port, S(ED25519("good"))) ==
			     KNOWNHOSTS_KNOWN;

		assert_for(known == rows[i].is_known, row);
	}
}

static void hashed_names_are_matched(void **state)
{
	(void)state;
	assert_int_equal(verdict(line(hashed("git.example.com")), "git.example.com", 22, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
	assert_int_equal(verdict(line(hashed("git.example.com")), "Git.Example.Com", 22, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
	assert_int_equal(verdict(line(hashed("[git.example.com]:2222")), "git.example.com", 2222, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
	assert_int_equal(verdict(line(hashed("git.example.org")), "git.example.com", 22, S(ED25519("good"))),
			 KNOWNHOSTS_UNKNOWN);
	/* As ssh-keygen -H writes "known.example.com". */
	assert_int_equal(verdict(line("|1|9V49DxtJDs15YOYFr6IQdwaROak=|JYgEWY3hNzKyACEhaCJ+OzQSUgc="),
				 "known.example.com", 22, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
}

static void other_keys_of_the_host_are_told_apart(void **state)
{
	const char *good = line("h");

	(void)state;
	assert_int_equal(verdict(good, "h", 22, S(ED25519("evil"))), KNOWNHOSTS_CHANGED);
	assert_int_equal(verdict(good, "h", 22, S(ECDSA("good"))), KNOWNHOSTS_OTHER_TYPE);
	assert_int_equal(verdict(good, "other", 22, S(ED25519("evil"))), KNOWNHOSTS_UNKNOWN);
	/* One of several keys of a type is enough. */
	assert_int_equal(verdict(arena_printf(&unit_arena, "h ssh-ed25519 %s\n%s", base64(S(ED25519("old"))), good).ptr,
				 "h", 22, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
	/* Without the port, only the very key counts. */
	assert_int_equal(verdict(good, "h", 2222, S(ED25519("evil"))), KNOWNHOSTS_UNKNOWN);
}

static void revoked_keys_are_refused_wherever_the_line_stands(void **state)
{
	const char *good = line("h");
	const char *revoked = arena_printf(&unit_arena, "@revoked * ssh-ed25519 %s\n", base64(S(ED25519("good")))).ptr;

	(void)state;
	assert_int_equal(verdict(arena_printf(&unit_arena, "%s%s", good, revoked).ptr, "h", 22, S(ED25519("good"))),
			 KNOWNHOSTS_REVOKED);
	assert_int_equal(verdict(arena_printf(&unit_arena, "%s%s", revoked, good).ptr, "h", 22, S(ED25519("good"))),
			 KNOWNHOSTS_REVOKED);
	/* Another key is not touched by it, and not known by it. */
	assert_int_equal(verdict(revoked, "h", 22, S(ED25519("new"))), KNOWNHOSTS_UNKNOWN);
}

static void lines_that_are_none_say_nothing(void **state)
{
	const char *key = base64(S(ED25519("good")));
	const char *const rows[] = {
		"",
		"\n\n",
		"h",
		"h ssh-ed25519",
		"h ssh-ed25519 ****",
		arena_printf(&unit_arena, "# h ssh-ed25519 %s", key).ptr,
		arena_printf(&unit_arena, "@cert-authority h ssh-ed25519 %s", key).ptr,
		arena_printf(&unit_arena, "@unknown h ssh-ed25519 %s", key).ptr,
		arena_printf(&unit_arena, "|1|x h ssh-ed25519 %s", key).ptr,
		arena_printf(&unit_arena, "|1|| ssh-ed25519 %s", key).ptr,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(verdict(rows[i], "h", 22, S(ED25519("good"))) == KNOWNHOSTS_UNKNOWN, rows[i]);
}

static void blanks_and_carriage_returns_do_not_matter(void **state)
{
	const char *key = base64(S(ED25519("good")));

	(void)state;
	assert_int_equal(verdict(arena_printf(&unit_arena, " \th\t  ssh-ed25519 \t%s\r\n", key).ptr, "h", 22,
				 S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
	assert_int_equal(verdict(arena_printf(&unit_arena, "h ssh-ed25519 %s", key).ptr, "h", 22, S(ED25519("good"))),
			 KNOWNHOSTS_KNOWN);
}

static void the_types_of_a_hosts_keys_are_found(void **state)
{
	struct knownhosts_server server = { .host = S("h"), .port = 22 };
	struct knownhosts seen = { 0 };
	const char *text =
		arena_printf(&unit_arena, "h ssh-rsa %s\nh ssh-ed25519 %s\nother x %s\n@revoked h x %s\n",
			     base64(S(RSA("r"))), base64(S(ED25519("e"))), base64(S(ECDSA("c"))), base64(S(ECDSA("d"))))
			.ptr;

	(void)state;
	knownhosts_read(str_from(text), &server, &seen);
	for (unsigned i = 0; i < KNOWNHOSTS_TYPES; i++) {
		bool has =
			strcmp(knownhosts_types[i], "ssh-rsa") == 0 || strcmp(knownhosts_types[i], "ssh-ed25519") == 0;

		assert_for((seen.types >> i & 1) == has, knownhosts_types[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(names_are_matched_as_ssh_does_it),      TEST(hashed_names_are_matched),
		TEST(other_keys_of_the_host_are_told_apart), TEST(revoked_keys_are_refused_wherever_the_line_stands),
		TEST(lines_that_are_none_say_nothing),       TEST(blanks_and_carriage_returns_do_not_matter),
		TEST(the_types_of_a_hosts_keys_are_found),
	};

	return unit_run(tests);
}

#include "git/helper/knownhosts.h"

#include <ctype.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <stdio.h>

/* Longer names of hosts, and longer keys, are none. */
#define NAME_LIMIT 512
#define KEY_LIMIT ((size_t)16 * 1024)

const char *const knownhosts_types[KNOWNHOSTS_TYPES] = {
	"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
};

/* Decodes base64 to at most `room` bytes; false if it is none or too long. */
static bool decode(struct str text, uint8_t *to, size_t room, size_t *length)
{
	struct base64_decode_ctx context;
	size_t done = room;

	if (text.len > BASE64_ENCODE_LENGTH(room) || BASE64_DECODE_LENGTH(text.len) > room)
		return false;
	base64_decode_init(&context);
	if (!base64_decode_update(&context, &done, to, text.len, text.ptr) || !base64_decode_final(&context))
		return false;
	*length = done;
	return true;
}

/* |1|salt|hash, both base64: the hash is HMAC-SHA-1 of the name under the salt. */
static bool matches_hash(struct str hashed, struct str name)
{
	uint8_t salt[64], wanted[64], got[SHA1_DIGEST_SIZE];
	struct hmac_sha1_ctx context;
	struct str rest = str_skip(hashed, 3), salt_text = str_cut(&rest, '|');
	size_t salt_length, wanted_length;

	if (!decode(salt_text, salt, sizeof(salt), &salt_length) ||
	    !decode(rest, wanted, sizeof(wanted), &wanted_length) || wanted_length != sizeof(got))
		return false;
	hmac_sha1_set_key(&context, salt_length, salt);
	hmac_sha1_update(&context, name.len, (const uint8_t *)name.ptr);
	hmac_sha1_digest(&context, sizeof(got), got);
	return memcmp(got, wanted, sizeof(got)) == 0;
}

/* Only `*` and `?` are special here, so that [host]:port needs no quoting. Letters compare without their case. */
static bool matches_pattern(struct str pattern, struct str name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, retry = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			retry = n;
		} else if (p < pattern.len && (pattern.ptr[p] == '?' || tolower((unsigned char)pattern.ptr[p]) ==
										tolower((unsigned char)name.ptr[n]))) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

/* Does the first field of a line name `name`? A negated pattern that matches wins over all others. */
static bool matches_names(struct str names, struct str name)
{
	bool found = false;

	if (str_starts_with(names, "|1|"))
		return matches_hash(names, name);
	while (names.ptr) {
		struct str pattern = str_cut(&names, ',');

		if (str_starts_with(pattern, "!") && matches_pattern(str_skip(pattern, 1), name))
			return false;
		found = found || (pattern.len > 0 && matches_pattern(pattern, name));
	}
	return found;
}

/* The next field of a line: up to blanks, which are skipped. */
static struct str take_field(struct str *line)
{
	size_t end = 0, next;
	struct str field;

	while (end < line->len && line->ptr[end] != ' ' && line->ptr[end] != '\t')
		end++;
	field = (struct str){ line->ptr, end };
	next = end;
	while (next < line->len && (line->ptr[next] == ' ' || line->ptr[next] == '\t'))
		next++;
	*line = str_skip(*line, next);
	return field;
}

/* The type that a key begins with: a length in four bytes, and as many. */
static struct str key_type(struct str key)
{
	const unsigned char *p = (const unsigned char *)key.ptr;
	size_t length;

	if (key.len < 4)
		return (struct str){ 0 };
	length = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	return length <= key.len - 4 ? (struct str){ key.ptr + 4, length } : (struct str){ 0 };
}

/* A line's names and key, and whether it is marked @revoked; false if the line has no key of a host. */
static bool read_line(struct str line, struct str *names, struct str *key, bool *is_revoked)
{
	struct str marker = { 0 };

	line = str_trim(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return false;
	if (line.ptr[0] == '@')
		marker = take_field(&line);
	*is_revoked = str_is(marker, "@revoked");
	if (marker.len > 0 && !*is_revoked)
		return false;
	*names = take_field(&line);
	take_field(&line); /* the type, which the key has, too */
	*key = take_field(&line);
	return key->len > 0;
}

/* The names under which a server is known. */
struct server_names {
	char lower[NAME_LIMIT];          /* the host's name */
	char bracketed[NAME_LIMIT + 16]; /* [name]:port */
	bool has_port;                   /* another than the usual one: only the second is its own */
};

static bool name_server(const struct knownhosts_server *server, struct server_names *names)
{
	if (server->host.len >= sizeof(names->lower))
		return false;
	for (size_t i = 0; i < server->host.len; i++)
		names->lower[i] = (char)tolower((unsigned char)server->host.ptr[i]);
	names->lower[server->host.len] = '\0';
	snprintf(names->bracketed, sizeof(names->bracketed), "[%s]:%u", names->lower, server->port);
	names->has_port = server->port != KNOWNHOSTS_DEFAULT_PORT;
	return true;
}

static unsigned type_bit(struct str key)
{
	for (unsigned i = 0; i < KNOWNHOSTS_TYPES; i++)
		if (str_is(key_type(key), knownhosts_types[i]))
			return 1U << i;
	return 0;
}

static void weigh(struct str names, struct str wanted, struct str key, bool is_revoked,
		  const struct server_names *server_names, struct knownhosts *seen)
{
	struct str own = str_from(server_names->has_port ? server_names->bracketed : server_names->lower);
	bool is_own = matches_names(names, own);
	/* ssh takes the key that the host has on the usual port for good on others, too. */
	bool is_plain = server_names->has_port && matches_names(names, str_from(server_names->lower));
	bool same = str_equal(key, wanted);

	if (!is_own && !is_plain)
		return;
	if (!is_revoked)
		seen->types |= type_bit(key);
	if (is_revoked) {
		seen->is_revoked = seen->is_revoked || same;
	} else if (same) {
		seen->has_key = true;
	} else if (is_own) {
		bool same_type = str_equal(key_type(key), key_type(wanted));

		seen->has_changed = seen->has_changed || same_type;
		seen->has_other = seen->has_other || !same_type;
	}
}

void knownhosts_read(struct str text, const struct knownhosts_server *server, struct knownhosts *seen)
{
	uint8_t bytes[KEY_LIMIT];
	struct server_names server_names;

	if (!name_server(server, &server_names))
		return;
	while (text.ptr) {
		struct str line = str_cut(&text, '\n'), names, encoded;
		size_t length;
		bool is_revoked;

		if (read_line(line, &names, &encoded, &is_revoked) && decode(encoded, bytes, sizeof(bytes), &length))
			weigh(names, server->key, (struct str){ (const char *)bytes, length }, is_revoked,
			      &server_names, seen);
	}
}

enum knownhosts_verdict knownhosts_judge(const struct knownhosts *seen)
{
	if (seen->is_revoked)
		return KNOWNHOSTS_REVOKED;
	if (seen->has_key)
		return KNOWNHOSTS_KNOWN;
	if (seen->has_changed)
		return KNOWNHOSTS_CHANGED;
	return seen->has_other ? KNOWNHOSTS_OTHER_TYPE : KNOWNHOSTS_UNKNOWN;
}

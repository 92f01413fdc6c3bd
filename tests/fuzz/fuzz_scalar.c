/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalars: any text is read without trouble, a key that was read is read as itself, and base64 is decoded exactly as
 * Go's encoding/base64 does (StdEncoding, not strict), written down here a second time.
 */
#include "check.h"

#include "base/utf8.h"
#include "yaml/scalar.h"

#include <nettle/base64.h>
#include <string.h>

#define TAG(name) "tag:yaml.org,2002:" name

static void check_round_trip(struct arena *arena, struct str bytes)
{
	size_t length = BASE64_ENCODE_RAW_LENGTH(bytes.len);
	char *encoded = arena_alloc(arena, length + 1);
	struct str decoded;

	base64_encode_raw(encoded, bytes.len, (const uint8_t *)bytes.ptr);
	CHECK(scalar_base64(check_copy(arena, (struct str){ encoded, length }), arena, &decoded));
	CHECK(str_equal(decoded, bytes));
}

static int sextet(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(alphabet, c, 64);

	return at ? (int)(at - alphabet) : -1;
}

/* Four characters at a time; `=` only at the end, where it completes the last four; CR and LF do not count. */
static bool decode_like_go(struct str text, char *to, size_t *length)
{
	size_t digits = 0, padding = 0, n = 0;
	unsigned long bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\r' || c == '\n')
			continue;
		if (c == '=') {
			padding++;
			if (digits % 4 < 2 || digits % 4 + padding > 4)
				return false;
			continue;
		}
		if (padding > 0 || sextet(c) < 0)
			return false;
		bits = bits << 6 | (unsigned long)sextet(c);
		digits++;
		if (digits % 4 == 0)
			for (int shift = 16; shift >= 0; shift -= 8)
				to[n++] = (char)(bits >> shift & 0xff);
	}
	if (digits % 4 != 0 && digits % 4 + padding != 4)
		return false;
	if (digits % 4 == 2) {
		to[n++] = (char)(bits >> 4 & 0xff);
	} else if (digits % 4 == 3) {
		to[n++] = (char)(bits >> 10 & 0xff);
		to[n++] = (char)(bits >> 2 & 0xff);
	}
	*length = n;
	return true;
}

static void check_decoding(struct arena *arena, struct str text)
{
	struct str decoded, wanted = { .ptr = arena_alloc(arena, text.len + 3) };
	char *to = arena_alloc(arena, text.len + 3);
	bool ok = decode_like_go(text, to, &wanted.len);

	wanted.ptr = to;
	CHECK(scalar_base64(text, arena, &decoded) == ok);
	CHECK(!ok || str_equal(decoded, wanted));
}

static struct node make_scalar(struct choices *choices, struct arena *arena)
{
	static const enum node_style styles[] = { STYLE_PLAIN,         STYLE_PLAIN,   STYLE_SINGLE_QUOTED,
						  STYLE_DOUBLE_QUOTED, STYLE_LITERAL, STYLE_FOLDED };
	static const char *const tags[] = {
		"", "", "", "!", TAG("str"), TAG("null"), TAG("binary"), TAG("bool"), TAG("int"), TAG("float"), "!mine"
	};
	struct properties *properties = ARENA_NEW(arena, struct properties);
	struct node node = { .type = NODE_SCALAR, .properties = properties };

	node.style = styles[choice_below(choices, sizeof(styles) / sizeof(*styles))];
	properties->tag = str_from(tags[choice_below(choices, sizeof(tags) / sizeof(*tags))]);
	return node;
}

static void check_key(const struct node *node, struct arena *arena)
{
	struct node again = { .type = NODE_SCALAR, .style = STYLE_PLAIN };
	struct str key, same;
	struct err err;

	if (!scalar_key(node, arena, &key, &err)) {
		check_message(&err);
		return;
	}
	if (node->style != STYLE_PLAIN || node_tag(node).len > 0)
		return;
	CHECK(key.len > 0);
	CHECK(scalar_is_typed(node->value) || str_equal(key, node->value));
	again.value = key;
	CHECK(scalar_key(&again, arena, &same, &err));
	/* Only a negative float that is too small for 32 bits becomes an integer on the way. */
	CHECK_OF(str_equal(key, same) || str_is(key, "-0"), key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	struct arena arena;
	struct node node;
	struct utf8_facts facts;
	struct str bytes;
	struct err err;

	arena_init(&arena);
	node = make_scalar(&choices, &arena);
	node.value = check_copy(&arena, choice_rest(&choices));
	check_round_trip(&arena, node.value);
	check_decoding(&arena, node.value);
	/* Values are text that was checked. */
	if (utf8_check(node.value, &facts, &err)) {
		scalar_is_true(&node);
		CHECK(!scalar_is_null(&node) || node.style == STYLE_PLAIN || node_tag(&node).len > 0);
		check_key(&node, &arena);
		if (!scalar_bytes(&node, &arena, &bytes, &err))
			check_message(&err);
	}
	arena_release(&arena);
	return 0;
}

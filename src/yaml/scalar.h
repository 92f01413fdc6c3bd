/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar: what Kubernetes takes a scalar for.
 *
 * kubectl and Helm read manifests with sigs.k8s.io/yaml, a YAML 1.1 reader that turns the document into JSON; mapping
 * keys that are not strings become strings on the way (convertToJSONableObject there, and resolve in its goyaml.v2).
 */
#ifndef YAML_SCALAR_H
#define YAML_SCALAR_H

#include "base/err.h"
#include "yaml/node.h"

/* Null: untagged plain empty, ~, null, Null, NULL, or !!null. False for what is no scalar. */
bool scalar_is_null(const struct node *node);
/* Does a plain scalar with this text become something else than a string, a number say? */
bool scalar_is_typed(struct str value);
/* A boolean, by YAML 1.1: true, yes, on, y; false, no, off, n. */
bool scalar_is_true(const struct node *node);
bool scalar_is_false(const struct node *node);
/*
 * The string that the key `node`, a scalar, becomes: `on` gives "true", `010` gives "8". Usually the node's own value,
 * else text in `arena`. Tags count, also before quotes: `!!int "0x10"` gives "16". Fails for null, which can't be a key,
 * for a tag that does not fit, for !!binary that is not base64, and for integers that kubectl can't make a key of.
 */
CHECKED bool scalar_key(const struct node *node, struct arena *arena, struct str *key, struct err *err);
/*
 * Is such a key a string also before it becomes one? Of two keys that become the same string and are not both strings,
 * kubectl takes one at random.
 */
bool scalar_is_text(const struct node *node);
/* The text of the last entry `key` of a mapping, behind aliases; empty for none, for null and for what is no scalar. */
static inline struct str scalar_get(struct node *mapping, const char *key)
{
	const struct node *node = node_get(mapping, key);

	if (!node || node->type != NODE_SCALAR)
		return (struct str){ 0 };
	/* Most values have no tag, and are longer than the longest word that is null. */
	if ((node->properties || node->value.len <= strlen("null")) && scalar_is_null(node))
		return (struct str){ 0 };
	return node->value;
}

enum scalar_type { SCALAR_NULL, SCALAR_TEXT, SCALAR_BOOL, SCALAR_INTEGER, SCALAR_REAL };
/*
 * What a scalar becomes in JSON, and its text there: "true" for yes, "8" for 010, "0.5" for .5, "80" for 80.0 (which is a
 * SCALAR_INTEGER, as JSON can't tell). Nothing for null. In `arena`, or the node's own value.
 */
enum scalar_type scalar_read(const struct node *node, struct arena *arena, struct str *text);
/*
 * The bytes of a scalar value: its text, for !!binary decoded into `arena`, and nothing for null. What is decoded and not
 * UTF-8 is as JSON carries it: U+FFFD for each byte.
 */
CHECKED bool scalar_bytes(const struct node *node, struct arena *arena, struct str *bytes, struct err *err);
/* Decodes base64 (RFC 4648, section 4; line breaks allowed) as Go does. False if it is none. */
bool scalar_base64(struct str text, struct arena *arena, struct str *bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/selection.h"

#include "base/hash.h"
#include "base/sort.h"
#include "kube/contents.h"

#include <stdlib.h>
#include <string.h>

/* After each block of so many bytes the unfinished digest is kept for other selections that begin with those bytes. */
#define BLOCK ((size_t)32 * 1024)
/* A digest of fewer bytes is made faster than looked up. */
#define SMALL ((size_t)1024)
/* XXH3 hashes so many bytes in the time that SHA-256 takes for one byte. */
#define XXH3_IS_QUICKER 8

/* The object's entries as they are hashed. */
struct object_image {
	const char *bytes;
	size_t *offsets; /* where the bytes of each item begin, and the end of the last */
	size_t next_prefix;
};

/* An unfinished digest of bytes with which selections of one object begin. */
struct digest_prefix {
	size_t number; /* not 0; it stands for the prefix in keys of the map */
	struct hash *digest;
};

static void add_piece(struct selection *s, struct selection_piece piece)
{
	struct selection_piece *last = s->piece_count > 0 ? &s->pieces[s->piece_count - 1] : NULL;

	s->count += piece.from < piece.to ? piece.to - piece.from : piece.absent.ptr != NULL;
	if (piece.from == piece.to && !piece.absent.ptr)
		return;
	if (last && last->from < last->to && piece.from < piece.to && last->to == piece.from)
		last->to = piece.to;
	else
		s->pieces[s->piece_count++] = piece;
}

static int compare_keys(const void *a, const void *b)
{
	const struct data_item *left = a, *right = b;

	return str_compare(left->key, right->key);
}

/* The first item whose key is not less than `key`. */
static size_t lower_bound(const struct object *object, struct str key)
{
	const struct data_item wanted = { .key = key };

	return sort_lower_bound(object->items, object->count, sizeof(*object->items), &wanted, compare_keys);
}

struct selection selection_make(struct object *object, bool all_keys, const struct str *keys, size_t key_count,
				struct arena *arena)
{
	struct selection s = { .object = object };
	size_t next = 0;

	s.pieces = arena_array(arena, (all_keys ? key_count : 0) + key_count + 1, sizeof(*s.pieces));
	for (size_t i = 0; i < key_count; i++) {
		size_t at = lower_bound(object, keys[i]);
		bool is_there = at < object->count && str_equal(object->items[at].key, keys[i]);

		if (all_keys && is_there)
			continue;
		if (all_keys)
			add_piece(&s, (struct selection_piece){ .from = next, .to = at });
		next = at;
		if (is_there)
			add_piece(&s, (struct selection_piece){ .from = at, .to = at + 1 });
		else
			add_piece(&s, (struct selection_piece){ .absent = keys[i].ptr ? keys[i] : str_from("") });
	}
	if (all_keys)
		add_piece(&s, (struct selection_piece){ .from = next, .to = object->count });
	return s;
}

struct selection selection_keep(const struct selection *selection, struct arena *arena)
{
	struct selection kept = *selection;

	kept.pieces = arena_array(arena, kept.piece_count, sizeof(*kept.pieces));
	for (size_t i = 0; i < kept.piece_count; i++) {
		kept.pieces[i] = selection->pieces[i];
		if (kept.pieces[i].absent.ptr)
			kept.pieces[i].absent = arena_dup(arena, kept.pieces[i].absent);
	}
	return kept;
}

bool selection_has_value(const struct selection *selection)
{
	for (size_t i = 0; i < selection->piece_count; i++)
		if (selection->pieces[i].from < selection->pieces[i].to)
			return true;
	return false;
}

bool selection_next(const struct selection *selection, struct selection_walk *walk, struct data_item *item)
{
	const struct selection_piece *piece = &selection->pieces[walk->piece];

	if (walk->piece == selection->piece_count)
		return false;
	if (piece->from == piece->to)
		*item = (struct data_item){ .key = piece->absent, .absent = true };
	else
		*item = selection->object->items[piece->from + walk->item++];
	if (walk->item == piece->to - piece->from) {
		walk->piece++;
		walk->item = 0;
	}
	return true;
}

void selection_skip(const struct selection *selection, struct selection_walk *walk)
{
	if (walk->item > 0 && walk->piece < selection->piece_count)
		*walk = (struct selection_walk){ .piece = walk->piece + 1 };
}

void selection_preimage(const struct selection *selection, struct buf *to)
{
	struct selection_walk walk = { 0 };
	struct data_item item;

	digest_header(selection->object->kind, selection->object->name, to);
	while (selection_next(selection, &walk, &item))
		digest_entry(&item, to);
}

static struct hash *begin(const struct object *object, struct str secret_key)
{
	return digest_new(object->kind, object->name, secret_key);
}

/* Hashes one item after the other, and remembers nothing. */
static void digest_once(const struct selection *s, struct str secret_key, char hex[DIGEST_HEX + 1])
{
	struct hash *digest = begin(s->object, secret_key);
	struct selection_walk walk = { 0 };
	struct data_item item;

	while (selection_next(s, &walk, &item))
		digest_add_item(digest, &item);
	digest_end(digest, hex);
}

static struct object_image *image_of(struct manifest *manifest, struct object *object)
{
	struct object_image *image = object->image;
	struct buf bytes = { 0 };

	if (image)
		return image;
	object->image = image = ARENA_NEW(manifest->arena, struct object_image);
	image->offsets = arena_array(manifest->arena, object->count + 1, sizeof(*image->offsets));
	for (size_t i = 0; i < object->count; i++) {
		digest_entry(&object->items[i], &bytes);
		image->offsets[i + 1] = bytes.len;
	}
	image->bytes = arena_dup(manifest->arena, buf_str(&bytes)).ptr;
	buf_release(&bytes);
	return image;
}

/* A digest that is being made of pieces, some of which others may have hashed already. */
struct digest_work {
	struct manifest *manifest;
	struct object *object;
	struct object_image *image;
	struct str secret_key;
	const struct digest_prefix *prefix; /* of the last bytes that are hashed; NULL: none are */
	struct buf since;                   /* the pieces behind it: descriptions, for keys of the map */
	struct buf absent;                  /* entries of absent keys among them */
	size_t bytes;                       /* of entries behind the prefix */
};

/* Of a piece behind the prefix. */
struct description {
	size_t from, to;  /* bytes of the image; or, if `is_absent`, of making.absent */
	size_t is_absent; /* 0 or 1, as wide as the others: there must be no gaps in what is compared */
};

static void describe(struct digest_work *m, struct description description)
{
	buf_add(&m->since, (struct str){ .ptr = (const char *)&description, .len = sizeof(description) });
	m->bytes += description.to - description.from;
}

/* The key of what is remembered of an object: it begins with the object and the prefix that is continued. */
static struct str key_of(struct digest_work *m, bool is_end, struct buf *key)
{
	const void *object = m->object;
	size_t prefix = m->prefix ? m->prefix->number : 0;

	buf_add(key, (struct str){ .ptr = (const char *)&object, .len = sizeof(object) });
	buf_add(key, (struct str){ .ptr = (const char *)&prefix, .len = sizeof(prefix) });
	buf_add(key, (struct str){ .ptr = (const char *)&m->since.len, .len = sizeof(m->since.len) });
	buf_add_char(key, is_end ? 'e' : 'n');
	buf_add(key, buf_str(&m->since));
	buf_add(key, buf_str(&m->absent));
	return buf_str(key);
}

/* Makes the digest of all pieces so far. Fails when that costs more than is left. */
static bool hash(struct digest_work *m, struct hash **hashed, struct err *err)
{
	size_t cost = m->object->kind == OBJECT_CONFIGMAP ? m->bytes / XXH3_IS_QUICKER : m->bytes;
	const struct description *pieces = (const void *)m->since.ptr;
	struct hash *digest;

	if (cost > m->manifest->hash_left)
		return err_set(err, "too many pod templates consume different parts of it, which take too long to be "
				    "digested: let them consume all of it, or split it");
	m->manifest->hash_left -= cost;
	digest = m->prefix ? hash_copy(m->prefix->digest) : begin(m->object, m->secret_key);
	for (size_t i = 0; i < m->since.len / sizeof(*pieces); i++) {
		const char *from = pieces[i].is_absent ? m->absent.ptr : m->image->bytes;

		hash_add(digest, (struct str){ .ptr = from + pieces[i].from, .len = pieces[i].to - pieces[i].from });
	}
	*hashed = digest;
	return true;
}

/* Makes the digest of all pieces so far the prefix; it is kept, or found where it was kept before. */
static bool reach_prefix(struct digest_work *m, struct err *err)
{
	struct buf key = { 0 };
	struct digest_prefix *prefix = map_get(&m->manifest->digests, key_of(m, false, &key));

	if (!prefix) {
		struct hash *digest;

		if (!hash(m, &digest, err)) {
			buf_release(&key);
			return false;
		}
		prefix = ARENA_NEW(m->manifest->arena, struct digest_prefix);
		prefix->digest = digest;
		prefix->number = ++m->image->next_prefix;
		manifest_keep_digest(m->manifest, digest);
		map_set(&m->manifest->digests, arena_dup(m->manifest->arena, buf_str(&key)), prefix);
	}
	buf_release(&key);
	m->prefix = prefix;
	m->since.len = m->absent.len = m->bytes = 0;
	return true;
}

static bool finish(struct digest_work *m, char hex[DIGEST_HEX + 1], struct err *err)
{
	struct buf key = { 0 };
	struct str name = key_of(m, true, &key);
	char *known = map_get(&m->manifest->digests, name);
	struct hash *digest;
	bool ok = known || hash(m, &digest, err);

	if (ok && !known) {
		known = arena_alloc(m->manifest->arena, DIGEST_HEX + 1);
		digest_end(digest, known);
		map_set(&m->manifest->digests, arena_dup(m->manifest->arena, name), known);
	}
	if (ok)
		memcpy(hex, known, DIGEST_HEX + 1);
	buf_release(&key);
	return ok;
}

/* Adds items of the object, cut at multiples of BLOCK, so that other selections find the prefixes. */
static bool add_items(struct digest_work *m, size_t from, size_t to, struct err *err)
{
	const size_t *offsets = m->image->offsets;

	while (from < to) {
		size_t end = (offsets[from] / BLOCK + 1) * BLOCK, next = from + 1;

		next += sort_lower_bound(offsets + next, to - next, sizeof(*offsets), &end, sort_compare_sizes);
		describe(m, (struct description){ .from = offsets[from], .to = offsets[next] });
		from = next;
		if (m->bytes >= BLOCK && !reach_prefix(m, err))
			return false;
	}
	return true;
}

static bool add_absent(struct digest_work *m, struct str key, struct err *err)
{
	struct data_item item = { .key = key, .absent = true };
	size_t from = m->absent.len;

	digest_entry(&item, &m->absent);
	describe(m, (struct description){ .from = from, .to = m->absent.len, .is_absent = 1 });
	return m->bytes < BLOCK || reach_prefix(m, err);
}

static bool digest_shared(struct digest_work *m, const struct selection *s, char hex[DIGEST_HEX + 1], struct err *err)
{
	for (size_t i = 0; i < s->piece_count; i++) {
		const struct selection_piece *piece = &s->pieces[i];

		if (piece->from < piece->to ? !add_items(m, piece->from, piece->to, err)
					    : !add_absent(m, piece->absent, err))
			return false;
	}
	return finish(m, hex, err);
}

static bool is_small(const struct selection *s)
{
	struct selection_walk walk = { 0 };
	struct data_item item;
	size_t bytes = 0;

	if (s->count * sizeof("1:k!") > SMALL)
		return false;
	while (bytes <= SMALL && selection_next(s, &walk, &item))
		bytes += item.key.len + item.value.len;
	return bytes <= SMALL;
}

bool selection_digest(struct manifest *manifest, const struct selection *selection, struct str secret_key,
		      char hex[DIGEST_HEX + 1], struct err *err)
{
	struct object *object = selection->object;
	struct digest_work m = { .manifest = manifest, .object = object, .secret_key = secret_key };
	bool is_whole = selection->piece_count <= 1 && selection->count == object->count &&
			selection_has_value(selection) == (object->count > 0);
	bool ok;

	/* Most objects are consumed by one workload, or by all of them in the same way. */
	if (is_whole) {
		if (object->digest[0] == '\0')
			digest_once(selection, secret_key, object->digest);
		memcpy(hex, object->digest, sizeof(object->digest));
		return true;
	}
	if (!object->is_selected || is_small(selection)) {
		object->is_selected = true;
		digest_once(selection, secret_key, hex);
		return true;
	}
	m.image = image_of(manifest, object);
	ok = digest_shared(&m, selection, hex, err);
	buf_release(&m.since);
	buf_release(&m.absent);
	return ok;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shape: whatever can be asked for at any place of any document is either refused with a sentence, or makes a text that
 * a parser reads as the changed tree. Every collection of the document gets an entry, every value is set, and every
 * entry is renamed: each alone, on a tree of its own, and some of them together.
 *
 * Verify is on trial, too: whole and window agree, and an edit that was damaged on purpose passes only where it makes
 * no difference to a parser.
 *
 * The first byte of the input says whether the rest is text, or choices for a document; three more what is damaged, and
 * what is done together.
 */
#include "check.h"
#include "grammar.h"

#include "base/utf8.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"
#include "yaml/tree.h"
#include "yaml/verify.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 256
#define MAX_TRIED 16
#define MAX_STEPS 24
#define MAX_TOGETHER 4

enum request { INSERT, INSERT_DEEPER, INSERT_OTHER, SET, RENAME, REMOVE, REQUEST_COUNT };

/* A place in the document: a path that leads to it, through aliases, too. */
struct place {
	struct step path[MAX_STEPS];
	size_t length;
};

struct places {
	struct place *items;
	size_t count;
};

/* One document, and how what is made of it is damaged. */
struct trial {
	struct str text;
	struct places places;
	unsigned damage;
};

/* Paths go by text: nodes of one tree mean nothing in another. */
static void add_places(struct places *places, struct node *node, struct place *here, struct arena *arena)
{
	size_t index = 0;

	if (places->count == MAX_PLACES)
		return;
	places->items[places->count++] = *here;
	node = node_resolve(node);
	if (here->length + 2 > MAX_STEPS)
		return;
	for (struct node *child = node_child(node); child; child = child->next, index++) {
		struct step *step = &here->path[here->length];
		struct node *key = NULL;

		*step = (struct step){ .index = index };
		if (node->type == NODE_MAPPING) {
			key = node_resolve(child);
			child = child->next;
			/* The last of two equal keys is the one that a path leads to. */
			if (key->type != NODE_SCALAR || node_find(node, key->value) != child)
				continue;
			step->key = key->value.ptr ? arena_dup(arena, key->value) : (struct str)STR("");
		}
		here->length++;
		add_places(places, child, here, arena);
		here->length--;
	}
}

static struct node *node_at(struct node *root, const struct place *place)
{
	struct node *at = root;

	for (size_t i = 0; at && i < place->length; i++) {
		const struct step *step = &place->path[i];

		if (step->key.ptr) {
			at = node_find(at, step->key);
			continue;
		}
		at = node_items(at);
		for (size_t k = 0; at && k < step->index; k++)
			at = at->next;
	}
	return at;
}

static struct node *make_payload(struct shape *shape, enum node_type type)
{
	struct node *mapping = shape_new_mapping(shape), *sequence;

	shape_append(mapping, shape_new_name(shape, str_from("name")));
	shape_append(mapping, shape_new_name(shape, str_from("ROLLSTAMP_A")));
	shape_append(mapping, shape_new_name(shape, str_from("configmap.rollstamp.io/a-b")));
	shape_append(mapping, shape_new_scalar(shape, str_from("0123456789abcdef")));
	if (type == NODE_MAPPING)
		return mapping;
	sequence = shape_new_sequence(shape);
	shape_append(sequence, mapping);
	return sequence;
}

static bool insert(struct shape *shape, const struct place *place, enum request request, struct err *err)
{
	struct node *node = node_resolve(node_at(shape->root, place));
	enum node_type type = node->type == NODE_SEQUENCE ? NODE_SEQUENCE : NODE_MAPPING;
	struct place deeper = *place;

	if (request == INSERT_OTHER)
		type = type == NODE_MAPPING ? NODE_SEQUENCE : NODE_MAPPING;
	if (request == INSERT_DEEPER)
		deeper.path[deeper.length++] = (struct step){ .key = STR("annotations-that-are-new") };
	return shape_insert(shape, deeper.path, deeper.length, make_payload(shape, type), err);
}

/* The last entry whose key is a scalar gets another key: one that no step of the path leads through. */
static bool rename_entry(struct shape *shape, const struct place *place, bool *done, struct err *err)
{
	struct node *mapping = node_resolve(node_at(shape->root, place)), *last = NULL;

	if (mapping->type != NODE_MAPPING)
		return true;
	for (struct node *key = mapping->child; key; key = key->next->next)
		if (node_resolve(key)->type == NODE_SCALAR && key->type == NODE_SCALAR)
			last = key;
	if (!last)
		return true;
	*done = true;
	return shape_rename(shape, place->path, place->length, last->value,
			    (struct shape_entry){ STR("value"), STR("new") }, err);
}

/* The first entry of a mapping goes, and for every other key something comes in its place. */
static bool remove_entry(struct shape *shape, const struct place *place, bool *done, struct err *err)
{
	struct node *mapping = node_resolve(node_at(shape->root, place));
	const struct node *key = mapping->type == NODE_MAPPING ? node_resolve(mapping->child) : NULL;
	const char *why;

	if (!key || key->type != NODE_SCALAR || place->length == 0 || !place->path[place->length - 1].key.ptr)
		return true;
	*done = true;
	if (!shape_remove(shape, place->path, place->length, key->value, &why, err))
		return false;
	return key->value.len % 2 == 0 ||
	       shape_insert(shape, place->path, place->length, make_payload(shape, NODE_MAPPING), err);
}

/* Does what is asked for where that makes sense; `*done` says whether it did. */
static bool ask(struct shape *shape, const struct place *place, enum request request, bool *done, struct err *err)
{
	switch (request) {
	case INSERT:
	case INSERT_DEEPER:
	case INSERT_OTHER:
		*done = true;
		return insert(shape, place, request, err);
	case SET:
		*done = true;
		return shape_set(shape, place->path, place->length, str_from("0123456789abcdef"), err);
	case RENAME:
		return rename_entry(shape, place, done, err);
	case REMOVE:
		return remove_entry(shape, place, done, err);
	case REQUEST_COUNT:
		break;
	}
	return true;
}

/* The tree that was changed, and one of the edited text. */
static bool is_same(const struct node *changed, const struct node *parsed)
{
	const struct node *a = node_child(changed), *b = node_child(parsed);

	if (changed->type != parsed->type || !str_equal(changed->value, parsed->value) ||
	    !str_equal(node_anchor(changed), node_anchor(parsed)) || !str_equal(node_tag(changed), node_tag(parsed)))
		return false;
	if (!changed->generated && changed->style != parsed->style)
		return false;
	for (; a && b; a = a->next, b = b->next)
		if (!is_same(a, b))
			return false;
	return !a && !b;
}

/* Is `text` one document that says what `root` does? */
static bool says(struct str text, const struct node *root)
{
	struct node *parsed = NULL;
	struct arena arena;
	struct err err;
	bool same;

	arena_init(&arena);
	same = tree_parse(text, READER_STRICT, &arena, &parsed, &err) && parsed && is_same(root, parsed);
	arena_release(&arena);
	return same;
}

static bool verify(const struct edits *edits, const struct shape *shape, enum verify_extent extent, struct err *err)
{
	struct arena arena;
	bool ok;

	arena_init(&arena);
	ok = verify_document(shape, edits, extent, &arena, err);
	arena_release(&arena);
	return ok;
}

static void check_edits(const struct edits *edits, struct str text)
{
	size_t at = 0;

	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];

		CHECK(edit->at.from >= at && edit->at.from <= edit->at.to && edit->at.to <= text.len);
		CHECK(str_is_ascii(edit->text) && (edit->text.len > 0 || edit->at.from < edit->at.to));
		at = edit->at.to;
	}
}

static bool is_boundary(struct str text, size_t at)
{
	return at >= text.len || ((unsigned char)text.ptr[at] & 0xc0) != 0x80;
}

/* Moves, stretches, cuts or loses one edit. What verify lets pass then must be right all the same. */
static void check_damaged(const struct trial *trial, struct edits *edits, const struct shape *shape,
			  struct arena *arena)
{
	size_t one = trial->damage >> 3, before = 0, behind = trial->text.len;
	struct edit *edit = &edits->items[one % edits->count], whole = *edit;
	bool window, complete;
	struct err err;

	if (edit > edits->items)
		before = edit[-1].at.to + 1;
	if (edit + 1 < edits->items + edits->count)
		behind = edit[1].at.from - 1;
	switch (trial->damage & 7) {
	case 0:
		edit->at.from -= edit->at.from > before;
		break;
	case 1:
		edit->at.to += edit->at.to < behind;
		break;
	case 2:
		edit->at.from -= edit->at.from > before;
		edit->at.to -= edit->at.to > edit->at.from;
		break;
	case 3:
		edit->at.to += edit->at.to < behind;
		edit->at.from += edit->at.from < edit->at.to;
		break;
	case 4:
		edit->text = str_skip(edit->text, 1);
		break;
	case 5:
		edit->text.len -= edit->text.len > 0;
		break;
	case 6:
		edit->text.len = 0;
		edit->at.to = edit->at.from;
		break;
	default:
		edit->text = str_from("\n");
		break;
	}
	if (is_boundary(trial->text, edit->at.from) && is_boundary(trial->text, edit->at.to)) {
		window = verify(edits, shape, VERIFY_WINDOW, &err);
		complete = verify(edits, shape, VERIFY_WHOLE, &err);
		CHECK_OF(window == complete, trial->text);
		CHECK_OF(complete == says(edits_apply(edits, trial->text, arena), shape->root), trial->text);
	}
	*edit = whole;
}

static void check_finished(const struct trial *trial, struct shape *shape, struct arena *arena)
{
	struct edits edits;
	struct err err;
	struct str result;

	edits_init(&edits, arena);
	if (!shape_finish(shape, &edits, &err)) {
		check_message(&err);
		CHECK(err.at == ERR_NOWHERE || err.at <= trial->text.len);
		return;
	}
	check_edits(&edits, trial->text);
	if (edits.count == 0) {
		CHECK_OF(says(trial->text, shape->root), trial->text);
		return;
	}
	result = edits_apply(&edits, trial->text, arena);
	if (!verify(&edits, shape, VERIFY_WHOLE, &err))
		check_failed(__FILE__, __LINE__, "verify", "%s\n%.*s\n-> %.*s", err.text, STR_ARG(trial->text),
			     STR_ARG(result));
	CHECK_OF(verify(&edits, shape, VERIFY_WINDOW, &err), trial->text);
	CHECK_OF(says(result, shape->root), result);
	CHECK_OF(verify_taken(shape, &edits, arena, &err), result);
	check_damaged(trial, &edits, shape, arena);
}

/* `count` requests at once, on a tree of their own. */
static void check_requests(const struct trial *trial, const struct place *const *places, const enum request *requests,
			   size_t count)
{
	struct node *root = NULL;
	struct arena arena;
	struct shape shape;
	struct err err;
	bool done = false;

	arena_init(&arena);
	CHECK(tree_parse(trial->text, READER_STRICT, &arena, &root, &err));
	shape_init(&shape, trial->text, root, &arena);
	for (size_t i = 0; i < count; i++) {
		/* An earlier request may have changed what stood there. One that fails changes nothing. */
		if (!node_at(root, places[i]) || ask(&shape, places[i], requests[i], &done, &err))
			continue;
		check_message(&err);
		CHECK(err.at == ERR_NOWHERE || err.at <= trial->text.len);
	}
	if (done)
		check_finished(trial, &shape, &arena);
	arena_release(&arena);
}

/* All places of a small document; of a large one some, which others follow when `first` is another. */
static void check_each(const struct trial *trial, unsigned first)
{
	size_t count = trial->places.count < MAX_TRIED ? trial->places.count : MAX_TRIED;

	for (size_t i = 0; i < count; i++)
		for (enum request request = 0; request < REQUEST_COUNT; request++) {
			const struct place *place = &trial->places.items[(first + i) % trial->places.count];

			check_requests(trial, &place, &request, 1);
		}
}

/* As for a workload: entries for some collections of one document. */
static void check_together(const struct trial *trial, unsigned first, unsigned step)
{
	const struct place *places[MAX_TOGETHER];
	enum request requests[MAX_TOGETHER];

	for (size_t i = 0; i < MAX_TOGETHER; i++) {
		places[i] = &trial->places.items[(first + i * step) % trial->places.count];
		requests[i] = INSERT;
	}
	check_requests(trial, places, requests, MAX_TOGETHER);
}

static void check_text(struct choices *header, struct str text)
{
	struct trial trial = { .text = text };
	struct place here = { .length = 0 };
	struct utf8_facts facts;
	struct arena arena;
	struct node *root = NULL;
	unsigned first;
	struct err err;

	arena_init(&arena);
	trial.damage = choice_byte(header);
	trial.places.items = arena_array(&arena, MAX_PLACES, sizeof(*trial.places.items));
	if (utf8_check(text, &facts, &err) && tree_parse(text, READER_STRICT, &arena, &root, &err) && root) {
		add_places(&trial.places, root, &here, &arena);
		first = choice_byte(header);
		check_each(&trial, first);
		check_together(&trial, first, 1 + choice_byte(header));
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size }, header;
	struct buf text = { 0 };
	struct arena arena;
	bool made = choice_byte(&choices) & 1;

	header = (struct choices){ choices.next, choices.left < 3 ? choices.left : 3 };
	choices.next += header.left;
	choices.left -= header.left;
	if (made)
		grammar_document(&choices, &text);
	else
		buf_add(&text, choice_rest(&choices));
	arena_init(&arena);
	check_text(&header, check_copy(&arena, buf_str(&text)));
	arena_release(&arena);
	buf_release(&text);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape: a place in a document and what shall stand there give an edit.
 *
 * Knows how real manifests write mappings and sequences (block, flow, JSON, empty, null, absent, aliased) and how to put
 * entries into each without touching another byte. Everything asked for is done to the tree as well: afterwards it is
 * what a parser must make of the edited text, which is what verify checks.
 *
 * Inserted text is ASCII. Values are always in double quotes, in flow collections names and keys too, so that JSON stays
 * JSON.
 */
#ifndef YAML_SHAPE_H
#define YAML_SHAPE_H

#include "base/err.h"
#include "yaml/edit.h"

/* One step of a path from the document's root: the (last) entry with this key, or without a key the item at `index`. */
struct step {
	struct str key;
	size_t index;
};

struct change;
struct shape_undo;

/* How messages call what is written. */
struct shape_words {
	const char *what;    /* "the stamp" */
	const char *way_out; /* what else can be done, behind what to write instead */
};

/* The item that a step has led to last. */
struct shape_visit {
	const struct node *parent, *first;
	struct node *item;
	size_t index;
};

#define SHAPE_VISITS 32

struct shape {
	struct arena *arena; /* of generated nodes and texts */
	struct str text;
	struct node *root;
	struct span scope; /* aliases are replaced only by what stands in here */
	struct shape_words words;
	struct change *changes;
	size_t count, room;
	size_t copied;                           /* nodes copied in place of aliases */
	struct shape_visit visits[SHAPE_VISITS]; /* by the step's place in its path */
	struct span *taken;                      /* what shape_finish takes out of the text, beside white space */
	size_t taken_count, taken_room;
	bool was_asked_to_remove; /* whether shape_remove could or not */
	bool has_refused;         /* a call has failed, and whoever made it may have gone on without */
	struct shape_undo *undo;  /* the aliases that the call which runs has written out */
	size_t undo_count, undo_room;
};

/*
 * For edits to the document `text` whose tree is `root`; both are borrowed, the tree is changed. What is
 * written is called a stamp: see `words`. A call that fails has changed nothing.
 */
void shape_init(struct shape *shape, struct str text, struct node *root, struct arena *arena);

/*
 * Says that the object at `scope` is edited from now on: an alias to something outside of it, which may be another
 * object's secret, is not written out.
 */
void shape_enter(struct shape *shape, struct span scope);

/* Generated nodes to put somewhere: a mapping or sequence, and what goes behind its last child. */
struct node *shape_new_mapping(struct shape *shape);
struct node *shape_new_sequence(struct shape *shape);
struct node *shape_new_scalar(struct shape *shape, struct str value);
/* A name of an alphabet that needs no quotes. In block collections it gets none, as people write it. */
struct node *shape_new_name(struct shape *shape, struct str name);
void shape_append(struct node *collection, struct node *child);

/*
 * Puts the children of `payload`, a generated mapping or sequence, in front of those of the collection at `path`. What
 * is missing on the path is made, null is filled in, and an alias on it is replaced by flow text that says the same,
 * so that only this place changes. Fails with a sentence, and err->at at the place in the text, where that can't be done
 * without changing something else.
 */
CHECKED bool shape_insert(struct shape *shape, const struct step *path, size_t count, struct node *payload,
			  struct err *err);
/* Makes the scalar at `path`, which is there, the string `value`. Fails as above. */
CHECKED bool shape_set(struct shape *shape, const struct step *path, size_t count, struct str value, struct err *err);
/* An entry of a mapping: a name, and a string. */
struct shape_entry {
	struct str key, value;
};

/* Puts `entry` in place of the entry `key` of the mapping at `path`. Fails as above. */
CHECKED bool shape_rename(struct shape *shape, const struct step *path, size_t count, struct str key,
			  struct shape_entry entry, struct err *err);

/*
 * Takes the entries `key` out of the mapping at `path`, which is there, in front of what is inserted there later. Where that
 * can't be done without changing something else, nothing is, and `*why_kept` says why in a few words; else it is NULL. Fails
 * as above.
 */
CHECKED bool shape_remove(struct shape *shape, const struct step *path, size_t count, struct str key,
			  const char **why_kept, struct err *err);

/* Fails where shape_finish would. */
CHECKED bool shape_check(const struct shape *shape, struct err *err);
/* Adds the edits for all that was asked for to `edits`, sorted. Fails as above. */
CHECKED bool shape_finish(struct shape *shape, struct edits *edits, struct err *err);

#endif

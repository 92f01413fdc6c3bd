/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/collection.h"

#include "base/glob.h"
#include "base/sort.h"
#include "kube/contents.h"
#include "kube/labels.h"
#include "kube/names.h"
#include "kube/selection.h"

/* What is taken from manifest->select_left: for a collection and what is kept of it, ... */
#define COLLECTION_COST ((size_t)4096)
/* ... for looking at a name, beside the bytes of it and of its pattern, ... */
#define NAME_COST ((size_t)16)
/* ... and for an object that belongs to it, which is kept and has a line in the digest. */
#define ITEM_COST ((size_t)128)

/* The ConfigMaps, or the Secrets, of the input and the external files, sorted by name and namespace. */
struct pool_list {
	struct object **items;
	size_t count;
};

struct pool {
	struct pool_list lists[2]; /* of OBJECT_CONFIGMAP and OBJECT_SECRET */
	struct map known;          /* what is asked, by whom, to struct collected */
};

bool collection_is_glob(struct str entry)
{
	return glob_is_pattern(entry);
}

bool collection_is_also(struct str object)
{
	return glob_is_pattern(object) || str_find(object, ':') < str_find(object, '/');
}

struct collection collection_of_glob(enum object_kind kind, struct str entry, struct str own)
{
	struct collection collection = { .kind = kind, .text = entry, .name = entry };

	if (str_find(entry, '/') == entry.len)
		return collection;
	collection.ns = str_cut(&collection.name, '/');
	if (str_equal(collection.ns, own)) {
		collection.ns = (struct str){ 0 };
		collection.text = collection.name;
	}
	return collection;
}

bool collection_of_selector(enum object_kind kind, struct str text, struct arena *arena, struct collection *collection,
			    struct err *err)
{
	*collection = (struct collection){ .kind = kind, .text = str_trim(text) };
	return selector_parse(collection->text, arena, &collection->selector, err);
}

bool collection_of_also(struct str object, struct str own, struct arena *arena, struct collection *collection,
			struct err *err)
{
	bool is_selector = str_find(object, ':') < str_find(object, '/');
	struct str rest = object, kind = str_cut(&rest, is_selector ? ':' : '/'), name = rest;
	bool is_secret = str_equal_nocase(kind, str_from("secret"));

	if (!is_secret && !str_equal_nocase(kind, str_from("configmap")))
		return err_set(err, "'%.*s' is no kind that can be selected: write configmap or secret", STR_ARG(kind));
	if (is_selector)
		return collection_of_selector(is_secret ? OBJECT_SECRET : OBJECT_CONFIGMAP, rest, arena, collection,
					      err);
	if (str_find(name, '/') < name.len && str_cut(&name, '/').len == 0)
		return err_set(err, "'%.*s' has an empty namespace", STR_ARG(object));
	if (name.len == 0 || str_find(name, '/') < name.len)
		return err_set(err, "'%.*s': write KIND/NAME or KIND/NAMESPACE/NAME, as in configmap/dashboard-*",
			       STR_ARG(object));
	*collection = collection_of_glob(is_secret ? OBJECT_SECRET : OBJECT_CONFIGMAP, rest, own);
	return true;
}

static int compare_objects(const void *a, const void *b)
{
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;
	int order = str_compare(left->name, right->name);

	return order != 0 ? order : str_compare(left->ns, right->ns);
}

/* Is `object` the one that counts of its identity, of those that were given? */
static bool is_used(const struct manifest *manifest, const struct object *object)
{
	struct object *found;

	return manifest_find_given(manifest, object->kind, object->ns, object->name, &found) == LOOKUP_FOUND &&
	       found == object;
}

static void fill_list(struct manifest *manifest, enum object_kind kind, struct pool_list *list)
{
	size_t room = 0;

	for (size_t rank = 0; rank < RANK_COUNT; rank++) {
		const struct map *map = &manifest->identities[rank];

		for (size_t i = 0; i < map->room && rank % SCOPE_COUNT != SCOPE_LIVE; i++) {
			struct object *object = map->slots[i].value;

			/* The API server takes no other names, and such a name could look like several lines. */
			if (!object || object->kind != kind || !names_is_valid(object->name) ||
			    (object->ns.len > 0 && !names_is_valid(object->ns)))
				continue;
			list->items =
				arena_grow(manifest->arena, list->items, list->count, &room, sizeof(struct object *));
			list->items[list->count++] = object;
		}
	}
	sort_items(list->items, list->count, sizeof(struct object *), compare_objects);
}

static struct pool *pool_of(struct manifest *manifest)
{
	struct pool *pool = manifest->pool;

	if (pool)
		return pool;
	manifest->pool = pool = ARENA_NEW(manifest->arena, struct pool);
	map_init(&pool->known, manifest->arena);
	fill_list(manifest, OBJECT_CONFIGMAP, &pool->lists[OBJECT_CONFIGMAP]);
	fill_list(manifest, OBJECT_SECRET, &pool->lists[OBJECT_SECRET]);
	return pool;
}

/* A search for what a collection has. */
struct collecting {
	struct manifest *manifest;
	const struct collection *collection;
	struct str own;
	bool takes_own; /* objects of the workload's namespace can belong to it, ... */
	bool takes_any; /* ... and those of all namespaces that fit a glob */
	struct collected *found;
	struct buf own_items, foreign_items; /* of struct object * */
};

/* `ns` is the namespace in which the object was looked for. */
static void add_item(struct collecting *c, struct buf *items, struct str ns, struct object *object)
{
	const struct ignore *ignore = c->manifest->ignore;
	struct str kind = str_from(object_kind_name(object->kind));

	object->is_named = true;
	if (object->asks_ignored || ignore_matches(ignore, kind, object->ns, object->name) ||
	    ignore_matches(ignore, kind, ns, object->name)) {
		c->found->ignored++;
		return;
	}
	buf_add(items, (struct str){ .ptr = (const char *)&object, .len = sizeof(struct object *) });
}

static bool fits_labels(struct collecting *c, struct object *object)
{
	return c->collection->selector.count == 0 ||
	       selector_matches(&c->collection->selector, labels_load(c->manifest, object));
}

static bool any_fits_labels(struct collecting *c, struct object **items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fits_labels(c, items[i]))
			return true;
	return false;
}

/*
 * Takes what belongs to the collection of the `count` objects of one name. The one that a reference by this name would
 * mean is looked up as for such a reference.
 */
static void take_name(struct collecting *c, struct object **items, size_t count)
{
	bool has_namespace = c->collection->ns.len > 0 && !c->takes_any;
	struct str ns = has_namespace ? c->collection->ns : c->own;
	struct object *meant = NULL;

	if (!any_fits_labels(c, items, count))
		return;
	if (c->takes_own || has_namespace)
		switch (manifest_find_given(c->manifest, items[0]->kind, ns, items[0]->name, &meant)) {
		case LOOKUP_FOUND:
			if (fits_labels(c, meant))
				add_item(c, has_namespace ? &c->foreign_items : &c->own_items, ns, meant);
			break;
		case LOOKUP_AMBIGUOUS:
			/* With a glob for the namespaces all of them are meant. */
			if (!c->takes_any && !c->found->ambiguous)
				c->found->ambiguous = items[0];
			break;
		case LOOKUP_MISSING:
			break;
		}
	for (size_t i = 0; i < count && c->takes_any; i++) {
		struct object *object = items[i];

		if (object != meant && object->ns.len > 0 && !str_equal(object->ns, c->own) &&
		    glob_matches(c->collection->ns, object->ns) && is_used(c->manifest, object))
			add_item(c, &c->foreign_items, object->ns, object);
	}
}

/* What looking at a name costs, beside the name. */
static size_t cost_of(const struct collection *collection)
{
	size_t cost = NAME_COST + collection->name.len + collection->ns.len;

	return collection->selector.count > 0 ? cost + collection->text.len : cost;
}

static bool is_spent(const struct manifest *manifest, struct err *err)
{
	return manifest->select_left == 0 &&
	       !err_set(err,
			"its selections and those of other workloads look at too many ConfigMaps and Secrets: write "
			"fewer globs and selectors, or globs that begin with a name");
}

static bool search(struct collecting *c, struct err *err)
{
	const struct collection *collection = c->collection;
	struct pool_list *list = &pool_of(c->manifest)->lists[collection->kind];
	struct str head = glob_head(collection->name);
	struct object wanted = { .name = head }, *key = &wanted;
	size_t from = sort_lower_bound(list->items, list->count, sizeof(struct object *), &key, compare_objects), to;

	for (; from < list->count && str_begins(list->items[from]->name, head); from = to) {
		struct str name = list->items[from]->name;

		for (to = from + 1; to < list->count && str_equal(list->items[to]->name, name); to++)
			;
		if (!manifest_spend(c->manifest, (to - from) * (cost_of(collection) + name.len)))
			break;
		if (collection->name.len == 0 || glob_matches(collection->name, name))
			take_name(c, list->items + from, to - from);
	}
	return !is_spent(c->manifest, err);
}

/* Moves what was found into the arena. */
static bool keep(struct collecting *c, struct err *err)
{
	struct collected *found = c->found;
	size_t own = c->own_items.len / sizeof(struct object *);
	size_t foreign = c->foreign_items.len / sizeof(struct object *);

	if (!manifest_spend(c->manifest, COLLECTION_COST + (own + foreign) * ITEM_COST))
		return !is_spent(c->manifest, err);
	found->items = arena_array(c->manifest->arena, own + foreign, sizeof(struct object *));
	if (own > 0)
		memcpy(found->items, c->own_items.ptr, c->own_items.len);
	if (foreign > 0)
		memcpy(found->items + own, c->foreign_items.ptr, c->foreign_items.len);
	found->own_count = own;
	found->count = own + foreign;
	return true;
}

/* What a collection has depends on these alone. No namespace has a slash in it, and no line end is in a pattern. */
static struct str key_of(struct manifest *manifest, const struct collection *collection, struct str own)
{
	return arena_printf(manifest->scratch, "%c%zu/%.*s/%.*s/%.*s", 'a' + (int)collection->kind, own.len,
			    STR_ARG(own), STR_ARG(collection->ns),
			    STR_ARG(collection->name.len > 0 ? collection->name : collection->text));
}

bool collection_find(struct manifest *manifest, const struct collection *collection, struct str own,
		     struct collected **collected, struct err *err)
{
	bool has_glob = glob_is_pattern(collection->ns);
	struct collecting c = {
		.manifest = manifest,
		.collection = collection,
		.own = own,
		.takes_any = has_glob,
		.takes_own = collection->ns.len == 0 || (has_glob && glob_matches(collection->ns, own)),
	};
	struct map *known = &pool_of(manifest)->known;
	struct str key;
	bool ok;

	arena_reset(manifest->scratch);
	key = key_of(manifest, collection, own);
	*collected = map_get(known, key);
	if (*collected)
		return true;
	key = arena_dup(manifest->arena, key);
	c.found = ARENA_NEW(manifest->arena, struct collected);
	ok = search(&c, err) && keep(&c, err);
	buf_release(&c.own_items);
	buf_release(&c.foreign_items);
	if (!ok)
		return false;
	map_set(known, key, c.found);
	*collected = c.found;
	return true;
}

static bool is_in_namespace(const struct collection *collection, struct str own, struct str ns)
{
	if (collection->ns.len > 0)
		return glob_matches(collection->ns, ns);
	return own.len == 0 || ns.len == 0 || str_equal(own, ns);
}

/* Does a selector fit one of the mappings of labels? */
static bool fits_any(struct manifest *manifest, const struct selector *selector, const struct standin_labels *labels)
{
	struct arena arena = { 0 };
	bool fits = false;

	for (; labels && !fits; labels = labels->next) {
		struct label *items = arena_array(&arena, labels->count, sizeof(*items));

		if (!manifest_spend(manifest, NAME_COST * (1 + labels->count) * selector->count))
			break;
		for (size_t i = 0; i < labels->count; i++)
			items[i] = (struct label){ labels->pairs[i * 2], labels->pairs[i * 2 + 1] };
		fits = selector_matches(selector, &(struct labels){ items, labels->count });
	}
	arena_release(&arena);
	return fits;
}

const struct standin *collection_stand_in(struct manifest *manifest, const struct collection *collection,
					  struct str own, const struct standin *after)
{
	const struct standins *standins = &manifest->standins;
	size_t first = after ? (size_t)(after - standins->items) + 1 : 0;

	for (size_t i = first; i < standins->count && collection->kind == OBJECT_SECRET; i++) {
		const struct standin *at = &standins->items[i];

		if (!manifest_spend(manifest, NAME_COST + at->name.len + collection->name.len))
			break;
		if (is_in_namespace(collection, own, at->ns) &&
		    (collection->name.len > 0 ? glob_matches(collection->name, at->name)
					      : fits_any(manifest, &collection->selector, at->labels)))
			return at;
	}
	return NULL;
}

struct str collection_foreign(const struct collection *collection, const struct collected *collected, size_t i)
{
	if (i < collected->own_count)
		return (struct str){ 0 };
	return glob_is_pattern(collection->ns) ? collected->items[i]->ns : collection->ns;
}

struct str collection_name(const struct collection *collection, const struct collected *collected, size_t i,
			   struct arena *arena)
{
	struct str ns = collection_foreign(collection, collected, i), name = collected->items[i]->name;

	return ns.len > 0 ? arena_printf(arena, "%.*s/%.*s", STR_ARG(ns), STR_ARG(name)) : name;
}

bool collection_pay(struct manifest *manifest, const struct collected *collected, struct err *err)
{
	if (!collected->digest[0])
		manifest_spend(manifest, collected->count * ITEM_COST);
	return !is_spent(manifest, err);
}

/* Of all keys of each object; the contents are read for it. */
static bool digest_items(struct manifest *manifest, struct str secret_key, const struct collected *collected,
			 struct err *err)
{
	for (size_t i = 0; i < collected->count; i++) {
		struct object *object = collected->items[i];
		struct selection all;
		struct arena arena = { 0 };
		char hex[DIGEST_HEX + 1];
		bool ok;

		if (!contents_load(manifest, object, err))
			return false;
		if (object->digest[0])
			continue;
		all = selection_make(object, true, NULL, 0, &arena);
		ok = selection_digest(manifest, &all, secret_key, hex, err);
		arena_release(&arena);
		if (!ok)
			return place_explain(object->place, str_from(object_kind_name(object->kind)), object->name,
					     err);
		memcpy(object->digest, hex, sizeof(hex));
	}
	return true;
}

static struct str line_of(const struct collection *collection, const struct collected *collected, size_t i,
			  struct arena *arena)
{
	struct str name = collection_name(collection, collected, i, arena);

	return arena_printf(arena, "%.*s %s\n", STR_ARG(name), collected->items[i]->digest);
}

bool collection_digest(struct manifest *manifest, const struct collection *collection, struct str secret_key,
		       struct collected *collected, struct err *err)
{
	bool is_secret = collection->kind == OBJECT_SECRET;
	struct arena arena = { 0 };
	struct str *lines;
	struct hash *hash;

	if (collected->digest[0])
		return true;
	if (!digest_items(manifest, secret_key, collected, err))
		return false;
	lines = arena_array(&arena, collected->count, sizeof(*lines));
	for (size_t i = 0; i < collected->count; i++)
		lines[i] = line_of(collection, collected, i, &arena);
	sort_items(lines, collected->count, sizeof(*lines), str_compare_qsort);
	hash = hash_new(is_secret ? HASH_SHA256 : HASH_XXH3, is_secret ? secret_key : (struct str){ 0 });
	hash_add(hash, str_from(is_secret ? "rollstamp/1 secrets\n" : "rollstamp/1 configmaps\n"));
	for (size_t i = 0; i < collected->count; i++)
		hash_add(hash, lines[i]);
	hash_end(hash, DIGEST_HEX / 2, collected->digest);
	arena_release(&arena);
	return true;
}

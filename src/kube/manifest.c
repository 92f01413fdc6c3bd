/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/manifest.h"

#include "base/hash.h"
#include "base/sort.h"
#include "yaml/marks.h"
#include "yaml/mention.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <assert.h>
#include <string.h>

/*
 * How many bytes may be hashed for digests of parts of objects, and how many more for each byte of the input. Hashing
 * the allowance takes a fraction of a second.
 */
#define HASH_ALLOWANCE ((size_t)256 * 1024 * 1024)
#define HASH_A_BYTE 128
/* The same for what globs and label selectors look at, which takes longer. */
#define SELECT_ALLOWANCE ((size_t)64 * 1024 * 1024)
#define SELECT_A_BYTE 64

/* All objects of one kind and name, whatever their namespace. */
struct name_entry {
	size_t identities;
	struct object *any; /* the only object, if `identities` is 1 */
	struct object *without_namespace;
};

void manifest_init(struct manifest *manifest, const struct ignore *ignore, struct str default_namespace,
		   struct arena *arena, struct arena *scratch)
{
	*manifest = (struct manifest){
		.arena = arena,
		.scratch = scratch,
		.kinds = ignore->kinds,
		.ignore = ignore,
		.default_namespace = default_namespace,
		.hash_left = HASH_ALLOWANCE,
		.select_left = SELECT_ALLOWANCE,
	};
	movers_init(&manifest->movers, arena);
	standins_init(&manifest->standins, arena);
	rollouts_init(&manifest->rollouts, arena);
	remarks_init(&manifest->remarks, arena);
	map_init(&manifest->digests, arena);
	for (size_t rank = 0; rank < RANK_COUNT; rank++) {
		map_init(&manifest->identities[rank], arena);
		map_init(&manifest->names[rank], arena);
	}
}

void manifest_release(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->kept_digest_count; i++)
		hash_free(manifest->kept_digests[i]);
	manifest->kept_digest_count = 0;
}

void manifest_keep_digest(struct manifest *manifest, struct hash *digest)
{
	manifest->kept_digests = arena_grow(manifest->arena, manifest->kept_digests, manifest->kept_digest_count,
					    &manifest->kept_digest_room, sizeof(*manifest->kept_digests));
	manifest->kept_digests[manifest->kept_digest_count++] = digest;
}

/* Of a key, in front of namespace and name: the kind, and how long the namespace is. */
#define KEY_HEAD (1 + sizeof(size_t))

/* `key` has room for KEY_HEAD bytes, namespace and name. */
static struct str write_key(char *key, enum object_kind kind, struct str ns, struct str name)
{
	size_t head = KEY_HEAD;

	key[0] = (char)('a' + kind);
	memcpy(key + 1, &ns.len, sizeof(ns.len));
	if (ns.len > 0)
		memcpy(key + head, ns.ptr, ns.len);
	if (name.len > 0)
		memcpy(key + head + ns.len, name.ptr, name.len);
	return (struct str){ .ptr = key, .len = head + ns.len + name.len };
}

struct str manifest_key(struct arena *arena, enum object_kind kind, struct str ns, struct str name)
{
	return write_key(arena_alloc(arena, KEY_HEAD + ns.len + name.len), kind, ns, name);
}

static struct str name_key(struct arena *arena, enum object_kind kind, struct str name)
{
	return manifest_key(arena, kind, (struct str){ 0 }, name);
}

static size_t rank_of(const struct object *object)
{
	return object->scope + (object->is_hook ? SCOPE_COUNT : 0);
}

static void add_duplicate(struct manifest *manifest, const struct object *ignored, const struct object *used)
{
	manifest->duplicates = arena_grow(manifest->arena, manifest->duplicates, manifest->duplicate_count,
					  &manifest->duplicate_room, sizeof(*manifest->duplicates));
	manifest->duplicates[manifest->duplicate_count++] = (struct duplicate){ .ignored = ignored, .used = used };
}

/* `identity` is the key that the object has with its namespace. */
static void count_name(struct manifest *manifest, struct object *object, struct str identity,
		       const struct object *before)
{
	struct map *names = &manifest->names[rank_of(object)];
	struct str key = object->ns.len > 0 ? name_key(manifest->arena, object->kind, object->name) : identity;
	struct name_entry *entry = map_get(names, key);

	if (!entry) {
		entry = ARENA_NEW(manifest->arena, struct name_entry);
		map_set(names, key, entry);
	}
	if (!before)
		entry->identities++;
	if (!entry->any || entry->any == before)
		entry->any = object;
	if (object->ns.len == 0)
		entry->without_namespace = object;
}

/*
 * The last of two objects with one identity wins. A hook, which may be gone when the pods start, wins among hooks only.
 */
static void index_object(struct manifest *manifest, struct object *object)
{
	size_t rank = rank_of(object), other_rank = (rank + SCOPE_COUNT) % RANK_COUNT;
	struct str key = manifest_key(manifest->arena, object->kind, object->ns, object->name);
	struct object *before = map_get(&manifest->identities[rank], key);
	const struct object *other = map_get(&manifest->identities[other_rank], key);

	if (before)
		add_duplicate(manifest, before, object);
	if (other)
		add_duplicate(manifest, object->is_hook ? object : other, object->is_hook ? other : object);
	map_set(&manifest->identities[rank], key, object);
	count_name(manifest, object, key, before);
}

/* A document that is being indexed. */
struct source {
	struct manifest *manifest;
	const struct stream *stream;
	const struct document *document;
	enum object_scope scope; /* of the objects in it */
};

static struct place place_at(const struct source *source, const struct identity *identity, size_t at)
{
	return place_of(source->stream, source->document, identity, at);
}

/* Where the content of the document begins. */
static size_t content_of(const struct source *source)
{
	return source->document->content - source->document->text.from;
}

/*
 * Remarks on mistakes in the annotations of an object. Mistakes in an object that somebody else applies don't matter.
 */
static void check_object(const struct source *source, const struct identity *identity, size_t base)
{
	struct manifest *manifest = source->manifest;
	struct mistakes mistakes = { .arena = manifest->scratch };

	if (source->scope != SCOPE_STREAM || identity_asks_ignored(identity) ||
	    ignore_matches(manifest->ignore, identity->kind, identity->ns, identity->name))
		return;
	words_check(&mistakes, identity->annotations, WORDS_OF_OBJECT);
	remarks_add_mistakes(&manifest->remarks, identity, source->stream, source->document, base, &mistakes);
}

static struct object *add_object(const struct source *source, const struct kind *kind, const struct identity *identity,
				 size_t item, size_t at)
{
	struct manifest *manifest = source->manifest;
	struct object *object;

	if (identity->name.len == 0) {
		remarks_pass_over(&manifest->remarks, identity, place_at(source, identity, at), "it has no name");
		return NULL;
	}
	object = ARENA_NEW(manifest->arena, struct object);
	*object = (struct object){
		.kind = kind->role == KIND_CONFIGMAP ? OBJECT_CONFIGMAP
			: kind->role == KIND_SECRET  ? OBJECT_SECRET
						     : OBJECT_PROVIDER_CLASS,
		.scope = source->scope,
		.ns = arena_dup(manifest->arena, identity->ns),
		.name = arena_dup(manifest->arena, identity->name),
		.place = place_at(source, identity, at),
		.item = item,
		.is_hook = identity_is_hook(identity),
		.asks_ignored = identity_asks_ignored(identity),
	};
	object->place.source = arena_dup(manifest->arena, object->place.source);
	index_object(manifest, object);
	return object;
}

bool manifest_ignores_unread(struct manifest *manifest, const struct stream *stream, const struct document *document)
{
	struct arena arena = { 0 };
	struct identity identity;
	bool ignores = identity_read_refused(stream, document, manifest->default_namespace, &arena, &identity) &&
		       ignore_matches(manifest->ignore, identity.kind, identity.ns, identity.name);

	if (ignores) {
		manifest->has_objects = true;
		remarks_pass_over(&manifest->remarks, &identity,
				  place_of(stream, document, &identity, document->content - document->text.from),
				  REMARKS_IGNORED);
	}
	arena_release(&arena);
	return ignores;
}

static void add_workload_document(const struct source *source)
{
	struct manifest *manifest = source->manifest;
	manifest->workloads = arena_grow(manifest->arena, manifest->workloads, manifest->workload_count,
					 &manifest->workload_room, sizeof(*manifest->workloads));
	manifest->workloads[manifest->workload_count++] =
		(struct workload_document){ source->stream, source->document };
}

/* Does a document say what it is? Then it is meant to be an object of Kubernetes, whatever else it says. */
static bool is_object(const struct identity *identity)
{
	return identity->api_version.len > 0 && identity->kind.len > 0;
}

/* Does a plain document say what it is, as far as its lines tell? */
static bool is_plain_object(const struct document *document)
{
	return document->plain && document->api_version.to > document->api_version.from;
}

/* What a parsed document has been found to hold. */
struct contents {
	bool has_workload;
	struct object *first, *last; /* ConfigMaps and Secrets */
};

/* A Rollout that is left alone says nothing of the workload that it names. */
static void note_rollout(struct manifest *manifest, struct node *object, const struct identity *identity)
{
	if (!identity_is_hook(identity) && !identity_asks_ignored(identity) &&
	    !ignore_matches(manifest->ignore, identity->kind, identity->ns, identity->name))
		rollouts_add(&manifest->rollouts, object, identity);
}

static void add_tree(const struct source *source, struct node *node, size_t item, struct contents *contents)
{
	struct manifest *manifest = source->manifest;
	struct identity identity = identity_read(node, manifest->default_namespace);
	const struct kind *kind = kinds_find(manifest->kinds, identity.api_version, identity.kind);
	struct object *object;

	if (source->scope == SCOPE_STREAM && is_object(&identity))
		manifest->has_objects = true;
	if (source->scope == SCOPE_STREAM) {
		movers_add(&manifest->movers, node, &identity);
		standins_add(&manifest->standins, node, &identity);
		note_rollout(manifest, node, &identity);
	}
	if (!kind && kinds_why_left_alone(identity.kind)) {
		if (source->scope == SCOPE_STREAM)
			remarks_pass_over(&manifest->remarks, &identity,
					  place_at(source, &identity, node_resolve(node)->span.from),
					  kinds_why_left_alone(identity.kind));
		return;
	}
	if (!kind || kind->role == KIND_WORKLOAD) {
		/* An object of an unknown API group is reported when the workloads are looked at. */
		if (kinds_matters(manifest->kinds, identity.kind) &&
		    (!kinds_is_list(identity.kind) || item != OBJECT_ALONE))
			contents->has_workload = true;
		return;
	}
	check_object(source, &identity, 0);
	object = add_object(source, kind, &identity, item, node_resolve(node)->span.from);
	if (!object || item == OBJECT_ALONE)
		return;
	if (contents->last)
		contents->last->list_next = object;
	else
		contents->first = object;
	contents->last = object;
	object->list = contents->first;
}

/* Files that are only searched for objects may have unreadable workloads, since nothing stamps these. */
static bool is_no_object(const struct source *source)
{
	struct arena arena = { 0 };
	struct identity identity;
	bool is_known = identity_read_refused(source->stream, source->document, source->manifest->default_namespace,
					      &arena, &identity) &&
			identity.kind.len > 0 && !kinds_is_list(identity.kind);
	const struct kind *kind =
		is_known ? kinds_find(source->manifest->kinds, identity.api_version, identity.kind) : NULL;
	bool is_workload = kind && kind->role == KIND_WORKLOAD;

	arena_release(&arena);
	return is_workload;
}

/* Only a KRM function may take a ResourceList, since a chart must not choose options by a functionConfig. */
static bool refuse_resource_list(const struct source *source, struct err *err)
{
	err_set(err, "this is the input of a KRM function: call the program with --krm or by the name rollstamp-krm to "
		     "stamp its items");
	return place_explain(place_at(source, NULL, content_of(source)), str_from("ResourceList"), (struct str){ 0 },
			     err);
}

static bool add_parsed(const struct source *source, struct err *err)
{
	struct manifest *manifest = source->manifest;
	struct contents contents = { 0 };
	struct node *root;
	size_t i = 0;

	arena_reset(manifest->scratch);
	if (!tree_parse(stream_text(source->stream, source->document), READER_STRICT, manifest->scratch, &root, err))
		return manifest_ignores_unread(manifest, source->stream, source->document) ||
		       (source->scope != SCOPE_STREAM && is_no_object(source)) ||
		       place_explain(place_at(source, NULL, 0), (struct str){ 0 }, (struct str){ 0 }, err);
	if (!root)
		return true;
	if (source->scope == SCOPE_STREAM && kinds_is_resource_list(root) && !manifest->takes_resource_list)
		return refuse_resource_list(source, err);
	if (kinds_is_list(scalar_get(root, "kind"))) {
		if (source->scope == SCOPE_STREAM && scalar_get(root, "apiVersion").len > 0)
			manifest->has_objects = true;
		for (struct node *item = node_items(node_get(root, "items")); item; item = item->next)
			add_tree(source, item, i++, &contents);
	} else {
		add_tree(source, root, OBJECT_ALONE, &contents);
	}
	if (contents.has_workload && source->scope == SCOPE_STREAM)
		add_workload_document(source);
	return true;
}

/* The tree of a document that is read for what reports say alone, and who it is; NULL where it can't be read. */
static struct node *read_quietly(const struct source *source, struct identity *identity)
{
	struct manifest *manifest = source->manifest;
	struct node *root = NULL;
	struct err ignored;

	arena_reset(manifest->scratch);
	if (!tree_parse(stream_text(source->stream, source->document), READER_STRICT, manifest->scratch, &root,
			&ignored) ||
	    !root)
		return NULL;
	*identity = identity_read(root, manifest->default_namespace);
	return root;
}

/*
 * A mover or stand-in that can't be read does not matter; and one that says something in a way which Kubernetes refuses or
 * we don't follow, as merge keys, is better unknown than half known.
 */
static void add_mover(const struct source *source)
{
	struct manifest *manifest = source->manifest;
	struct identity identity;
	struct node *root;

	if (!movers_is_kind(source->document->kind) && !standins_is_kind(source->document->kind))
		return;
	root = read_quietly(source, &identity);
	if (!root)
		return;
	movers_add(&manifest->movers, root, &identity);
	standins_add(&manifest->standins, root, &identity);
}

/* Only Rollouts that name another workload are read before they are planned. */
static void add_rollout(const struct source *source)
{
	struct identity identity;
	struct node *root;

	if (!str_is(source->document->kind, "Rollout") ||
	    !mention_of(stream_text(source->stream, source->document), "workloadRef"))
		return;
	root = read_quietly(source, &identity);
	if (root)
		note_rollout(source->manifest, root, &identity);
}

static void add_left_alone(const struct source *source)
{
	struct manifest *manifest = source->manifest;
	const struct document *document = source->document;
	const char *why = kinds_why_left_alone(document->kind);
	struct identity identity;

	if (!why)
		return;
	arena_reset(manifest->scratch);
	if (!identity_read_plain(source->stream, document, manifest->default_namespace, manifest->scratch, &identity))
		identity = (struct identity){ .kind = document->kind };
	remarks_pass_over(&manifest->remarks, &identity, place_at(source, &identity, content_of(source)), why);
}

static bool is_workload_kind(const struct kinds *kinds, struct str kind)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (kinds->items[i].role == KIND_WORKLOAD && str_equal(kinds->items[i].kind, kind))
			return true;
	return false;
}

static bool refuse_directive(const struct source *source, struct err *err)
{
	struct manifest *manifest = source->manifest;
	const struct document *document = source->document;
	const struct document *at = document;
	struct identity identity;

	/* A directive in front of the `---` line has a chunk of its own. */
	if (!stream_begins_with_directive(source->stream, document) && document > source->stream->documents)
		at--;
	arena_reset(manifest->scratch);
	if (!identity_read_refused(source->stream, document, manifest->default_namespace, manifest->scratch, &identity))
		identity = (struct identity){ .kind = document->kind };
	reader_refuse_directive(at->content - at->text.from, err);
	return place_explain(place_of(source->stream, at, NULL, err->at), identity.kind, identity.name, err);
}

static bool add_document(const struct source *source, struct err *err)
{
	struct manifest *manifest = source->manifest;
	const struct document *document = source->document;
	struct identity identity;
	const struct kind *kind;
	struct object *object;

	if (source->scope == SCOPE_STREAM && document->helm_hidden && !document->has_content)
		manifest->hides_secrets = true;
	if (!document->has_content)
		return true;
	if (source->scope == SCOPE_STREAM) {
		manifest->has_content = true;
		manifest->has_objects = manifest->has_objects || is_plain_object(document);
	}
	if (document->plain && !kinds_matters(manifest->kinds, document->kind)) {
		if (source->scope == SCOPE_STREAM) {
			add_mover(source);
			add_left_alone(source);
		}
		return true;
	}
	if (document->has_directives && manifest_ignores_unread(manifest, source->stream, document))
		return true;
	if (document->has_directives)
		return refuse_directive(source, err);
	if (!document->plain || kinds_is_list(document->kind))
		return add_parsed(source, err);
	if (is_workload_kind(manifest->kinds, document->kind)) {
		if (source->scope == SCOPE_STREAM) {
			add_rollout(source);
			add_workload_document(source);
		}
		return true;
	}
	arena_reset(manifest->scratch);
	if (!identity_read_plain(source->stream, document, manifest->default_namespace, manifest->scratch, &identity))
		return add_parsed(source, err);
	kind = kinds_find(manifest->kinds, identity.api_version, identity.kind);
	if (kind) {
		check_object(source, &identity, document->metadata.from - document->text.from);
		object = add_object(source, kind, &identity, OBJECT_ALONE, content_of(source));
		if (object)
			object->has_read_metadata = true;
	} else {
		remarks_pass_over(&manifest->remarks, &identity, place_at(source, &identity, content_of(source)),
				  str_is(document->kind, "SecretProviderClass")
					  ? "its apiVersion is not one of secrets-store.csi.x-k8s.io"
					  : "its apiVersion is not v1");
	}
	return true;
}

bool manifest_add(struct manifest *manifest, const struct stream *stream, enum object_scope scope, struct err *err)
{
	manifest->hash_left += HASH_A_BYTE * stream->text.len;
	manifest->select_left += SELECT_A_BYTE * stream->text.len;
	for (size_t i = 0; i < stream->count; i++)
		if (!add_document(&(struct source){ manifest, stream, &stream->documents[i], scope }, err))
			return false;
	/* Without this the tree of a long list would be in memory twice when its workloads are looked at. */
	arena_reset(manifest->scratch);
	return true;
}

static void index_tree(struct manifest *manifest, struct node *node)
{
	struct identity identity = identity_read(node, manifest->default_namespace);
	const struct kind *kind = kinds_find(manifest->kinds, identity.api_version, identity.kind);

	if (kind && kind->role == KIND_WORKLOAD)
		rollouts_add_workload(&manifest->rollouts, &identity);
}

static void index_workload(struct manifest *manifest, const struct workload_document *at)
{
	struct identity identity;
	struct node *root;
	struct err ignored;

	arena_reset(manifest->scratch);
	if (!kinds_is_list(at->document->kind) &&
	    identity_read_plain(at->stream, at->document, manifest->default_namespace, manifest->scratch, &identity)) {
		if (kinds_find(manifest->kinds, identity.api_version, identity.kind))
			rollouts_add_workload(&manifest->rollouts, &identity);
		return;
	}
	arena_reset(manifest->scratch);
	if (!tree_parse(stream_text(at->stream, at->document), READER_STRICT, manifest->scratch, &root, &ignored) ||
	    !root)
		return;
	if (!kinds_is_list(scalar_get(root, "kind")))
		index_tree(manifest, root);
	else
		for (struct node *item = node_items(node_get(root, "items")); item; item = item->next)
			index_tree(manifest, item);
}

void manifest_index_workloads(struct manifest *manifest)
{
	if (nsmap_is_empty(&manifest->rollouts.named) || manifest->rollouts.knows_workloads)
		return;
	manifest->rollouts.knows_workloads = true;
	for (size_t i = 0; i < manifest->workload_count; i++)
		index_workload(manifest, &manifest->workloads[i]);
	arena_reset(manifest->scratch);
}

/* What Kubernetes takes for a name or namespace is shorter than half of this. */
#define SHORT_KEY 640

/* Ranks are looked at in their order, those of objects from the cluster only if `asks_live`. */
static enum lookup find(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name,
			bool asks_live, struct object **object)
{
	struct arena arena = { 0 };
	char room[2 * SHORT_KEY];
	bool is_short = KEY_HEAD + ns.len + name.len <= SHORT_KEY;
	struct str key = is_short ? write_key(room, kind, ns, name) : manifest_key(&arena, kind, ns, name);
	struct str short_key =
		is_short ? write_key(room + SHORT_KEY, kind, (struct str){ 0 }, name) : name_key(&arena, kind, name);
	enum lookup result = LOOKUP_MISSING;

	for (size_t rank = 0; rank < RANK_COUNT && result == LOOKUP_MISSING; rank++) {
		struct object *exact = map_get(&manifest->identities[rank], key);
		const struct name_entry *entry = map_get(&manifest->names[rank], short_key);

		if (rank % SCOPE_COUNT == SCOPE_LIVE && !asks_live)
			continue;
		if (exact) {
			*object = exact;
			result = LOOKUP_FOUND;
		} else if (entry && (ns.len == 0 || entry->without_namespace)) {
			if (entry->identities == 1)
				*object = entry->any;
			result = entry->identities == 1 ? LOOKUP_FOUND : LOOKUP_AMBIGUOUS;
		}
	}
	arena_release(&arena);
	return result;
}

enum lookup manifest_find(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name,
			  struct object **object)
{
	return find(manifest, kind, ns, name, true, object);
}

enum lookup manifest_find_given(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name,
				struct object **object)
{
	return find(manifest, kind, ns, name, false, object);
}

bool manifest_spend(struct manifest *manifest, size_t cost)
{
	bool is_enough = cost <= manifest->select_left;

	manifest->select_left = is_enough ? manifest->select_left - cost : 0;
	return is_enough;
}

void manifest_name(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name)
{
	struct object *object;

	if (manifest_find(manifest, kind, ns, name, &object) == LOOKUP_FOUND)
		object->is_named = true;
}

static int compare_places(const void *a, const void *b)
{
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;

	return place_compare(&left->place, &right->place);
}

size_t manifest_unnamed(const struct manifest *manifest, struct arena *arena, struct object ***objects)
{
	const struct map *map = &manifest->identities[SCOPE_STREAM];
	struct object **found = arena_array(arena, map->count, sizeof(struct object *));
	size_t count = 0;

	for (size_t i = 0; i < map->room; i++) {
		struct object *object = map->slots[i].value;

		if (object && !object->is_named && !object->asks_ignored &&
		    !ignore_matches(manifest->ignore, str_from(object_kind_name(object->kind)), object->ns,
				    object->name))
			found[count++] = object;
	}
	sort_items(found, count, sizeof(struct object *), compare_places);
	*objects = found;
	return count;
}

bool manifest_has_named(const struct manifest *manifest, const struct pattern *pattern)
{
	for (size_t rank = 0; rank < RANK_COUNT; rank++) {
		const struct map *map = &manifest->identities[rank];

		for (size_t i = 0; i < map->room; i++) {
			const struct object *object = map->slots[i].value;

			if (object && pattern_matches(pattern, str_from(object_kind_name(object->kind)), object->ns,
						      object->name))
				return true;
		}
	}
	return false;
}

bool manifest_is_used(const struct manifest *manifest, const struct object *object)
{
	struct arena arena = { 0 };
	struct str key = manifest_key(&arena, object->kind, object->ns, object->name);
	bool is_used = map_get(&manifest->identities[rank_of(object)], key) == object;

	arena_release(&arena);
	return is_used;
}

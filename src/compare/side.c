/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/side.h"

#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <string.h>

void side_init(struct side *side, struct arena *arena)
{
	*side = (struct side){ .arena = arena };
	fields_init(&side->fields, arena);
	map_init(&side->identities, arena);
}

void side_release(struct side *side)
{
	arena_release(&side->scratch);
	arena_release(&side->tree);
}

void side_share(struct side *side, struct side *earlier, bool is_annotated)
{
	side->earlier = earlier;
	side->is_annotated = is_annotated;
	earlier->puts_off = true;
}

/* Is it a kind that the API server itself knows, with its template where that has it? */
static bool is_native(const struct kind *kind)
{
	bool is_apps = str_is(kind->group, "apps") || str_is(kind->group, "extensions");

	return is_apps && kind->path_length == 2 && str_is(kind->path[1], "template") &&
	       (str_is(kind->kind, "Deployment") || str_is(kind->kind, "StatefulSet") ||
		str_is(kind->kind, "DaemonSet"));
}

/* The API group, whatever version of its API the workload is written in. */
static struct str group_of(struct str api_version)
{
	struct str version = api_version, group = { 0 };

	if (str_find(version, '/') < version.len)
		group = str_cut(&version, '/');
	/* Groups that a kind has moved from and to. */
	if (str_is(group, "extensions"))
		return str_from("apps");
	return str_is(group, "apps.openshift.io") ? (struct str){ 0 } : group;
}

/* GROUP/KIND/NAMESPACE/NAME/ */
static struct str key_of(const struct side_workload *workload, struct str ns, struct arena *arena)
{
	const struct str parts[] = { workload->group, workload->kind, ns, workload->name };
	size_t count = sizeof(parts) / sizeof(*parts), length = count;
	char *key, *end;

	for (size_t i = 0; i < count; i++)
		length += parts[i].len;
	key = end = arena_alloc(arena, length);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(end, parts[i].ptr, parts[i].len);
		end += parts[i].len;
		*end++ = '/';
	}
	return (struct str){ key, length };
}

struct str side_key_without_namespace(const struct side_workload *workload, struct arena *arena)
{
	return key_of(workload, (struct str){ 0 }, arena);
}

static void set_key(struct side_workload *workload, struct arena *arena)
{
	workload->group = group_of(workload->api_version);
	workload->key = key_of(workload, workload->ns, arena);
}

void side_add(struct side *side, struct side_workload *workload)
{
	if (workload->key.len == 0)
		set_key(workload, side->arena);
	side->items = arena_grow(side->arena, side->items, side->count, &side->room, sizeof(struct side_workload *));
	side->items[side->count++] = workload;
	map_set(&side->identities, workload->key, workload);
	side->has_stamps = side->has_stamps || workload->stamps.count > 0;
}

/* Has a server written it? The status that generators leave is empty. */
static bool is_of_cluster(struct node *object)
{
	struct node *status = node_get(object, "status"), *metadata = node_get(object, "metadata");

	return scalar_get(metadata, "uid").len > 0 || (node_is_mapping(status) && node_child(status));
}

static bool make(struct value_maker *maker, struct node *node, const char *owner, struct value **value, struct err *err)
{
	*value = NULL;
	return !node || value_make(maker, node, fields_owner(maker->fields, owner), value, err);
}

static void put(struct value *mapping, const char *key, struct value *value)
{
	if (!value)
		return;
	value->key = str_from(key);
	value->next = mapping->child;
	mapping->child = value;
}

/* A claim's kind and status are the API server's. */
static void clean_claim(struct value *claim)
{
	struct value **link = &claim->child;

	while (*link)
		if ((*link)->is_unknown)
			*link = (*link)->next;
		else
			link = &(*link)->next;
}

static struct value *make_text(struct value_maker *maker, struct str text)
{
	struct value *value = ARENA_NEW(maker->arena, struct value);

	value->type = VALUE_TEXT;
	value->text = arena_dup(maker->arena, text);
	return value;
}

static bool make_claims(struct value_maker *maker, struct node *claims, struct value **list, struct err *err)
{
	struct value **last;

	*list = NULL;
	if (!node_items(claims))
		return true;
	*list = ARENA_NEW(maker->arena, struct value);
	(*list)->type = VALUE_LIST;
	last = &(*list)->child;
	for (struct node *item = node_items(claims); item; item = item->next) {
		struct value *claim;

		if (!make(maker, item, "PersistentVolumeClaimTemplate", &claim, err))
			return false;
		if (!claim)
			continue;
		clean_claim(claim);
		/* Its name stands deeper than those of other lists do. */
		put(claim, "name",
		    value_get(value_get(claim, "metadata"), "name")
			    ? make_text(maker, value_text(value_get(claim, "metadata"), "name"))
			    : NULL);
		*last = claim;
		last = &claim->next;
	}
	return true;
}

/*
 * What can't be changed once it is there (pkg/apis/apps/validation): the selector, and of a StatefulSet serviceName,
 * podManagementPolicy and the claim templates. Put together from the last key to the first.
 */
static bool make_fixed(struct value_maker *maker, const struct kind *kind, struct node *spec, struct value **fixed,
		       struct err *err)
{
	struct str policy = scalar_get(spec, "podManagementPolicy");
	struct value *selector, *claims;

	*fixed = ARENA_NEW(maker->arena, struct value);
	(*fixed)->type = VALUE_MAPPING;
	if (!make(maker, node_get(spec, "selector"), "LabelSelector", &selector, err))
		return false;
	if (!str_is(kind->kind, "StatefulSet")) {
		put(*fixed, "selector", selector);
		return true;
	}
	if (!make_claims(maker, node_get(spec, "volumeClaimTemplates"), &claims, err))
		return false;
	put(*fixed, "volumeClaimTemplates", claims);
	if (scalar_get(spec, "serviceName").len > 0)
		put(*fixed, "serviceName", make_text(maker, scalar_get(spec, "serviceName")));
	put(*fixed, "selector", selector);
	put(*fixed, "podManagementPolicy", make_text(maker, policy.len > 0 ? policy : str_from("OrderedReady")));
	return true;
}

/* Does the selector fit the labels of the template's metadata? The API server refuses one that does not. */
static bool selects_itself(const struct side_workload *workload, const struct value *metadata)
{
	const struct value *wanted = value_get(value_get(workload->fixed, "selector"), "matchLabels");
	const struct value *labels = value_get(metadata, "labels");

	for (const struct value *at = wanted ? wanted->child : NULL; at; at = at->next) {
		const struct value *label = value_find(labels, at->key);

		if (!label || !str_equal(label->text, at->text))
			return false;
	}
	return true;
}

/* The path of an entry of the object's own labels or annotations whose type the API server refuses; or empty. */
static bool find_refused(struct value_maker maker, struct node *metadata, struct str *path, struct err *err)
{
	static const char *const maps[] = { "annotations", "labels" };
	struct arena *kept = maker.arena;
	struct value *value;

	maker.arena = maker.scratch;
	if (!make(&maker, metadata, "ObjectMeta", &value, err))
		return false;
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		const struct value *map = value_get(value, maps[i]);

		for (const struct value *at = map ? map->child : NULL; at; at = at->next)
			if (at->is_wrong)
				*path = arena_printf(kept, "metadata.%s[%.*s]", maps[i], STR_ARG(at->key));
	}
	return true;
}

static struct str path_of(const struct kind *kind, struct arena *arena)
{
	struct buf path = { 0 };

	for (size_t i = 0; i < kind->path_length; i++) {
		if (i > 0)
			buf_add_char(&path, '.');
		buf_add(&path, kind->path[i]);
	}
	return buf_keep(&path, arena);
}

/*
 * Remembers the text of a template. Of one text that begins in one column there is one tree, unless there is an alias in
 * it, which leads to something else.
 */
static void read_text(struct side_workload *workload, const struct subject *subject)
{
	const struct node *root = subject->pod_template;
	struct str text;

	if (root->type != NODE_MAPPING || root->generated || root->aliases > 0)
		return;
	text = str_slice(stream_text(subject->stream, subject->document), root->span);
	if (str_find(text, '*') < text.len)
		return;
	workload->text = text;
	workload->column = root->column;
}

/* The workload of the earlier side whose template is the same text; or NULL. */
static const struct side_workload *find_twin(const struct side *side, const struct side_workload *workload)
{
	const struct side_workload *twin;

	if (!side->earlier || workload->text.len == 0)
		return NULL;
	twin = map_get(&side->earlier->identities, workload->key);
	return twin && twin->column == workload->column && str_equal(twin->text, workload->text) ? twin : NULL;
}

/* Stamps outlive the value that they were taken from. */
static void keep_stamps(const struct value_maker *maker, struct stamped_list *stamps, struct arena *arena)
{
	for (size_t i = 0; i < stamps->count; i++) {
		stamps->items[i].name = value_keep(maker, stamps->items[i].name, arena);
		stamps->items[i].value = value_keep(maker, stamps->items[i].value, arena);
	}
}

/* The metadata of a template, in scratch memory; NULL if there is none. */
static bool make_metadata(struct value_maker maker, struct node *pod_template, struct value **metadata, struct err *err)
{
	maker.arena = maker.scratch;
	return make(&maker, node_get(pod_template, "metadata"), "ObjectMeta", metadata, err);
}

/* Takes the stamps out of the metadata that make_metadata has made. */
static void take_annotations(const struct value_maker *maker, struct value *metadata, struct side_workload *workload)
{
	struct value whole = { .type = VALUE_MAPPING };

	put(&whole, "metadata", metadata);
	stamped_take(&whole, maker->arena, &workload->stamps);
	keep_stamps(maker, &workload->stamps, maker->arena);
}

/* Does a variable of a container have the name of a stamp? */
static bool has_variables(struct node *pod_template)
{
	static const char *const lists[] = { "containers", "initContainers" };
	struct node *spec = node_get(pod_template, "spec");
	enum stamped_type type;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (struct node *at = node_items(node_get(spec, lists[i])); at; at = at->next)
			for (struct node *env = node_items(node_get(at, "env")); env; env = env->next)
				if (stamped_type_of(scalar_get(env, "name"), true, &type))
					return true;
	return false;
}

static bool can_be_put_off(const struct value_maker *maker, const struct side *side, struct node *pod_template,
			   const struct side_workload *workload)
{
	return side->puts_off && workload->text.len > 0 && !has_variables(pod_template) &&
	       value_is_right(maker, pod_template, side->fields.pod);
}

/* `*metadata` is the template's, until the next workload comes; or NULL. */
static bool make_template(struct value_maker *maker, const struct side *side, const struct subject *subject,
			  struct side_workload *workload, struct value **metadata, struct err *err)
{
	const struct side_workload *twin;

	read_text(workload, subject);
	twin = find_twin(side, workload);
	if (twin) {
		workload->pod_template = twin->pod_template;
		workload->is_put_off = twin->is_put_off;
	} else {
		workload->is_put_off = can_be_put_off(maker, side, subject->pod_template, workload);
	}
	if (twin || workload->is_put_off) {
		if (!make_metadata(*maker, subject->pod_template, metadata, err))
			return false;
		/* Stamps in the tree of which the text has none are annotations, and each workload's own. */
		if (twin && !side->is_annotated)
			workload->stamps = twin->stamps;
		else
			take_annotations(maker, *metadata, workload);
		return true;
	}
	if (!value_make(maker, subject->pod_template, side->fields.pod, &workload->pod_template, err))
		return false;
	*metadata = value_get(workload->pod_template, "metadata");
	stamped_take(workload->pod_template, side->arena, &workload->stamps);
	return true;
}

static struct value_maker make_maker(struct side *side, const struct stream *stream, const struct document *document)
{
	return (struct value_maker){
		.fields = &side->fields,
		.text = stream->text,
		.arena = side->arena,
		.scratch = &side->scratch,
		.budget = value_budget(stream_text(stream, document).len),
	};
}

static bool make_values(struct side *side, const struct subject *subject, struct side_workload *workload,
			struct err *err)
{
	struct value_maker maker = make_maker(side, subject->stream, subject->document);
	struct node *spec = node_get(subject->object, "spec");
	struct value *metadata = NULL;

	if (!make_template(&maker, side, subject, workload, &metadata, err))
		return false;
	workload->selects_itself = true;
	if (!workload->rules.knows_fields || workload->has_stamps_alone)
		return true;
	if (!make_fixed(&maker, subject->kind, spec, &workload->fixed, err) ||
	    !find_refused(maker, node_get(subject->object, "metadata"), &workload->refused, err))
		return false;
	workload->selects_itself = selects_itself(workload, metadata);
	return true;
}

bool side_watch(void *context, const struct subject *subject, const struct workload *planned, struct err *err)
{
	struct side *side = context;
	struct side_workload *workload = ARENA_NEW(side->arena, struct side_workload);
	bool native = is_native(subject->kind);

	*workload = (struct side_workload){
		.api_version = planned->api_version,
		.kind = planned->kind,
		.ns = planned->ns,
		.name = planned->name,
		.place = planned->place,
		.path = path_of(subject->kind, side->arena),
		.rules = { .by_value = native && str_is(planned->kind, "Deployment"),
			   .fills_in = native,
			   .knows_fields = native },
		.hold = hold_read(subject->kind, subject->object),
		.has_stamps_alone = is_of_cluster(subject->object),
		.findings = planned->findings,
		.finding_count = planned->finding_count,
		.selections = planned->selections,
		.selection_count = planned->selection_count,
		.gits = planned->gits,
		.git_count = planned->git_count,
	};
	if (workload->hold.other)
		workload->hold.other = arena_dup(side->arena, str_from(workload->hold.other)).ptr;
	set_key(workload, side->arena);
	arena_reset(&side->scratch);
	if (!make_values(side, subject, workload, err))
		return place_explain(planned->place, planned->kind, planned->name, err);
	for (size_t i = 0; i < planned->git_count; i++)
		side->has_unasked_git = side->has_unasked_git || planned->gits[i].outcome == CHECKOUT_FAILED;
	side_add(side, workload);
	return true;
}

/* Of two with one identity the last one counts, as it does for kubectl apply. */
void side_finish(struct side *side)
{
	size_t kept = 0;

	for (size_t i = 0; i < side->count; i++) {
		struct side_workload *workload = side->items[i];

		if (map_get(&side->identities, workload->key) == workload)
			side->items[kept++] = workload;
	}
	side->count = kept;
}

/* The mapping below `node` that stands at `span` of the text; or NULL. */
static struct node *find_mapping(struct node *node, struct span span)
{
	struct node *found = NULL;

	if (!node || node->span.from > span.from || node->span.to < span.to)
		return NULL;
	if (node->type == NODE_MAPPING && node->span.from == span.from && node->span.to == span.to)
		return node;
	for (struct node *child = node_child(node); child && !found; child = child->next)
		found = find_mapping(child, span);
	return found;
}

/* A document whose templates are read again. */
struct again {
	const struct document *document;
	struct node *root;
	struct node *item; /* of a list: the one that was found last, as they come in their order; or NULL */
};

static struct node *find_template(struct again *again, struct span span)
{
	struct node *item = again->item, *found;

	if (!item || item->span.from > span.from)
		item = node_items(node_get(again->root, "items"));
	while (item && item->span.to < span.to)
		item = item->next;
	again->item = item;
	found = find_mapping(item, span);
	return found ? found : find_mapping(again->root, span);
}

static bool read_again(struct side *side, struct again *again, const struct place *place, struct err *err)
{
	if (again->document == place->document)
		return true;
	*again = (struct again){ .document = place->document };
	arena_reset(&side->tree);
	return tree_parse(stream_text(place->stream, place->document), READER_STRICT, &side->tree, &again->root, err);
}

/* The value of a template that was put off, without stamps, which are known. */
static bool read_template(struct side *side, struct again *again, struct side_workload *workload, struct err *err)
{
	const struct place *place = &workload->place;
	struct value_maker maker = make_maker(side, place->stream, place->document);
	size_t from = (size_t)(workload->text.ptr - stream_text(place->stream, place->document).ptr);
	struct stamped_list stamps = { 0 };
	struct node *mapping;

	if (!read_again(side, again, place, err))
		return false;
	mapping = find_template(again, (struct span){ from, from + workload->text.len });
	if (!mapping)
		return err_set(err,
			       "its pod template is not where it was: this is a bug of rollstamp, please report it");
	arena_reset(&side->scratch);
	if (!value_make(&maker, mapping, side->fields.pod, &workload->pod_template, err))
		return false;
	stamped_take(workload->pod_template, &side->scratch, &stamps);
	workload->is_put_off = false;
	return true;
}

/* Has the workload of this identity the same text in `later`? What is put off there has. */
static bool is_shared(const struct side_workload *workload, const struct side *later)
{
	const struct side_workload *other = map_get(&later->identities, workload->key);

	return other && other->is_put_off;
}

bool side_complete(struct side *side, const struct side *later, struct err *err)
{
	struct again again = { 0 };

	for (size_t i = 0; i < side->count; i++) {
		struct side_workload *workload = side->items[i];

		if (workload->is_put_off && !is_shared(workload, later) && !read_template(side, &again, workload, err))
			return place_explain(workload->place, workload->kind, workload->name, err);
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podenv.h"

#include "base/sort.h"
#include "kube/contents.h"
#include "yaml/scalar.h"

#include <stdarg.h>
#include <stdio.h>

/* How deep references are followed to other references; deeper ones are computed from the first entry up. */
#define DEPTH_LIMIT 100
/* How many sources may be looked at in all look-ups of one container. */
#define VISIT_LIMIT 100000
/* Expanded text costs one visit for so many bytes. */
#define SPEND_BYTES 8
#define MANY_SOURCES 16
#define MANY_ENTRIES 16

struct podenv_entry {
	struct node *item;
	struct str name;
	size_t index;
	bool is_evaluated;
	struct podenv_value value;
};

void podenv_init(struct podenv *podenv, struct manifest *manifest, struct str ns, struct node *container,
		 size_t *budget, struct arena *arena)
{
	*podenv = (struct podenv){
		.manifest = manifest,
		.ns = ns,
		.container = container,
		.budget = budget,
		.arena = arena,
	};
}

void podenv_expand_text(struct str text, podenv_mapping *mapping, void *context, struct buf *to)
{
	bool may_close = true; /* there can be a `)` in what is left */

	while (text.len > 0) {
		size_t dollar = str_find(text, '$'), close;
		struct str name;

		buf_add(to, str_slice(text, (struct span){ 0, dollar }));
		text = str_skip(text, dollar);
		/* A dollar sign at the end stands for itself. */
		if (text.len < 2) {
			buf_add(to, text);
			return;
		}
		if (text.ptr[1] == '$') {
			buf_add_char(to, '$');
			text = str_skip(text, 2);
			continue;
		}
		close = text.ptr[1] == '(' && may_close ? str_find(text, ')') : text.len;
		if (close == text.len) {
			may_close = may_close && text.ptr[1] != '(';
			/* The character behind the dollar sign is done with, too: it begins no reference. */
			buf_add(to, str_slice(text, (struct span){ 0, 2 }));
			text = str_skip(text, 2);
			continue;
		}
		name = str_slice(text, (struct span){ 2, close });
		if (!mapping(context, name, to))
			buf_add(to, str_slice(text, (struct span){ 0, close + 1 }));
		text = str_skip(text, close + 1);
	}
}

/* By name; entries of one name in the order in which they are set. */
static int compare_entries(const void *a, const void *b)
{
	const struct podenv_entry *left = *(struct podenv_entry *const *)a, *right = *(struct podenv_entry *const *)b;
	int order = str_compare(left->name, right->name);

	return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

static void index_entries(struct podenv *podenv)
{
	struct node *items = node_items(node_get(podenv->container, "env"));
	size_t count = 0;

	if (podenv->is_indexed)
		return;
	podenv->is_indexed = true;
	for (struct node *item = items; item; item = item->next)
		count++;
	podenv->entries = arena_array(podenv->arena, count, sizeof(*podenv->entries));
	podenv->by_name = arena_array(podenv->arena, count, sizeof(struct podenv_entry *));
	for (struct node *item = items; item; item = item->next) {
		struct podenv_entry *entry = &podenv->entries[podenv->entry_count];

		*entry = (struct podenv_entry){
			.item = item,
			.name = scalar_get(item, "name"),
			.index = podenv->entry_count,
		};
		podenv->by_name[podenv->entry_count++] = entry;
	}
	sort_items(podenv->by_name, count, sizeof(struct podenv_entry *), compare_entries);
}

/* The last entry of that name among the first `before`, or NULL. */
static struct podenv_entry *find_entry(const struct podenv *podenv, struct str name, size_t before)
{
	const struct podenv_entry wanted = { .name = name, .index = before };
	const struct podenv_entry *key = &wanted;
	size_t at =
		sort_lower_bound(podenv->by_name, podenv->entry_count, sizeof(*podenv->by_name), &key, compare_entries);

	return at > 0 && str_equal(podenv->by_name[at - 1]->name, name) ? podenv->by_name[at - 1] : NULL;
}

bool podenv_has_entry(const struct podenv *podenv, struct str name)
{
	for (struct node *item = node_items(node_get(podenv->container, "env")); item; item = item->next)
		if (str_equal(scalar_get(item, "name"), name))
			return true;
	return false;
}

static const struct str hidden = { .ptr = (const char[]){ PODENV_HIDDEN }, .len = 1 };

__attribute__((format(printf, 2, 3))) static struct podenv_value unknown(struct podenv *podenv, const char *format, ...)
{
	struct podenv_value value = { .text.state = TEXT_UNKNOWN, .entry = PODENV_NO_ENTRY, .outline = hidden };
	struct buf text = { 0 };
	char line[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	buf_add_cstring(&text, line);
	value.text.reason = buf_keep(&text, podenv->arena).ptr;
	return value;
}

/* An object's contents, or the reason why they are not known. */
static struct object *find_object(struct podenv *podenv, enum object_kind kind, struct str name,
				  struct podenv_value *reason)
{
	const char *kind_name = object_kind_name(kind);
	struct object *object;
	struct err err;

	switch (manifest_find(podenv->manifest, kind, podenv->ns, name, &object)) {
	case LOOKUP_FOUND:
		/* Whoever makes the object's digest reports why it can't be read. */
		if (contents_load(podenv->manifest, object, &err))
			return object;
		*reason = unknown(podenv, "%s %.*s can't be read", kind_name, STR_ARG(name));
		return NULL;
	case LOOKUP_AMBIGUOUS:
		*reason = unknown(podenv, "%s %.*s is in several namespaces", kind_name, STR_ARG(name));
		return NULL;
	case LOOKUP_MISSING:
		break;
	}
	*reason = unknown(podenv, "%s %.*s is not in the input", kind_name, STR_ARG(name));
	return NULL;
}

/* The value of an object's key. */
static struct podenv_value value_of_item(const struct object *object, const struct data_item *item)
{
	struct podenv_value value = {
		.text = text_known(item->value),
		.outline = item->value,
		.entry = PODENV_NO_ENTRY,
	};

	if (object->kind == OBJECT_SECRET) {
		value.text.is_secret = true;
		value.secret = object->name;
		value.secret_key = item->key;
		value.outline = hidden;
	}
	return value;
}

/* The item with `key`, if it can define a variable: an item of binaryData can't. */
static const struct data_item *text_item(const struct object *object, struct str key)
{
	const struct data_item *item = contents_item(object, key);

	return item && !contents_is_binary(object, item) ? item : NULL;
}

/* A source of envFrom. */
struct podenv_source {
	struct str prefix, name;
	enum object_kind kind;
	size_t at;
	bool is_looked_up;
	struct object *object; /* if looked up: the object, or NULL and `reason` */
	const struct podenv_value *reason;
};

static void index_sources(struct podenv *podenv)
{
	struct node *items = node_items(node_get(podenv->container, "envFrom"));
	size_t count = 0;

	podenv->has_sources = true;
	map_init(&podenv->from_sources, podenv->arena);
	for (struct node *item = items; item; item = item->next)
		count++;
	podenv->sources = arena_array(podenv->arena, count, sizeof(*podenv->sources));
	for (struct node *item = items; item; item = item->next) {
		struct node *configmap = node_get(item, "configMapRef"), *secret = node_get(item, "secretRef");
		bool is_configmap = node_is_mapping(configmap);
		struct node *ref = is_configmap ? configmap : secret;

		if (!node_is_mapping(ref))
			continue;
		podenv->sources[podenv->source_count++] = (struct podenv_source){
			.prefix = scalar_get(item, "prefix"),
			.name = scalar_get(ref, "name"),
			.kind = is_configmap ? OBJECT_CONFIGMAP : OBJECT_SECRET,
			.at = ref->span.from,
		};
	}
}

static void look_up_source(struct podenv *podenv, struct podenv_source *source)
{
	struct podenv_value *reason, why;

	source->object = find_object(podenv, source->kind, source->name, &why);
	source->is_looked_up = true;
	if (source->object)
		return;
	reason = ARENA_NEW(podenv->arena, struct podenv_value);
	*reason = why;
	reason->at = source->at;
	source->reason = reason;
}

/* Does one source define the variable, or could it? */
static struct podenv_value from_source(struct podenv *podenv, struct podenv_source *source, struct str name)
{
	struct podenv_value absent = { .text.state = TEXT_ABSENT, .entry = PODENV_NO_ENTRY }, value;
	const struct data_item *item;

	if (name.len <= source->prefix.len ||
	    !str_equal(str_slice(name, (struct span){ 0, source->prefix.len }), source->prefix))
		return absent;
	if (!source->is_looked_up)
		look_up_source(podenv, source);
	if (!source->object)
		return *source->reason;
	item = text_item(source->object, str_skip(name, source->prefix.len));
	if (!item)
		return absent;
	value = value_of_item(source->object, item);
	value.at = source->at;
	return value;
}

/* Counts what is looked at for one container; false when that has become too much. */
static bool visit(struct podenv *podenv)
{
	return ++podenv->visits <= VISIT_LIMIT;
}

/* Variables that Kubernetes makes of the Services that it knows when the pod starts. */
static bool is_like_a_service(struct str name)
{
	/* _SERVICE_HOST, _SERVICE_PORT, _SERVICE_PORT_HTTP, _PORT, _PORT_80_TCP_ADDR. */
	return str_ends_with(name, "_SERVICE_HOST") || str_ends_with(name, "_PORT") || str_contains(name, "_PORT_");
}

/* What no key of an object can be is no variable of envFrom: `$(date +%s)` is a shell's. */
static bool can_be_key(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_alphanumeric(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_' && name.ptr[i] != '.')
			return false;
	return name.len > 0;
}

static struct podenv_value search_sources(struct podenv *podenv, struct str name)
{
	if (!can_be_key(name))
		return (struct podenv_value){ .text.state = TEXT_ABSENT, .entry = PODENV_NO_ENTRY };
	/* Each source covers the sources before it. */
	for (size_t i = podenv->source_count; i-- > 0;) {
		struct podenv_value value = from_source(podenv, &podenv->sources[i], name);

		if (value.text.state != TEXT_ABSENT)
			return value;
		if (!visit(podenv))
			return unknown(podenv, "its container has too many variables and sources of them");
	}
	if (is_like_a_service(name))
		return unknown(podenv, "%.*s looks like the address of a Service", STR_ARG(name));
	return (struct podenv_value){ .text.state = TEXT_ABSENT, .entry = PODENV_NO_ENTRY };
}

static struct podenv_value from_sources(struct podenv *podenv, struct str name)
{
	struct podenv_value *known;

	if (!podenv->has_sources)
		index_sources(podenv);
	/* Searching a few sources is as fast as remembering what they say. */
	if (podenv->source_count < MANY_SOURCES)
		return search_sources(podenv, name);
	known = map_get(&podenv->from_sources, name);
	if (!known) {
		known = ARENA_NEW(podenv->arena, struct podenv_value);
		*known = search_sources(podenv, name);
		map_set(&podenv->from_sources, arena_dup(podenv->arena, name), known);
	}
	return *known;
}

static struct podenv_value value_before(struct podenv *podenv, const struct podenv_entry *entry, struct str name);
static struct podenv_value evaluate(struct podenv *podenv, struct podenv_entry *entry);

/* An expansion that is going on. */
struct expansion {
	struct podenv *podenv;
	const struct podenv_entry *entry; /* only variables set before this entry count; NULL: all do */
	struct podenv_value result;       /* what is known of the whole value */
	bool any;
	bool is_too_long;
};

/* Most names that are asked for are not there. An index of a few entries takes more memory than their text. */
static bool is_surely_no_entry(const struct podenv *podenv, struct str name)
{
	size_t count = 0;

	for (struct node *item = node_items(node_get(podenv->container, "env")); item; item = item->next)
		if (++count > MANY_ENTRIES || str_equal(scalar_get(item, "name"), name))
			return false;
	return true;
}

static struct podenv_value last_value(struct podenv *podenv, struct str name)
{
	struct podenv_entry *entry;

	if (!podenv->is_indexed && is_surely_no_entry(podenv, name))
		return from_sources(podenv, name);
	index_entries(podenv);
	entry = find_entry(podenv, name, podenv->entry_count);
	return entry ? evaluate(podenv, entry) : from_sources(podenv, name);
}

static bool map_variable(void *context, struct str name, struct buf *to)
{
	struct expansion *e = context;
	struct podenv_value value;

	if (e->is_too_long)
		return true;
	value = e->entry ? value_before(e->podenv, e->entry, name) : last_value(e->podenv, name);
	if (value.text.state == TEXT_UNKNOWN && e->result.text.state == TEXT_KNOWN) {
		text_set_unknown(&e->result.text, value.text.reason);
	}
	if (value.text.state != TEXT_KNOWN)
		return false;
	e->any = true;
	if (e->result.secret.len == 0) {
		e->result.text.is_secret = value.text.is_secret;
		e->result.secret = value.secret;
		e->result.secret_key = value.secret_key;
	}
	if (to->len + value.text.value.len > PODENV_VALUE_LIMIT)
		e->is_too_long = true;
	else
		buf_add(to, value.text.value);
	return true;
}

/* Does what map_variable does, for the outline. */
static bool map_outline(void *context, struct str name, struct buf *to)
{
	struct expansion *e = context;
	struct podenv_value value;

	if (e->is_too_long)
		return true;
	value = e->entry ? value_before(e->podenv, e->entry, name) : last_value(e->podenv, name);
	if (value.text.state == TEXT_ABSENT)
		return false;
	/* Two hidden pieces side by side are one. */
	if (to->len > 0 && to->ptr[to->len - 1] == PODENV_HIDDEN && value.outline.len > 0 &&
	    value.outline.ptr[0] == PODENV_HIDDEN)
		value.outline = str_skip(value.outline, 1);
	if (to->len + value.outline.len > PODENV_VALUE_LIMIT)
		e->is_too_long = true;
	else
		buf_add(to, value.outline);
	return true;
}

/* Takes `bytes` of expanded text from the budget; false once the budget is used up. */
static bool spend(struct podenv *podenv, size_t bytes)
{
	size_t cost = bytes / SPEND_BYTES;

	if (!podenv->budget)
		return true;
	if (*podenv->budget < cost) {
		*podenv->budget = 0;
		return false;
	}
	*podenv->budget -= cost;
	return true;
}

/* The outline of an expansion that has something hidden in it. */
static struct str expand_outline(struct expansion *e, struct str text)
{
	struct str outline = hidden;
	struct buf out = { 0 };

	podenv_expand_text(text, map_outline, e, &out);
	if (spend(e->podenv, out.len) && !e->is_too_long)
		outline = arena_dup(e->podenv->arena, buf_str(&out));
	buf_release(&out);
	return outline;
}

static struct podenv_value expand(struct podenv *podenv, const struct podenv_entry *entry, struct str text)
{
	struct expansion e = { .podenv = podenv, .entry = entry, .result = { .entry = PODENV_NO_ENTRY } };
	struct buf out = { 0 };

	e.result.text.state = TEXT_KNOWN;
	if (str_find(text, '$') == text.len) {
		e.result.text.value = text;
		e.result.outline = text;
		e.result.is_literal = true;
		return e.result;
	}
	podenv_expand_text(text, map_variable, &e, &out);
	if (!spend(podenv, out.len)) {
		e.result = unknown(podenv, "the variables of its pod template become too long");
	} else if (e.is_too_long) {
		e.result = unknown(podenv, "it is longer than %zu bytes", PODENV_VALUE_LIMIT);
	} else {
		e.result.text.value = arena_dup(podenv->arena, buf_str(&out));
		e.result.is_literal =
			e.result.text.state == TEXT_KNOWN && !e.any && str_equal(e.result.text.value, text);
		e.result.outline = e.result.text.value;
		if (e.result.text.state == TEXT_UNKNOWN || e.result.text.is_secret)
			e.result.outline = expand_outline(&e, text);
	}
	buf_release(&out);
	return e.result;
}

/* A key that `env[].valueFrom` takes. Absent: what was set before stays. */
static struct podenv_value from_key(struct podenv *podenv, enum object_kind kind, struct node *ref)
{
	struct str name = scalar_get(ref, "name"), key = scalar_get(ref, "key");
	struct podenv_value value = { .text.state = TEXT_ABSENT, .entry = PODENV_NO_ENTRY };
	const struct object *object = find_object(podenv, kind, name, &value);
	const struct data_item *item;

	if (!object)
		return value;
	item = text_item(object, key);
	if (item)
		return value_of_item(object, item);
	if (scalar_is_true(node_get(ref, "optional")))
		return value;
	return unknown(podenv, "%s %.*s has no key %.*s", object_kind_name(kind), STR_ARG(name), STR_ARG(key));
}

static struct podenv_value from_value_from(struct podenv *podenv, struct node *from)
{
	struct node *configmap = node_get(from, "configMapKeyRef"), *secret = node_get(from, "secretKeyRef");

	if (node_is_mapping(configmap))
		return from_key(podenv, OBJECT_CONFIGMAP, configmap);
	if (node_is_mapping(secret))
		return from_key(podenv, OBJECT_SECRET, secret);
	return unknown(podenv, "it is a field that is known only where the pod runs");
}

static struct podenv_value compute(struct podenv *podenv, const struct podenv_entry *entry)
{
	struct node *from = node_get(entry->item, "valueFrom");
	struct str text = scalar_get(entry->item, "value");
	struct podenv_value value;

	/* As the kubelet does: an empty value leaves the word to valueFrom. */
	if (text.len == 0 && node_is_mapping(from))
		value = from_value_from(podenv, from);
	else
		value = expand(podenv, entry, text);
	if (value.text.state == TEXT_ABSENT)
		return value_before(podenv, entry, entry->name);
	value.entry = entry->index;
	value.at = entry->item->span.from;
	return value;
}

static struct podenv_value evaluate(struct podenv *podenv, struct podenv_entry *entry)
{
	if (entry->is_evaluated)
		return entry->value;
	/*
	 * A value refers only to entries before its own: when entries are computed from the first one up, each finds
	 * its references computed, and the stack grows no more.
	 */
	for (struct podenv_entry *at = podenv->entries; podenv->depth >= DEPTH_LIMIT && at < entry; at++) {
		if (at->is_evaluated)
			continue;
		at->value = compute(podenv, at);
		at->is_evaluated = true;
	}
	podenv->depth++;
	entry->value = compute(podenv, entry);
	podenv->depth--;
	entry->is_evaluated = true;
	return entry->value;
}

static struct podenv_value value_before(struct podenv *podenv, const struct podenv_entry *entry, struct str name)
{
	struct podenv_entry *at = find_entry(podenv, name, entry->index);

	return at ? evaluate(podenv, at) : from_sources(podenv, name);
}

struct podenv_value podenv_get(struct podenv *podenv, struct str name)
{
	return last_value(podenv, name);
}

struct podenv_value podenv_expand(struct podenv *podenv, struct str text, size_t at)
{
	struct podenv_value value = expand(podenv, NULL, text);

	value.at = at;
	return value;
}

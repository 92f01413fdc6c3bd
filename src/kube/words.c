/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/words.h"

#include "yaml/scalar.h"

#define PREFIX "rollstamp.io/"
/* Of a value, in a message. */
#define SHOWN 40

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NEITHER };

/* The longest of them is "false". */
#define TRUTH_LENGTH 5

static enum truth truth_of(struct str text)
{
	static const char *const trues[] = { "true", "True", "TRUE", "yes", "Yes", "YES", "on",
					     "On",   "ON",   "y",    "Y",   "t",   "T",   "1" };
	static const char *const falses[] = { "false", "False", "FALSE", "no", "No", "NO", "off",
					      "Off",   "OFF",   "n",     "N",  "f",  "F",  "0" };

	/* Nearly all objects have no annotation that is asked for. */
	if (text.len == 0 || text.len > TRUTH_LENGTH)
		return TRUTH_NEITHER;
	for (size_t i = 0; i < sizeof(trues) / sizeof(*trues); i++)
		if (str_is(text, trues[i]))
			return TRUTH_TRUE;
	for (size_t i = 0; i < sizeof(falses) / sizeof(*falses); i++)
		if (str_is(text, falses[i]))
			return TRUTH_FALSE;
	return TRUTH_NEITHER;
}

bool words_is_true(struct node *annotations, const char *annotation)
{
	return truth_of(scalar_get(annotations, annotation)) == TRUTH_TRUE;
}

enum word_value { VALUE_TRUTH, VALUE_VOLUMES, VALUE_SELECTOR, VALUE_ANY };

struct known_word {
	const char *name;
	unsigned places; /* enum words_place */
	enum word_value value;
};

static const struct known_word words[] = {
	{ "ignore", WORDS_OF_WORKLOAD | WORDS_OF_OBJECT | WORDS_OF_BORROWER, VALUE_TRUTH },
	{ "exclude", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_ANY },
	{ "volumes", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_VOLUMES },
	{ "configmaps", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_ANY },
	{ "secrets", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_ANY },
	{ "configmap-selector", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_SELECTOR },
	{ "secret-selector", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_SELECTOR },
	{ "git", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_ANY },
	{ "git-pin", WORDS_OF_WORKLOAD | WORDS_OF_TEMPLATE, VALUE_TRUTH },
};

#define WORD_COUNT (sizeof(words) / sizeof(*words))
/* Longer than any word, with room for what people make of them. */
#define NAME_LIMIT 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, left out or changed to make `b` of `a` (Levenshtein). */
static size_t distance(struct str a, struct str b)
{
	size_t row[NAME_LIMIT + 1];

	for (size_t k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t above = row[k], changed = diagonal + (a.ptr[i - 1] != b.ptr[k - 1]);

			row[k] = least(changed, least(above, row[k - 1]) + 1);
			diagonal = above;
		}
	}
	return row[b.len];
}

/* The word that was probably meant by what is no word, or NULL. */
static const struct known_word *nearest(struct str name)
{
	const struct known_word *best = NULL;
	size_t best_distance = 4;

	if (name.len > NAME_LIMIT)
		return NULL;
	for (size_t i = 0; i < WORD_COUNT; i++) {
		struct str word = str_from(words[i].name);
		size_t d = distance(name, word);

		if (d < best_distance && d < word.len) {
			best = &words[i];
			best_distance = d;
		}
	}
	return best;
}

static const struct known_word *find_word(struct str name)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		if (str_is(name, words[i].name))
			return &words[i];
	return NULL;
}

void words_add_mistake(struct mistakes *mistakes, size_t at, struct str what, struct str why)
{
	mistakes->items = arena_grow(mistakes->arena, mistakes->items, mistakes->count, &mistakes->room,
				     sizeof(*mistakes->items));
	mistakes->items[mistakes->count++] = (struct mistake){
		.what = what,
		.text = arena_printf(mistakes->arena, "%.*s %.*s", STR_ARG(what), STR_ARG(why)),
		.at = at,
	};
}

static struct str cut(struct str text)
{
	return text.len > SHOWN ? str_slice(text, (struct span){ 0, SHOWN }) : text;
}

static struct str explain_unknown(struct mistakes *mistakes, struct str name)
{
	const struct known_word *word = nearest(name);
	struct str list = { 0 };

	if (word)
		return arena_printf(mistakes->arena, "means nothing: did you mean " PREFIX "%s?", word->name);
	for (size_t i = 0; i < WORD_COUNT; i++)
		list = arena_printf(mistakes->arena, "%.*s%s%s", STR_ARG(list), i > 0 ? ", " : "", words[i].name);
	return arena_printf(mistakes->arena, "means nothing: known are " PREFIX "... with %.*s", STR_ARG(list));
}

static struct str explain_place(enum words_place place)
{
	if (place == WORDS_OF_OBJECT)
		return str_from("means nothing here: it belongs to workloads");
	if (place == WORDS_OF_BORROWER)
		return str_from("means nothing here: it belongs to the object that spec.workloadRef names");
	return str_from("means nothing here: it counts in the workload's own metadata, not in its template's");
}

static const char *const volumes_names[] = {
	[VOLUMES_ALL] = "all",
	[VOLUMES_SUBPATH] = "subpath",
	[VOLUMES_NONE] = "none",
	NULL,
};

const char *const *words_volumes(void)
{
	return volumes_names;
}

bool words_read_volumes(struct str text, enum volumes_mode *mode)
{
	for (size_t i = 0; volumes_names[i]; i++)
		if (str_is(text, volumes_names[i])) {
			*mode = (enum volumes_mode)i;
			return true;
		}
	return false;
}

/* What is wrong with the value; empty if nothing is. */
static struct str explain_value(struct mistakes *mistakes, const struct known_word *word, const struct node *value)
{
	struct str text = value->value;
	enum volumes_mode mode;

	if (value->type != NODE_SCALAR)
		return str_from("is no text");
	if (word->value == VALUE_TRUTH && (scalar_is_null(value) || truth_of(text) == TRUTH_NEITHER))
		return arena_printf(mistakes->arena, "is '%.*s', which is neither true nor false", STR_ARG(cut(text)));
	if (word->value == VALUE_VOLUMES && !words_read_volumes(text, &mode))
		return arena_printf(mistakes->arena, "is '%.*s', which is none of all, subpath and none",
				    STR_ARG(cut(text)));
	if (word->value == VALUE_SELECTOR && (scalar_is_null(value) || str_trim(text).len == 0))
		return str_from("is empty, so that it selects nothing");
	return (struct str){ 0 };
}

static void check_word(struct mistakes *mistakes, struct node *annotations, const struct node *key, struct str full,
		       enum words_place place)
{
	struct str name = str_skip(full, strlen(PREFIX)), why = { 0 };
	const struct known_word *word = find_word(name);

	if (!word)
		why = explain_unknown(mistakes, name);
	else if (!(word->places & (unsigned)place))
		why = explain_place(place);
	else if (node_find(annotations, full) == key->next)
		why = explain_value(mistakes, word, node_resolve(key->next));
	if (why.len > 0)
		words_add_mistake(mistakes, key->span.from,
				  arena_printf(mistakes->arena, "annotation %.*s", STR_ARG(cut(full))), why);
}

void words_check(struct mistakes *mistakes, struct node *annotations, enum words_place place)
{
	struct node *mapping = node_resolve(annotations);
	size_t checked = 0;

	if (!mapping || !node_is_mapping(mapping))
		return;
	for (struct node *key = mapping->child; key && checked < WORDS_LIMIT; key = key->next->next) {
		const struct node *name = node_resolve(key);

		if (name->type != NODE_SCALAR || !str_starts_with(name->value, PREFIX))
			continue;
		checked++;
		check_word(mistakes, mapping, key, name->value, place);
	}
}

/* Whose field is looked at: a container or volume, or nobody's. */
struct owner {
	const char *kind; /* NULL for nobody */
	struct node *item;
	size_t number;
};

/* For people, with a blank at the end, or empty. */
static struct str owner_name(struct mistakes *mistakes, const struct owner *owner)
{
	struct str name;

	if (!owner->kind)
		return (struct str){ 0 };
	name = cut(scalar_get(owner->item, "name"));
	if (name.len > 0)
		return arena_printf(mistakes->arena, "%s %.*s: ", owner->kind, STR_ARG(name));
	return arena_printf(mistakes->arena, "%s %zu: ", owner->kind, owner->number);
}

static void check_is_list(struct mistakes *mistakes, const struct node *list, const char *field,
			  const struct owner *owner)
{
	if (list->type == NODE_SEQUENCE || scalar_is_null(list) || mistakes->count >= WORDS_LIMIT)
		return;
	words_add_mistake(mistakes, list->span.from,
			  arena_printf(mistakes->arena, "%.*s%s", STR_ARG(owner_name(mistakes, owner)), field),
			  str_from("is no list: nothing of it counts, and the API server refuses it"));
}

/* Inline, so that the compiler counts the letters of each field: most of them are not there. */
static inline void check_list(struct mistakes *mistakes, struct node *parent, const char *field,
			      const struct owner *owner)
{
	const struct node *list = node_get(parent, field);

	if (list)
		check_is_list(mistakes, list, field, owner);
}

static void check_containers(struct mistakes *mistakes, struct node *spec, const char *list)
{
	struct owner owner = { 0 };

	check_list(mistakes, spec, list, &owner);
	owner = (struct owner){ .kind = "container", .number = 1 };
	for (struct node *item = node_items(node_get(spec, list)); item && owner.number <= WORDS_LIMIT;
	     item = item->next, owner.number++) {
		owner.item = item;
		check_list(mistakes, item, "env", &owner);
		check_list(mistakes, item, "envFrom", &owner);
		check_list(mistakes, item, "volumeMounts", &owner);
	}
}

static void check_volumes(struct mistakes *mistakes, struct node *spec)
{
	struct owner owner = { 0 };

	check_list(mistakes, spec, "volumes", &owner);
	owner = (struct owner){ .kind = "volume", .number = 1 };
	for (struct node *item = node_items(node_get(spec, "volumes")); item && owner.number <= WORDS_LIMIT;
	     item = item->next, owner.number++) {
		owner.item = item;
		check_list(mistakes, node_get(item, "configMap"), "items", &owner);
		check_list(mistakes, node_get(item, "secret"), "items", &owner);
		check_list(mistakes, node_get(item, "projected"), "sources", &owner);
	}
}

void words_check_lists(struct mistakes *mistakes, struct node *pod_template)
{
	struct node *spec = node_get(pod_template, "spec");

	check_containers(mistakes, spec, "initContainers");
	check_containers(mistakes, spec, "containers");
	check_volumes(mistakes, spec);
	check_list(mistakes, spec, "imagePullSecrets", &(struct owner){ 0 });
}

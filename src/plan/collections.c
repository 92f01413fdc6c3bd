/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/collections.h"

#include "base/glob.h"
#include "kube/names.h"
#include "kube/watcher.h"
#include "yaml/scalar.h"

/* As much as a reference: see podspec_budget. */
#define COST 48

/* An annotation by which a workload selects. */
struct selecting_word {
	const char *annotation;
	enum object_kind kind;
	bool is_selector;
};

static const struct selecting_word words[] = {
	{ "rollstamp.io/configmaps", OBJECT_CONFIGMAP, false },
	{ "rollstamp.io/configmap-selector", OBJECT_CONFIGMAP, true },
	{ "rollstamp.io/secrets", OBJECT_SECRET, false },
	{ "rollstamp.io/secret-selector", OBJECT_SECRET, true },
};

static struct str own_of(const struct draft *draft)
{
	return draft->subject->identity.ns;
}

/* Each collection is one stamp, whoever names it how often. An annotation names it before an option. */
static bool add(const struct draft *draft, struct collections *collections, const struct gathering *gathering,
		struct err *err)
{
	const struct collection *collection = &gathering->collection;
	struct str key = arena_printf(draft->basis->tree, "%s %.*s", object_kind_name(collection->kind),
				      STR_ARG(collection->text));

	if (collections->count == 0)
		map_init(&collections->seen, draft->basis->tree);
	if (map_get(&collections->seen, key))
		return true;
	if (*draft->subject->budget < COST)
		return err_set_at(err, gathering->at, "it selects too much for its document");
	*draft->subject->budget -= COST;
	map_set(&collections->seen, key, collections);
	collections->items = arena_grow(draft->basis->tree, collections->items, collections->count, &collections->room,
					sizeof(*collections->items));
	collections->items[collections->count++] = *gathering;
	return true;
}

static bool read_globs(const struct draft *draft, const struct selecting_word *word, struct str entries, size_t at,
		       struct collections *collections, struct err *err)
{
	while (entries.ptr) {
		struct str entry = str_trim(glob_cut(&entries));
		struct gathering gathering = { .via = VIA_ANNOTATION, .at = at };

		if (!collection_is_glob(entry))
			continue;
		gathering.collection = collection_of_glob(word->kind, entry, own_of(draft));
		if (!add(draft, collections, &gathering, err))
			return false;
	}
	return true;
}

static bool read_selector(const struct draft *draft, const struct selecting_word *word, struct str text, size_t at,
			  struct collections *collections, struct err *err)
{
	struct gathering gathering = { .via = VIA_ANNOTATION, .at = at };

	if (collection_of_selector(word->kind, text, draft->basis->tree, &gathering.collection, err))
		return add(draft, collections, &gathering, err);
	err->at = at;
	return err_prefix(err, "annotation %s", word->annotation);
}

static bool read_annotations(const struct draft *draft, struct node *annotations, struct collections *collections,
			     struct err *err)
{
	for (size_t i = 0; annotations && i < sizeof(words) / sizeof(*words); i++) {
		const struct selecting_word *word = &words[i];
		struct node *value = node_get(annotations, word->annotation);
		struct str text = value ? scalar_get(annotations, word->annotation) : (struct str){ 0 };

		if (str_trim(text).len == 0)
			continue;
		if (word->is_selector ? !read_selector(draft, word, text, value->span.from, collections, err)
				      : !read_globs(draft, word, text, value->span.from, collections, err))
			return false;
	}
	return true;
}

/* An option has been checked when it was given. */
static bool read_options(const struct draft *draft, struct collections *collections, struct err *err)
{
	const struct policy_list *alsos = &draft->basis->policy->alsos;

	for (size_t i = 0; i < alsos->count; i++) {
		struct str object = alsos->items[i], workload = str_cut(&object, '=');
		struct gathering gathering = { .via = VIA_OPTION, .at = draft->subject->object->span.from };

		if (!collection_is_also(object) || !choice_names_workload(&draft->choice, workload))
			continue;
		if (!collection_of_also(object, own_of(draft), draft->basis->tree, &gathering.collection, err) ||
		    !add(draft, collections, &gathering, err))
			return false;
	}
	return true;
}

static bool read_all(const struct draft *draft, struct collections *collections, struct err *err)
{
	if (!read_annotations(draft, draft->subject->identity.annotations, collections, err) ||
	    !read_annotations(draft, draft->choice.template_annotations, collections, err))
		return draft_explain(draft, err);
	return read_options(draft, collections, err) || draft_explain(draft, err);
}

/* The consumption that a reference to one of the objects would be. */
static struct consumption consumption_of(const struct gathering *gathering, size_t i)
{
	struct object *object = gathering->collected->items[i];

	return (struct consumption){
		.kind = object->kind,
		.foreign_namespace = collection_foreign(&gathering->collection, gathering->collected, i),
		.name = object->name,
		.object = object,
	};
}

/* Leaves out what is excluded for this workload. What was found is shared with other workloads, and is copied then. */
static void exclude(const struct draft *draft, struct gathering *gathering)
{
	const struct collected *all = gathering->collected;
	struct collected *kept;

	if (!choice_has_excludes(&draft->choice))
		return;
	kept = ARENA_NEW(draft->basis->tree, struct collected);
	kept->items = arena_array(draft->basis->arena, all->count, sizeof(struct object *));
	for (size_t i = 0; i < all->count; i++) {
		struct consumption c = consumption_of(gathering, i);

		unused_object(draft->basis->unused, &draft->subject->identity, c.kind,
			      resolve_namespace(&c, own_of(draft)), c.name);
		unused_object(draft->basis->unused, &draft->subject->identity, c.kind, c.object->ns, c.name);
		if (choice_excludes(&draft->choice, &c))
			continue;
		kept->own_count += i < all->own_count;
		kept->items[kept->count++] = all->items[i];
	}
	if (kept->count == all->count)
		return;
	gathering->left_out += all->count - kept->count;
	gathering->collected = kept;
}

/*
 * The first sidecar that follows an object of it, if sidecars follow each of them; else NULL. Looking at them is paid for as
 * looking for them is.
 */
static const struct watcher *follower_of(const struct draft *draft, const struct gathering *gathering)
{
	const struct collected *collected = gathering->collected;
	struct manifest *manifest = draft->basis->manifest;
	const struct watcher *first = NULL;
	struct watcher *watchers;
	size_t count = watcher_find(manifest, own_of(draft), &draft->podspec, draft->subject->git_budget,
				    draft->basis->tree, &watchers);

	for (size_t i = 0; i < collected->count && count > 0; i++) {
		struct consumption c = consumption_of(gathering, i);
		size_t k = 0;

		while (k < count && manifest_spend(manifest, COST) &&
		       !watcher_follows(&watchers[k], manifest, c.object, c.foreign_namespace, own_of(draft)))
			k++;
		if (k == count)
			return NULL;
		first = first ? first : &watchers[k];
	}
	return first;
}

/* Is the Secret that `standin` makes left out? Then `*outcome` is set to how. */
static bool is_left_out(const struct draft *draft, const struct standin *standin, enum outcome *outcome)
{
	struct consumption c = { .kind = OBJECT_SECRET, .name = standin->name };
	bool is_ignored, is_excluded;

	if (!str_equal(standin->ns, own_of(draft)))
		c.foreign_namespace = standin->ns;
	unused_object(draft->basis->unused, &draft->subject->identity, c.kind, resolve_namespace(&c, own_of(draft)),
		      c.name);
	is_ignored = choice_ignores(&draft->choice, &c);
	is_excluded = !is_ignored && choice_excludes(&draft->choice, &c);
	if (is_ignored || is_excluded)
		*outcome = is_ignored ? OUTCOME_IGNORED : OUTCOME_EXCLUDED;
	return is_ignored || is_excluded;
}

/* Does it fit nothing but what a controller makes at run time? What is left out of that is so as it is of objects. */
static bool is_made_later(const struct draft *draft, struct gathering *gathering)
{
	struct manifest *manifest = draft->basis->manifest;
	const struct collection *collection = &gathering->collection;
	struct str own = own_of(draft);
	const struct standin *first = NULL, *at = NULL;
	bool is_any = false, is_glob = collection->name.len > 0;
	bool leaves_out = choice_has_excludes(&draft->choice) || manifest->ignore->count > 0;

	while ((!first || leaves_out) && (at = collection_stand_in(manifest, collection, own, at)) != NULL) {
		is_any = true;
		if (!is_left_out(draft, at, &gathering->outcome) && !first)
			first = at;
	}
	if (!first)
		return is_any;
	gathering->outcome = OUTCOME_STAND_IN;
	gathering->why = arena_printf(
		draft->basis->tree,
		"fits no Secret of the input, but %s %.*s: its controller writes %s later, so no stamp can tell when",
		is_glob ? "one that comes from" : "the labels of", STR_ARG(first->by), is_glob ? "it" : "a Secret");
	return true;
}

/* Decides what becomes of what has been found. */
static void decide(const struct draft *draft, struct gathering *gathering)
{
	struct arena *arena = draft->basis->tree;
	const struct collected *collected = gathering->collected;
	const struct watcher *watcher;

	gathering->left_out = collected->ignored;
	if (collected->ambiguous) {
		gathering->outcome = OUTCOME_AMBIGUOUS;
		gathering->why =
			arena_printf(arena,
				     "fits %s %.*s, which is in several namespaces, and it is not known which "
				     "one is meant: --namespace tells the release's",
				     object_kind_name(gathering->collection.kind), STR_ARG(collected->ambiguous->name));
		return;
	}
	exclude(draft, gathering);
	if (gathering->collected->count + gathering->left_out == 0 && is_made_later(draft, gathering))
		return;
	if (gathering->collected->count == 0) {
		gathering->outcome = gathering->left_out == 0 ? OUTCOME_EMPTY
				     : collected->count > 0   ? OUTCOME_EXCLUDED
							      : OUTCOME_IGNORED;
		return;
	}
	watcher = follower_of(draft, gathering);
	if (watcher) {
		const struct container *container = &draft->podspec.containers[watcher->container];

		gathering->outcome = OUTCOME_FOLLOWED;
		gathering->why =
			arena_printf(arena, "followed by %.*s", STR_ARG(podspec_container_name(container, arena)));
	}
}

/* May it have no stamp under --strict? An option that fits nothing is a note at most. */
static bool is_exempt(const struct draft *draft, const struct gathering *gathering)
{
	bool is_empty = gathering->outcome == OUTCOME_EMPTY;
	const struct consumption c = {
		.kind = gathering->collection.kind,
		.name = gathering->collection.text,
	};

	if (!is_empty && gathering->outcome != OUTCOME_STAND_IN)
		return false;
	return (is_empty && gathering->via == VIA_OPTION) || choice_allows_missing(&draft->choice, &c);
}

static bool find(const struct draft *draft, struct gathering *gathering, struct err *err)
{
	const struct basis *basis = draft->basis;
	bool is_secret = gathering->collection.kind == OBJECT_SECRET;

	if (is_secret && !basis->policy->secrets)
		gathering->outcome = OUTCOME_SECRETS_OFF;
	else if (is_secret && basis->manifest->hides_secrets)
		/* Of a stamp over the rest nobody would know what it is over. */
		gathering->outcome = OUTCOME_HIDDEN;
	if (!collection_find(basis->manifest, &gathering->collection, own_of(draft), &gathering->collected, err)) {
		err->at = gathering->at;
		return draft_explain(draft, err);
	}
	if (gathering->outcome == OUTCOME_RESOLVED)
		decide(draft, gathering);
	if (!collection_pay(basis->manifest, gathering->collected, err)) {
		err->at = gathering->at;
		return draft_explain(draft, err);
	}
	gathering->is_exempt = is_exempt(draft, gathering);
	if (gathering->outcome != OUTCOME_EMPTY)
		unused_collection(basis->unused, &draft->subject->identity, &gathering->collection);
	return gathering->outcome != OUTCOME_RESOLVED ||
	       collection_digest(basis->manifest, &gathering->collection, basis->secret_key, gathering->collected, err);
}

bool collections_find(const struct draft *draft, struct collections *collections, struct err *err)
{
	*collections = (struct collections){ 0 };
	if (!read_all(draft, collections, err))
		return false;
	for (size_t i = 0; i < collections->count; i++)
		if (!find(draft, &collections->items[i], err))
			return false;
	if (collections->count > 0 && draft->basis->policy->wants_details)
		collections->placements =
			arena_array(draft->basis->tree, collections->count, sizeof(*collections->placements));
	return true;
}

bool collections_is_covered(const struct gathering *gathering)
{
	return gathering->outcome == OUTCOME_RESOLVED && gathering->left_out == 0;
}

bool collections_note_named(const struct draft *draft, struct err *err)
{
	struct collections collections = { 0 };

	if (!read_all(draft, &collections, err))
		return false;
	for (size_t i = 0; i < collections.count; i++)
		if (!collection_find(draft->basis->manifest, &collections.items[i].collection, own_of(draft),
				     &collections.items[i].collected, err))
			return draft_explain(draft, err);
	return true;
}

void collections_add_stamps(const struct collections *collections, struct stamps *stamps)
{
	for (size_t i = 0; i < collections->count; i++) {
		const struct gathering *gathering = &collections->items[i];
		const struct collection *collection = &gathering->collection;
		bool is_secret = collection->kind == OBJECT_SECRET;
		struct stamp *stamp;

		if (gathering->outcome != OUTCOME_RESOLVED)
			continue;
		stamp = stamps_add(
			stamps, (struct stamp){
					.annotation = names_collection_annotation(collection->kind, collection->text,
										  stamps->arena),
					.env = names_collection_env(collection->kind, collection->text, stamps->arena),
					.value = { .ptr = gathering->collected->digest, .len = DIGEST_HEX },
					.subject_kind = is_secret ? "Secrets" : "ConfigMaps",
					.subject = collection->text,
					.in_every_container = true,
				});
		if (collections->placements)
			stamp_add_owner(stamp, &collections->placements[i], stamps->arena);
	}
}

static void note_unresolved(const struct draft *draft, const struct gathering *gathering, struct problems *problems)
{
	const struct subject *subject = draft->subject;
	struct arena *arena = draft->basis->tree;
	struct str what = arena_printf(arena, "%ss %.*s", object_kind_name(gathering->collection.kind),
				       STR_ARG(gathering->collection.text));
	struct refusal refusal = {
		.what = what,
		.kind = subject->identity.kind,
		.name = subject->identity.name,
		.place = subject_place(subject, gathering->at),
	};

	problems_add(problems, PROBLEM_UNRESOLVED, what);
	problems->needs_look = true;
	if (!policy_is_strict(draft->basis->policy))
		return;
	refusal.message = arena_printf(arena, "%.*s %.*s, and --strict is set%s", STR_ARG(what),
				       STR_ARG(gathering->why), outcome_advise(gathering->outcome));
	problems_refuse(problems, &refusal);
}

static void note_empty(const struct gathering *gathering, struct mistakes *mistakes)
{
	const char *kind = object_kind_name(gathering->collection.kind);
	struct str what = arena_printf(mistakes->arena, "selection %.*s", STR_ARG(gathering->collection.text));

	words_add_mistake(mistakes, gathering->at, what,
			  arena_printf(mistakes->arena, "fits no %s in the input and in --external files", kind));
}

void collections_note(const struct draft *draft, const struct collections *collections, struct mistakes *mistakes,
		      struct problems *problems)
{
	for (size_t i = 0; i < collections->count; i++) {
		const struct gathering *gathering = &collections->items[i];

		if (outcome_is_unresolved(gathering->outcome) && !gathering->is_exempt)
			note_unresolved(draft, gathering, problems);
		else if (gathering->outcome == OUTCOME_EMPTY && !gathering->is_exempt)
			note_empty(gathering, mistakes);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/unused.h"

#include "base/glob.h"
#include "git/urlrule.h"

static const struct policy_list *list_of(const struct policy *policy, enum unused_option option)
{
	switch (option) {
	case FITS_IGNORE:
		return &policy->ignores;
	case FITS_EXCLUDE:
		return &policy->excludes;
	case FITS_ALSO:
		return &policy->alsos;
	case FITS_GIT_MAP:
		return &policy->git_maps;
	case FITS_GIT_SKIP:
		return &policy->git_skips;
	case FITS_GIT_ONLY:
	case FITS_COUNT:
		break;
	}
	return &policy->git_onlys;
}

const char *unused_option_name(enum unused_option option)
{
	static const char *const names[FITS_COUNT] = { "--ignore",  "--exclude",  "--also",
						       "--git-map", "--git-skip", "--only" };

	return names[option];
}

void unused_init(struct unused *unused, const struct policy *policy, struct arena *arena)
{
	*unused = (struct unused){ .policy = policy };
	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		const struct policy_list *list = list_of(policy, option);

		unused->hits[option] = arena_array(arena, list->own_to - list->own_from, sizeof(bool));
	}
}

/* The next value of the command line, from `*i` on, that has fitted nothing yet; NULL if there is none. */
static const struct str *next_open(const struct unused *unused, enum unused_option option, size_t *i)
{
	const struct policy_list *list = list_of(unused->policy, option);

	while (*i < list->own_to - list->own_from && unused->hits[option][*i])
		++*i;
	return *i < list->own_to - list->own_from ? &list->items[list->own_from + *i] : NULL;
}

static struct pattern read_pattern(const struct unused *unused, struct str text)
{
	return pattern_read(&unused->policy->kinds, text);
}

static bool names(const struct unused *unused, struct str text, const struct identity *identity)
{
	struct pattern pattern = read_pattern(unused, text);

	return pattern_matches(&pattern, identity->kind, identity->ns, identity->name);
}

void unused_workload(struct unused *unused, const struct identity *identity)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(unused, FITS_ALSO, &i)); i++) {
		struct str object = *own, workload = str_cut(&object, '=');

		/* Globs and selectors must fit objects, too. */
		unused->hits[FITS_ALSO][i] = !collection_is_also(object) && names(unused, workload, identity);
	}
}

static bool is_collection(struct str object, struct str own, const struct collection *collection)
{
	struct arena arena = { 0 };
	struct collection read;
	struct err ignored;
	bool is_it = collection_is_also(object) && collection_of_also(object, own, &arena, &read, &ignored) &&
		     read.kind == collection->kind && str_equal(read.text, collection->text);

	arena_release(&arena);
	return is_it;
}

void unused_collection(struct unused *unused, const struct identity *workload, const struct collection *collection)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(unused, FITS_ALSO, &i)); i++) {
		struct str object = *own, who = str_cut(&object, '=');

		unused->hits[FITS_ALSO][i] =
			names(unused, who, workload) && is_collection(object, workload->ns, collection);
	}
}

void unused_object(struct unused *unused, const struct identity *workload, enum object_kind kind, struct str ns,
		   struct str name)
{
	struct str kind_name = str_from(object_kind_name(kind));
	const struct str *own;

	for (size_t i = 0; (own = next_open(unused, FITS_IGNORE, &i)); i++) {
		struct pattern pattern = read_pattern(unused, *own);

		unused->hits[FITS_IGNORE][i] = pattern_matches(&pattern, kind_name, ns, name);
	}
	for (size_t i = 0; (own = next_open(unused, FITS_EXCLUDE, &i)); i++) {
		struct str object = *own, who = str_cut(&object, '=');
		struct pattern pattern = read_pattern(unused, object);

		unused->hits[FITS_EXCLUDE][i] =
			names(unused, who, workload) && pattern_matches(&pattern, kind_name, ns, name);
	}
}

static bool maps(struct str map, const struct url *url)
{
	struct arena arena = { 0 };
	struct url mapped;
	struct err ignored;
	bool unused;

	/* What it makes of the url may be none. */
	unused = !urlrule_map(url, &map, 1, &arena, &mapped, &ignored) || !str_equal(mapped.text, url->text);
	arena_release(&arena);
	return unused;
}

void unused_url(struct unused *unused, struct str text, const struct url *url)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(unused, FITS_GIT_SKIP, &i)); i++)
		unused->hits[FITS_GIT_SKIP][i] = url ? urlrule_matches(*own, url) : glob_matches(*own, text);
	for (size_t i = 0; url && (own = next_open(unused, FITS_GIT_ONLY, &i)); i++)
		unused->hits[FITS_GIT_ONLY][i] = urlrule_matches(*own, url);
	for (size_t i = 0; url && (own = next_open(unused, FITS_GIT_MAP, &i)); i++)
		unused->hits[FITS_GIT_MAP][i] = maps(*own, url);
}

static bool was_ignored(const struct manifest *manifest, const struct pattern *pattern)
{
	for (size_t i = 0; i < manifest->remarks.passed_over_count; i++) {
		const struct passed_over *passed = &manifest->remarks.passed_over[i];

		if (strcmp(passed->reason, REMARKS_IGNORED) == 0 &&
		    pattern_matches(pattern, passed->kind, passed->ns, passed->name))
			return true;
	}
	return false;
}

void unused_manifest(struct unused *unused, const struct manifest *manifest)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(unused, FITS_IGNORE, &i)); i++) {
		struct pattern pattern = read_pattern(unused, *own);

		unused->hits[FITS_IGNORE][i] =
			was_ignored(manifest, &pattern) || manifest_has_named(manifest, &pattern);
	}
}

size_t unused_missed(const struct unused *unused, enum unused_option option, struct arena *arena, struct str **values)
{
	const struct policy_list *list = list_of(unused->policy, option);
	bool is_git = option == FITS_GIT_MAP || option == FITS_GIT_SKIP;
	const struct str *own;
	size_t count = 0;

	*values = arena_array(arena, list->own_to - list->own_from, sizeof(**values));
	/* Nobody has looked for urls then. */
	if (is_git && unused->policy->git == GIT_OFF)
		return 0;
	for (size_t i = 0; (own = next_open(unused, option, &i)); i++)
		(*values)[count++] = *own;
	return count;
}

#include "plan/unused.h"

#include "base/glob.h"
#include "git/urlrule.h"

static const struct str_list *list_of(const struct options *options, enum fits_option option)
{
	switch (option) {
	case FITS_IGNORE:
		return &options->ignores;
	case FITS_EXCLUDE:
		return &options->excludes;
	case FITS_ALSO:
		return &options->alsos;
	case FITS_GIT_MAP:
		return &options->git_maps;
	case FITS_GIT_SKIP:
	case FITS_COUNT:
		break;
	}
	return &options->git_skips;
}

const char *fits_option_name(enum fits_option option)
{
	static const char *const names[FITS_COUNT] = { "--ignore", "--exclude", "--also", "--git-map", "--git-skip" };

	return names[option];
}

void fits_init(struct fits *fits, const struct options *options, struct arena *arena)
{
	*fits = (struct fits){ .options = options };
	for (enum fits_option option = 0; option < FITS_COUNT; option++) {
		const struct str_list *list = list_of(options, option);

		fits->hits[option] = arena_array(arena, list->own_to - list->own_from, sizeof(bool));
	}
}

/* The next one of the command line's, from `*i` on, that has not fitted yet; NULL if there is none. */
static const struct str *next_open(const struct fits *fits, enum fits_option option, size_t *i)
{
	const struct str_list *list = list_of(fits->options, option);

	while (*i < list->own_to - list->own_from && fits->hits[option][*i])
		++*i;
	return *i < list->own_to - list->own_from ? &list->items[list->own_from + *i] : NULL;
}

static struct pattern read_pattern(const struct fits *fits, struct str text)
{
	return pattern_read(&fits->options->kinds, text);
}

static bool names(const struct fits *fits, struct str text, const struct identity *identity)
{
	struct pattern pattern = read_pattern(fits, text);

	return pattern_matches(&pattern, identity->kind, identity->ns, identity->name);
}

void fits_workload(struct fits *fits, const struct identity *identity)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(fits, FITS_ALSO, &i)); i++) {
		struct str object = *own, workload = str_cut(&object, '=');

		fits->hits[FITS_ALSO][i] = names(fits, workload, identity);
	}
}

void fits_object(struct fits *fits, const struct identity *workload, enum object_kind kind, struct str ns,
		 struct str name)
{
	struct str kind_name = str_from(object_kind_name(kind));
	const struct str *own;

	for (size_t i = 0; (own = next_open(fits, FITS_IGNORE, &i)); i++) {
		struct pattern pattern = read_pattern(fits, *own);

		fits->hits[FITS_IGNORE][i] = pattern_matches(&pattern, kind_name, ns, name);
	}
	for (size_t i = 0; (own = next_open(fits, FITS_EXCLUDE, &i)); i++) {
		struct str object = *own, who = str_cut(&object, '=');
		struct pattern pattern = read_pattern(fits, object);

		fits->hits[FITS_EXCLUDE][i] =
			names(fits, who, workload) && pattern_matches(&pattern, kind_name, ns, name);
	}
}

static bool maps(struct str map, const struct giturl *url)
{
	struct arena arena = { 0 };
	struct giturl mapped;
	struct err ignored;
	bool fits;

	/* What it makes of the url may be none. */
	fits = !urlrule_map(url, &map, 1, &arena, &mapped, &ignored) || !str_equal(mapped.text, url->text);
	arena_release(&arena);
	return fits;
}

void fits_url(struct fits *fits, struct str text, const struct giturl *url)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(fits, FITS_GIT_SKIP, &i)); i++)
		fits->hits[FITS_GIT_SKIP][i] = url ? urlrule_matches(*own, url) : glob_matches(*own, text);
	for (size_t i = 0; url && (own = next_open(fits, FITS_GIT_MAP, &i)); i++)
		fits->hits[FITS_GIT_MAP][i] = maps(*own, url);
}

static bool was_ignored(const struct manifest *manifest, const struct pattern *pattern)
{
	for (size_t i = 0; i < manifest->passed_over_count; i++) {
		const struct passed_over *passed = &manifest->passed_over[i];

		if (strcmp(passed->reason, MANIFEST_IGNORED) == 0 &&
		    pattern_matches(pattern, passed->kind, passed->ns, passed->name))
			return true;
	}
	return false;
}

void fits_manifest(struct fits *fits, const struct manifest *manifest)
{
	const struct str *own;

	for (size_t i = 0; (own = next_open(fits, FITS_IGNORE, &i)); i++) {
		struct pattern pattern = read_pattern(fits, *own);

		fits->hits[FITS_IGNORE][i] = was_ignored(manifest, &pattern) || manifest_has_named(manifest, &pattern);
	}
}

size_t fits_missed(const struct fits *fits, enum fits_option option, struct arena *arena, struct str **values)
{
	const struct str_list *list = list_of(fits->options, option);
	bool is_git = option == FITS_GIT_MAP || option == FITS_GIT_SKIP;
	const struct str *own;
	size_t count = 0;

	*values = arena_array(arena, list->own_to - list->own_from, sizeof(**values));
	/* Nobody has looked for urls then. */
	if (is_git && fits->options->git == GIT_OFF)
		return 0;
	for (size_t i = 0; (own = next_open(fits, option, &i)); i++)
		(*values)[count++] = *own;
	return count;
}

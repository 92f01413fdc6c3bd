#include "kube/ignore.h"

#include "base/glob.h"

#define MAX_PARTS 3

/* The parts of a pattern; 0 if there are too many of them or one is empty. */
static size_t split(struct str pattern, struct str parts[MAX_PARTS])
{
	size_t count = 0;

	while (pattern.ptr) {
		if (count == MAX_PARTS)
			return 0;
		parts[count] = str_cut(&pattern, '/');
		if (parts[count++].len == 0)
			return 0;
	}
	return count;
}

bool ignore_check(struct str pattern, struct err *err)
{
	struct str parts[MAX_PARTS];

	return split(pattern, parts) > 0 ||
	       err_set(err, "--ignore '%.*s': write NAME, KIND/NAME, NAMESPACE/NAME or KIND/NAMESPACE/NAME",
		       STR_ARG(pattern));
}

static bool matches(const struct kinds *kinds, struct str pattern, struct str kind, struct str namespace,
		    struct str name)
{
	struct str parts[MAX_PARTS];
	size_t count = split(pattern, parts);

	if (count == 0 || !glob_matches(parts[count - 1], name))
		return false;
	if (count == 3)
		return glob_matches_nocase(parts[0], kind) && glob_matches(parts[1], namespace);
	if (count == 1)
		return true;
	return kinds_is_named(kinds, parts[0]) ? glob_matches_nocase(parts[0], kind)
					       : glob_matches(parts[0], namespace);
}

bool ignore_matches(const struct ignore *ignore, struct str kind, struct str namespace, struct str name)
{
	for (size_t i = 0; i < ignore->count; i++)
		if (matches(ignore->kinds, ignore->patterns[i], kind, namespace, name))
			return true;
	return false;
}

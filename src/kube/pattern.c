/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/pattern.h"

#include "base/glob.h"

#include <assert.h>

#define MAX_PARTS 3

/* The parts of a pattern; 0 if there are too many of them or one is empty. */
static size_t split(struct str text, struct str parts[MAX_PARTS])
{
	size_t count = 0;

	while (text.ptr) {
		if (count == MAX_PARTS)
			return 0;
		parts[count] = str_cut(&text, '/');
		if (parts[count++].len == 0)
			return 0;
	}
	return count;
}

bool pattern_check(struct str text, struct err *err)
{
	struct str parts[MAX_PARTS];

	return split(text, parts) > 0 || err_set(err, "write NAME, KIND/NAME, NAMESPACE/NAME or KIND/NAMESPACE/NAME");
}

struct pattern pattern_read(const struct kinds *kinds, struct str text)
{
	struct pattern pattern = { 0 };
	struct str parts[MAX_PARTS];
	size_t count = split(text, parts);

	assert(count > 0);
	pattern.name = parts[count - 1];
	if (count == 3 || (count == 2 && kinds_is_named(kinds, parts[0])))
		pattern.kind = parts[0];
	if (count > 1 && (count == 3 || pattern.kind.len == 0))
		pattern.ns = parts[count - 2];
	return pattern;
}

bool pattern_matches(const struct pattern *pattern, struct str kind, struct str ns, struct str name)
{
	return glob_matches(pattern->name, name) &&
	       (pattern->kind.len == 0 || glob_matches_nocase(pattern->kind, kind)) &&
	       (pattern->ns.len == 0 || glob_matches(pattern->ns, ns));
}

bool pattern_can_name_object(const struct pattern *pattern)
{
	return pattern->kind.len == 0 || glob_matches_nocase(pattern->kind, str_from("ConfigMap")) ||
	       glob_matches_nocase(pattern->kind, str_from("Secret")) ||
	       glob_matches_nocase(pattern->kind, str_from("SecretProviderClass"));
}

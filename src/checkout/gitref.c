/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/gitref.h"

const char *gitref_via_name(enum gitref_via via)
{
	switch (via) {
	case GITREF_ENV:
		return "env";
	case GITREF_GIT_SYNC:
		return "git-sync";
	case GITREF_VOLUME:
		return "gitRepo";
	case GITREF_CLONE:
		return "git clone";
	case GITREF_ANNOTATION:
		return "annotation";
	}
	return "";
}

struct gitref_pin gitref_not_pinned(const char *why_not)
{
	return (struct gitref_pin){ .kind = GITREF_PIN_NOWHERE, .why_not = why_not };
}

struct str gitref_where(const struct gitref_part *part, struct arena *arena)
{
	return part->name.len > 0 ? arena_printf(arena, "%s %.*s", part->where, STR_ARG(part->name))
				  : str_from(part->where);
}

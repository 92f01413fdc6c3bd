/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/pair.h"

#include "shell/piece.h"

/* The pairs that are known by default. README and the man page have the same table. */
static const struct pair known[] = {
	/* The image's script, up to October 2017: git clone -b "$GIT_BRANCH"; since then, with no such variable, a checkout. */
	{ STR("GIT_REPO"), { STR("GIT_CHECKOUT_BRANCH") }, STR("master"), true, STR("GIT_BRANCH") },
	{ STR("GIT_REPO"), { STR("GIT_BRANCH"), STR("GIT_REF") }, STR("HEAD"), false, STR("") },
	{ STR("GIT_REPO_URL"), { STR("GIT_BRANCH"), STR("GIT_COMMIT_SHA") }, STR("HEAD"), false, STR("") },
	{ STR("REPO_URL"), { STR("REPO_BRANCH") }, STR("HEAD"), false, STR("") },
	{ STR("CONFIG_REPO_URL"), { STR("CONFIG_REPO_BRANCH") }, STR("HEAD"), false, STR("") },
	{ STR("CONFIG_REPO"), { STR("CONFIG_REPO_BRANCH") }, STR("HEAD"), false, STR("") },
};

const struct pair *pair_known(size_t *count)
{
	*count = sizeof(known) / sizeof(*known);
	return known;
}

bool pair_parse(struct str text, struct pair *pair, struct err *err)
{
	struct str rest = text, third = { 0 }, fourth = { 0 };
	struct pair parsed = { .repository = str_cut(&rest, ':'), .default_ref = STR("HEAD") };
	bool is_right;

	if (rest.ptr)
		parsed.refs[0] = str_cut(&rest, ':');
	if (rest.ptr)
		third = str_cut(&rest, ':');
	if (rest.ptr)
		fourth = str_cut(&rest, ':');
	is_right = piece_is_variable_name(parsed.repository) && piece_is_variable_name(parsed.refs[0]) && !rest.ptr;
	is_right = is_right && (!third.ptr || third.len > 0) && (!fourth.ptr || str_is(fourth, "pin"));
	if (!is_right)
		return err_set(err,
			       "--git-pair '%.*s': write REPO_VAR:REF_VAR[:DEFAULT_REF][:pin], "
			       "as in GIT_URL:GIT_BRANCH:main",
			       STR_ARG(text));
	parsed.pins = fourth.ptr != NULL;
	if (third.ptr && !fourth.ptr && str_is(third, "pin"))
		parsed.pins = true;
	else if (third.ptr)
		parsed.default_ref = third;
	*pair = parsed;
	return true;
}

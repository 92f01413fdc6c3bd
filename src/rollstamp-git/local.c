/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/local.h"

#include "git/url.h"
#include "rollstamp-git/sentence.h"

#include <git2.h>

/* How many digits the longest object name has. */
#define HEX_LIMIT 64

/* The path of a url, as git reads it: percent-decoded behind file://, else as it is. With a NUL behind it. */
static const char *path_of(struct str url, struct arena *arena)
{
	if (str_starts_with(url, "file://"))
		return url_decode(str_skip(url, strlen("file://")), arena).ptr;
	return arena_dup(arena, url).ptr;
}

static struct str message(void)
{
	const git_error *error = git_error_last();

	return str_from(error && error->message ? error->message : "");
}

/*
 * Sets `commit` to the commit that `name` leads to, or to another object if it leads to one; empty if there is no such
 * ref.
 */
static bool look_up(git_repository *repository, const char *name, struct arena *arena, struct str *commit)
{
	git_reference *reference = NULL;
	git_object *object = NULL;
	char hex[HEX_LIMIT + 1] = { 0 };
	int error = git_reference_lookup(&reference, repository, name);

	/* A HEAD of a branch without commits has no object behind it. */
	if (error == 0)
		error = git_reference_peel(&object, reference, GIT_OBJECT_ANY);
	if (error == 0)
		git_oid_tostr(hex, sizeof(hex), git_object_id(object));
	if (error == 0 || error == GIT_ENOTFOUND || error == GIT_EINVALIDSPEC)
		*commit = arena_dup(arena, str_from(hex));
	git_object_free(object);
	git_reference_free(reference);
	return error == 0 || error == GIT_ENOTFOUND || error == GIT_EINVALIDSPEC;
}

bool local_list(struct str url, const struct str *names, size_t count, struct arena *arena, struct str *commits,
		struct err *err)
{
	git_repository *repository = NULL;
	bool ok = git_repository_open(&repository, path_of(url, arena)) == 0;

	for (size_t i = 0; ok && i < count; i++)
		ok = look_up(repository, arena_dup(arena, names[i]).ptr, arena, &commits[i]);
	if (!ok)
		err_set(err, "%s", sentence_for(message(), SENTENCE_ANYWHERE, arena).ptr);
	git_repository_free(repository);
	return ok;
}

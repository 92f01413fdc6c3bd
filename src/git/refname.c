/* SPDX-License-Identifier: Apache-2.0 */
#include "git/refname.h"

#include "base/utf8.h"
#include "git/url.h"
#include "git/urlname.h"

#include <string.h>

#define ABBREVIATED_MIN 7
#define COMMIT_SHA1 40
#define COMMIT_SHA256 64

static const struct {
	enum ref_kind kind;
	const char *name;
} kinds[] = {
	{ REF_COMMIT, "commit" }, { REF_BRANCH, "branch" }, { REF_TAG, "tag" },
	{ REF_HEAD, "head" },     { REF_OTHER, "ref" },     { REF_ABBREVIATED, "abbreviated" },
};

const char *ref_kind_name(enum ref_kind kind)
{
	assert(kinds[kind].kind == kind);
	return kinds[kind].name;
}

bool refname_is_commit(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_hex_digit(text.ptr[i]))
			return false;
	return text.len == 40 || text.len == 64;
}

bool ref_kind_from(struct str name, enum ref_kind *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_is(name, kinds[i].name))
			continue;
		*kind = kinds[i].kind;
		return true;
	}
	return false;
}

static bool check_component(struct str component, struct err *err)
{
	if (component.len == 0)
		return err_set(err, "begins or ends with `/`, or has two of them together");
	if (component.ptr[0] == '.')
		return err_set(err, "has a part that begins with `.`, which git refuses");
	if (str_ends_with(component, ".lock"))
		return err_set(err, "has a part that ends in `.lock`, which git refuses");
	return true;
}

/* The bytes that git-check-ref-format(1) forbids. */
static bool check_bytes(struct str text, struct err *err)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (str_is_control((char)c) || (c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0))
			return err_set(err, "has a control character");
		if (c == '~' || c == '^' || (c == '@' && i + 1 < text.len && text.ptr[i + 1] == '{'))
			return err_set(err,
				       "is a revision expression (`~`, `^`, `@{`): write a branch, a tag, HEAD or a"
				       " commit");
		if (strchr(" :?*[\\", c))
			return err_set(err, "has a space or one of `:?*[\\`, which can't be in the name of a ref");
		if (c == '.' && i + 1 < text.len && text.ptr[i + 1] == '.')
			return err_set(err, "has `..`, which can't be in the name of a ref");
		if (c >= 0x80) {
			size_t length = utf8_length(str_skip(text, i));

			if (length == 0)
				return err_set(err, "is not UTF-8 text");
			i += length - 1;
		}
	}
	return true;
}

static bool check_name(struct str text, struct err *err)
{
	struct str rest = text;

	if (text.len == 0)
		return err_set(err, "is empty");
	if (text.len > REFNAME_LIMIT)
		return err_set(err, "is longer than %d bytes", REFNAME_LIMIT);
	if (str_find(text, '\n') == text.len - 1)
		return err_set(err,
			       "ends in a newline, which can't be in the name of a ref (in YAML, a block scalar with"
			       " `|` has one: write `|-`)");
	if (text.ptr[0] == '-')
		return err_set(err, "begins with `-`, which looks like an option");
	if (!check_bytes(text, err))
		return false;
	if (str_ends_with(text, "."))
		return err_set(err, "ends in `.`, which git refuses");
	while (rest.ptr)
		if (!check_component(str_cut(&rest, '/'), err))
			return false;
	return true;
}

/* Sets `digits` to `text` in lower case if that is all hex digits. */
static bool read_digits(struct str text, struct arena *arena, struct str *digits)
{
	char *to = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!str_is_hex_digit(str_lower(c)))
			return false;
		to[i] = str_lower(c);
	}
	*digits = (struct str){ .ptr = to, .len = text.len };
	return true;
}

static void add(struct refname *ref, struct str name, enum ref_kind kind)
{
	assert(ref->count < REFNAME_CANDIDATES);
	ref->candidates[ref->count++] = (struct ref_candidate){ .name = name, .kind = kind };
}

static void add_branch(struct refname *ref, struct str name, struct arena *arena)
{
	add(ref, arena_printf(arena, "refs/heads/%.*s", STR_ARG(name)), REF_BRANCH);
}

static void add_tag(struct refname *ref, struct str name, struct arena *arena)
{
	add(ref, arena_printf(arena, "refs/tags/%.*s", STR_ARG(name)), REF_TAG);
}

static void add_name(struct refname *ref, struct str name, enum ref_rule rule, struct arena *arena)
{
	if (rule == REF_BRANCH_FIRST)
		add_branch(ref, name, arena);
	add_tag(ref, name, arena);
	if (rule == REF_TAG_FIRST)
		add_branch(ref, name, arena);
}

static enum ref_kind kind_of_full(struct str name)
{
	if (str_starts_with(name, "refs/heads/"))
		return REF_BRANCH;
	return str_starts_with(name, "refs/tags/") ? REF_TAG : REF_OTHER;
}

/*
 * In a fresh clone refs/remotes/origin/ has the remote's branches, and HEAD for its default branch. git checkout looks
 * there behind the tags, and makes a branch of origin/origin/X only when there is nothing else; git clone -b doesn't.
 */
static void add_remote_branch(struct refname *ref, struct str text, enum ref_rule rule, struct arena *arena)
{
	struct str branch = str_skip(text, strlen("origin/"));

	if (rule == REF_BRANCH_FIRST)
		add_branch(ref, text, arena);
	add_tag(ref, text, arena);
	if (str_is(branch, "HEAD"))
		add(ref, branch, REF_HEAD);
	else
		add_branch(ref, branch, arena);
	if (rule == REF_TAG_FIRST)
		add_branch(ref, text, arena);
}

static void add_candidates(struct refname *ref, struct str text, enum ref_rule rule, struct arena *arena)
{
	if (str_is(text, "HEAD") || str_is(text, "@")) {
		add(ref, (struct str)STR("HEAD"), REF_HEAD);
	} else if (str_starts_with(text, "refs/")) {
		add(ref, text, kind_of_full(text));
	} else if (str_starts_with(text, "origin/")) {
		add_remote_branch(ref, text, rule, arena);
	} else {
		struct str full = arena_printf(arena, "refs/%.*s", STR_ARG(text));
		bool is_folder = str_starts_with(text, "heads/") || str_starts_with(text, "tags/");

		/*
		 * git looks for refs/N first. But a clone fetches nothing from refs/ but heads and tags: so refs/N is
		 * what `git fetch origin N` asks for, and comes behind the others, since no remote has both.
		 */
		if (rule == REF_TAG_FIRST && is_folder)
			add(ref, full, kind_of_full(full));
		add_name(ref, text, rule, arena);
		if (rule == REF_TAG_FIRST && !is_folder && str_find(text, '/') < text.len)
			add(ref, full, REF_OTHER);
	}
}

bool refname_parse(struct str text, enum ref_rule rule, struct refname *ref, struct arena *arena, struct err *err)
{
	struct refname found = { .text = text };

	if (!check_name(text, err))
		return false;
	if (read_digits(text, arena, &found.digits)) {
		found.is_commit = text.len == COMMIT_SHA1 || text.len == COMMIT_SHA256;
		found.maybe_abbreviated = text.len >= ABBREVIATED_MIN && text.len < COMMIT_SHA1;
	}
	if (!found.is_commit)
		add_candidates(&found, text, rule, arena);
	*ref = found;
	return true;
}

bool refname_choose(const struct refname *ref, const struct str *commits, enum ref_kind *kind, struct str *commit)
{
	for (size_t i = 0; i < ref->count; i++) {
		if (commits[i].len == 0)
			continue;
		*kind = ref->candidates[i].kind;
		*commit = commits[i];
		return true;
	}
	if (!ref->is_commit && !ref->maybe_abbreviated)
		return false;
	*kind = ref->is_commit ? REF_COMMIT : REF_ABBREVIATED;
	*commit = ref->digits;
	return true;
}

struct str refname_lock_key(struct str text, struct str url_bare, bool is_secret, struct str secret_key,
			    struct arena *arena)
{
	if (!is_secret)
		return text;
	return urlname_hashed(arena_printf(arena, "%.*s\n%.*s", STR_ARG(url_bare), STR_ARG(text)), secret_key, arena);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of git refs: what was taken is a name by git's rules, which are written down here a second time; its candidates
 * are names, too, in the order of the rule, each once; and digits stand for themselves.
 */
#include "check.h"

#include "git/lock.h"

#include <string.h>

/* git-check-ref-format(1), but for the rule that one level isn't enough. */
static bool is_name(struct str text)
{
	char before = '/';

	if (text.len == 0 || text.ptr[text.len - 1] == '/' || text.ptr[text.len - 1] == '.')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		struct str rest = str_skip(text, i);

		if ((unsigned char)c <= 0x20 || c == 0x7f || strchr("~^:?*[\\", c) || str_starts_with(rest, "@{"))
			return false;
		if ((before == '/' && (c == '/' || c == '.')) || (before == '.' && c == '.'))
			return false;
		if (str_starts_with(rest, ".lock") && (rest.len == 5 || rest.ptr[5] == '/'))
			return false;
		before = c;
	}
	return true;
}

static void check_candidates(const struct refname *ref, enum ref_rule rule, struct arena *arena)
{
	struct refname again;
	struct err err;

	CHECK((ref->count == 0) == ref->is_commit);
	for (size_t i = 0; i < ref->count; i++) {
		struct str name = ref->candidates[i].name;

		CHECK_OF(is_name(name), name);
		CHECK_OF(str_is(name, "HEAD") || str_starts_with(name, "refs/"), name);
		for (size_t k = 0; k < i; k++)
			CHECK_OF(!str_equal(name, ref->candidates[k].name), name);
		/* A full name is itself, unless it has become too long. */
		if (!refname_parse(name, rule, &again, arena, &err))
			continue;
		CHECK_OF(again.count == 1 && again.candidates[0].kind == ref->candidates[i].kind, name);
		CHECK_OF(str_equal(again.candidates[0].name, name), name);
	}
	if (ref->count > 1 && !str_starts_with(ref->text, "heads/") && !str_starts_with(ref->text, "tags/"))
		CHECK(ref->candidates[0].kind == (rule == REF_TAG_FIRST ? REF_TAG : REF_BRANCH));
}

/* For each candidate that alone exists: it is chosen, and chosen again from what was recorded. */
static void check_choice(const struct refname *ref, struct arena *arena)
{
	static const struct str commit = STR("0123456789abcdef0123456789abcdef01234567");
	struct lock_entry entries[LOCK_ENTRIES_OF_REF];

	for (size_t i = 0; i < ref->count; i++) {
		struct str commits[REFNAME_CANDIDATES] = { 0 }, chosen, url = STR("https://h/a");
		struct buf file = { 0 };
		struct lock lock;
		enum ref_kind kind;
		struct err err;

		commits[i] = commit;
		CHECK(refname_choose(ref, commits, &kind, &chosen));
		CHECK(kind == ref->candidates[i].kind && str_equal(chosen, commit));
		CHECK(lock_record(url, ref->text, ref, commits, entries) == 1);
		lock_print(entries, 1, arena, &file);
		CHECK(lock_parse(check_copy(arena, buf_str(&file)), arena, &lock, &err));
		CHECK(lock_choose(&lock, url, ref->text, ref, &kind, &chosen));
		CHECK(kind == ref->candidates[i].kind && str_equal(chosen, commit));
		buf_release(&file);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct refname ref;
	struct str text, commit;
	enum ref_kind kind;
	struct err err;

	arena_init(&arena);
	text = check_copy(&arena, (struct str){ .ptr = (const char *)data, .len = size });
	for (int rule = REF_TAG_FIRST; rule <= REF_BRANCH_FIRST; rule++) {
		struct str none[REFNAME_CANDIDATES] = { 0 };

		if (!refname_parse(text, (enum ref_rule)rule, &ref, &arena, &err)) {
			check_message(&err);
			continue;
		}
		CHECK_OF(is_name(text) && text.ptr[0] != '-', text);
		check_candidates(&ref, (enum ref_rule)rule, &arena);
		check_choice(&ref, &arena);
		CHECK(refname_choose(&ref, none, &kind, &commit) == (ref.is_commit || ref.maybe_abbreviated));
	}
	arena_release(&arena);
	return 0;
}

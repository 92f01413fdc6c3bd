/* SPDX-License-Identifier: Apache-2.0 */
#include "git/refname.h"

#include "unit.h"

#define SHA1 "0123456789abcdef0123456789abcdef01234567"
#define SHA256 SHA1 "89abcdef0123456789abcdef"

/* The candidates of `ref`, as "kind name, kind name". */
static struct str candidates(const struct refname *ref)
{
	struct str list = STR("");

	for (size_t i = 0; i < ref->count; i++)
		list = arena_printf(&unit_arena, "%s%s%s %.*s", list.ptr, i > 0 ? ", " : "",
				    ref_kind_name(ref->candidates[i].kind), STR_ARG(ref->candidates[i].name));
	return list;
}

static const struct {
	const char *text, *tag_first, *branch_first; /* NULL: the same */
} rows[] = {
	{ "main", "tag refs/tags/main, branch refs/heads/main", "branch refs/heads/main, tag refs/tags/main" },
	{ "feature/x", "tag refs/tags/feature/x, branch refs/heads/feature/x, ref refs/feature/x",
	  "branch refs/heads/feature/x, tag refs/tags/feature/x" },
	{ "caf\xc3\xa9", "tag refs/tags/caf\xc3\xa9, branch refs/heads/caf\xc3\xa9",
	  "branch refs/heads/caf\xc3\xa9, tag refs/tags/caf\xc3\xa9" },
	{ "refs/heads/main", "branch refs/heads/main", NULL },
	{ "refs/tags/v1", "tag refs/tags/v1", NULL },
	{ "refs/changes/1/head", "ref refs/changes/1/head", NULL },
	{ "refs/heads", "ref refs/heads", NULL },
	{ "HEAD", "head HEAD", NULL },
	{ "@", "head HEAD", NULL },
	{ "pull/12/head", "tag refs/tags/pull/12/head, branch refs/heads/pull/12/head, ref refs/pull/12/head",
	  "branch refs/heads/pull/12/head, tag refs/tags/pull/12/head" },
	{ "refs", "tag refs/tags/refs, branch refs/heads/refs", "branch refs/heads/refs, tag refs/tags/refs" },
	{ "head", "tag refs/tags/head, branch refs/heads/head", "branch refs/heads/head, tag refs/tags/head" },
	{ "origin/main", "tag refs/tags/origin/main, branch refs/heads/main, branch refs/heads/origin/main",
	  "branch refs/heads/origin/main, tag refs/tags/origin/main, branch refs/heads/main" },
	{ "origin/HEAD", "tag refs/tags/origin/HEAD, head HEAD, branch refs/heads/origin/HEAD",
	  "branch refs/heads/origin/HEAD, tag refs/tags/origin/HEAD, head HEAD" },
	{ "origin", "tag refs/tags/origin, branch refs/heads/origin",
	  "branch refs/heads/origin, tag refs/tags/origin" },
	{ "heads/main", "branch refs/heads/main, tag refs/tags/heads/main, branch refs/heads/heads/main",
	  "branch refs/heads/heads/main, tag refs/tags/heads/main" },
	{ "tags/v1", "tag refs/tags/v1, tag refs/tags/tags/v1, branch refs/heads/tags/v1",
	  "branch refs/heads/tags/v1, tag refs/tags/tags/v1" },
	{ "a@b", "tag refs/tags/a@b, branch refs/heads/a@b", "branch refs/heads/a@b, tag refs/tags/a@b" },
	{ "v1.2.lockx", "tag refs/tags/v1.2.lockx, branch refs/heads/v1.2.lockx",
	  "branch refs/heads/v1.2.lockx, tag refs/tags/v1.2.lockx" },
	{ "123456", "tag refs/tags/123456, branch refs/heads/123456",
	  "branch refs/heads/123456, tag refs/tags/123456" },
	{ "1234567", "tag refs/tags/1234567, branch refs/heads/1234567",
	  "branch refs/heads/1234567, tag refs/tags/1234567" },
	{ SHA1, "", "" },
	{ SHA256, "", "" },
	{ SHA1 "0", "tag refs/tags/" SHA1 "0, branch refs/heads/" SHA1 "0",
	  "branch refs/heads/" SHA1 "0, tag refs/tags/" SHA1 "0" },
};

static void a_name_is_looked_for_in_the_order_of_the_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *row = rows[i].text;
		struct refname ref;

		unit_assert_succeeds(refname_parse(str_from(row), REF_TAG_FIRST, &ref, &unit_arena, &unit_err), row,
				     __FILE__, __LINE__);
		assert_row(candidates(&ref), rows[i].tag_first, row);
		assert_row(ref.text, row, row);
		unit_assert_succeeds(refname_parse(str_from(row), REF_BRANCH_FIRST, &ref, &unit_arena, &unit_err), row,
				     __FILE__, __LINE__);
		assert_row(candidates(&ref), rows[i].branch_first ? rows[i].branch_first : rows[i].tag_first, row);
	}
}

static const struct {
	const char *text;
	bool is_commit, maybe_abbreviated;
	const char *digits;
} digits[] = {
	{ SHA1, true, false, SHA1 },
	{ "0123456789ABCDEF0123456789abcdef01234567", true, false, SHA1 },
	{ SHA256, true, false, SHA256 },
	{ "abcdef0", false, true, "abcdef0" },
	{ "ABCDEF0", false, true, "abcdef0" },
	{ "0123456789abcdef0123456789abcdef0123456", false, true, "0123456789abcdef0123456789abcdef0123456" },
	{ "abcdef", false, false, NULL },
	{ SHA1 "0", false, false, NULL },
	{ SHA256 "0", false, false, NULL },
	{ "abcdefg", false, false, NULL },
	{ "0123456789abcdef0123456789abcdef0123456g", false, false, NULL },
};

static void hex_digits_may_be_a_commit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(digits); i++) {
		const char *row = digits[i].text;
		struct refname ref;

		unit_assert_succeeds(refname_parse(str_from(row), REF_TAG_FIRST, &ref, &unit_arena, &unit_err), row,
				     __FILE__, __LINE__);
		assert_for(ref.is_commit == digits[i].is_commit, row);
		assert_for(ref.maybe_abbreviated == digits[i].maybe_abbreviated, row);
		assert_for((ref.count == 0) == ref.is_commit, row);
		if (digits[i].digits)
			assert_row(ref.digits, digits[i].digits, row);
	}
}

static const struct {
	const char *text, *message;
} refused[] = {
	{ "", "is empty" },
	{ "-x", "begins with `-`" },
	{ "--upload-pack=id", "begins with `-`" },
	{ "main\n", "ends in a newline" },
	{ "ma\nin", "a control character" },
	{ "main\x7f", "a control character" },
	{ "\x1b[2J", "a control character" },
	{ "a\xc2\x85", "a control character" },
	{ "a\xff", "is not UTF-8" },
	{ "main~1", "a revision expression" },
	{ "v1^{}", "a revision expression" },
	{ "main^", "a revision expression" },
	{ "HEAD@{1}", "a revision expression" },
	{ "@{-1}", "a revision expression" },
	{ "my branch", "a space or one of" },
	{ "a:b", "a space or one of" },
	{ "+a:b", "a space or one of" },
	{ "a?", "a space or one of" },
	{ "a*", "a space or one of" },
	{ "a[b", "a space or one of" },
	{ "a\\b", "a space or one of" },
	{ "a..b", "has `..`" },
	{ "a...b", "has `..`" },
	{ "..", "has `..`" },
	{ "a.", "ends in `.`" },
	{ ".a", "begins with `.`" },
	{ "a/.b", "begins with `.`" },
	{ "a.lock", "ends in `.lock`" },
	{ "a.lock/b", "ends in `.lock`" },
	{ "/a", "begins or ends with `/`" },
	{ "a/", "begins or ends with `/`" },
	{ "a//b", "begins or ends with `/`" },
	{ "/", "begins or ends with `/`" },
	{ "refs/", "begins or ends with `/`" },
	{ "origin/", "begins or ends with `/`" },
};

static void what_git_refuses_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct refname ref;

		unit_assert_fails(refname_parse(str_from(refused[i].text), REF_TAG_FIRST, &ref, &unit_arena, &unit_err),
				  refused[i].message, refused[i].text, __FILE__, __LINE__);
		unit_assert_fails(
			refname_parse(str_from(refused[i].text), REF_BRANCH_FIRST, &ref, &unit_arena, &unit_err),
			refused[i].message, refused[i].text, __FILE__, __LINE__);
	}
}

static void a_nul_byte_is_refused(void **state)
{
	struct refname ref;

	(void)state;
	assert_fails(refname_parse(S("a\0b"), REF_TAG_FIRST, &ref, &unit_arena, &unit_err), "a control character");
}

static void the_length_is_limited(void **state)
{
	struct buf text = { 0 };
	struct refname ref;

	(void)state;
	buf_add_repeated(&text, 'x', REFNAME_LIMIT);
	assert_succeeds(refname_parse(buf_str(&text), REF_TAG_FIRST, &ref, &unit_arena, &unit_err));
	buf_add_char(&text, 'x');
	assert_fails(refname_parse(buf_str(&text), REF_TAG_FIRST, &ref, &unit_arena, &unit_err), "longer than 1024");
	buf_release(&text);
}

static struct refname parse(const char *text, enum ref_rule rule)
{
	struct refname ref = { 0 };

	assert_succeeds(refname_parse(str_from(text), rule, &ref, &unit_arena, &unit_err));
	return ref;
}

static void the_first_candidate_that_exists_is_chosen(void **state)
{
	const struct str both[REFNAME_CANDIDATES] = { STR("a"), STR("b") };
	const struct str second[REFNAME_CANDIDATES] = { STR(""), STR("b") };
	struct refname ref = parse("main", REF_TAG_FIRST);
	enum ref_kind kind;
	struct str commit;

	(void)state;
	assert_true(refname_choose(&ref, both, &kind, &commit));
	assert_str(commit, "a");
	assert_int_equal(kind, REF_TAG);
	assert_true(refname_choose(&ref, second, &kind, &commit));
	assert_str(commit, "b");
	assert_int_equal(kind, REF_BRANCH);
	ref = parse("main", REF_BRANCH_FIRST);
	assert_true(refname_choose(&ref, both, &kind, &commit));
	assert_int_equal(kind, REF_BRANCH);
}

static void what_is_no_ref_is_its_digits_or_nothing(void **state)
{
	const struct str none[REFNAME_CANDIDATES] = { 0 };
	const struct str one[REFNAME_CANDIDATES] = { STR(""), STR("b") };
	struct refname ref = parse("main", REF_TAG_FIRST);
	enum ref_kind kind = REF_OTHER;
	struct str commit = STR("untouched");

	(void)state;
	assert_false(refname_choose(&ref, none, &kind, &commit));
	assert_str(commit, "untouched");
	assert_int_equal(kind, REF_OTHER);
	ref = parse("ABCDEF0", REF_TAG_FIRST);
	assert_true(refname_choose(&ref, none, &kind, &commit));
	assert_str(commit, "abcdef0");
	assert_int_equal(kind, REF_ABBREVIATED);
	assert_true(refname_choose(&ref, one, &kind, &commit));
	assert_str(commit, "b");
	assert_int_equal(kind, REF_BRANCH);
	ref = parse(SHA1, REF_TAG_FIRST);
	assert_true(refname_choose(&ref, NULL, &kind, &commit));
	assert_str(commit, SHA1);
	assert_int_equal(kind, REF_COMMIT);
}

static void kinds_have_names(void **state)
{
	enum ref_kind kind = REF_OTHER;

	(void)state;
	for (int i = REF_COMMIT; i <= REF_ABBREVIATED; i++) {
		assert_true(ref_kind_from(str_from(ref_kind_name((enum ref_kind)i)), &kind));
		assert_int_equal(kind, i);
	}
	kind = REF_TAG;
	assert_false(ref_kind_from(S("Branch"), &kind));
	assert_false(ref_kind_from(S(""), &kind));
	assert_int_equal(kind, REF_TAG);
}

/* printf 'https://git.example.com/a.git\nmain' | sha256sum */
static void a_ref_from_a_secret_is_keyed_by_its_hash(void **state)
{
	struct str url = STR("https://git.example.com/a.git");

	(void)state;
	assert_str(refname_lock_key(S("main"), url, false, (struct str){ 0 }, &unit_arena), "main");
	assert_str(refname_lock_key(S("main"), url, true, (struct str){ 0 }, &unit_arena),
		   "sha256:6fad8008e50c57f7af42abd642e520713fa9d788bfe525417bc0d9e5ad6e49f8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_looked_for_in_the_order_of_the_rule),
		TEST(hex_digits_may_be_a_commit),
		TEST(what_git_refuses_is_refused),
		TEST(a_nul_byte_is_refused),
		TEST(the_length_is_limited),
		TEST(the_first_candidate_that_exists_is_chosen),
		TEST(what_is_no_ref_is_its_digits_or_nothing),
		TEST(kinds_have_names),
		TEST(a_ref_from_a_secret_is_keyed_by_its_hash),
	};

	return unit_run(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `rollstamp lock` as one function, with a table in place of the git servers. */
#include "app/lockcommand.h"

#include "unit.h"

#include <string.h>

#define OLD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MOVED "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OTHER "cccccccccccccccccccccccccccccccccccccccc"
#define FILES 8

struct server {
	const char *url, *name, *commit;
};

static const struct server *servers;
static size_t server_count;
static size_t listings; /* of all urls */
static const char *failing;

static bool answer(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	(void)context;
	(void)err;
	listings += count;
	for (size_t i = 0; i < count; i++) {
		queries[i].commits = arena_array(arena, queries[i].name_count, sizeof(struct str));
		if (failing && str_is(queries[i].url, failing)) {
			queries[i].failure = S("it does not answer");
			queries[i].commits = NULL;
			continue;
		}
		for (size_t n = 0; n < queries[i].name_count; n++)
			for (size_t k = 0; k < server_count; k++)
				if (str_is(queries[i].url, servers[k].url) &&
				    str_is(queries[i].names[n], servers[k].name))
					queries[i].commits[n] = str_from(servers[k].commit);
	}
	return true;
}

static struct options options;
static struct render_file files[FILES];
static size_t file_count;
static struct run_output output;

/* A render with a Deployment `web` that checks out `ref` of `url`. With `clones`, by git clone -b: branches first. */
static void add_render(const char *name, const char *url, const char *ref, bool clones)
{
	const char *const format =
		clones ? "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: "
			 "{initContainers: [{name: git, image: x, command: [git, clone, -b, '%2$s', '%1$s', /x]}], "
			 "containers: [{name: app, image: x}]}}}\n"
		       : "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: "
			 "{initContainers: [{name: git, image: x, env: [{name: GIT_REPO, value: '%1$s'}, "
			 "{name: GIT_CHECKOUT_BRANCH, value: '%2$s'}]}], containers: [{name: app, image: x}]}}}\n";

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	files[file_count++] = (struct render_file){ str_from(name), arena_printf(&unit_arena, format, url, ref) };
#pragma GCC diagnostic pop
}

static void start(const struct server *table, size_t count)
{
	servers = table;
	server_count = count;
	listings = 0;
	failing = NULL;
	file_count = 0;
	options = (struct options){
		.command = &lockcommand,
		.policy = { .lock = S("fleet.json"),
			    .git = GIT_OBSERVE,
			    .inject = INJECT_ANNOTATIONS,
			    .secrets = true },
		.output = OUTPUT_JSON,
	};
	kinds_init(&options.policy.kinds, &unit_arena);
}

static bool lock(const char *recorded)
{
	const struct run_input input = {
		.options = &options,
		.render = { .files = files,
			    .file_count = file_count,
			    .lock = recorded ? arena_printf(&unit_arena,
							    "{\"format\": \"rollstamp-lock/1\", \"refs\": [%s]}",
							    recorded)
					     : (struct str){ 0 },
			    .ask = answer },
	};

	return run(&input, &unit_arena, &output, &unit_err);
}

static void assert_prints(const char *part, const char *file, int line)
{
	if (!strstr(arena_dup(&unit_arena, output.pieces[0]).ptr, part)) {
		print_error("%.*s\n", STR_ARG(output.pieces[0]));
		fail_msg("%s:%d: it does not print %s", file, line, part);
	}
}
#define PRINTS(part) assert_prints(part, __FILE__, __LINE__)

static bool has_entry(enum ref_kind kind, const char *commit)
{
	for (size_t i = 0; i < output.lock_change.count; i++)
		if (output.lock_change.add[i].kind == kind && str_is(output.lock_change.add[i].commit, commit))
			return true;
	return false;
}

#define A "https://h/a"
#define B "https://h/b"
#define ENTRY(url, ref, kind, commit) \
	"{\"url\": \"" url "\", \"ref\": \"" ref "\", \"kind\": \"" kind "\", \"commit\": \"" commit "\"}"

static const struct server plain[] = {
	{ A, "refs/heads/main", MOVED },
	{ B, "refs/heads/main", OTHER },
};

static void a_url_is_listed_once_whatever_the_number_of_renders(void **state)
{
	(void)state;
	start(plain, COUNT(plain));
	for (int i = 0; i < 5; i++)
		add_render("r.yaml", A, "main", i % 2);
	add_render("s.yaml", B, "main", false);
	assert_succeeds(lock(NULL));
	assert_int_equal(listings, 2);
	assert_true(output.has_commits);
	assert_int_equal(output.lock_change.count, 2);
	PRINTS("\"new\": 2,");
}

static void a_moved_ref_is_told_with_both_commits_and_all_users(void **state)
{
	(void)state;
	start(plain, COUNT(plain));
	options.output = OUTPUT_TABLE;
	add_render("one.yaml", A, "main", false);
	add_render("two.yaml", A, "main", true);
	add_render("two.yaml", B, "main", true);
	assert_succeeds(lock(ENTRY(A, "main", "branch", OLD) "," ENTRY(B, "main", "branch", OTHER)));
	assert_str(output.pieces[0],
		   "URL          REF   KIND    FROM      TO        USED BY\n"
		   "https://h/a  main  branch  aaaaaaaa  bbbbbbbb  one.yaml: Deployment web, two.yaml: Deployment web\n"
		   "\n"
		   "2 refs of 3 renders: 1 moved, 1 as recorded\n");
}

static void check_tells_by_its_status_and_writes_nothing(void **state)
{
	(void)state;
	start(plain, COUNT(plain));
	options.check = true;
	add_render("r.yaml", A, "main", false);
	assert_succeeds(lock(ENTRY(A, "main", "branch", OLD)));
	assert_int_equal(output.status, 1);
	assert_false(output.has_commits);
	assert_succeeds(lock(ENTRY(A, "main", "branch", MOVED)));
	assert_int_equal(output.status, 0);
	PRINTS("\"changed\": false");
	/* An entry of others that stays is no change, and one that would be dropped is. */
	assert_succeeds(lock(ENTRY(A, "main", "branch", MOVED) "," ENTRY(B, "main", "branch", OLD)));
	assert_int_equal(output.status, 0);
	PRINTS("\"unused\": 1");
	options.lock_prune = true;
	assert_succeeds(lock(ENTRY(A, "main", "branch", MOVED) "," ENTRY(B, "main", "branch", OLD)));
	assert_int_equal(output.status, 1);
	PRINTS("\"dropped\": 1");
}

static void a_tag_beside_a_branch_moves_those_who_take_the_tag(void **state)
{
	static const struct server both[] = {
		{ A, "refs/heads/v1", OLD },
		{ A, "refs/tags/v1", MOVED },
	};

	(void)state;
	start(both, COUNT(both));
	options.output = OUTPUT_TABLE;
	add_render("checkout.yaml", A, "v1", false);
	add_render("clone.yaml", A, "v1", true);
	assert_succeeds(lock(ENTRY(A, "v1", "branch", OLD)));
	assert_str(output.pieces[0],
		   "URL          REF  KIND             FROM      TO        USED BY\n"
		   "https://h/a  v1   tag, was branch  aaaaaaaa  bbbbbbbb  checkout.yaml: Deployment web\n"
		   "\n"
		   "2 refs of 2 renders: 1 moved, 1 as recorded\n");
	/* Those who take the branch alone are not moved, and the entry is told of all the same. */
	file_count = 0;
	add_render("clone.yaml", A, "v1", true);
	assert_succeeds(lock(ENTRY(A, "v1", "branch", OLD)));
	assert_str(output.pieces[0], "URL          REF  KIND  FROM  TO        USED BY\n"
				     "https://h/a  v1   tag   -     bbbbbbbb\n"
				     "    another meaning of the name: no render uses it\n"
				     "\n"
				     "2 refs of 1 render: 1 new, 1 as recorded\n");
}

static void a_tag_that_is_gone_is_dropped_without_prune(void **state)
{
	static const struct server branch[] = { { A, "refs/heads/v1", OLD } };

	(void)state;
	start(branch, COUNT(branch));
	options.check = true;
	add_render("clone.yaml", A, "v1", true);
	assert_succeeds(lock(ENTRY(A, "v1", "branch", OLD) "," ENTRY(A, "v1", "tag", MOVED)));
	assert_int_equal(output.status, 1);
	PRINTS("\"dropped\": 1");
}

static void a_server_that_fails_fails_all_and_each_ref_is_named_once(void **state)
{
	(void)state;
	start(plain, COUNT(plain));
	failing = A;
	add_render("ok.yaml", B, "main", false);
	add_render("one.yaml", A, "main", false);
	add_render("two.yaml", A, "main", false);
	add_render("three.yaml", A, "other", false);
	add_render("four.yaml", B, "gone", false);
	assert_fails(
		lock(ENTRY(A, "main", "branch", OLD)),
		"one.yaml line 4): container git, variable GIT_CHECKOUT_BRANCH: git ref 'main' of https://h/a: it "
		"does not answer (so it is for 1 other ref of it); fleet.json stays as it is; also: git ref 'gone' of "
		"https://h/b");
}

static void with_fallback_a_server_that_fails_keeps_its_entries(void **state)
{
	(void)state;
	start(plain, COUNT(plain));
	failing = A;
	options.policy.lock_fallback = true;
	options.check = true;
	add_render("one.yaml", A, "main", false);
	add_render("two.yaml", B, "main", false);
	assert_succeeds(lock(ENTRY(A, "main", "branch", OLD) "," ENTRY(B, "main", "branch", OLD)));
	PRINTS("\"serverFailure\": \"it does not answer\"");
	PRINTS("\"moved\": 1");
	PRINTS("\"same\": 1");
	/* Whether it has moved nobody knows. */
	assert_int_equal(output.status, 2);
	options.check = false;
	assert_succeeds(lock(ENTRY(A, "main", "branch", OLD) "," ENTRY(B, "main", "branch", OLD)));
	assert_int_equal(output.status, 0);
	assert_int_equal(output.lock_change.count, 2);
	/* What the lock does not have can't be kept. */
	add_render("three.yaml", A, "other", false);
	assert_fails(lock(ENTRY(A, "main", "branch", OLD)), "git ref 'other' of https://h/a: it does not answer");
}

static void two_answers_for_one_entry_are_an_error(void **state)
{
	static const struct server two[] = {
		{ "ssh://one@h/a", "refs/heads/main", OLD },
		{ "ssh://two@h/a", "refs/heads/main", MOVED },
	};

	(void)state;
	start(two, COUNT(two));
	add_render("one.yaml", "ssh://one@h/a", "main", false);
	add_render("two.yaml", "ssh://two@h/a", "main", false);
	assert_fails(lock(NULL),
		     "git ref main of ssh://h/a: no entry of the lock file is right for all who ask for it");
	assert_int_equal(listings, 2);
	/* The same answer twice is one. */
	file_count = 1;
	add_render("two.yaml", "ssh://one@h/a", "main", true);
	assert_succeeds(lock(NULL));
}

static void a_name_that_means_more_to_some_is_recorded_for_all(void **state)
{
	static const struct server pulls[] = {
		{ A, "refs/pull/12/head", MOVED },
		{ A, "refs/heads/pull/12/head", OLD },
	};
	static const struct server origins[] = {
		{ A, "refs/heads/main", OLD },
		{ A, "refs/heads/origin/main", MOVED },
	};

	(void)state;
	/* git clone -b knows branches and tags alone; git fetch also takes what the second one has. */
	start(pulls, COUNT(pulls));
	add_render("clone.yaml", A, "pull/12/head", true);
	add_render("fetch.yaml", A, "pull/12/head", false);
	assert_succeeds(lock(NULL));
	assert_int_equal(listings, 1);
	assert_true(has_entry(REF_BRANCH, OLD) && has_entry(REF_OTHER, MOVED));
	/* Two branches, and one entry. */
	start(origins, COUNT(origins));
	add_render("clone.yaml", A, "origin/main", true);
	add_render("checkout.yaml", A, "origin/main", false);
	assert_fails(lock(NULL), "two refs share the name; fleet.json stays as it is");
	file_count = 1;
	assert_succeeds(lock(NULL));
}

static void users_who_see_different_refs_are_an_error(void **state)
{
	static const struct server tags[] = {
		{ "ssh://one@h/a", "refs/heads/v1", OLD },
		{ "ssh://two@h/a", "refs/heads/v1", OLD },
		{ "ssh://two@h/a", "refs/tags/v1", MOVED },
	};

	(void)state;
	start(tags, COUNT(tags));
	add_render("one.yaml", "ssh://one@h/a", "v1", false);
	add_render("two.yaml", "ssh://two@h/a", "v1", false);
	assert_fails(lock(NULL), "git ref v1 of ssh://h/a: no entry of the lock file is right");
}

static void only_asks_for_its_urls_and_leaves_the_other_entries(void **state)
{
	struct str only = S("h/a");

	(void)state;
	start(plain, COUNT(plain));
	options.policy.git_onlys = (struct policy_list){ .items = &only, .count = 1, .own_to = 1 };
	add_render("one.yaml", A, "main", false);
	add_render("two.yaml", B, "main", false);
	assert_succeeds(lock(ENTRY(A, "main", "branch", OLD) "," ENTRY(B, "main", "branch", OLD)));
	assert_int_equal(listings, 1);
	assert_int_equal(output.lock_change.count, 1);
	PRINTS("\"unused\": 0");
	only = S("h/c");
	assert_fails(lock(NULL), "--only=h/c fits no url of the renders");
}

static void a_workload_that_uses_a_ref_twice_is_told_once(void **state)
{
	static const char twice[] =
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: "
		"{initContainers: [{name: a, image: x, command: [git, clone, -b, main, 'https://h/a', /a]}, "
		"{name: b, image: x, command: [git, clone, -b, main, 'https://h/a', /b]}], "
		"containers: [{name: app, image: x}]}}}\n";

	(void)state;
	start(plain, COUNT(plain));
	options.output = OUTPUT_WIDE;
	files[file_count++] = (struct render_file){ S("shop.yaml"), S(twice) };
	assert_succeeds(lock(ENTRY(A, "main", "branch", MOVED)));
	PRINTS(MOVED "  " MOVED "  shop.yaml: Deployment shop/web\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_url_is_listed_once_whatever_the_number_of_renders),
		TEST(a_moved_ref_is_told_with_both_commits_and_all_users),
		TEST(check_tells_by_its_status_and_writes_nothing),
		TEST(a_tag_beside_a_branch_moves_those_who_take_the_tag),
		TEST(a_tag_that_is_gone_is_dropped_without_prune),
		TEST(a_server_that_fails_fails_all_and_each_ref_is_named_once),
		TEST(with_fallback_a_server_that_fails_keeps_its_entries),
		TEST(two_answers_for_one_entry_are_an_error),
		TEST(a_name_that_means_more_to_some_is_recorded_for_all),
		TEST(users_who_see_different_refs_are_an_error),
		TEST(only_asks_for_its_urls_and_leaves_the_other_entries),
		TEST(a_workload_that_uses_a_ref_twice_is_told_once),
	};

	return unit_run(tests);
}

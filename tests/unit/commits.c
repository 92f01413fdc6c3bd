/* SPDX-License-Identifier: Apache-2.0 */
#include "git/urlname.h"
#include "plan/commits.h"

#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define FULL "0123456789abcdef0123456789abcdef01234567"
#define MAX_SEEN 8

/* What a server has, or why it fails. */
struct server {
	const char *url, *name, *commit;
	const char *failure;
	bool is_ours; /* the failure */
};

/* In place of the servers. */
struct fake {
	const struct server *servers;
	size_t count;
	const char *fails; /* all of it can't be done */
	unsigned calls;
	struct str urls[MAX_SEEN]; /* that were asked */
	size_t name_counts[MAX_SEEN];
	size_t url_count;
};

static bool answer(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	struct fake *fake = context;

	fake->calls++;
	if (fake->fails)
		return err_set(err, "%s", fake->fails);
	for (size_t i = 0; i < count; i++) {
		struct remote_query *query = &queries[i];

		assert_true(fake->url_count < MAX_SEEN);
		fake->urls[fake->url_count] = query->url;
		fake->name_counts[fake->url_count++] = query->name_count;
		query->commits = arena_array(arena, query->name_count, sizeof(*query->commits));
		for (size_t k = 0; k < fake->count; k++) {
			const struct server *server = &fake->servers[k];

			if (!str_is(query->url, server->url))
				continue;
			if (server->failure) {
				query->failure = str_from(server->failure);
				query->is_ours = server->is_ours;
				query->commits = NULL;
				break;
			}
			for (size_t n = 0; n < query->name_count; n++)
				if (str_is(query->names[n], server->name))
					query->commits[n] = str_from(server->commit);
		}
	}
	return true;
}

static struct policy policy;
static struct fake fake;
static struct commits commits;
static struct lock lock;

static void start(const struct server *servers, size_t count, const char *lock_text)
{
	policy = (struct policy){ .lock = S("lock.json") };
	fake = (struct fake){ .servers = servers, .count = count };
	if (lock_text)
		assert_succeeds(lock_parse(str_from(lock_text), &unit_arena, &lock, &unit_err));
	commits_init(&commits, &policy, lock_text ? &lock : NULL, answer, &fake, &unit_arena);
}

static struct commits_ref ref_of(const char *url, const char *name, enum ref_rule rule)
{
	struct commits_ref ref = { 0 };

	assert_succeeds(url_parse(str_from(url), &unit_arena, &ref.url, &unit_err));
	ref.target = ref.url;
	assert_succeeds(refname_parse(str_from(name), rule, &ref.name, &unit_arena, &unit_err));
	ref.url_key = urlname_lock_key(&ref.url, false, (struct str){ 0 }, &unit_arena);
	ref.ref_key = refname_lock_key(ref.name.text, ref.url.bare, false, (struct str){ 0 }, &unit_arena);
	return ref;
}

static void want(const struct commits_ref *ref)
{
	assert_true(commits_needs_asking(&commits, ref));
	commits_want(&commits, ref);
}

static void ask_all(void)
{
	assert_succeeds(commits_ask_all(&commits, &unit_err));
}

/* "KIND COMMIT from SOURCE". */
static struct str found(const struct commits_ref *ref)
{
	static const char *const sources[] = {
		[COMMITS_ITSELF] = "itself",
		[COMMITS_SERVER] = "server",
		[COMMITS_LOCK] = "lock",
		[COMMITS_LOCK_FALLBACK] = "fallback",
	};
	struct commits_answer got;

	assert_succeeds(commits_find(&commits, ref, &got, &unit_err));
	return arena_printf(&unit_arena, "%s %.*s from %s", ref_kind_name(got.kind), STR_ARG(got.commit),
			    sources[got.source]);
}

static bool find(const struct commits_ref *ref)
{
	static const struct commits_answer before = { .kind = REF_OTHER, .failure = STR("kept") };
	struct commits_answer got = before;
	bool ok = commits_find(&commits, ref, &got, &unit_err);

	/* A failure leaves it as it was. */
	assert_true(ok || memcmp(&got, &before, sizeof(got)) == 0);
	return ok;
}

/* What would be written into the lock file: "URL REF KIND COMMIT;" for each, in the order of recording. */
static struct str recorded(void)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < commits.entry_count; i++) {
		const struct lock_entry *entry = &commits.entries[i];

		buf_printf(&out, "%.*s %.*s %s %.*s;", STR_ARG(entry->url), STR_ARG(entry->ref),
			   ref_kind_name(entry->kind), STR_ARG(entry->commit));
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static const struct server servers[] = {
	{ "https://h/a", "refs/heads/main", A, NULL },          { "https://h/a", "refs/tags/main", B, NULL },
	{ "https://h/a", "refs/heads/dev", B, NULL },           { "https://h/a", "HEAD", A, NULL },
	{ "https://h/a", "refs/changes/1", B, NULL },           { "https://h/a", "refs/heads/abcdef0", B, NULL },
	{ "https://h/down", NULL, NULL, "it does not answer" },
};

static void servers_tell_the_commits(void **state)
{
	static const struct {
		const char *name;
		enum ref_rule rule;
		const char *found;
	} rows[] = {
		{ "dev", REF_TAG_FIRST, "branch " B " from server" },
		{ "main", REF_TAG_FIRST, "tag " B " from server" },
		{ "main", REF_BRANCH_FIRST, "branch " A " from server" },
		{ "HEAD", REF_TAG_FIRST, "head " A " from server" },
		{ "refs/heads/main", REF_TAG_FIRST, "branch " A " from server" },
		{ "refs/changes/1", REF_TAG_FIRST, "ref " B " from server" },
		{ "origin/dev", REF_TAG_FIRST, "branch " B " from server" },
		{ "abcdef0", REF_TAG_FIRST, "branch " B " from server" },
		{ "abcdef1", REF_TAG_FIRST, "abbreviated abcdef1 from server" },
		{ "ABCDEF1", REF_TAG_FIRST, "abbreviated abcdef1 from server" },
	};
	struct commits_ref refs[COUNT(rows)];

	(void)state;
	start(servers, COUNT(servers), NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		refs[i] = ref_of("https://h/a", rows[i].name, rows[i].rule);
		want(&refs[i]);
	}
	ask_all();
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row(found(&refs[i]), rows[i].found, rows[i].name);
		assert_for(!commits_needs_asking(&commits, &refs[i]), rows[i].name);
	}
	/* All of that in one listing of one server. */
	assert_int_equal(fake.calls, 1);
	assert_int_equal(fake.url_count, 1);
}

static void each_url_is_asked_once(void **state)
{
	struct commits_ref refs[] = {
		ref_of("https://h/a", "main", REF_TAG_FIRST), ref_of("https://h/b", "main", REF_TAG_FIRST),
		ref_of("https://h/a", "dev", REF_TAG_FIRST),  ref_of("https://h/a", "main", REF_BRANCH_FIRST),
		ref_of("https://h/b", "main", REF_TAG_FIRST),
	};

	(void)state;
	start(servers, COUNT(servers), NULL);
	for (size_t i = 0; i < COUNT(refs); i++)
		want(&refs[i]);
	ask_all();
	assert_int_equal(fake.url_count, 2);
	assert_str(fake.urls[0], "https://h/a");
	assert_str(fake.urls[1], "https://h/b");
	/* A branch and a tag each of main and dev. */
	assert_int_equal(fake.name_counts[0], 4);
	assert_int_equal(fake.name_counts[1], 2);
}

static void it_is_the_mapped_url_that_is_asked(void **state)
{
	struct commits_ref ref = ref_of("https://h/a", "main", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	assert_succeeds(url_parse(S("https://h/a"), &unit_arena, &ref.target, &unit_err));
	assert_succeeds(url_parse(S("http://git.local/a"), &unit_arena, &ref.url, &unit_err));
	ref.url_key = urlname_lock_key(&ref.url, false, (struct str){ 0 }, &unit_arena);
	want(&ref);
	ask_all();
	assert_str(fake.urls[0], "https://h/a");
	assert_str(found(&ref), "tag " B " from server");
	assert_str(recorded(), "http://git.local/a main tag " B ";http://git.local/a main branch " A ";");
}

static void what_was_wanted_is_copied(void **state)
{
	char url[] = "https://h/a", name[] = "dev";
	struct commits_ref ref = ref_of(url, name, REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	commits_want(&commits, &ref);
	memset(url, 'x', strlen(url));
	memset(name, 'x', strlen(name));
	ask_all();
	assert_str(fake.urls[0], "https://h/a");
	assert_str(recorded(), "https://h/a dev branch " B ";");
}

static void a_ref_that_is_not_there_is_an_error(void **state)
{
	static const struct {
		const char *name, *error;
	} rows[] = {
		{ "gone", "the repository has no branch or tag of that name" },
		{ "refs/heads/gone", "the repository has no such ref" },
		{ "HEAD", "the repository has no default branch (HEAD)" },
		{ "abcdef", "the repository has no branch or tag of that name" },
	};
	struct commits_ref refs[COUNT(rows)];

	(void)state;
	start(servers, COUNT(servers), NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		refs[i] = ref_of("https://h/empty", rows[i].name, REF_TAG_FIRST);
		want(&refs[i]);
	}
	ask_all();
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_fails(find(&refs[i]), rows[i].error);
	assert_str(recorded(), "");
}

static void a_full_commit_is_itself(void **state)
{
	struct commits_ref ref = ref_of("https://h/down", FULL, REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	assert_false(commits_needs_asking(&commits, &ref));
	assert_str(found(&ref), "commit " FULL " from itself");
	policy.locked = true;
	assert_str(found(&ref), "commit " FULL " from itself");
	assert_int_equal(fake.calls, 0);
}

static void a_server_that_fails_fails_its_own_refs_only(void **state)
{
	struct commits_ref down = ref_of("https://h/down", "main", REF_TAG_FIRST);
	struct commits_ref up = ref_of("https://h/a", "dev", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	want(&down);
	want(&up);
	ask_all();
	assert_fails(find(&down), "it does not answer");
	assert_str(found(&up), "branch " B " from server");
	assert_str(recorded(), "https://h/a dev branch " B ";");
}

static void what_can_not_be_asked_at_all_fails(void **state)
{
	struct commits_ref ref = ref_of("https://h/a", "dev", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	fake.fails = "rollstamp-git is not there";
	want(&ref);
	assert_fails(commits_ask_all(&commits, &unit_err), "rollstamp-git is not there");
	assert_true(commits_needs_asking(&commits, &ref));
}

static void a_list_goes_on_when_nothing_can_be_asked(void **state)
{
	struct commits_ref ref = ref_of("https://h/a", "dev", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), NULL);
	policy.keeps_going = true;
	fake.fails = "rollstamp-git is not there";
	want(&ref);
	ask_all();
	assert_true(commits.has_failures);
	assert_false(find(&ref));
	assert_true(strstr(unit_err.text, "rollstamp-git is not there") != NULL);
}

static void nothing_wanted_is_nothing_asked(void **state)
{
	(void)state;
	start(servers, COUNT(servers), NULL);
	ask_all();
	assert_int_equal(fake.url_count, 0);
	assert_str(recorded(), "");
}

#define LOCK(entries) "{\"format\": \"rollstamp-lock/1\", \"refs\": [" entries "]}"
#define ENTRY(url, ref, kind, commit) \
	"{\"url\": \"" url "\", \"ref\": \"" ref "\", \"kind\": \"" kind "\", \"commit\": \"" commit "\"}"

static const char a_lock[] =
	LOCK(ENTRY("https://h/a", "main", "branch", B) "," ENTRY("https://h/a", "main", "tag", A) "," ENTRY(
		"https://h/down", "main", "branch", A) "," ENTRY("https://h/a", "abcdef0", "abbreviated", "abcdef0"));

static void locked_means_the_lock_alone(void **state)
{
	struct commits_ref tag = ref_of("https://h/a", "main", REF_TAG_FIRST);
	struct commits_ref branch = ref_of("https://h/a", "main", REF_BRANCH_FIRST);
	struct commits_ref digits = ref_of("https://h/a", "abcdef0", REF_TAG_FIRST);
	struct commits_ref dev = ref_of("https://h/a", "dev", REF_TAG_FIRST);
	struct commits_ref other_url = ref_of("https://h/b", "main", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), a_lock);
	policy.locked = true;
	assert_false(commits_needs_asking(&commits, &tag));
	assert_str(found(&tag), "tag " A " from lock");
	assert_str(found(&branch), "branch " B " from lock");
	assert_str(found(&digits), "abbreviated abcdef0 from lock");
	assert_fails(find(&dev), "lock.json has no entry for it: run once without --locked");
	assert_fails(find(&other_url), "lock.json has no entry for it");
	assert_int_equal(fake.calls, 0);
	assert_str(recorded(), "");
	commits_init(&commits, &policy, NULL, answer, &fake, &unit_arena);
	assert_fails(find(&tag), "lock.json does not exist");
}

static void a_lock_alone_changes_no_answer(void **state)
{
	struct commits_ref main = ref_of("https://h/a", "main", REF_TAG_FIRST);
	struct commits_ref down = ref_of("https://h/down", "main", REF_TAG_FIRST);

	(void)state;
	start(servers, COUNT(servers), a_lock);
	want(&main);
	want(&down);
	ask_all();
	assert_str(found(&main), "tag " B " from server");
	assert_fails(find(&down), "it does not answer");
}

static void the_lock_stands_in_for_a_server_that_fails(void **state)
{
	struct commits_ref up = ref_of("https://h/a", "main", REF_TAG_FIRST);
	struct commits_ref gone = ref_of("https://h/a", "gone", REF_TAG_FIRST);
	struct commits_ref down = ref_of("https://h/down", "main", REF_TAG_FIRST);
	struct commits_ref unknown = ref_of("https://h/down", "dev", REF_TAG_FIRST);
	struct commits_answer got;

	(void)state;
	start(servers, COUNT(servers), a_lock);
	policy.lock_fallback = true;
	want(&down);
	want(&unknown);
	want(&up);
	want(&gone);
	ask_all();
	assert_str(found(&up), "tag " B " from server");
	assert_fails(find(&gone), "the repository has no branch or tag of that name");
	assert_str(found(&down), "branch " A " from fallback");
	assert_succeeds(commits_find(&commits, &down, &got, &unit_err));
	assert_str(got.failure, "it does not answer");
	assert_fails(find(&unknown), "it does not answer");
	/* What was used stays in the lock file, also when it is pruned. */
	assert_str(recorded(),
		   "https://h/a main tag " B ";https://h/a main branch " A ";https://h/down main branch " A ";");
	start(servers, COUNT(servers), NULL);
	policy.lock_fallback = true;
	want(&down);
	ask_all();
	assert_fails(find(&down), "it does not answer");
}

static void the_lock_does_not_stand_in_where_we_failed_ourselves(void **state)
{
	static const struct server broken[] = {
		{ .url = "https://h/down", .failure = "rollstamp-git crashed", .is_ours = true }
	};
	struct commits_ref down = ref_of("https://h/down", "main", REF_TAG_FIRST);
	struct commits_ref unknown = ref_of("https://h/down", "dev", REF_TAG_FIRST);

	(void)state;
	start(broken, COUNT(broken), a_lock);
	policy.lock_fallback = true;
	want(&down);
	want(&unknown);
	ask_all();
	assert_fails(find(&down), "rollstamp-git crashed (--lock-fallback does not count");
	assert_fails(find(&unknown), "rollstamp-git crashed");
	/* Without an entry there is nothing to say of the lock. */
	assert_null(strchr(unit_err.text, '('));
}

static void all_that_a_name_could_mean_is_recorded_once(void **state)
{
	struct commits_ref refs[] = {
		ref_of("https://h/a", "main", REF_TAG_FIRST), ref_of("https://h/a", "main", REF_BRANCH_FIRST),
		ref_of("https://h/a", "main", REF_TAG_FIRST), ref_of("https://h/a", "abcdef1", REF_TAG_FIRST),
		ref_of("https://h/a", "HEAD", REF_TAG_FIRST),
	};

	(void)state;
	start(servers, COUNT(servers), NULL);
	for (size_t i = 0; i < COUNT(refs); i++)
		want(&refs[i]);
	ask_all();
	assert_str(recorded(), "https://h/a main tag " B ";https://h/a main branch " A
			       ";https://h/a abcdef1 abbreviated abcdef1;https://h/a HEAD head " A ";");
}

static void userinfo_is_used_and_not_recorded(void **state)
{
	static const struct server server[] = { { "https://me:hunter2@h/a", "refs/heads/main", A, NULL } };
	struct commits_ref ref = ref_of("https://me:hunter2@h/a", "main", REF_TAG_FIRST);

	(void)state;
	start(server, COUNT(server), NULL);
	want(&ref);
	ask_all();
	assert_str(found(&ref), "branch " A " from server");
	assert_str(recorded(), "https://h/a main branch " A ";");
}

static void want_too_late(void *argument)
{
	commits_want(&commits, argument);
}

static void nothing_can_be_wanted_when_all_have_been_asked(void **state)
{
	struct commits_ref ref = ref_of("https://h/a", "main", REF_TAG_FIRST);
	struct str output;
	int status;

	(void)state;
	start(servers, COUNT(servers), NULL);
	ask_all();
	status = unit_in_child(want_too_late, &ref, &output);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void many_refs_of_one_server_are_found(void **state)
{
	enum { REFS = 20000 };
	struct commits_ref last = { 0 };

	(void)state;
	start(servers, COUNT(servers), NULL);
	for (int i = 0; i < REFS; i++) {
		last = ref_of("https://h/a", arena_printf(&unit_arena, "r%d", i).ptr, REF_TAG_FIRST);
		want(&last);
		want(&last);
	}
	ask_all();
	assert_int_equal(fake.url_count, 1);
	assert_int_equal(fake.name_counts[0], 2 * REFS);
	assert_fails(find(&last), "the repository has no branch or tag of that name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(servers_tell_the_commits),
		TEST(each_url_is_asked_once),
		TEST(it_is_the_mapped_url_that_is_asked),
		TEST(what_was_wanted_is_copied),
		TEST(a_ref_that_is_not_there_is_an_error),
		TEST(a_full_commit_is_itself),
		TEST(a_server_that_fails_fails_its_own_refs_only),
		TEST(what_can_not_be_asked_at_all_fails),
		TEST(a_list_goes_on_when_nothing_can_be_asked),
		TEST(nothing_wanted_is_nothing_asked),
		TEST(locked_means_the_lock_alone),
		TEST(a_lock_alone_changes_no_answer),
		TEST(the_lock_stands_in_for_a_server_that_fails),
		TEST(the_lock_does_not_stand_in_where_we_failed_ourselves),
		TEST(all_that_a_name_could_mean_is_recorded_once),
		TEST(userinfo_is_used_and_not_recorded),
		TEST(nothing_can_be_wanted_when_all_have_been_asked),
		TEST(many_refs_of_one_server_are_found),
	};

	return unit_run(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* checkouts, repositories and pin: what is stamped or pinned has been resolved before. */
#include "plan/checkouts.h"
#include "plan/pin.h"
#include "plan/repositories.h"

#include "unit.h"
#include "yaml/scalar.h"
#include "yaml/verify.h"

#include <string.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char objects[] = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: git}\n"
			      "data: {GIT_REPO: 'https://h/a', GIT_CHECKOUT_BRANCH: main, REF: main}\n"
			      "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: two}\n"
			      "data: {GIT_REPO: 'https://h/a', GIT_REPO_URL: 'https://h/a', GIT_BRANCH: main}\n"
			      "---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n"
			      "stringData: {URL: 'https://me:hunter2@h/secret.git', REF: hidden, BAD: 'hunter2 ~', "
			      "PLAIN: 'http://h/hunter2', SSH: 'me@h:hunter2', ELSEWHERE: 'https://i/hunter2', "
			      "SHORT: abcdef0, COMMIT: " A "}\n";

/* Every server has these: the branches main and long, HEAD, and the tag v1. On https://h/b main is another commit. */
static bool answer(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	(void)context;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		queries[i].commits = arena_array(arena, queries[i].name_count, sizeof(struct str));
		for (size_t k = 0; k < queries[i].name_count; k++) {
			struct str name = queries[i].names[k];

			if (str_is(name, "refs/heads/main") && str_is(queries[i].url, "https://h/b"))
				queries[i].commits[k] = S(B);
			else if (str_is(name, "refs/heads/main") || str_is(name, "HEAD") ||
				 str_is(name, "refs/heads/hidden"))
				queries[i].commits[k] = S(A);
			else if (str_is(name, "refs/tags/v1"))
				queries[i].commits[k] = S(B);
			else if (str_is(name, "refs/heads/long"))
				queries[i].commits[k] = S(LONG);
		}
	}
	return true;
}

static struct policy policy;
static struct commits commits;
static struct checkouts checkouts;
static struct stamps stamps;
static struct unused unused;
static struct basis basis;
static struct subject subject;
static struct draft draft;
static struct shape shape;
static size_t budget, git_budget;

/* A document with the template under `template`. */
static void start(const char *text)
{
	struct world *world = unit_world("");
	struct str document = str_from(text);

	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	budget = git_budget = podspec_budget(document.len);
	shape_init(&shape, document, unit_parse(document), &unit_arena);
	commits_init(&commits, &policy, NULL, answer, NULL, &unit_arena);
	unused_init(&unused, &policy, &unit_arena);
	basis = (struct basis){
		.policy = &policy,
		.manifest = &world->manifest,
		.commits = &commits,
		.unused = &unused,
		.arena = &unit_arena,
		.tree = &unit_arena,
	};
	subject = (struct subject){
		.object = shape.root,
		.pod_template = node_get(shape.root, "template"),
		.path = { .steps = { { .key = STR("template") } }, .length = 1 },
		.shape = &shape,
		.budget = &budget,
		.git_budget = &git_budget,
	};
	subject.identity.annotations = node_get(shape.root, "annotations");
	assert_succeeds(draft_read(&basis, &subject, &draft, &unit_err));
}

/* As plan does it: whatever must be asked for is, and then the template is read once more. */
static bool resolve(const char *text)
{
	bool needs_asking = false;

	start(text);
	if (!checkouts_find(&draft, &checkouts, &needs_asking, &unit_err))
		return false;
	if (needs_asking) {
		assert_succeeds(commits_ask_all(&commits, &unit_err));
		assert_succeeds(checkouts_find(&draft, &checkouts, &needs_asking, &unit_err));
		assert_false(needs_asking);
	}
	if (!checkouts_resolve(&draft, &checkouts, &unit_err))
		return false;
	stamps = (struct stamps){ .arena = &unit_arena };
	repositories_add_stamps(&checkouts, true, &stamps);
	return true;
}

/* "OUTCOME URL REF (REASON)" of each; the commit of those that are resolved, shortened. */
static struct str print(void)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < checkouts.count; i++) {
		const struct checkout *checkout = &checkouts.items[i];

		buf_printf(&out, "%s%s '%.*s' '%.*s'", i > 0 ? "; " : "", checkout_outcome_name(checkout->outcome),
			   STR_ARG(checkout->url), STR_ARG(checkout->ref));
		if (checkout->outcome == CHECKOUT_RESOLVED)
			buf_printf(&out, " %.*s = %.1s", STR_ARG(checkout->repository), checkout->answer.commit.ptr);
		else
			buf_printf(&out, " (%.*s)", STR_ARG(checkout->reason));
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

struct row {
	const char *text, *result;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_for(resolve(rows[i].text), arena_printf(&unit_arena, "%s: %s", rows[i].text, unit_err.text).ptr);
		assert_row(print(), rows[i].result, rows[i].text);
	}
}

static void set_policy(enum git_mode mode)
{
	static struct str allows[] = { STR("h") };

	policy = (struct policy){ .git = mode, .secrets = true };
	policy.git_allows = (struct policy_list){ .items = allows, .count = COUNT(allows) };
}

#define SAY " (say it with the annotation rollstamp.io/git or with --git-pair)"
#define INIT(container) "{template: {spec: {initContainers: [{name: i, " container "}]}}}"
#define VAR(name, value) "{name: " name ", value: " value "}"
#define PAIR(url, ref) VAR("GIT_REPO", "'" url "'") ", " VAR("GIT_REF", "'" ref "'")
#define KEY(name, kind, object, key) "{name: " name ", valueFrom: {" kind "KeyRef: {name: " object ", key: " key "}}}"
#define ANNOTATED(text) "{annotations: {rollstamp.io/git: '" text "'}, template: {spec: {containers: [{name: m}]}}}"

static const struct row outcomes[] = {
	{ "{template: {spec: {}}}", "" },
	{ INIT("env: [" PAIR("https://h/a.git", "main") "]"), "resolved 'https://h/a.git' 'main' a = a" },
	{ INIT("env: [" PAIR("https://h/a.git", "v1") "]"), "resolved 'https://h/a.git' 'v1' a = b" },
	{ INIT("env: [" PAIR("https://h/a", "") "]"), "resolved 'https://h/a' 'HEAD' a = a" },
	/* Userinfo and query are never shown. */
	{ INIT("env: [" PAIR("https://me:hunter2@h/a?token=t", "main") "]"), "resolved 'https://h/a' 'main' a = a" },
	{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "URL") ", " VAR("GIT_REF", "main") "]"),
	  "resolved '(Secret s, key URL)' 'main' secret-s-URL = a" },
	{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "secret", "s", "REF") "]"),
	  "resolved 'https://h/a' '(Secret s, key REF)' a = a" },
	{ INIT("env: [" KEY("GIT_REPO", "secret", "gone", "URL") ", " VAR("GIT_REF", "main") "]"),
	  "unresolved '' 'main' (the url is not known, because Secret gone is not in the input" SAY ")" },
	{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "configMap", "git", "GONE") "]"),
	  "unresolved 'https://h/a' '' (the ref is not known, because ConfigMap git has no key GONE" SAY ")" },
	/* What is not known is not refused, either. */
	{ INIT("env: [" KEY("GIT_REPO", "secret", "gone", "URL") ", " VAR("GIT_REF", "'a b'") "]"),
	  "unresolved '' 'a b' (the url is not known, because Secret gone is not in the input" SAY ")" },
	{ "{template: {spec: {volumes: [{name: v, gitRepo: {repository: 'https://h/a'}}]}}}",
	  "unmounted 'https://h/a' 'HEAD' (in a volume that no container mounts)" },
	{ "{template: {spec: {containers: [{name: p, image: 'git-sync:v4.2.1', args: ['--repo=https://h/a']}]}}}",
	  "followed 'https://h/a' 'HEAD' (followed by p)" },
	/* A url that is refused matters only to those who stamp it. */
	{ "{template: {spec: {containers: [{name: p, image: 'git-sync:v4.2.1', args: ['--repo=/local']}]}}}",
	  "followed '/local' 'HEAD' (followed by p)" },
	{ "{template: {spec: {volumes: [{name: v, gitRepo: {repository: 'ftp://h/a'}}]}}}",
	  "unmounted '' 'HEAD' (in a volume that no container mounts)" },
	{ ANNOTATED("https://h/a#v1,https://h/b"),
	  "resolved 'https://h/a' 'v1' a = b; resolved 'https://h/b' 'HEAD' b = a" },
	{ ANNOTATED("https://h/a#0123456"), "resolved 'https://h/a' '0123456' a = 0" },
	{ ANNOTATED("https://h/a#" B), "resolved 'https://h/a' '" B "' a = b" },
};

static void each_checkout_has_an_outcome(void **state)
{
	(void)state;
	set_policy(GIT_OBSERVE);
	check(outcomes, COUNT(outcomes));
}

static void urls_that_the_user_skips_are_left_alone(void **state)
{
	static const struct row rows[] = {
		{ ANNOTATED("https://h/a#v1,https://skip.me/b#gone"),
		  "resolved 'https://h/a' 'v1' a = b; skipped 'https://skip.me/b' 'gone' (--git-skip)" },
		/* Before anything else, also before it is refused. */
		{ "{template: {spec: {containers: [{name: p, image: 'git-sync:v4.2.1', args: "
		  "['--repo=https://skip.me/a']}]}}}",
		  "skipped 'https://skip.me/a' 'HEAD' (--git-skip)" },
		/* Also what is no url: then the whole text counts. */
		{ INIT("env: [" PAIR("codecommit::eu-west-1://dags", "main") "]"), "skipped '' 'main' (--git-skip)" },
		{ INIT("env: [" PAIR("shop/web", "main") "]"), "skipped 'shop/web' 'main' (--git-skip)" },
	};

	(void)state;
	set_policy(GIT_OBSERVE);
	policy.git_skips =
		(struct policy_list){ .items = (struct str[]){ STR("skip.me"), STR("codecommit::*"), STR("shop/*") },
				      .count = 3 };
	check(rows, COUNT(rows));
}

static void what_only_the_pod_can_use_is_unresolved(void **state)
{
#define WAYS " (say it with the annotation rollstamp.io/git or with --git-pair, or leave it out with --git-skip))"
	static const struct row rows[] = {
		{ INIT("env: [" PAIR("shop/web", "main") "]"),
		  "unresolved 'shop/web' 'main' (shop/web is no url" WAYS },
		{ INIT("env: [" PAIR("/local", "gone") "]"),
		  "unresolved '/local' 'gone' (/local is a path in the pod; with --git-allow-local it would be one "
		  "here" WAYS },
		{ INIT("env: [" PAIR("ftp://h/a", "main") "]"),
		  "unresolved '' 'main' (the url has an unknown scheme: https, http, ssh and git urls can be used" WAYS },
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "BAD") ", " VAR("GIT_REF", "main") "]"),
		  "unresolved '(Secret s, key BAD)' 'main' ((Secret s, key BAD) is no url" WAYS },
		/* The ref does not matter then. */
		{ INIT("env: [" PAIR("shop/web", "a b") "]"), "unresolved 'shop/web' 'a b' (shop/web is no url" WAYS },
		/* The annotation says it; one that says nothing does not. */
		{ "{annotations: {rollstamp.io/git: 'https://h/b'}, template: {spec: {initContainers: [{name: i, env: "
		  "[" PAIR("shop/web", "main") "]}]}}}",
		  "skipped 'shop/web' 'main' (the annotation rollstamp.io/git says what is checked out); "
		  "resolved 'https://h/b' 'HEAD' b = a" },
		{ "{annotations: {rollstamp.io/git: 'shop/b'}, template: {spec: {initContainers: [{name: i, env: "
		  "[" PAIR("shop/web", "main") "]}]}}}",
		  "unresolved 'shop/web' 'main' (shop/web is no url" WAYS
		  "; unresolved 'shop/b' 'HEAD' (shop/b is no url (write another one, or leave it out with "
		  "--git-skip))" },
		/* An unknown ref is said for the same url alone. */
		{ "{annotations: {rollstamp.io/git: 'https://h/a#v1'}, template: {spec: {initContainers: [{name: i, env: "
		  "[" VAR("GIT_REPO", "'https://h/a.git'") ", " KEY("GIT_REF", "configMap", "git", "GONE") "]}]}}}",
		  "skipped 'https://h/a.git' '' (the annotation rollstamp.io/git says what is checked out); "
		  "resolved 'https://h/a' 'v1' a = b" },
		{ "{annotations: {rollstamp.io/git: 'https://h/b'}, template: {spec: {initContainers: [{name: i, env: "
		  "[" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "configMap", "git", "GONE") "]}]}}}",
		  "unresolved 'https://h/a' '' (the ref is not known, because ConfigMap git has no key GONE" SAY "); "
		  "resolved 'https://h/b' 'HEAD' b = a" },
	};

	(void)state;
	set_policy(GIT_OBSERVE);
	check(rows, COUNT(rows));
}

static void a_url_of_a_secret_is_asked_for_where_it_is_allowed(void **state)
{
#define ONLY " has something of a Secret in it, which is sent only to a host that a --git-allow names"
#define OR " (or give its commit in a lock file, with --locked))"
	static const struct row rows[] = {
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "SSH") ", " VAR("GIT_REF", "main") "]"),
		  "resolved '(Secret s, key SSH)' 'main' secret-s-SSH = a" },
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "PLAIN") ", " VAR("GIT_REF", "main") "]"),
		  "unresolved '(Secret s, key PLAIN)' 'main' (the url (Secret s, key PLAIN) has something of a Secret in "
		  "it, which is sent over https and ssh only" OR },
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "ELSEWHERE") ", " VAR("GIT_REF", "main") "]"),
		  "unresolved '(Secret s, key ELSEWHERE)' 'main' (the url (Secret s, key ELSEWHERE)" ONLY
		  " without a wildcard" OR },
		{ INIT("env: [" KEY("T", "secret", "s", "REF") ", " PAIR("https://i/$(T)", "main") "]"),
		  "resolved '(Secret s, key REF)' 'main' secret-s-REF = a" },
		{ INIT("env: [" KEY("T", "secret", "s", "REF") ", " PAIR("https://j/$(T)", "main") "]"),
		  "unresolved '(Secret s, key REF)' 'main' (the url (Secret s, key REF)" ONLY OR },
		/* A full commit needs no server. */
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "PLAIN") ", " VAR("GIT_REF", B) "]"),
		  "resolved '(Secret s, key PLAIN)' '" B "' secret-s-PLAIN = b" },
	};
	static struct str allows[] = { STR("h"), STR("[i]") };

	(void)state;
	set_policy(GIT_OBSERVE);
	policy.git_allows = (struct policy_list){ .items = allows, .count = COUNT(allows) };
	check(rows, COUNT(rows));
}

static void a_commit_that_a_secret_holds_is_covered_by_its_stamp(void **state)
{
#define COVERED "' (the ref is a commit by itself, so that the stamp of Secret s covers it)"
	static const struct row rows[] = {
		{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "secret", "s", "COMMIT") "]"),
		  "covered 'https://h/a' '(Secret s, key COMMIT)" COVERED },
		{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "secret", "s", "SHORT") "]"),
		  "covered 'https://h/a' '(Secret s, key SHORT)" COVERED },
	};

	(void)state;
	set_policy(GIT_OBSERVE);
	check(rows, COUNT(rows));
	/* Nor does it stand in the lock file. */
	assert_int_equal(commits.entry_count, 0);
	policy.secrets = false;
	assert_true(resolve(rows[0].text));
	assert_int_equal(checkouts.items[0].outcome, CHECKOUT_UNRESOLVED);
}

static void what_is_refused_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *error, *at;
	} rows[] = {
		{ INIT("env: [" PAIR("https://h/a", "a b") "]"),
		  "container i, variable GIT_REF: git ref 'a b' of https://h/a: ", "{name: GIT_REF" },
		{ INIT("env: [" PAIR("https://h/a", "gone") "]"),
		  "container i, variable GIT_REF: git ref 'gone' of https://h/a: the repository has no branch or tag",
		  "{name: GIT_REF" },
		{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_REF", "secret", "s", "BAD") "]"),
		  "git ref (Secret s, key BAD) of https://h/a: ", "{name: GIT_REF" },
		{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "URL") ", " VAR("GIT_REF", "gone") "]"),
		  "git ref 'gone' of (Secret s, key URL): ", "{name: GIT_REF" },
	};

	(void)state;
	set_policy(GIT_OBSERVE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_fails(resolve(rows[i].text), rows[i].error);
		assert_for(unit_err.at == (size_t)(strstr(rows[i].text, rows[i].at) - rows[i].text), rows[i].text);
		assert_for(!strstr(unit_err.text, "hunter2"), rows[i].text);
		/* A list tells the same, and goes on. */
		policy.keeps_going = true;
		assert_for(resolve(rows[i].text), rows[i].text);
		assert_for(checkouts.count == 1 && checkouts.items[0].outcome == CHECKOUT_FAILED, rows[i].text);
		assert_for(checkouts.items[0].reason.len > 0, rows[i].text);
		assert_for(!strstr(print().ptr, "hunter2"), rows[i].text);
		policy.keeps_going = false;
	}
}

/* "NAME=VALUE,[ everywhere][ cN...][ <N>...]" of each stamp: containers that get it, and checkouts that own it. */
static struct str print_stamps(void)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < stamps.count; i++) {
		const struct stamp *stamp = &stamps.items[i];
		struct str name = stamp->is_variable_only ? stamp->env : stamp->annotation;

		buf_printf(&out, "%s%.*s=", i > 0 ? "; " : "", STR_ARG(name));
		for (struct str rest = stamp->value; rest.ptr;)
			buf_printf(&out, "%.2s,", str_cut(&rest, ',').ptr);
		if (stamp->in_every_container)
			buf_add_cstring(&out, " everywhere");
		for (size_t k = 0; k < stamp->container_count; k++)
			buf_printf(&out, " c%zu", stamp->containers[k]);
		for (size_t owner = 0; owner < stamp->owner_count; owner++)
			for (size_t k = 0; k < checkouts.count; k++)
				if (stamp->owners[owner] == &checkouts.items[k].placements)
					buf_printf(&out, " <%zu>", k);
	}
	return buf_keep(&out, &unit_arena);
}

#define TWO(one, two) "{template: {spec: {initContainers: [{name: i, env: [" one "]}, {name: k, env: [" two "]}]}}}"

static const struct row stamps_of[] = {
	{ "{template: {spec: {}}}", "" },
	{ INIT("env: [" PAIR("https://h/a", "main") "]"), "git.rollstamp.io/a=aa, c0 <0>" },
	/* One url is one stamp: its commits sorted, each once. */
	{ TWO(PAIR("https://h/a", "v1"), PAIR("https://h/a", "main")), "git.rollstamp.io/a=aa,bb, c0 c1 <0> <1>" },
	{ TWO(PAIR("https://h/a", "HEAD"), PAIR("https://h/a", "main")), "git.rollstamp.io/a=aa, c0 c1 <0> <1>" },
	{ TWO(PAIR("https://me@h/a", "main"), PAIR("https://h/a", "v1")), "git.rollstamp.io/a=aa,bb, c0 c1 <0> <1>" },
	{ TWO(PAIR("https://h/a", "main"), PAIR("https://h/b", "main")),
	  "git.rollstamp.io/a=aa, c0 <0>; git.rollstamp.io/b=bb, c1 <1>" },
	/* A Secret's url is another one, also if it is the same. */
	{ TWO(PAIR("https://h/secret.git", "main"), KEY("GIT_REPO", "secret", "s", "URL") ", " VAR("GIT_REF", "main")),
	  "git.rollstamp.io/secret=aa, c0 <0>; git.rollstamp.io/secret-s-URL=aa, c1 <1>" },
	{ ANNOTATED("https://h/a"), "git.rollstamp.io/a=aa, everywhere <0>" },
	/* What is not resolved has none. */
	{ TWO(KEY("GIT_REPO", "secret", "gone", "URL") ", " VAR("GIT_REF", "v1"), PAIR("https://h/a", "main")),
	  "git.rollstamp.io/a=aa, c1 <1>" },
};

static void each_repository_has_one_stamp(void **state)
{
	(void)state;
	set_policy(GIT_OBSERVE);
	for (size_t i = 0; i < COUNT(stamps_of); i++) {
		assert_for(resolve(stamps_of[i].text), stamps_of[i].text);
		assert_row(print_stamps(), stamps_of[i].result, stamps_of[i].text);
	}
}

static void repositories_of_one_name_get_a_hash_each(void **state)
{
	(void)state;
	set_policy(GIT_OBSERVE);
	assert_succeeds(resolve(ANNOTATED("https://h/x/a,https://h/y/a,https://h/x/a#v1,https://h/b")));
	assert_int_equal(checkouts.count, 4);
	assert_true(str_starts_with(checkouts.items[0].repository, "a-"));
	assert_int_equal(checkouts.items[0].repository.len, 10);
	assert_true(str_equal(checkouts.items[0].repository, checkouts.items[2].repository));
	assert_false(str_equal(checkouts.items[0].repository, checkouts.items[1].repository));
	assert_str(checkouts.items[3].repository, "b");
}

static void assert_place(size_t index, bool is_urls_fault, const char *where)
{
	struct checkout *checkout = &checkouts.items[index];

	checkout->is_urls_fault = is_urls_fault;
	assert_row(checkouts_where(checkout, &unit_arena), where, where);
}

static void places_are_described(void **state)
{
	(void)state;
	set_policy(GIT_OBSERVE);
	assert_succeeds(
		resolve("{annotations: {rollstamp.io/git: 'https://h/a'}, template: {spec: {initContainers: "
			"[{env: [" PAIR("https://h/a",
					"main") "]}], containers: [{volumeMounts: [{name: v}]}], "
						"volumes: [{name: v, gitRepo: {repository: 'https://h/a'}}]}}}"));
	assert_int_equal(checkouts.count, 3);
	/* A container without a name has its number. */
	assert_place(0, true, "container 1, variable GIT_REPO");
	assert_place(0, false, "container 1, variable GIT_REF");
	assert_place(1, true, "volume v, repository");
	assert_place(1, false, "volume v, revision");
	/* The annotation has both in one. */
	assert_place(2, true, "annotation rollstamp.io/git");
	assert_place(2, false, "annotation rollstamp.io/git");
}

/* Is the draft's podspec what the template, which has been edited, is read as? */
static void assert_podspec_is_right(const char *text)
{
	const struct podspec *podspec = &draft.podspec;
	size_t plenty = 1000000;
	struct podspec again;

	assert_succeeds(podspec_read(subject.pod_template, VOLUMES_ALL, &plenty, &unit_arena, &again, &unit_err));
	assert_for(podspec->container_count == again.container_count, text);
	for (size_t i = 0; i < again.container_count; i++)
		assert_for(podspec->containers[i].node == again.containers[i].node, text);
	assert_for(podspec->reference_count == again.reference_count, text);
	for (size_t i = 0; i < again.reference_count; i++) {
		const struct reference *is = &podspec->references[i], *should = &again.references[i];

		assert_for(is->via == should->via && is->container == should->container &&
				   str_equal(is->name, should->name) && str_equal(is->detail, should->detail),
			   text);
	}
}

/* The document with the commits in it. */
static struct str pin(const char *text)
{
	struct edits edits;

	assert_succeeds(resolve(text));
	assert_succeeds(pin_checkouts(&draft, &checkouts, &unit_err));
	assert_podspec_is_right(text);
	/* What is lifted has a stamp of its own. */
	stamps.count = 0;
	repositories_add_stamps(&checkouts, true, &stamps);
	edits_init(&edits, &unit_arena);
	assert_succeeds(shape_finish(&shape, &edits, &unit_err));
	assert_succeeds(verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err));
	return edits_apply(&edits, shape.text, &unit_arena);
}

#define SYNC(more) "image: 'git-sync:v4.2.1', args: ['--repo=https://h/a'" more "]"
#define BRANCH(ref) VAR("GIT_REPO", "'https://h/a'") ", " VAR("GIT_CHECKOUT_BRANCH", ref)

static const struct row pins[] = {
	{ INIT("env: [" BRANCH("main") "]"), INIT("env: [" BRANCH("\"" A "\"") "]") },
	{ INIT("env: [" BRANCH("x") ", " VAR("GIT_CHECKOUT_BRANCH", "main") "]"),
	  INIT("env: [" BRANCH("x") ", " VAR("GIT_CHECKOUT_BRANCH", "\"" A "\"") "]") },
	{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_CHECKOUT_BRANCH", "configMap", "git",
								  "REF") "]"),
	  INIT("env: [" BRANCH("\"" A "\"") "]") },
	/* Of two entries with one name the first keeps what it refers to. */
	{ INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_CHECKOUT_BRANCH", "secret", "s", "REF") ", " KEY(
		  "GIT_CHECKOUT_BRANCH", "configMap", "git", "REF") "]"),
	  INIT("env: [" VAR("GIT_REPO", "'https://h/a'") ", " KEY("GIT_CHECKOUT_BRANCH", "secret", "s", "REF") ", " VAR(
		  "GIT_CHECKOUT_BRANCH", "\"" A "\"") "]") },
	{ INIT(SYNC(", '--ref=main'")), INIT(SYNC(", \"--ref=" A "\"")) },
	{ INIT(SYNC(", '--ref', main")), INIT(SYNC(", '--ref', \"" A "\"")) },
	{ INIT("command: [/git-sync], " SYNC(", '--ref=main'")),
	  INIT("command: [/git-sync], " SYNC(", \"--ref=" A "\"")) },
	{ "{template: {spec: {volumes: [{name: v, gitRepo: {repository: 'https://h/a', revision: main}}], containers: "
	  "[{volumeMounts: [{name: v}]}]}}}",
	  "{template: {spec: {volumes: [{name: v, gitRepo: {repository: 'https://h/a', revision: \"" A
	  "\"}}], containers: [{volumeMounts: [{name: v}]}]}}}" },
	{ "{template: {spec: {volumes: [{name: v, gitRepo: {repository: 'https://h/a'}}], containers: "
	  "[{volumeMounts: [{name: v}]}]}}}",
	  "{template: {spec: {volumes: [{name: v, gitRepo: {\"revision\": \"" A "\", repository: 'https://h/a'}}], "
	  "containers: [{volumeMounts: [{name: v}]}]}}}" },
};

static void commits_are_put_where_they_work(void **state)
{
	(void)state;
	set_policy(GIT_PIN);
	for (size_t i = 0; i < COUNT(pins); i++) {
		assert_row(pin(pins[i].text), pins[i].result, pins[i].text);
		assert_for(checkouts.items[0].is_pinned && checkouts.items[0].why_not.len == 0, pins[i].text);
		/* What is pinned stays as it is. */
		assert_row(pin(pins[i].result), pins[i].result, pins[i].result);
		assert_for(checkouts.items[0].is_pinned, pins[i].result);
	}
}

static void elsewhere_it_is_told_why_not(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ INIT("env: [" PAIR("https://h/a", "main") "]"),
		  "it is not known whether what reads the variable takes a commit" },
		{ INIT("env: [" BRANCH("0123456") "]"), "it is an abbreviated commit" },
		{ INIT("command: [git, clone, -b, main, 'https://h/a']"), "git clone -b takes no commit" },
		{ INIT("command: [git, clone, --depth, '1', 'https://h/a']"), "a shallow clone lacks older commits" },
		{ INIT("command: [sh, -c, 'git clone --depth=1 -b x https://h/a; cd a; git checkout main']"),
		  "a shallow clone lacks older commits" },
		{ INIT("command: [git, clone, 'https://h/a']"), "a ref in a command is not replaced" },
		{ INIT(SYNC(", '--ref=long'")), "git-sync takes commits of 40 digits only" },
		{ ANNOTATED("https://h/a"), "an annotation makes no container check it out" },
	};

	(void)state;
	set_policy(GIT_PIN);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row(pin(rows[i].text), rows[i].text, rows[i].text);
		assert_for(!checkouts.items[0].is_pinned, rows[i].text);
		assert_for(
			strstr(checkouts.items[0].why_not.ptr, rows[i].why) != NULL,
			arena_printf(&unit_arena, "%s: %.*s", rows[i].text, STR_ARG(checkouts.items[0].why_not)).ptr);
	}
}

static void a_variable_that_comes_from_elsewhere_is_lifted(void **state)
{
	static const char from[] = INIT("envFrom: [{configMapRef: {name: git}}]");
	static const char of_two[] = "{annotations: {rollstamp.io/git-pin: 'true'}, template: {spec: {initContainers: "
				     "[{name: i, envFrom: [{configMapRef: {name: two}}]}]}}}";

	(void)state;
	set_policy(GIT_PIN);
	assert_str(pin(from), INIT("envFrom: [{configMapRef: {name: git}}]"));
	assert_true(checkouts.items[0].is_lifted && checkouts.items[0].is_pinned);
	assert_str(print_stamps(), "git.rollstamp.io/a=aa, c0 <0>; GIT_CHECKOUT_BRANCH=aa, c0 <0>");
	/* Two that are lifted by one variable have it once. */
	assert_str(pin(of_two), of_two);
	assert_int_equal(checkouts.count, 2);
	assert_str(print_stamps(), "git.rollstamp.io/a=aa, c0 <0> <1>; GIT_BRANCH=aa, c0 <0> <1>");
}

static void a_variable_of_two_repositories_is_not_pinned(void **state)
{
	static const char *const texts[] = {
		/* Both are resolved, to different commits. */
		"[" VAR("GIT_REPO", "'https://h/a'") ", " VAR("U", "'https://h/b'") ", " VAR("GIT_BRANCH", "main") "]",
		/* The other one is not known, */
		"[" VAR("GIT_REPO", "'https://h/a'") ", {name: U, valueFrom: {fieldRef: {}}}, " VAR("GIT_BRANCH",
												    "main") "]",
		/* or skipped. */
		"[" VAR("GIT_REPO", "'https://h/a'") ", " VAR("U", "'https://skip.me/b'") ", " VAR("GIT_BRANCH",
												   "main") "]",
	};
	struct pair pairs[] = {
		{ .repository = S("GIT_REPO"), .refs = { S("GIT_BRANCH") }, .default_ref = S("HEAD"), .pins = true },
		{ .repository = S("U"), .refs = { S("GIT_BRANCH") }, .default_ref = S("HEAD"), .pins = true },
	};

	(void)state;
	set_policy(GIT_PIN);
	policy.git_skips = (struct policy_list){ .items = (struct str[]){ STR("skip.me") }, .count = 1 };
	policy.git_pairs = pairs;
	policy.git_pair_count = COUNT(pairs);
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text =
			arena_printf(&unit_arena, "{template: {spec: {containers: [{name: m, env: %s}]}}}", texts[i])
				.ptr;

		assert_row(pin(text), text, text);
		assert_int_equal(checkouts.count, 2);
		assert_for(!checkouts.items[0].is_pinned && checkouts.items[0].why_not.ptr, text);
		if (checkouts.items[0].why_not.ptr)
			assert_for(strstr(checkouts.items[0].why_not.ptr, "same variable") != NULL, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_checkout_has_an_outcome),
		TEST(urls_that_the_user_skips_are_left_alone),
		TEST(what_only_the_pod_can_use_is_unresolved),
		TEST(what_is_refused_is_told_with_its_place),
		TEST(a_url_of_a_secret_is_asked_for_where_it_is_allowed),
		TEST(a_commit_that_a_secret_holds_is_covered_by_its_stamp),
		TEST(each_repository_has_one_stamp),
		TEST(repositories_of_one_name_get_a_hash_each),
		TEST(places_are_described),
		TEST(commits_are_put_where_they_work),
		TEST(elsewhere_it_is_told_why_not),
		TEST(a_variable_that_comes_from_elsewhere_is_lifted),
		TEST(a_variable_of_two_repositories_is_not_pinned),
	};

	return unit_run(tests);
}

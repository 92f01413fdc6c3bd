/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/template.h"

#include "unit.h"

#include <string.h>

static const char objects[] =
	"kind: ConfigMap\napiVersion: v1\nmetadata: {name: git}\n"
	"data: {GIT_REPO: 'https://h/cm', GIT_CHECKOUT_BRANCH: from-cm, REF: from-key, EMPTY: ''}\n"
	"---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n"
	"stringData: {URL: 'https://user:hunter2@h/secret', REF: hidden}\n";

struct row {
	const char *pod_template; /* flow text */
	const char *refs;
};

static struct pair pairs[4];
static size_t pair_count;
static struct podspec podspec;
static struct gitrefs refs;

/* What is in the template, with as much of a budget as its text gives. */
static bool find(const char *pod_template, bool pins_pairs, size_t *budget)
{
	struct world *world = unit_world("");
	struct str text = str_from(pod_template);
	struct gitref_input input = {
		.pod_template = unit_parse(text),
		.podspec = &podspec,
		.manifest = &world->manifest,
		.pairs = pairs,
		.pair_count = pair_count,
		.pins_pairs = pins_pairs,
		.budget = budget,
		.arena = &unit_arena,
	};

	refs = (struct gitrefs){ 0 };
	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	input.workload_annotations = unit_parse(S("{rollstamp.io/other: x}"));
	assert_succeeds(podspec_read(input.pod_template, VOLUMES_ALL, &(size_t){ podspec_budget(text.len) },
				     &unit_arena, &podspec, &unit_err));
	return template_find(&input, &refs, &unit_err);
}

static void print_part(struct buf *out, const struct gitref_part *part)
{
	switch (part->text.state) {
	case TEXT_ABSENT:
		buf_printf(out, "(%.*s)", STR_ARG(part->text.value));
		break;
	case TEXT_KNOWN:
		if (part->text.is_secret)
			buf_printf(out, "Secret %.*s/%.*s%s", STR_ARG(part->hidden->secret),
				   STR_ARG(part->hidden->secret_key),
				   part->hidden->is_host_secret ? " with its host" : "");
		else
			buf_add(out, part->text.value);
		break;
	case TEXT_UNKNOWN:
		buf_printf(out, "?%s", part->text.reason);
		break;
	}
}

static void print_pin(struct buf *out, const struct gitref *ref)
{
	switch (ref->pin.kind) {
	case GITREF_PIN_NOWHERE:
		if (!ref->pin.why_not)
			buf_add_cstring(out, " not pinned without a reason");
		break;
	case GITREF_PIN_VARIABLE:
		buf_printf(out, " pin:$%.*s", STR_ARG(ref->pin.variable));
		break;
	case GITREF_PIN_WORD:
		buf_printf(out, " pin:word%zu+%zu", ref->pin.word.number, ref->pin.word.prefix);
		break;
	case GITREF_PIN_REVISION:
		buf_printf(out, " pin:volume%zu", ref->pin.volume);
		break;
	}
}

/* "env c0: URL REF", a default ref in parentheses; then "branch-first", "in DIRECTORY", "by POLLER", "pin:PLACE". */
static void print_ref(struct buf *out, const struct gitref *ref)
{
	buf_add_cstring(out, gitref_via_name(ref->via));
	if (ref->volume.len > 0)
		buf_printf(out, " %.*s", STR_ARG(ref->volume));
	for (size_t i = 0; i < ref->container_count; i++)
		buf_printf(out, " c%zu", ref->containers[i]);
	buf_add_cstring(out, ": ");
	print_part(out, &ref->url);
	buf_add_char(out, ' ');
	print_part(out, &ref->ref);
	if (ref->is_branch_first)
		buf_add_cstring(out, " branch-first");
	if (ref->directory.len > 0)
		buf_printf(out, " in %.*s", STR_ARG(ref->directory));
	if (ref->followed_by.len > 0)
		buf_printf(out, " by %.*s", STR_ARG(ref->followed_by));
	if (ref->is_unmounted)
		buf_add_cstring(out, " unmounted");
	if (ref->in_every_container)
		buf_add_cstring(out, " everywhere");
	print_pin(out, ref);
}

static struct str print_refs(void)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < refs.count; i++) {
		if (i > 0)
			buf_add_cstring(&out, "; ");
		print_ref(&out, &refs.items[i]);
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void check(const struct row *rows, size_t count, bool pins_pairs)
{
	for (size_t i = 0; i < count; i++) {
		size_t budget = podspec_budget(strlen(rows[i].pod_template));

		assert_succeeds(find(rows[i].pod_template, pins_pairs, &budget));
		assert_row(print_refs(), rows[i].refs, rows[i].pod_template);
	}
}

#define INIT(container) "spec: {initContainers: [{name: i, " container "}]}"
#define UNMADE "?it pulls in a clone that was not made here ?it pulls in a clone that was not made here"
#define MAIN(container) "spec: {containers: [{name: m, " container "}]}"
#define VAR(name, value) "{name: " name ", value: " value "}"
#define URL "'https://h/a'"
#define REPO VAR("GIT_REPO", URL)
#define KEY(name, kind, object, key) "{name: " name ", valueFrom: {" kind "KeyRef: {name: " object ", key: " key "}}}"

static const struct row environments[] = {
	{ "spec: {}", "" },
	{ "{}", "" },
	{ INIT("env: [" REPO "]"), "" },
	{ INIT("env: [" VAR("GIT_CHECKOUT_BRANCH", "main") "]"), "" },
	{ INIT("env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "main") "]"),
	  "env c0: https://h/a main pin:$GIT_CHECKOUT_BRANCH" },
	{ INIT("env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "''") "]"),
	  "env c0: https://h/a (master) pin:$GIT_CHECKOUT_BRANCH" },
	/* A block scalar's newline is none of the name's. */
	{ INIT("env: [" VAR("GIT_REPO", "\"https://h/a\\n\"") ", " VAR("GIT_BRANCH", "\"main\\n\"") "]"),
	  "env c0: https://h/a main" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "main") "]"), "env c0: https://h/a main" },
	{ INIT("env: [" REPO ", " VAR("GIT_REF", "v1") "]"), "env c0: https://h/a v1" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "main") ", " VAR("GIT_REF", "v1") "]"),
	  "env c0: https://h/a main" },
	{ INIT("env: [" REPO ", " VAR("GIT_REF", "''") "]"), "env c0: https://h/a (HEAD)" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "''") ", " VAR("GIT_REF", "v1") "]"), "env c0: https://h/a v1" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "''") "]"), "env c0: https://h/a (HEAD)" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "''") ", " VAR("GIT_REF", "''") "]"),
	  "env c0: https://h/a (HEAD)" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "b") ", " VAR("GIT_CHECKOUT_BRANCH", "c") "]"),
	  "env c0: https://h/a c" },
	{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "''") ", " VAR("GIT_CHECKOUT_BRANCH", "c") "]"),
	  "env c0: https://h/a c" },
	{ INIT("env: [" REPO ", " VAR("GIT_REF", "b") ", " VAR("GIT_CHECKOUT_BRANCH", "c") "]"),
	  "env c0: https://h/a c pin:$GIT_CHECKOUT_BRANCH" },
	{ INIT("env: [" VAR("GIT_REPO", "''") ", " VAR("GIT_BRANCH", "b") "]"), "" },
	{ INIT("env: [" VAR("GIT_REPO_URL", URL) ", " VAR("GIT_COMMIT_SHA", "b") "]"), "env c0: https://h/a b" },
	{ INIT("env: [" VAR("REPO_URL", URL) ", " VAR("REPO_BRANCH", "b") "]"), "env c0: https://h/a b" },
	{ INIT("env: [" VAR("CONFIG_REPO_URL", URL) ", " VAR("CONFIG_REPO_BRANCH", "b") "]"), "env c0: https://h/a b" },
	{ INIT("env: [" VAR("CONFIG_REPO", URL) ", " VAR("CONFIG_REPO_BRANCH", "b") "]"), "env c0: https://h/a b" },
	{ INIT("env: [" VAR("CONFIG_REPO", URL) ", " VAR("REPO_BRANCH", "b") "]"), "" },
	/* Two repositories in one container. */
	{ INIT("env: [" REPO
	       ", " VAR("REPO_URL", "'https://h/b'") ", " VAR("GIT_REF", "a") ", " VAR("REPO_BRANCH", "b") "]"),
	  "env c0: https://h/a a; env c0: https://h/b b" },
	/* Only in init containers, also in those that run on. */
	{ MAIN("env: [" REPO ", " VAR("GIT_BRANCH", "main") "]"), "" },
	{ INIT("restartPolicy: Always, env: [" REPO ", " VAR("GIT_BRANCH", "b") "]"), "env c0: https://h/a b" },
	/* By envFrom and by keys. */
	{ INIT("envFrom: [{configMapRef: {name: git}}]"), "env c0: https://h/cm from-cm pin:$GIT_CHECKOUT_BRANCH" },
	{ INIT("env: [" REPO ", " KEY("GIT_BRANCH", "configMap", "git", "REF") "]"), "env c0: https://h/a from-key" },
	{ INIT("env: [" REPO ", " KEY("GIT_BRANCH", "configMap", "git", "EMPTY") "]"), "env c0: https://h/a (HEAD)" },
	{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "URL") ", " KEY("GIT_BRANCH", "secret", "s", "REF") "]"),
	  "env c0: Secret s/URL with its host Secret s/REF" },
	{ INIT("env: [" KEY("GIT_REPO", "secret", "s", "URL") ", " VAR("GIT_BRANCH", "x-$(GIT_REPO)") "]"),
	  "env c0: Secret s/URL with its host Secret s/URL" },
	/* Unknown, where one of the two is there for sure. */
	{ INIT("env: [" KEY("GIT_REPO", "secret", "gone", "URL") ", " VAR("GIT_BRANCH", "b") "]"),
	  "env c0: ?Secret gone is not in the input b" },
	{ INIT("env: [" REPO ", {name: GIT_BRANCH, valueFrom: {fieldRef: {}}}]"),
	  "env c0: https://h/a ?it is a field that is known only where the pod runs" },
	{ INIT("envFrom: [{configMapRef: {name: gone}}]"), "" },
	{ INIT("envFrom: [{configMapRef: {name: gone}}], env: [" VAR("GIT_CHECKOUT_BRANCH", "b") "]"),
	  "env c0: ?ConfigMap gone is not in the input b" },
	{ INIT("envFrom: [{configMapRef: {name: gone}}], env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"),
	  "env c0: https://h/a b" },
	{ INIT("envFrom: [{prefix: X_, configMapRef: {name: gone}}], env: [" REPO
	       ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"),
	  "env c0: https://h/a b pin:$GIT_CHECKOUT_BRANCH" },
	/* One that is there goes before one that could be. */
	{ INIT("envFrom: [{configMapRef: {name: gone}}], env: [" REPO ", " VAR("GIT_REF", "b") "]"),
	  "env c0: https://h/a b" },
	{ INIT("envFrom: [{prefix: X_, configMapRef: {name: gone}}], env: [" REPO "]"), "" },
};

static void pairs_of_variables_are_found_in_init_containers(void **state)
{
	(void)state;
	check(environments, COUNT(environments), false);
}

static void the_annotation_makes_every_pair_take_a_commit(void **state)
{
	static const struct row rows[] = {
		{ INIT("env: [" REPO ", " VAR("GIT_REF", "v1") "]"), "env c0: https://h/a v1 pin:$GIT_REF" },
		{ INIT("env: [" REPO ", " VAR("GIT_BRANCH", "''") ", " VAR("GIT_REF", "v1") "]"),
		  "env c0: https://h/a v1 pin:$GIT_REF" },
		{ INIT("command: [git, clone, " URL "]"), "git clone c0: https://h/a (HEAD)" },
	};

	(void)state;
	check(rows, COUNT(rows), true);
}

static void pairs_that_the_user_names_are_found_everywhere(void **state)
{
	static const struct row rows[] = {
		{ MAIN("env: [" VAR("U", URL) ", " VAR("R", "b") "]"), "env c0: https://h/a b" },
		{ MAIN("env: [" VAR("U", URL) "]"), "env c0: https://h/a (HEAD)" },
		{ MAIN("env: [" VAR("R", "b") "]"), "" },
		{ MAIN("env: [" VAR("V", URL) "]"), "env c0: https://h/a (main) pin:$W" },
		{ MAIN("env: [" VAR("V", "''") "]"), "" },
		{ INIT("env: [" VAR("V", URL) ", " VAR("W", "b") "]"), "env c0: https://h/a b pin:$W" },
		/* One that is a default one, too, is one. */
		{ INIT("env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"), "env c0: https://h/a b" },
		{ MAIN("env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"), "env c0: https://h/a b" },
		{ MAIN("envFrom: [{configMapRef: {name: gone}}]"), "" },
	};

	(void)state;
	pairs[0] = (struct pair){ .repository = S("U"), .refs = { S("R") }, .default_ref = S("HEAD") };
	pairs[1] = (struct pair){ .repository = S("V"), .refs = { S("W") }, .default_ref = S("main"), .pins = true };
	pairs[2] = (struct pair){ .repository = S("GIT_REPO"),
				  .refs = { S("GIT_CHECKOUT_BRANCH") },
				  .default_ref = S("HEAD") };
	pair_count = 3;
	check(rows, COUNT(rows), false);
	pair_count = 0;
}

#define SYNC3 "image: 'r/git-sync:v3.6.9'"
#define SYNC4 "image: 'r/git-sync/git-sync:v4.2.1'"

static const struct row syncs[] = {
	{ INIT(SYNC4), "" },
	{ INIT(SYNC4 ", args: ['--repo=https://h/a']"), "git-sync c0: https://h/a (HEAD) pin:$GITSYNC_REF" },
	{ INIT(SYNC4 ", args: ['--repo=https://h/a', '--ref=v1', '--root=/git']"),
	  "git-sync c0: https://h/a v1 in /git pin:word1+6" },
	{ INIT(SYNC4 ", args: ['--repo', 'https://h/a', '--ref', 'v1']"), "git-sync c0: https://h/a v1 pin:word3+0" },
	{ INIT(SYNC4 ", command: ['/git-sync'], args: ['--repo=https://h/a', '--ref=v1']"),
	  "git-sync c0: https://h/a v1 pin:word2+6" },
	{ INIT(SYNC4 ", args: ['--repo=https://h/a', '--ref=$(R)'], env: [" VAR("R", "v1") "]"),
	  "git-sync c0: https://h/a v1 pin:word1+6" },
	/* The flag itself is made by an expansion: nothing that could be replaced. */
	{ INIT(SYNC4 ", args: ['--repo=https://h/a', '$(F)=v1'], env: [" VAR("F", "--ref") "]"),
	  "git-sync c0: https://h/a v1" },
	{ INIT(SYNC4 ", args: ['--repo=https://h/a', '$(F)'], env: [" VAR("F", "--ref=v1") "]"),
	  "git-sync c0: https://h/a v1" },
	{ INIT(SYNC4 ", env: [" VAR("GITSYNC_REPO", URL) ", " VAR("GITSYNC_REF", "v1") "]"),
	  "git-sync c0: https://h/a v1 pin:$GITSYNC_REF" },
	{ INIT(SYNC3 ", env: [" VAR("GIT_SYNC_REPO", URL) "]"),
	  "git-sync c0: https://h/a (master) branch-first pin:$GIT_SYNC_REV" },
	{ INIT(SYNC3 ", env: [" VAR("GIT_SYNC_REPO", URL) ", " VAR("GIT_SYNC_BRANCH", "b") "]"),
	  "git-sync c0: https://h/a b branch-first pin:$GIT_SYNC_REV" },
	{ INIT(SYNC3 ", env: [" VAR("GIT_SYNC_REPO", URL) ", " VAR("GIT_SYNC_REV", "v1") "]"),
	  "git-sync c0: https://h/a v1 pin:$GIT_SYNC_REV" },
	{ INIT(SYNC3 ", env: [" VAR("GIT_SYNC_REPO", URL) ", " VAR("GIT_SYNC_DEPTH", "1") "]"),
	  "git-sync c0: https://h/a (master) branch-first" },
	{ INIT(SYNC4 ", env: [" KEY("GITSYNC_REPO", "secret", "s", "URL") "]"),
	  "git-sync c0: Secret s/URL with its host (HEAD) pin:$GITSYNC_REF" },
	/* The image is another one, but the variables are git-sync's own. */
	{ INIT("image: x, env: [" VAR("GITSYNC_REPO", URL) "]"), "git-sync c0: https://h/a (HEAD) pin:$GITSYNC_REF" },
	{ INIT("image: x, command: [run], env: [" VAR("GITSYNC_REPO", URL) "]"), "" },
	{ MAIN("image: x, command: [python, app.py], env: [" VAR("GIT_SYNC_REPO", URL) "]"), "" },
	/* One that polls follows its own ref. */
	{ MAIN(SYNC4 ", args: ['--repo=https://h/a']"), "git-sync c0: https://h/a (HEAD) by m pin:$GITSYNC_REF" },
	{ MAIN(SYNC4 ", args: ['--repo=https://h/a', '--one-time']"),
	  "git-sync c0: https://h/a (HEAD) pin:$GITSYNC_REF" },
	{ INIT("restartPolicy: Always, " SYNC4 ", args: ['--repo=https://h/a']"),
	  "git-sync c0: https://h/a (HEAD) by i pin:$GITSYNC_REF" },
	{ MAIN(SYNC4 ", args: ['--repo=https://h/a'], env: [{name: GITSYNC_ONE_TIME, valueFrom: {fieldRef: {}}}]"),
	  "git-sync c0: https://h/a ?it is not known whether this git-sync runs once or polls pin:$GITSYNC_REF" },
};

static void git_sync_is_found(void **state)
{
	(void)state;
	check(syncs, COUNT(syncs), false);
}

#define CHECKOUT(url, ref) "command: [sh, -c, 'git clone " url " /a; cd /a; git checkout " ref "']"
#define PAIR "env: [" REPO ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"
#define PINNED_PAIR "env c0: https://h/a b pin:$GIT_CHECKOUT_BRANCH"

#define TOKEN "env: [" KEY("T", "secret", "s", "REF") ", " VAR("GIT_BRANCH", "b") ", "
#define GONE "env: [" KEY("T", "secret", "gone", "REF") ", " VAR("GIT_BRANCH", "b") ", "

static const struct row hidden[] = {
	/* Userinfo is no part of a url, whether it is known or not. */
	{ INIT(TOKEN VAR("GIT_REPO", "'https://x:$(T)@h/a'") "]"), "env c0: https://h/a b" },
	{ INIT(GONE VAR("GIT_REPO", "'https://x:$(T)@h/a'") "]"), "env c0: https://h/a b" },
	{ INIT(GONE VAR("GIT_REPO", "'ssh://$(T)@h/a'") "]"), "env c0: ssh://git@h/a b" },
	{ INIT(GONE VAR("GIT_REPO", "'$(T)@h:a'") "]"), "env c0: git@h:a b" },
	{ INIT(GONE VAR("B", "'https://x:$(T)@h'") ", " VAR("GIT_REPO", "$(B)/a") "]"), "env c0: https://h/a b" },
	{ INIT(SYNC4 ", " GONE "], args: ['--repo=https://x:$(T)@h/a', --one-time]"),
	  "git-sync c0: https://h/a (HEAD) pin:$GITSYNC_REF" },
	{ INIT(TOKEN "], command: [git, clone, 'https://x:$(T)@h/a']"), "git clone c0: https://h/a (HEAD)" },
	/* Everything else is. */
	{ INIT(TOKEN VAR("GIT_REPO", "'https://x:$(T)@h/$(T)'") "]"), "env c0: Secret s/REF b" },
	{ INIT(TOKEN VAR("GIT_REPO", "'https://h/$(T)'") "]"), "env c0: Secret s/REF b" },
	{ INIT(TOKEN VAR("GIT_REPO", "'https://$(T)/a'") "]"), "env c0: Secret s/REF with its host b" },
	{ INIT(TOKEN VAR("GIT_REPO", "'https://h$(T)/a'") "]"), "env c0: Secret s/REF with its host b" },
	{ INIT(GONE VAR("GIT_REPO", "'https://h/$(T)'") "]"), "env c0: ?Secret gone is not in the input b" },
	{ INIT(GONE VAR("GIT_REPO", "'https://$(T)/a'") "]"), "env c0: ?Secret gone is not in the input b" },
	{ INIT(TOKEN "], command: [git, clone, 'https://h/$(T)']"), "git clone c0: Secret s/REF (HEAD)" },
	/* One that would end the host makes another url of it. */
	{ INIT("env: [" KEY("T", "secret", "s", "URL") ", " VAR("GIT_BRANCH",
								"b") ", " VAR("GIT_REPO", "'https://x:$(T)@h/a'") "]"),
	  "env c0: Secret s/URL with its host b" },
};

static void what_is_hidden_in_userinfo_alone_does_not_matter(void **state)
{
	(void)state;
	check(hidden, COUNT(hidden), false);
}

static const struct row clones[] = {
	{ INIT("command: [git, clone, " URL "]"), "git clone c0: https://h/a (HEAD)" },
	{ INIT("command: [git, clone, -b, v1, " URL ", /src]"), "git clone c0: https://h/a v1 branch-first in /src" },
	{ INIT("command: [git, clone], args: [-b, v1, " URL ", src]"), "git clone c0: https://h/a v1 branch-first" },
	{ INIT("command: [git, clone, '$(U)'], env: [" VAR("U", URL) "]"), "git clone c0: https://h/a (HEAD)" },
	{ INIT("command: ['$(G)', '$(C)', '$(U)'], env: [" VAR("U", URL) ", " VAR("C", "clone") ", " VAR("G",
													 "git") "]"),
	  "git clone c0: https://h/a (HEAD)" },
	{ INIT("command: [git, clone, '$(U)'], env: [" KEY("U", "secret", "s", "URL") "]"),
	  "git clone c0: Secret s/URL with its host (HEAD)" },
	{ INIT("command: [git, clone, '$(U)'], env: [" KEY("U", "secret", "gone", "URL") "]"),
	  "git clone c0: ?the variable U is not known: Secret gone is not in the input (HEAD)" },
	{ INIT("command: [sh, -c, 'git clone "
	       "https://h/a /a && git clone https://h/b /b']"),
	  "git clone c0: https://h/a (HEAD) in /a; git clone c0: https://h/b (HEAD) in /b" },
	/* What is no string is no word of git's. */
	{ INIT("command: [git, [clone], " URL "]"), "" },
	{ MAIN("command: [git, clone, " URL "]"), "git clone c0: https://h/a (HEAD)" },
	{ INIT("command: [make, clone]"), "" },
	{ INIT("command: text, args: {a: b}"), "" },
	/* The clone of what a pair of the same container names is that pair's. */
	{ INIT("command: [sh, -c, 'git clone $GIT_REPO && git checkout $GIT_BRANCH'], env: [" REPO
	       ", " VAR("GIT_BRANCH", "b") "]"),
	  "env c0: https://h/a b" },
	{ INIT(CHECKOUT("$(GIT_REPO)", "$(GIT_CHECKOUT_BRANCH)") ", " PAIR), PINNED_PAIR },
	{ INIT(CHECKOUT("$(GIT_REPO)", "$GIT_CHECKOUT_BRANCH") ", " PAIR), PINNED_PAIR },
	{ INIT(CHECKOUT("$GIT_REPO", "$(GIT_CHECKOUT_BRANCH)") ", " PAIR), PINNED_PAIR },
	{ INIT("command: [sh, -c, 'cd $(D); git clone $(GIT_REPO); cd a; git checkout $(GIT_CHECKOUT_BRANCH)'], env: "
	       "[" VAR("D", "/d") ", " REPO ", " VAR("GIT_CHECKOUT_BRANCH", "b") "]"),
	  PINNED_PAIR },
	/* But only with its ref, by its variable. */
	{ INIT(CHECKOUT("$(GIT_REPO)", "b") ", " PAIR), PINNED_PAIR "; git clone c0: https://h/a b in /a" },
	{ INIT(CHECKOUT("https://h/a", "$(GIT_CHECKOUT_BRANCH)") ", " PAIR),
	  PINNED_PAIR "; git clone c0: https://h/a b in /a" },
	{ INIT("command: [sh, -c, 'git clone $(GIT_REPO) /a'], " PAIR),
	  PINNED_PAIR "; git clone c0: https://h/a (HEAD) in /a" },
	{ INIT("command: [sh, -c, 'git clone $$(GIT_REPO) /a'], " PAIR),
	  PINNED_PAIR "; git clone c0: ?it has the output of a command in it (HEAD) in /a" },
	{ INIT("command: [git, clone, -b, $(GIT_CHECKOUT_BRANCH), $(GIT_REPO)], " PAIR),
	  "env c0: https://h/a b; git clone c0: https://h/a b branch-first" },
	/* One that checks its ref out of another repository would break by a commit. */
	{ INIT(CHECKOUT("https://h/b", "$(GIT_CHECKOUT_BRANCH)") ", " PAIR),
	  "env c0: https://h/a b; git clone c0: https://h/b b in /a" },
	{ INIT(CHECKOUT("https://h/b", "$GIT_CHECKOUT_BRANCH") ", " PAIR),
	  "env c0: https://h/a b; git clone c0: https://h/b b in /a" },
};

static void clones_are_found_in_commands(void **state)
{
	(void)state;
	check(clones, COUNT(clones), false);
}

#define CLONE(mounts) "{name: i, command: [git, clone, -b, b, " URL ", /src], volumeMounts: [" mounts "]}"
#define POLLER(url, mounts) "{name: p, " SYNC4 ", args: ['--repo=" url "', '--root=/git'], volumeMounts: [" mounts "]}"
#define CLONE_OF_B(directory, mounts) \
	"{name: j, command: [git, clone, https://h/b, " directory "], volumeMounts: [" mounts "]}"
#define PULL(directory, mounts)                                                                    \
	"{name: p, command: [sh, -c, 'while true; do git -C " directory " pull; sleep 9; done'], " \
	"volumeMounts: [" mounts "]}"
#define SRC "{name: v, mountPath: /src}"
#define GIT "{name: v, mountPath: /git}"
#define OTHER "{name: w, mountPath: /git}"

static const struct row followed[] = {
	{ "spec: {initContainers: [" CLONE("") "], containers: [" POLLER("https://h/a", "") "]}",
	  "git clone c0: https://h/a b branch-first in /src by p; git-sync c1: https://h/a (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	{ "spec: {initContainers: [" CLONE(SRC) "], containers: [" POLLER("https://h/b", GIT) "]}",
	  "git clone c0: https://h/a b branch-first in /src by p; git-sync c1: https://h/b (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	{ "spec: {initContainers: [" CLONE(SRC) "], containers: [" POLLER("https://h/b", OTHER) "]}",
	  "git clone c0: https://h/a b branch-first in /src; git-sync c1: https://h/b (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	{ "spec: {initContainers: [" CLONE("") "], containers: [" POLLER("https://h/b", "") "]}",
	  "git clone c0: https://h/a b branch-first in /src; git-sync c1: https://h/b (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	/* A loop of git pull, which names no url, follows what is in the volume. */
	{ "spec: {initContainers: [" CLONE(
		  SRC) "], containers: [{name: p, command: [sh, -c, 'while true; do git pull; sleep 9; done'], "
		       "volumeMounts: [" GIT "]}]}",
	  "git clone c0: https://h/a b branch-first in /src by p" },
	{ "spec: {initContainers: [" CLONE(
		  SRC) "], containers: [{name: p, command: [sh, -c, 'while true; do git pull; sleep 9; done'], "
		       "volumeMounts: [" OTHER "]}]}",
	  "git clone c0: https://h/a b branch-first in /src; git clone c1: " UNMADE " by p" },
	/* But not of an init container that must end: for itself, and for another one. */
	{ INIT("command: [sh, -c, 'git clone https://h/a /a; while ! git -C /a rev-parse v1; do git -C /a fetch; done; "
	       "git -C /a checkout v1']"),
	  "git clone c0: https://h/a v1 in /a" },
	{ INIT("restartPolicy: Always, command: [sh, -c, 'git clone https://h/a /a; while :; do git -C /a pull; done']"),
	  "git clone c0: https://h/a (HEAD) in /a by i" },
	{ "spec: {initContainers: [" CLONE(SRC) ", " PULL("/git", GIT) "], containers: [{name: m}]}",
	  "git clone c0: https://h/a b branch-first in /src" },
	{ "spec: {initContainers: [" CLONE(SRC) ", " PULL("$D", GIT) "], containers: [{name: m}]}",
	  "git clone c0: https://h/a b branch-first in /src" },
	/* Where its directory is known, only what is in that. */
	{ "spec: {initContainers: [" CLONE(SRC) ", " CLONE_OF_B("/src/b", SRC) "], containers: [" PULL("/git/b",
												       GIT) "]}",
	  "git clone c0: https://h/a b branch-first in /src; git clone c1: https://h/b (HEAD) in /src/b by p" },
	{ "spec: {initContainers: [" CLONE(SRC) ", " CLONE_OF_B("/git/b", OTHER) "], containers: [" PULL("/git/b",
													 OTHER) "]}",
	  "git clone c0: https://h/a b branch-first in /src; git clone c1: https://h/b (HEAD) in /git/b by p" },
	{ "spec: {initContainers: [" CLONE(SRC) "], containers: [" PULL("/b", GIT) "]}",
	  "git clone c0: https://h/a b branch-first in /src; git clone c1: " UNMADE " by p" },
	/* Or around it, if nothing is in it; or nobody knows where. */
	{ "spec: {initContainers: [" CLONE(SRC) "], containers: [" PULL("/git/b", GIT) "]}",
	  "git clone c0: https://h/a b branch-first in /src by p" },
	{ "spec: {initContainers: [" CLONE_OF_B("b", SRC) "], containers: [" PULL("/git/b", GIT) "]}",
	  "git clone c0: https://h/b (HEAD) by p" },
	{ "spec: {initContainers: [" CLONE_OF_B("b", SRC) ", " CLONE_OF_B("/src/b", SRC) "], containers: [" PULL(
		  "/git/b", GIT) "]}",
	  "git clone c0: https://h/b (HEAD); git clone c1: https://h/b (HEAD) in /src/b by p" },
	/* So is what writes one url in another way. */
	{ "spec: {initContainers: [" CLONE("") "], containers: [" POLLER("https://H:443/a.git/", "") "]}",
	  "git clone c0: https://h/a b branch-first in /src by p; git-sync c1: https://H:443/a.git/ (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	/* What differs in its userinfo only is one url. */
	{ "spec: {initContainers: [" CLONE("") "], containers: [" POLLER("https://me:x@h/a", "") "]}",
	  "git clone c0: https://h/a b branch-first in /src by p; git-sync c1: https://me:x@h/a (HEAD) in /git by p "
	  "pin:$GITSYNC_REF" },
	/* One that ends follows nothing. */
	{ "spec: {initContainers: [" CLONE(SRC) ", " POLLER("https://h/a", GIT) "]}",
	  "git clone c0: https://h/a b branch-first in /src; git-sync c1: https://h/a (HEAD) in /git pin:$GITSYNC_REF" },
	/* What the annotation asks for is not followed. */
	{ "{metadata: {annotations: {rollstamp.io/git: 'https://h/a'}}, spec: {containers: [" POLLER("https://h/a",
												     GIT) "]}}",
	  "git-sync c0: https://h/a (HEAD) in /git by p pin:$GITSYNC_REF; annotation: https://h/a (HEAD) everywhere" },
};

static void what_a_poller_keeps_up_to_date_is_followed(void **state)
{
	(void)state;
	check(followed, COUNT(followed), false);
}

#define VOLUME(name, repo) "volumes: [{name: x}, {name: " name ", gitRepo: " repo "}]"

static const struct row volumes[] = {
	{ "spec: {" VOLUME("v", "{repository: " URL "}") "}", "gitRepo v: https://h/a (HEAD) unmounted pin:volume1" },
	{ "spec: {" VOLUME("v", "{repository: " URL ", revision: v1}") ", containers: [{volumeMounts: [{name: v}]}]}",
	  "gitRepo v c0: https://h/a v1 pin:volume1" },
	{ "spec: {" VOLUME("v",
			   "{repository: " URL
			   ", revision: ''}") ", initContainers: [{volumeMounts: [{name: x}, "
					      "{name: v}]}], containers: [{}, {volumeMounts: [{name: v}, {name: v}]}]}",
	  "gitRepo v c0 c2: https://h/a (HEAD) pin:volume1" },
	{ "spec: {" VOLUME("v", "{repository: ''}") "}", "" },
	{ "spec: {" VOLUME("v", "{revision: v1}") "}", "" },
	{ "spec: {" VOLUME("v", "text") "}", "" },
	{ "spec: {volumes: text}", "" },
};

static void git_repo_volumes_are_found(void **state)
{
	(void)state;
	check(volumes, COUNT(volumes), false);
}

#define ANNOTATED(text) "metadata: {annotations: {rollstamp.io/git: " text "}}"

static const struct row annotations[] = {
	{ ANNOTATED("'https://h/a'"), "annotation: https://h/a (HEAD) everywhere" },
	{ ANNOTATED("'https://h/a#b'"), "annotation: https://h/a b everywhere" },
	{ ANNOTATED("'https://h/a#'"), "annotation: https://h/a (HEAD) everywhere" },
	{ ANNOTATED("'https://h/a#b#c'"), "annotation: https://h/a#b c everywhere" },
	{ ANNOTATED("'#b'"), "annotation:  b everywhere" },
	{ ANNOTATED("' https://h/a#b , ,,https://h/b '"),
	  "annotation: https://h/a b everywhere; annotation: https://h/b (HEAD) everywhere" },
	{ ANNOTATED("''"), "" },
	{ ANNOTATED(""), "" },
	{ ANNOTATED("[a]"), "" },
};

static void annotations_name_refs(void **state)
{
	(void)state;
	check(annotations, COUNT(annotations), false);
}

static void annotations_of_the_workload_come_first(void **state)
{
	static const char pod_template[] = ANNOTATED("'https://h/b'");
	struct world *world = unit_world("");
	size_t budget = 1000;
	struct gitref_input input = {
		.pod_template = unit_parse(S(pod_template)),
		.workload_annotations = unit_parse(S("{rollstamp.io/git: 'https://h/a'}")),
		.podspec = &(struct podspec){ 0 },
		.manifest = &world->manifest,
		.budget = &budget,
		.arena = &unit_arena,
	};

	(void)state;
	refs = (struct gitrefs){ 0 };
	assert_succeeds(template_find(&input, &refs, &unit_err));
	/* It appends. */
	assert_succeeds(template_find(&input, &refs, &unit_err));
	assert_str(print_refs(),
		   "annotation: https://h/a (HEAD) everywhere; annotation: https://h/b (HEAD) everywhere; "
		   "annotation: https://h/a (HEAD) everywhere; annotation: https://h/b (HEAD) everywhere");
}

static void it_is_told_where_parts_stand(void **state)
{
	static const char pod_template[] =
		"spec:\n  initContainers:\n  - name: i\n    command:\n    - git\n    - clone\n"
		"    - https://h/b\n    env:\n    - name: GIT_REPO\n      value: https://h/a\n"
		"    - name: GIT_REF\n      value: b\n";
	size_t budget = 1000;

	(void)state;
	assert_true(find(pod_template, false, &budget));
	assert_int_equal(refs.count, 2);
	assert_str(gitref_where(&refs.items[0].url, &unit_arena), "variable GIT_REPO");
	assert_str(gitref_where(&refs.items[0].ref, &unit_arena), "variable GIT_REF");
	assert_int_equal(refs.items[0].url.at, strstr(pod_template, "name: GIT_REPO") - pod_template);
	assert_int_equal(refs.items[0].ref.at, strstr(pod_template, "name: GIT_REF") - pod_template);
	assert_str(gitref_where(&refs.items[1].url, &unit_arena), "git clone");
	assert_true(refs.items[1].url.at >= (size_t)(strstr(pod_template, "- git") - pod_template));
	assert_true(refs.items[1].url.at <= (size_t)(strstr(pod_template, "https://h/b") - pod_template));
}

/* A list that many containers alias. */
static const char *bomb(const char *field, const char *item, int items, int containers)
{
	struct buf text = { 0 };
	const char *copy;

	buf_printf(&text, "spec:\n  initContainers:\n  - name: i\n    image: git\n    %s: &list\n", field);
	for (int i = 0; i < items; i++)
		buf_printf(&text, "    - %s\n", item);
	for (int i = 1; i < containers; i++)
		buf_printf(&text, "  - {name: c%d, image: git, %s: *list}\n", i, field);
	copy = arena_dup(&unit_arena, buf_str(&text)).ptr;
	buf_release(&text);
	return copy;
}

static void aliases_are_taken_from_the_budget(void **state)
{
	static const char *const items[] = { "word", "'$(A)'", "git" };

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		const char *few = bomb("args", items[i], 100, 10), *many = bomb("args", items[i], 3000, 3000);
		size_t budget = podspec_budget(strlen(few));

		assert_succeeds(find(few, false, &budget));
		assert_true(budget < podspec_budget(strlen(few)));
		budget = podspec_budget(strlen(many));
		assert_fails(find(many, false, &budget), "make too much of this pod template");
		arena_release(&unit_arena);
	}
}

/* One word that is long, and aliased, costs as much as it is long. */
static void long_words_are_taken_from_the_budget(void **state)
{
	struct buf word = { 0 };
	const char *many;
	size_t budget;

	(void)state;
	buf_add_repeated(&word, 'x', 200000);
	buf_add_char(&word, '\0');
	many = bomb("args", word.ptr, 1, 3000);
	buf_release(&word);
	budget = podspec_budget(strlen(many));
	assert_fails(find(many, false, &budget), "make too much of this pod template");
}

static void many_checkouts_are_found(void **state)
{
	enum { CONTAINERS = 2000 };
	struct buf text = { 0 };
	size_t budget;

	(void)state;
	buf_add_cstring(&text, "spec:\n  initContainers:\n");
	for (int i = 0; i < CONTAINERS; i++)
		buf_printf(&text, "  - {name: c%d, env: [" REPO ", " VAR("GIT_REF", "r%d") "]}\n", i, i);
	budget = podspec_budget(text.len);
	assert_succeeds(find(arena_dup(&unit_arena, buf_str(&text)).ptr, false, &budget));
	buf_release(&text);
	assert_int_equal(refs.count, CONTAINERS);
	for (size_t i = 0; i < CONTAINERS; i++)
		assert_int_equal(refs.items[i].container, i);
	assert_str(refs.items[CONTAINERS - 1].ref.text.value, "r1999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pairs_of_variables_are_found_in_init_containers),
		TEST(the_annotation_makes_every_pair_take_a_commit),
		TEST(pairs_that_the_user_names_are_found_everywhere),
		TEST(git_sync_is_found),
		TEST(clones_are_found_in_commands),
		TEST(what_is_hidden_in_userinfo_alone_does_not_matter),
		TEST(what_a_poller_keeps_up_to_date_is_followed),
		TEST(git_repo_volumes_are_found),
		TEST(annotations_name_refs),
		TEST(annotations_of_the_workload_come_first),
		TEST(it_is_told_where_parts_stand),
		TEST(aliases_are_taken_from_the_budget),
		TEST(long_words_are_taken_from_the_budget),
		TEST(many_checkouts_are_found),
	};

	return unit_run(tests);
}

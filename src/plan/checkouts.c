/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/checkouts.h"

#include "base/glob.h"
#include "checkout/template.h"
#include "git/urlname.h"
#include "git/urlrule.h"
#include "yaml/scalar.h"

/* How the user can say what is checked out. */
#define WAYS "the annotation rollstamp.io/git or with --git-pair"

const char *checkout_outcome_name(enum checkout_outcome outcome)
{
	switch (outcome) {
	case CHECKOUT_RESOLVED:
		return "resolved";
	case CHECKOUT_UNRESOLVED:
		return "unresolved";
	case CHECKOUT_FAILED:
		return "failed";
	case CHECKOUT_FOLLOWED:
		return "followed";
	case CHECKOUT_KEPT:
		return "kept";
	case CHECKOUT_SKIPPED:
		return "skipped";
	case CHECKOUT_UNMOUNTED:
		return "unmounted";
	case CHECKOUT_COVERED:
		return "covered";
	}
	return "";
}

const struct gitref_part *checkouts_part(const struct checkout *checkout)
{
	const struct gitref *gitref = checkout->gitref;

	return checkout->is_urls_fault || !gitref->ref.where ? &gitref->url : &gitref->ref;
}

struct str checkouts_where(const struct checkout *checkout, struct arena *arena)
{
	struct str where = gitref_where(checkouts_part(checkout), arena);

	if (checkout->gitref->via == GITREF_VOLUME)
		return arena_printf(arena, "volume %.*s, %.*s", STR_ARG(checkout->gitref->volume), STR_ARG(where));
	if (checkout->container.len > 0)
		return arena_printf(arena, "container %.*s, %.*s", STR_ARG(checkout->container), STR_ARG(where));
	return where;
}

/* A value of a Secret, for people. */
static struct str describe_secret(const struct gitref_part *part, struct arena *arena)
{
	return arena_printf(arena, "(Secret %.*s, key %.*s)", STR_ARG(part->hidden->secret),
			    STR_ARG(part->hidden->secret_key));
}

/* Puts the checkout in front of a message about it. Always false. */
static bool explain(const struct draft *draft, const struct checkout *checkout, struct err *err)
{
	struct str where = checkouts_where(checkout, draft->basis->tree);
	const char *quote = checkout->gitref->ref.text.is_secret ? "" : "'";

	err->at = checkouts_part(checkout)->at;
	if (checkout->ref.len > 0 && checkout->url.len > 0 && !checkout->is_urls_fault)
		return err_prefix(err, "%.*s: git ref %s%.*s%s of %.*s", STR_ARG(where), quote, STR_ARG(checkout->ref),
				  quote, STR_ARG(checkout->url));
	return err_prefix(err, "%.*s", STR_ARG(where));
}

/* A ref that can't be stamped: a list shows what the error would say, and goes on. */
static bool fail(const struct draft *draft, struct checkout *checkout, bool is_url, struct err *err)
{
	checkout->is_urls_fault = is_url;
	if (!draft->basis->policy->keeps_going)
		return explain(draft, checkout, err);
	checkout->outcome = CHECKOUT_FAILED;
	checkout->reason = arena_dup(draft->basis->tree, str_from(err->text));
	return true;
}

/* Does a --git-skip fit the url? One that can't be read is a text, which the pattern must fit as a whole. */
static bool is_skipped(const struct draft *draft, struct str text, const struct url *url)
{
	for (size_t i = 0; i < draft->basis->policy->git_skips.count; i++) {
		struct str pattern = draft->basis->policy->git_skips.items[i];

		if (url ? urlrule_matches(pattern, url) : glob_matches(pattern, text))
			return true;
	}
	return false;
}

/* Does --only leave it out? */
static bool is_left_out(const struct draft *draft, const struct url *url)
{
	const struct policy_list *only = &draft->basis->policy->git_onlys;

	for (size_t i = 0; url && i < only->count; i++)
		if (urlrule_matches(only->items[i], url))
			return false;
	return only->count > 0;
}

static void set_outcome(struct checkout *checkout, enum checkout_outcome outcome, struct str reason)
{
	checkout->outcome = outcome;
	checkout->reason = reason;
}

/* Puts the url, as far as it may be shown, before a message that goes on behind it. */
static bool blame_url(const struct checkout *checkout, const char *what_else, struct err *err)
{
	struct err reason = *err;

	return err_set(err, "the url%s%.*s%s %s", checkout->url.len > 0 ? " " : "", STR_ARG(checkout->url), what_else,
		       reason.text);
}

/* A url that only the pod can use, if anyone: no fault of a server, and none that keeps others from being stamped. */
static void set_unusable(const struct draft *draft, struct checkout *checkout, const char *intro, const char *what)
{
	bool is_annotation = checkout->gitref->via == GITREF_ANNOTATION;
	const char *way = is_annotation ? "write another one" : "say it with " WAYS;

	checkout->is_urls_fault = true;
	set_outcome(checkout, CHECKOUT_UNRESOLVED,
		    arena_printf(draft->basis->tree, "%s%s%.*s %s (%s, or leave it out with --git-skip)", intro,
				 checkout->url.len > 0 && intro[0] ? " " : "", STR_ARG(checkout->url), what, way));
}

/* Is the url a path in the pod, or else nothing that can be asked for from here? */
static bool is_pods_own(const struct draft *draft, struct checkout *checkout)
{
	const struct url *url = &checkout->asked.url;
	bool is_mapped = !str_equal(checkout->asked.target.text, url->text);

	if (checkout->gitref->is_own) {
		set_unusable(draft, checkout, "", "is a repository that the container itself makes");
		return true;
	}
	if (!url_is_local(url) || is_mapped || draft->basis->policy->git_allow_local)
		return false;
	if (url->scheme == URL_PATH && !str_starts_with(url->path, "/") && !str_starts_with(url->path, "."))
		set_unusable(draft, checkout, "", "is no url");
	else
		set_unusable(draft, checkout, "", "is a path in the pod; with --git-allow-local it would be one here");
	return true;
}

/* The credentials in a url of a Secret are the pod's. Ours come from git and ssh. */
static bool drop_credentials(const struct draft *draft, struct url *url, struct err *err)
{
	return url_parse(url_without_credentials(url, draft->basis->tree), draft->basis->tree, url, err);
}

/* Decides what can be told from the url alone. Fails on what the user's options make of it. */
static bool parse_url(const struct draft *draft, struct checkout *checkout, struct err *err)
{
	const struct gitref_part *url = &checkout->gitref->url;
	const struct policy *policy = draft->basis->policy;
	struct commits_ref *asked = &checkout->asked;
	bool is_url = url_parse(url->text.value, draft->basis->tree, &asked->url, err);

	if (is_url && !url->text.is_secret)
		checkout->url = asked->url.shown;
	else if (is_url)
		is_url = drop_credentials(draft, &asked->url, err);
	unused_url(draft->basis->unused, url->text.value, is_url ? &asked->url : NULL);
	if (is_skipped(draft, url->text.value, is_url ? &asked->url : NULL)) {
		set_outcome(checkout, CHECKOUT_SKIPPED, str_from("--git-skip"));
		return true;
	}
	if (is_left_out(draft, is_url ? &asked->url : NULL)) {
		set_outcome(checkout, CHECKOUT_SKIPPED, str_from("--only"));
		return true;
	}
	if (!is_url) {
		set_unusable(draft, checkout, "the url", err->text);
		return true;
	}
	if (!urlrule_map(&asked->url, policy->git_maps.items, policy->git_maps.count, draft->basis->tree,
			 &asked->target, err))
		return blame_url(checkout, ", as --git-map has it,", err);
	if (is_pods_own(draft, checkout))
		return true;
	/* Where a Secret's url may be asked for is another rule: see check_secret. */
	if (url->text.is_secret)
		return true;
	if (!urlrule_check_allowed(&asked->target, policy->git_allows.items, policy->git_allows.count,
				   policy->git_allow_local, err))
		return blame_url(checkout,
				 str_equal(asked->target.text, asked->url.text) ? "" : ", as --git-map has it,", err);
	return true;
}

static bool parse_ref(const struct draft *draft, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	struct commits_ref *asked = &checkout->asked;
	bool ref_is_secret = gitref->ref.text.is_secret;

	if (!refname_parse(gitref->ref.text.value, gitref->is_branch_first ? REF_BRANCH_FIRST : REF_TAG_FIRST,
			   &asked->name, draft->basis->tree, err))
		return false;
	asked->is_url_secret = gitref->url.text.is_secret;
	asked->is_ref_secret = ref_is_secret;
	asked->url_key =
		urlname_lock_key(&asked->url, asked->is_url_secret, draft->basis->secret_key, draft->basis->tree);
	asked->ref_key = refname_lock_key(gitref->ref.text.value, asked->url.bare, ref_is_secret,
					  draft->basis->secret_key, draft->basis->tree);
	checkout->is_parsed = true;
	return true;
}

/* A commit that a Secret holds is a part of the Secret, whose digest covers it. */
static void set_covered(const struct draft *draft, struct checkout *checkout)
{
	struct str secret = checkout->gitref->ref.hidden->secret;

	if (draft->basis->policy->secrets)
		set_outcome(checkout, CHECKOUT_COVERED,
			    arena_printf(draft->basis->tree,
					 "the ref is a commit by itself, so that the stamp of Secret %.*s covers it",
					 STR_ARG(secret)));
	else
		set_outcome(checkout, CHECKOUT_UNRESOLVED,
			    arena_printf(draft->basis->tree,
					 "the ref is a commit by itself; as a part of Secret %.*s it is not shown, and "
					 "--secrets=off leaves out the stamp that would cover it",
					 STR_ARG(secret)));
}

/*
 * Others on this machine can see the arguments of programs. The arguments of ssh have host and path in them whoever starts
 * it, so git is no worse there.
 */
static bool is_shown_by_git(const struct policy *policy, const struct url *url, struct err *err)
{
	return policy->git_client == GIT_CLIENT_GIT && url->scheme == URL_HTTPS &&
	       !err_set(err, "has something of a Secret in it, which the arguments of git would show to others on this "
			     "machine: --git-client=libgit2 has it in none");
}

/* A Secret does not leave this machine for a server that a manifest, or the Secret itself, has chosen. */
static void check_secret(const struct draft *draft, struct checkout *checkout)
{
	const struct gitref_part *url = &checkout->gitref->url;
	const struct policy *policy = draft->basis->policy;
	const struct commits_ref *asked = &checkout->asked;
	struct err err;

	if (asked->is_ref_secret && asked->name.is_commit)
		set_covered(draft, checkout);
	if (!asked->is_url_secret || asked->name.is_commit || commits_is_locked(draft->basis->commits, asked) ||
	    (urlrule_check_secret(&asked->target, url->hidden->is_host_secret, policy->git_allows.items,
				  policy->git_allows.count, &err) &&
	     !is_shown_by_git(policy, &asked->target, &err)))
		return;
	checkout->is_urls_fault = true;
	set_outcome(checkout, CHECKOUT_UNRESOLVED,
		    arena_printf(draft->basis->tree,
				 "the url %.*s %s (or give its commit in a lock file, with --locked)",
				 STR_ARG(checkout->url), err.text));
}

/* What messages call the checkout, its url and its ref. */
static void describe(const struct draft *draft, struct checkout *checkout)
{
	const struct gitref *gitref = checkout->gitref;
	struct arena *arena = draft->basis->tree;

	if (gitref->container != NO_CONTAINER)
		checkout->container = podspec_container_name(&draft->podspec.containers[gitref->container], arena);
	if (gitref->url.text.is_secret)
		checkout->url = describe_secret(&gitref->url, arena);
	if (gitref->ref.text.is_secret)
		checkout->ref = describe_secret(&gitref->ref, arena);
	else if (gitref->ref.text.state != TEXT_UNKNOWN)
		checkout->ref = gitref->ref.text.value;
}

/* Is nothing stamped for the checkout, whatever its url and ref are? */
static bool is_left_alone(const struct gitref *gitref)
{
	return gitref->followed_by.len > 0 || gitref->kept_in.len > 0 || gitref->is_unmounted;
}

static void leave_alone(const struct draft *draft, struct checkout *checkout)
{
	const struct gitref *gitref = checkout->gitref;
	struct arena *arena = draft->basis->tree;

	if (gitref->followed_by.len > 0)
		set_outcome(checkout, CHECKOUT_FOLLOWED,
			    arena_printf(arena, "followed by %.*s", STR_ARG(gitref->followed_by)));
	else if (gitref->kept_in.len > 0)
		set_outcome(checkout, CHECKOUT_KEPT,
			    arena_printf(arena, "kept in volume %.*s", STR_ARG(gitref->kept_in)));
	else
		set_outcome(checkout, CHECKOUT_UNMOUNTED, str_from("in a volume that no container mounts"));
}

/* Decides what can be decided without a commit. */
static bool read_checkout(const struct draft *draft, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	bool is_urls_fault = gitref->url.text.state == TEXT_UNKNOWN;
	const struct gitref_part *part = is_urls_fault ? &gitref->url : &gitref->ref;

	checkout->is_urls_fault = is_urls_fault;
	describe(draft, checkout);
	if (gitref->url.text.state == TEXT_KNOWN && !parse_url(draft, checkout, err) && !is_left_alone(gitref))
		return fail(draft, checkout, true, err);
	if (checkout->outcome == CHECKOUT_SKIPPED)
		return true;
	if (is_left_alone(gitref))
		leave_alone(draft, checkout);
	else if (checkout->outcome == CHECKOUT_RESOLVED && part->text.state == TEXT_UNKNOWN)
		set_outcome(checkout, CHECKOUT_UNRESOLVED,
			    arena_printf(draft->basis->tree, "the %s is not known, because %s (say it with " WAYS ")",
					 is_urls_fault ? "url" : "ref", part->text.reason));
	if (checkout->outcome != CHECKOUT_RESOLVED)
		return true;
	if (!parse_ref(draft, checkout, err))
		return fail(draft, checkout, false, err);
	check_secret(draft, checkout);
	return true;
}

/*
 * A checkout that is not known may be said by an annotation rollstamp.io/git: by any repository that the annotation names, if
 * the url is not known; else by the repository with that url.
 */
static void mark_said(const struct draft *draft, struct checkouts *checkouts)
{
	struct map said;
	bool says_any = false;

	map_init(&said, draft->basis->tree);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (checkout->gitref->via != GITREF_ANNOTATION || !checkout->is_parsed)
			continue;
		map_set(&said, urlname_identity(&checkout->asked.url, draft->basis->tree), checkout);
		says_any = true;
	}
	for (size_t i = 0; i < checkouts->count && says_any; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (checkout->outcome != CHECKOUT_UNRESOLVED || checkout->gitref->via == GITREF_ANNOTATION)
			continue;
		if (checkout->is_urls_fault ||
		    map_get(&said, urlname_identity(&checkout->asked.url, draft->basis->tree)))
			set_outcome(checkout, CHECKOUT_SKIPPED,
				    str_from("the annotation rollstamp.io/git says what is checked out"));
	}
}

bool checkouts_find(const struct draft *draft, struct checkouts *checkouts, bool *needs_asking, struct err *err)
{
	struct node *template_annotations = node_get(node_get(draft->subject->pod_template, "metadata"), "annotations");
	struct gitref_input find = {
		.pod_template = draft->subject->pod_template,
		.workload_annotations = draft->subject->identity.annotations,
		.podspec = &draft->podspec,
		.manifest = draft->basis->manifest,
		.ns = draft->subject->identity.ns,
		.pairs = draft->basis->policy->git_pairs,
		.pair_count = draft->basis->policy->git_pair_count,
		.budget = draft->subject->git_budget,
		.arena = draft->basis->tree,
	};
	struct checkouts made = { 0 };
	struct gitrefs refs = { 0 };
	bool needs = false;

	find.pins_pairs = words_is_true(draft->subject->identity.annotations, WORDS_GIT_PIN) ||
			  words_is_true(template_annotations, WORDS_GIT_PIN);
	if (!template_find(&find, &refs, err))
		return false;
	made.items = arena_array(draft->basis->tree, refs.count, sizeof(*made.items));
	made.count = refs.count;
	for (size_t i = 0; i < refs.count; i++) {
		struct checkout *checkout = &made.items[i];

		checkout->gitref = &refs.items[i];
		if (!read_checkout(draft, checkout, err))
			return false;
		if (!checkout->is_parsed || checkout->outcome != CHECKOUT_RESOLVED ||
		    !commits_needs_asking(draft->basis->commits, &checkout->asked))
			continue;
		commits_want(draft->basis->commits, &checkout->asked);
		needs = true;
	}
	mark_said(draft, &made);
	*checkouts = made;
	*needs_asking = needs;
	return true;
}

/* With --git-map whoever looks for the fault must know which server was asked. */
static bool find_commit(const struct draft *draft, struct checkout *checkout, struct err *err)
{
	const struct commits_ref *asked = &checkout->asked;

	if (commits_find(draft->basis->commits, asked, &checkout->answer, err))
		return true;
	if (checkout->url.len > 0 && !checkout->gitref->url.text.is_secret && !draft->basis->policy->locked &&
	    !str_equal(asked->target.text, asked->url.text))
		err_prefix(err, "asked at %.*s, as --git-map has it", STR_ARG(asked->target.shown));
	return false;
}

bool checkouts_resolve(const struct draft *draft, struct checkouts *checkouts, struct err *err)
{
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (checkout->outcome == CHECKOUT_RESOLVED && !find_commit(draft, checkout, err) &&
		    !fail(draft, checkout, false, err))
			return false;
		if (checkout->outcome == CHECKOUT_RESOLVED && checkout->asked.is_ref_secret &&
		    checkout->answer.kind == REF_ABBREVIATED)
			set_covered(draft, checkout);
	}
	return true;
}

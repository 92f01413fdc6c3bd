#include "app/checkouts.h"

#include "app/variable.h"
#include "git/urlrule.h"
#include "kube/names.h"
#include "yaml/scalar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The way to a template, and on to a word or variable in it. */
#define MAX_STEPS (2 + KINDS_PATH_LIMIT + 8)

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
	case CHECKOUT_SKIPPED:
		return "skipped";
	case CHECKOUT_UNMOUNTED:
		return "unmounted";
	}
	return "";
}

struct str checkouts_where(const struct checkout *checkout, bool is_url, struct arena *arena)
{
	const struct gitref *gitref = checkout->gitref;
	struct str where = is_url || gitref->ref.where.len == 0 ? gitref->url.where : gitref->ref.where;

	if (gitref->via == GITREF_VOLUME)
		return arena_printf(arena, "volume %.*s, %.*s", STR_ARG(gitref->volume), STR_ARG(where));
	if (checkout->container.len > 0)
		return arena_printf(arena, "container %.*s, %.*s", STR_ARG(checkout->container), STR_ARG(where));
	return where;
}

/* A value of a Secret, for people. */
static struct str describe_secret(const struct gitref_part *part, struct arena *arena)
{
	return arena_printf(arena, "(Secret %.*s, key %.*s)", STR_ARG(part->secret), STR_ARG(part->secret_key));
}

/* In front of every message about a checkout. */
static bool explain(const struct checkouts_input *input, const struct checkout *checkout, bool is_url, struct err *err)
{
	struct str where = checkouts_where(checkout, is_url, input->arena);
	const struct gitref *gitref = checkout->gitref;

	err->at = is_url ? gitref->url.at : gitref->ref.at;
	if (checkout->ref.len > 0 && checkout->url.len > 0 && !is_url)
		return err_prefix(err, "%.*s: git ref %s%.*s%s of %.*s", STR_ARG(where),
				  gitref->ref.secret.len > 0 ? "" : "'", STR_ARG(checkout->ref),
				  gitref->ref.secret.len > 0 ? "" : "'", STR_ARG(checkout->url));
	return err_prefix(err, "%.*s", STR_ARG(where));
}

/* A list shows what an error would say, and goes on. */
static bool fail(const struct checkouts_input *input, struct checkout *checkout, bool is_url, struct err *err)
{
	checkout->is_urls_fault = is_url;
	if (input->options->command != COMMAND_LIST)
		return explain(input, checkout, is_url, err);
	checkout->outcome = CHECKOUT_FAILED;
	checkout->reason = arena_dup(input->arena, str_from(err->text));
	return true;
}

static bool is_skipped(const struct checkouts_input *input, const struct giturl *url)
{
	for (size_t i = 0; i < input->options->git_skips.count; i++)
		if (urlrule_matches(input->options->git_skips.items[i], url))
			return true;
	return false;
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

static bool parse_url(const struct checkouts_input *input, struct checkout *checkout, struct err *err)
{
	const struct gitref_part *url = &checkout->gitref->url;
	const struct options *options = input->options;
	struct commits_ref *asked = &checkout->asked;

	if (!giturl_parse(url->text, input->arena, &asked->url, err))
		return blame_url(checkout, "", err);
	if (url->secret.len == 0)
		checkout->url = asked->url.shown;
	if (is_skipped(input, &asked->url)) {
		set_outcome(checkout, CHECKOUT_SKIPPED, str_from("--git-skip"));
		return true;
	}
	if (!urlrule_map(&asked->url, options->git_maps.items, options->git_maps.count, input->arena, &asked->target,
			 err) ||
	    !urlrule_check_allowed(&asked->target, options->git_allows.items, options->git_allows.count,
				   options->git_allow_local, err))
		return blame_url(checkout,
				 str_equal(asked->target.text, asked->url.text) ? "" : ", as --git-map has it,", err);
	return true;
}

static bool parse_ref(const struct checkouts_input *input, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	struct commits_ref *asked = &checkout->asked;
	bool ref_is_secret = gitref->ref.secret.len > 0;

	if (!refname_parse(gitref->ref.text, gitref->is_branch_first ? REF_BRANCH_FIRST : REF_TAG_FIRST, &asked->name,
			   input->arena, err))
		return false;
	asked->url_key = giturl_lock_key(&asked->url, gitref->url.secret.len > 0, input->arena);
	asked->ref_key = refname_lock_key(gitref->ref.text, asked->url.bare, ref_is_secret, input->arena);
	checkout->is_parsed = true;
	return true;
}

/* Decides what can be decided without a commit. */
static bool read_checkout(const struct checkouts_input *input, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	const struct gitref_part *part = gitref->url.state == GIT_UNKNOWN ? &gitref->url : &gitref->ref;

	if (gitref->container != NO_CONTAINER)
		checkout->container =
			podspec_container_name(&input->podspec->containers[gitref->container], input->arena);
	if (gitref->url.secret.len > 0)
		checkout->url = describe_secret(&gitref->url, input->arena);
	if (gitref->ref.secret.len > 0)
		checkout->ref = describe_secret(&gitref->ref, input->arena);
	else if (gitref->ref.state != GIT_UNKNOWN)
		checkout->ref = gitref->ref.text;
	if (gitref->url.state == GIT_KNOWN && !parse_url(input, checkout, err)) {
		if (gitref->followed_by.len == 0 && !gitref->is_unmounted)
			return fail(input, checkout, true, err);
	}
	if (checkout->outcome == CHECKOUT_SKIPPED)
		return true;
	if (gitref->followed_by.len > 0)
		set_outcome(checkout, CHECKOUT_FOLLOWED,
			    arena_printf(input->arena, "followed by %.*s", STR_ARG(gitref->followed_by)));
	else if (gitref->is_unmounted)
		set_outcome(checkout, CHECKOUT_UNMOUNTED, str_from("in a volume that no container mounts"));
	else if (part->state == GIT_UNKNOWN)
		set_outcome(checkout, CHECKOUT_UNRESOLVED,
			    arena_printf(input->arena, "the %s is not known, because %.*s",
					 part == &gitref->url ? "url" : "ref", STR_ARG(part->reason)));
	if (checkout->outcome != CHECKOUT_RESOLVED)
		return true;
	return parse_ref(input, checkout, err) || fail(input, checkout, false, err);
}

bool checkouts_find(const struct checkouts_input *input, struct checkouts *checkouts, bool *needs_asking,
		    struct err *err)
{
	struct node *template_annotations = node_get(node_get(input->template, "metadata"), "annotations");
	struct gitref_input find = {
		.template = input->template,
		.workload_annotations = input->workload_annotations,
		.podspec = input->podspec,
		.manifest = input->manifest,
		.namespace = input->namespace,
		.pairs = input->options->git_pairs,
		.pair_count = input->options->git_pair_count,
		.budget = input->budget,
		.arena = input->arena,
	};
	struct checkouts made = { 0 };
	struct gitrefs refs = { 0 };
	bool needs = false;

	find.pins_pairs = str_is(scalar_get(input->workload_annotations, "rollstamp.io/git-pin"), "true") ||
			  str_is(scalar_get(template_annotations, "rollstamp.io/git-pin"), "true");
	if (!gitref_find(&find, &refs, err))
		return false;
	made.items = arena_array(input->arena, refs.count, sizeof(*made.items));
	made.count = refs.count;
	for (size_t i = 0; i < refs.count; i++) {
		struct checkout *checkout = &made.items[i];

		checkout->gitref = &refs.items[i];
		if (!read_checkout(input, checkout, err))
			return false;
		if (!checkout->is_parsed || !commits_needs_asking(input->commits, &checkout->asked))
			continue;
		commits_want(input->commits, &checkout->asked);
		needs = true;
	}
	*checkouts = made;
	*needs_asking = needs;
	return true;
}

/* What tells repositories apart. */
static struct str group_key(const struct checkout *checkout, struct arena *arena)
{
	const struct gitref_part *url = &checkout->gitref->url;

	if (url->secret.len > 0)
		return arena_printf(arena, "secret %.*s/%.*s", STR_ARG(url->secret), STR_ARG(url->secret_key));
	return checkout->asked.url.bare;
}

/* The repository's name, as long as no other one has it. */
static struct str base_name(const struct checkout *checkout, struct arena *arena)
{
	const struct gitref_part *url = &checkout->gitref->url;
	struct giturl named = checkout->asked.url;

	if (url->secret.len == 0)
		return giturl_repository(&named, arena);
	/* The same rule for what may stand in a name. Behind it a `.git` that is a key's own is kept. */
	named.path = arena_printf(arena, "/secret-%.*s-%.*s", STR_ARG(url->secret), STR_ARG(url->secret_key));
	if (str_ends_with(named.path, ".git"))
		named.path = arena_printf(arena, "%.*s.git", STR_ARG(named.path));
	return giturl_repository(&named, arena);
}

/* Who has a name: one repository, or several. */
struct claim {
	struct str key;
	bool is_shared;
};

/* Different urls with one name: each gets a hash of its own. */
static void name_repositories(const struct checkouts_input *input, struct checkouts *checkouts)
{
	struct arena *arena = input->arena;
	struct map claims;

	map_init(&claims, arena);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		struct claim *claim;
		struct str key;

		if (checkout->outcome != CHECKOUT_RESOLVED)
			continue;
		key = group_key(checkout, arena);
		checkout->repository = base_name(checkout, arena);
		claim = map_get(&claims, checkout->repository);
		if (!claim) {
			claim = ARENA_NEW(arena, struct claim);
			claim->key = key;
			map_set(&claims, checkout->repository, claim);
		}
		claim->is_shared = claim->is_shared || !str_equal(claim->key, key);
	}
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		const struct claim *claim;
		char hex[8 + 1];

		if (checkout->outcome != CHECKOUT_RESOLVED)
			continue;
		claim = map_get(&claims, checkout->repository);
		if (!claim->is_shared)
			continue;
		digest_short(group_key(checkout, arena), hex);
		checkout->repository = arena_printf(arena, "%.*s-%s", STR_ARG(checkout->repository), hex);
	}
}

bool checkouts_resolve(const struct checkouts_input *input, struct checkouts *checkouts, struct err *err)
{
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (checkout->outcome == CHECKOUT_RESOLVED &&
		    !commits_find(input->commits, &checkout->asked, &checkout->answer, err) &&
		    !fail(input, checkout, false, err))
			return false;
	}
	name_repositories(input, checkouts);
	return true;
}

/* Everything of one repository. */
struct group {
	struct stamp *stamp;
	struct str *commits;
	size_t commit_count, commit_room;
	size_t *containers;
	size_t container_count, container_room;
};

static int compare_indexes(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

static void add_to_group(struct group *group, const struct checkout *checkout, struct arena *arena)
{
	const struct gitref *gitref = checkout->gitref;

	group->commits =
		arena_grow(arena, group->commits, group->commit_count, &group->commit_room, sizeof(*group->commits));
	group->commits[group->commit_count++] = checkout->answer.commit;
	group->stamp->in_every_container = group->stamp->in_every_container || gitref->in_every_container;
	for (size_t i = 0; i < gitref->container_count; i++) {
		group->containers = arena_grow(arena, group->containers, group->container_count, &group->container_room,
					       sizeof(*group->containers));
		group->containers[group->container_count++] = gitref->containers[i];
	}
}

/* The distinct commits, sorted, joined. */
static struct str join_commits(struct group *group, struct arena *arena)
{
	struct buf text = { 0 };
	struct str joined;

	qsort(group->commits, group->commit_count, sizeof(*group->commits), str_compare_qsort);
	for (size_t i = 0; i < group->commit_count; i++) {
		if (i > 0 && str_equal(group->commits[i], group->commits[i - 1]))
			continue;
		if (i > 0)
			buf_add_char(&text, ',');
		buf_add(&text, group->commits[i]);
	}
	joined = arena_dup(arena, buf_str(&text));
	buf_release(&text);
	return joined;
}

static void finish_group(struct group *group, struct arena *arena)
{
	size_t kept = 0;

	group->stamp->value = join_commits(group, arena);
	if (group->container_count > 0)
		qsort(group->containers, group->container_count, sizeof(*group->containers), compare_indexes);
	for (size_t i = 0; i < group->container_count; i++)
		if (kept == 0 || group->containers[kept - 1] != group->containers[i])
			group->containers[kept++] = group->containers[i];
	group->stamp->containers = group->containers;
	group->stamp->container_count = kept;
}

/* Two repositories can take their ref from one variable. */
static bool is_lifted_before(struct checkouts *checkouts, size_t index)
{
	struct checkout *checkout = &checkouts->items[index];

	while (index-- > 0 && checkouts->items[index].gitref->container == checkout->gitref->container) {
		const struct checkout *other = &checkouts->items[index];

		if (other->is_lifted && str_equal(other->gitref->pin_name, checkout->gitref->pin_name)) {
			checkout->lifted_stamp = other->lifted_stamp;
			return true;
		}
	}
	return false;
}

size_t checkouts_stamps(const struct checkouts_input *input, struct checkouts *checkouts, size_t extra,
			struct stamp **stamps)
{
	struct arena *arena = input->arena;
	struct stamp *list = arena_array(arena, 2 * checkouts->count + extra, sizeof(*list));
	struct group *groups = arena_array(arena, checkouts->count, sizeof(*groups));
	struct map by_key;
	size_t count = 0;

	map_init(&by_key, arena);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		struct group *group;
		struct str key;

		if (checkout->outcome != CHECKOUT_RESOLVED)
			continue;
		key = group_key(checkout, arena);
		group = map_get(&by_key, key);
		if (!group) {
			group = &groups[count];
			group->stamp = &list[count++];
			*group->stamp = (struct stamp){
				.annotation = names_git_annotation(checkout->repository, arena),
				.env = names_git_env(checkout->repository, arena),
				.subject_kind = "git repository",
				.subject = checkout->url,
			};
			map_set(&by_key, key, group);
		}
		checkout->stamp = (size_t)(group->stamp - list);
		add_to_group(group, checkout, arena);
	}
	for (size_t i = 0; i < count; i++)
		finish_group(&groups[i], arena);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (!checkout->is_lifted || is_lifted_before(checkouts, i))
			continue;
		checkout->lifted_stamp = count;
		list[count++] = (struct stamp){
			.env = checkout->gitref->pin_name,
			.value = checkout->answer.commit,
			.subject_kind = "git repository",
			.subject = checkout->url,
			.is_variable_only = true,
			.containers = checkout->gitref->containers,
			.container_count = checkout->gitref->container_count,
		};
	}
	*stamps = list;
	return count;
}

bool checkouts_is_stamped_by(const struct checkout *checkout, size_t stamp)
{
	return checkout->outcome == CHECKOUT_RESOLVED &&
	       (checkout->stamp == stamp || (checkout->is_lifted && checkout->lifted_stamp == stamp));
}

/* A template whose refs are being pinned. */
struct pinning {
	const struct checkouts_input *input;
	struct shape *shape;
	struct step path[MAX_STEPS];
	size_t length;
	bool changed;
};

static void push(struct pinning *p, const char *key)
{
	assert(p->length < MAX_STEPS);
	p->path[p->length++] = (struct step){ .key = str_from(key) };
}

static void push_index(struct pinning *p, size_t index)
{
	assert(p->length < MAX_STEPS);
	p->path[p->length++] = (struct step){ .index = index };
}

static void push_container(struct pinning *p, const struct container *container)
{
	push(p, "spec");
	push(p, container->is_init ? "initContainers" : "containers");
	push_index(p, container->index);
}

/* The template is no longer what it was read as. */
static void note_pin(struct pinning *p, struct checkout *checkout, enum written_as as, struct str name,
		     enum action action)
{
	p->changed = true;
	checkout->is_pin_written = true;
	checkout->pin_written = (struct written){
		.as = as,
		.name = name,
		.container = checkout->container,
		.action = action,
	};
}

/* The last entry of the name counts. One that isn't there, since it comes from envFrom, is lifted into env. */
static bool pin_variable(struct pinning *p, struct checkout *checkout, const struct container *container,
			 struct err *err)
{
	struct str name = checkout->gitref->pin_name;
	struct node *item = NULL;
	size_t index = 0, i = 0;
	bool changed, ok;

	for (struct node *at = node_items(node_get(container->node, "env")); at; at = at->next, i++)
		if (str_equal(scalar_get(at, "name"), name)) {
			item = at;
			index = i;
		}
	checkout->is_lifted = !item;
	if (!item)
		return true;
	push(p, "env");
	push_index(p, index);
	ok = variable_set(p->shape, p->path, p->length, item, checkout->answer.commit, &changed, err);
	if (ok && changed)
		note_pin(p, checkout, WRITTEN_ENV, name, ACTION_REPLACED);
	return ok;
}

/* "--ref" of "flag --ref". */
static struct str flag_name(struct str where)
{
	return str_starts_with(where, "flag ") ? str_skip(where, strlen("flag ")) : where;
}

static bool pin_word(struct pinning *p, struct checkout *checkout, const struct container *container, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	struct node *word = node_items(node_get(container->node, "command"));
	const char *field = "command";
	size_t index = gitref->pin_word;
	struct str text;

	for (size_t i = 0; i < index && word; i++)
		word = word->next;
	if (!word) {
		for (word = node_items(node_get(container->node, "command")); word; word = word->next)
			index--;
		field = "args";
		word = node_items(node_get(container->node, "args"));
		for (size_t i = 0; i < index; i++)
			word = word->next;
	}
	text = node_resolve(word)->value;
	push(p, field);
	push_index(p, index);
	text = arena_printf(p->input->arena, "%.*s%.*s", (int)gitref->pin_prefix, text.ptr,
			    STR_ARG(checkout->answer.commit));
	note_pin(p, checkout, WRITTEN_ARGUMENT, flag_name(gitref->ref.where), ACTION_REPLACED);
	return shape_set(p->shape, p->path, p->length, text, err);
}

static bool pin_revision(struct pinning *p, struct checkout *checkout, struct err *err)
{
	struct node *volume = node_items(node_get(node_get(p->input->template, "spec"), "volumes"));
	const struct gitref *gitref = checkout->gitref;
	struct node *payload, *revision;

	for (size_t i = 0; i < gitref->pin_word; i++)
		volume = volume->next;
	revision = node_get(node_get(volume, "gitRepo"), "revision");
	note_pin(p, checkout, WRITTEN_REVISION, gitref->volume, revision ? ACTION_REPLACED : ACTION_INSERTED);
	push(p, "spec");
	push(p, "volumes");
	push_index(p, gitref->pin_word);
	push(p, "gitRepo");
	if (revision) {
		push(p, "revision");
		return shape_set(p->shape, p->path, p->length, checkout->answer.commit, err);
	}
	payload = shape_new_mapping(p->shape);
	shape_append(payload, shape_new_name(p->shape, str_from("revision")));
	shape_append(payload, shape_new_scalar(p->shape, checkout->answer.commit));
	return shape_insert(p->shape, p->path, p->length, payload, err);
}

/* Does it take its ref from the variable, or would it if that were set? */
static bool reads_variable(const struct checkout *checkout, struct str name)
{
	struct str where = checkout->gitref->ref.where;

	return str_equal(checkout->gitref->pin_name, name) ||
	       (str_starts_with(where, "variable ") && str_equal(str_skip(where, strlen("variable ")), name));
}

/* Would a commit in the variable of `checkout` be wrong for `other`, which reads it too? */
static bool would_break(const struct checkout *other, const struct checkout *checkout)
{
	bool same_repository =
		other->asked.url.bare.len > 0 && str_equal(other->asked.url.bare, checkout->asked.url.bare);

	if (!reads_variable(other, checkout->gitref->pin_name))
		return false;
	if (other->gitref->pin == GITREF_PIN_NOWHERE)
		return true;
	if (other->outcome == CHECKOUT_RESOLVED)
		return !str_equal(other->answer.commit, checkout->answer.commit);
	return !same_repository;
}

/* Those of one container stand side by side. */
static bool is_contended(const struct checkouts *checkouts, const struct checkout *checkout)
{
	const struct checkout *first = checkout, *end = checkouts->items + checkouts->count;
	size_t container = checkout->gitref->container;

	if (checkout->gitref->pin != GITREF_PIN_VARIABLE)
		return false;
	while (first > checkouts->items && first[-1].gitref->container == container)
		first--;
	for (const struct checkout *other = first; other < end && other->gitref->container == container; other++)
		if (other != checkout && would_break(other, checkout))
			return true;
	return false;
}

/* Why a resolved ref is not pinned, or NULL. */
static const char *why_not(const struct checkouts *checkouts, const struct checkout *checkout)
{
	const struct gitref *gitref = checkout->gitref;

	if (checkout->answer.kind == REF_ABBREVIATED)
		return "it is an abbreviated commit";
	if (gitref->pin == GITREF_PIN_NOWHERE)
		return gitref->why_not;
	if (gitref->pins_sha1_only && checkout->answer.commit.len != 40)
		return "git-sync takes commits of 40 digits only";
	if (is_contended(checkouts, checkout))
		return "another checkout that may not take a commit reads the same variable";
	return NULL;
}

static bool pin(struct pinning *p, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	const struct container *container = NULL;

	if (gitref->container != NO_CONTAINER) {
		container = &p->input->podspec->containers[gitref->container];
		push_container(p, container);
	}
	switch (gitref->pin) {
	case GITREF_PIN_NOWHERE:
		break;
	case GITREF_PIN_VARIABLE:
		assert(container);
		return pin_variable(p, checkout, container, err);
	case GITREF_PIN_WORD:
		assert(container);
		return pin_word(p, checkout, container, err);
	case GITREF_PIN_REVISION:
		return pin_revision(p, checkout, err);
	}
	return true;
}

bool checkouts_pin(const struct checkouts_input *input, struct checkouts *checkouts, struct shape *shape,
		   const struct step *path, size_t path_length, bool *changed, struct err *err)
{
	struct pinning p = { .input = input, .shape = shape, .length = path_length };

	assert(path_length < MAX_STEPS);
	memcpy(p.path, path, path_length * sizeof(*path));
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		const char *reason;

		if (checkout->outcome != CHECKOUT_RESOLVED)
			continue;
		/* The template names a commit already. */
		checkout->is_pinned = checkout->answer.kind == REF_COMMIT;
		if (checkout->is_pinned)
			continue;
		reason = why_not(checkouts, checkout);
		if (reason) {
			checkout->why_not = str_from(reason);
			continue;
		}
		if (!pin(&p, checkout, err))
			return err_prefix(err, "pinning a commit");
		p.length = path_length;
		checkout->is_pinned = true;
	}
	*changed = p.changed;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/pin.h"

#include "plan/variable.h"
#include "yaml/scalar.h"

#include <assert.h>

/* Where in a template commits are pinned. */
struct pin_cursor {
	struct draft *draft;
	struct shape *shape;
	struct podpath path; /* to the template, and on from there */
};

/* Notes where the commit is put. */
static void note_pin(const struct pin_cursor *cursor, struct checkout *checkout, enum placement_type type,
		     struct str name, enum placement_action action)
{
	struct arena *kept = cursor->draft->basis->arena;
	struct placement placement = { .type = type, .action = action };

	if (!cursor->draft->basis->policy->wants_details)
		return;
	placement.name = arena_dup(kept, name);
	placement.container = arena_dup(kept, checkout->container);
	placements_add(&checkout->placements, placement, kept);
}

/* An entry that gets a value of its own no longer takes one from an object. */
static void forget_reference(const struct pin_cursor *cursor, size_t container, struct node *item)
{
	struct node *from = node_get(item, "valueFrom");
	struct node *configmap = node_get(from, "configMapKeyRef"), *secret = node_get(from, "secretKeyRef");
	struct node *reference = node_is_mapping(configmap) ? configmap : secret;

	if (node_is_mapping(reference))
		podspec_forget_variable(&cursor->draft->podspec, container, reference->span.from);
}

/* Of the entries with the variable's name the last counts. A variable that has none, since it comes from envFrom, is lifted. */
static bool pin_variable(struct pin_cursor *cursor, struct checkout *checkout, const struct container *container,
			 struct err *err)
{
	struct str name = checkout->gitref->pin.variable;
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
	podpath_add_key(&cursor->path, str_from("env"));
	podpath_add_index(&cursor->path, index);
	forget_reference(cursor, checkout->gitref->container, item);
	ok = variable_set(cursor->shape, &cursor->path, item, checkout->answer.commit, &changed, err);
	if (ok && changed)
		note_pin(cursor, checkout, PLACEMENT_VARIABLE, name, PLACEMENT_REPLACED);
	return ok;
}

static bool pin_word(struct pin_cursor *cursor, struct checkout *checkout, const struct container *container,
		     struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	struct node *word = node_items(node_get(container->node, "command"));
	const char *field = "command";
	size_t index = gitref->pin.word.number;
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
	podpath_add_key(&cursor->path, str_from(field));
	podpath_add_index(&cursor->path, index);
	text = arena_printf(cursor->draft->basis->tree, "%.*s%.*s", (int)gitref->pin.word.prefix, text.ptr,
			    STR_ARG(checkout->answer.commit));
	note_pin(cursor, checkout, PLACEMENT_WORD, gitref->ref.name, PLACEMENT_REPLACED);
	return shape_set(cursor->shape, cursor->path.steps, cursor->path.length, text, err);
}

static bool pin_revision(struct pin_cursor *cursor, struct checkout *checkout, struct err *err)
{
	struct node *volume = node_items(node_get(node_get(cursor->draft->subject->pod_template, "spec"), "volumes"));
	const struct gitref *gitref = checkout->gitref;
	struct node *payload, *revision;

	for (size_t i = 0; i < gitref->pin.volume; i++)
		volume = volume->next;
	revision = node_get(node_get(volume, "gitRepo"), "revision");
	note_pin(cursor, checkout, PLACEMENT_REVISION, gitref->volume,
		 revision ? PLACEMENT_REPLACED : PLACEMENT_INSERTED);
	podpath_add_key(&cursor->path, str_from("spec"));
	podpath_add_key(&cursor->path, str_from("volumes"));
	podpath_add_index(&cursor->path, gitref->pin.volume);
	podpath_add_key(&cursor->path, str_from("gitRepo"));
	if (revision) {
		podpath_add_key(&cursor->path, str_from("revision"));
		return shape_set(cursor->shape, cursor->path.steps, cursor->path.length, checkout->answer.commit, err);
	}
	payload = shape_new_mapping(cursor->shape);
	shape_append(payload, shape_new_name(cursor->shape, str_from("revision")));
	shape_append(payload, shape_new_scalar(cursor->shape, checkout->answer.commit));
	return shape_insert(cursor->shape, cursor->path.steps, cursor->path.length, payload, err);
}

/* Does the checkout take its ref from the variable, or would it if the variable were set? */
static bool reads_variable(const struct checkout *checkout, struct str name)
{
	return str_equal(checkout->gitref->variable, name) || str_equal(checkout->gitref->ref.name, name);
}

/* Would a commit in the variable of `checkout` be wrong for `other`, which reads it too? */
static bool would_break(const struct checkout *other, const struct checkout *checkout)
{
	bool same_repository =
		other->asked.url.bare.len > 0 && str_equal(other->asked.url.bare, checkout->asked.url.bare);

	if (!reads_variable(other, checkout->gitref->pin.variable))
		return false;
	if (other->gitref->pin.kind == GITREF_PIN_NOWHERE)
		return true;
	if (other->outcome == CHECKOUT_RESOLVED)
		return !str_equal(other->answer.commit, checkout->answer.commit);
	return !same_repository;
}

/* Would the commit be wrong for another checkout? Checkouts of one container stand side by side. */
static bool is_contended(const struct checkouts *checkouts, const struct checkout *checkout)
{
	const struct checkout *first = checkout, *end = checkouts->items + checkouts->count;
	size_t container = checkout->gitref->container;

	if (checkout->gitref->pin.kind != GITREF_PIN_VARIABLE)
		return false;
	while (first > checkouts->items && first[-1].gitref->container == container)
		first--;
	for (const struct checkout *other = first; other < end && other->gitref->container == container; other++)
		if (other != checkout && would_break(other, checkout))
			return true;
	return false;
}

/* Can somebody between the server and us have made the commit up? What a lock file says is the user's word. */
static bool is_forgeable(const struct checkout *checkout)
{
	enum url_scheme scheme = checkout->asked.target.scheme;

	return checkout->answer.source == COMMITS_SERVER && (scheme == URL_HTTP || scheme == URL_GIT);
}

/* Why a resolved ref is not pinned; NULL: it is. */
static const char *why_not(const struct checkouts *checkouts, const struct checkout *checkout)
{
	const struct gitref *gitref = checkout->gitref;

	if (checkout->answer.kind == REF_ABBREVIATED)
		return "it is an abbreviated commit";
	if (gitref->pin.kind == GITREF_PIN_NOWHERE)
		return gitref->pin.why_not;
	if (is_forgeable(checkout))
		return "the commit came over http or git://, where anybody on the way can make one up: ask over https or "
		       "ssh, or take it from a lock file with --locked";
	if (gitref->pin.takes_sha1_only && checkout->answer.commit.len != 40)
		return "git-sync takes commits of 40 digits only";
	if (is_contended(checkouts, checkout))
		return "another checkout that may not take a commit reads the same variable";
	return NULL;
}

static bool pin(struct pin_cursor *cursor, struct checkout *checkout, struct err *err)
{
	const struct gitref *gitref = checkout->gitref;
	const struct container *container = NULL;

	if (gitref->container != NO_CONTAINER) {
		container = &cursor->draft->podspec.containers[gitref->container];
		podpath_add_container(&cursor->path, container);
	}
	switch (gitref->pin.kind) {
	case GITREF_PIN_NOWHERE:
		break;
	case GITREF_PIN_VARIABLE:
		assert(container);
		return pin_variable(cursor, checkout, container, err);
	case GITREF_PIN_WORD:
		assert(container);
		return pin_word(cursor, checkout, container, err);
	case GITREF_PIN_REVISION:
		return pin_revision(cursor, checkout, err);
	}
	return true;
}

/* Pins a resolved checkout, or tells why not. */
static bool pin_checkout(struct pin_cursor *cursor, const struct checkouts *checkouts, struct checkout *checkout,
			 struct err *err)
{
	size_t length = cursor->path.length;
	const char *reason;

	/* The template names a commit already. */
	checkout->is_pinned = checkout->answer.kind == REF_COMMIT;
	if (checkout->is_pinned)
		return true;
	reason = why_not(checkouts, checkout);
	if (reason) {
		checkout->why_not = str_from(reason);
		return true;
	}
	if (!pin(cursor, checkout, err))
		return err_prefix(err, "pinning a commit");
	cursor->path.length = length;
	checkout->is_pinned = true;
	return true;
}

bool pin_checkouts(struct draft *draft, struct checkouts *checkouts, struct err *err)
{
	const struct subject *subject = draft->subject;
	struct pin_cursor cursor = { .draft = draft, .shape = subject->shape, .path = subject->path };
	size_t before = cursor.shape->count;

	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];

		if (checkout->outcome == CHECKOUT_RESOLVED && !pin_checkout(&cursor, checkouts, checkout, err))
			return false;
	}
	if (cursor.shape->count > before)
		podspec_find_containers(&draft->podspec, subject->pod_template);
	return true;
}

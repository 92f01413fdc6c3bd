/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/cloneref.h"

#include "git/url.h"
#include "checkout/kept.h"
#include "git/urlname.h"
#include "yaml/scalar.h"

#include <string.h>

/* A file costs as many visits as it has pieces of this length. */
#define VISIT_BYTES 16

static bool is_reference_to(const struct part *part, struct str name)
{
	struct str text = part->text.value;

	return part->text.state == TEXT_UNKNOWN && text.len == name.len + 3 && str_starts_with(text, "$(") &&
	       str_ends_with(text, ")") && memcmp(text.ptr + 2, name.ptr, name.len) == 0;
}

/* A clone, and the same one before Kubernetes puts the variables of pairs into the command. */
struct clone {
	const struct clones_checkout *checkout, *written;
};

/*
 * Is it a clone of what the pair names, by a variable of the shell or by `$(VAR)`? In the latter case the ref must be the
 * pair's for sure, and one that takes a commit where the pair's does.
 */
static bool is_pairs_clone(const struct clone *clone, const struct gitref *pair)
{
	const struct clones_checkout *checkout = clone->checkout, *written = clone->written;
	struct str repository = pair->url.name;

	if (str_equal(checkout->url.variable, repository))
		return true;
	if (!is_reference_to(&written->url, repository))
		return false;
	if (checkout->ref.variable.len > 0 || is_reference_to(&checkout->ref, pair->variable))
		return true;
	return checkout->ref.text.state == TEXT_KNOWN && !checkout->is_branch_first &&
	       is_reference_to(&written->ref, pair->variable) &&
	       str_equal(checkout->ref.text.value, pair->ref.text.value);
}

/* Does it check out of another repository what the variable of the pair names? A commit is not there. */
static bool is_pairs_rival(const struct search *l, const struct clone *clone, const struct gitref *pair)
{
	const struct clones_checkout *checkout = clone->checkout;
	bool is_same_url = checkout->url.text.state == TEXT_KNOWN && pair->url.text.state == TEXT_KNOWN &&
			   str_equal(urlname_identity_of(checkout->url.text.value, l->input->arena),
				     urlname_identity_of(pair->url.text.value, l->input->arena));

	return !is_same_url && (str_equal(checkout->ref.variable, pair->variable) ||
				is_reference_to(&clone->written->ref, pair->variable));
}

/* The pair of this container whose clone it is, or NULL. Then no pair whose ref it takes can be pinned. */
static struct gitref *find_pair(const struct search *l, const struct clone *clone)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		struct gitref *ref = &l->refs->items[i];

		if (ref->via != GITREF_ENV || ref->container != l->index)
			continue;
		if (is_pairs_clone(clone, ref))
			return ref;
		if (ref->pin.kind == GITREF_PIN_NOWHERE || !is_pairs_rival(l, clone, ref))
			continue;
		ref->pin = gitref_not_pinned("its command checks the same ref out of another repository");
	}
	return NULL;
}

/*
 * Does the command say for sure that it checks out another ref than the variable of the pair has? What the user calls a
 * pair is one.
 */
static bool checks_out_another(const struct clones_checkout *checkout, const struct gitref *pair)
{
	struct str ref = str_trim(checkout->ref.text.value);

	if (str_starts_with(ref, "origin/") && !str_equal(ref, pair->ref.text.value))
		ref = str_skip(ref, strlen("origin/"));
	return !pair->is_told && checkout->ref.text.state == TEXT_KNOWN && pair->ref.text.state != TEXT_UNKNOWN &&
	       !str_equal(ref, pair->ref.text.value);
}

static void drop_ref(struct search *l, struct gitref *ref)
{
	size_t behind = l->refs->count - (size_t)(ref - l->refs->items) - 1;

	memmove(ref, ref + 1, behind * sizeof(*ref));
	l->refs->count--;
}

static const char *why_not_pinned(const struct clones_checkout *checkout)
{
	if (checkout->is_branch_first)
		return "git clone -b takes no commit";
	if (checkout->is_shallow)
		return "a shallow clone lacks older commits";
	return "a ref in a command is not replaced";
}

/* What is not known of it need not be what is not known of the words that it stands in. */
static struct gitref_part clone_part(const struct search *l, const struct part *found)
{
	struct gitref_part part = search_word_part(l, &found->text, "git clone");

	if (found->text.state == TEXT_UNKNOWN && found->text.reason)
		part.text.reason = found->text.reason;
	return part;
}

static struct gitref_part clone_url(const struct search *l, const struct text *words,
				    const struct clones_checkout *checkout)
{
	struct gitref_part part = clone_part(l, &checkout->url);
	const struct text *word = &words[checkout->word];
	const struct origin *origin = word->origin;
	struct str outline = origin && origin->value ? origin->value->outline : word->value;
	struct gitref_hidden *hidden;

	if (part.text.state != TEXT_KNOWN)
		return checkout->url.text.state == TEXT_KNOWN ? search_url(l, part) : part;
	/* The piece that is secret does not know what stands around it; the word does. */
	if (part.text.is_secret && origin) {
		hidden = ARENA_NEW(l->input->arena, struct gitref_hidden);
		*hidden = *part.hidden;
		hidden->outline = search_outline(origin->value ? origin->value->text.value : word->value, outline,
						 part.text.value);
		part.hidden = hidden;
	}
	return search_url(l, part);
}

/* `words` are those that it stands in. */
static void add_clone(struct search *l, const struct text *words, const struct clone *clone)
{
	const struct clones_checkout *checkout = clone->checkout;
	struct gitref ref = {
		.via = GITREF_CLONE,
		.is_own = checkout->is_own,
		.is_branch_first = checkout->is_branch_first,
		.pin = gitref_not_pinned(why_not_pinned(checkout)),
	};
	/* An init container that must end goes on only when its loops have ended. */
	bool polls = checkout->polls && !l->is_init;
	struct gitref *pair;

	ref.directory = search_directory(&checkout->directory);
	ref.moved_to = checkout->moved_to;
	ref.is_moved_inside = checkout->is_moved_inside;
	if (checkout->is_once && ref.directory.len > 0)
		ref.kept_in =
			kept_volume(l->input->podspec, node_get(node_get(l->input->pod_template, "spec"), "volumes"),
				    l->index, ref.directory, l->input->budget);
	pair = find_pair(l, clone);
	if (pair && checks_out_another(checkout, pair)) {
		if (!pair->is_run)
			drop_ref(l, pair);
		pair = NULL;
	}
	if (pair) {
		pair->is_run = true;
		pair->kept_in = ref.kept_in;
		return;
	}
	ref.url = clone_url(l, words, checkout);
	ref.ref = clone_part(l, &checkout->ref);
	if (polls) {
		search_add_poller(l, &ref.url, ref.directory, false);
		ref.followed_by = podspec_container_name(l->container, l->input->arena);
	}
	if (words[checkout->word].origin) {
		const struct origin *origin = words[checkout->word].origin;

		ref.url.at = origin->at;
		ref.ref.at = origin->at;
	}
	search_set_default(&ref.ref, str_from("HEAD"));
	/* A container that runs on may clone long after its start. */
	if (checkout->is_in_loop && !polls && !l->is_init)
		text_set_unknown(&ref.ref.text, "it is cloned in a loop");
	search_add_own(l, ref);
}

/* Something is checked out, and nothing says what. */
static struct gitref *add_unknown(struct search *l, const char *where, const char *reason)
{
	struct gitref ref = { .via = GITREF_CLONE, .pin = gitref_not_pinned("a ref in a command is not replaced") };

	ref.url = (struct gitref_part){
		.text = { .state = TEXT_UNKNOWN, .reason = reason },
		.where = where,
		.at = l->container->node->span.from,
	};
	ref.ref = ref.url;
	return search_add_own(l, ref);
}

static void add_untold(struct search *l, const struct unfollowed *what, struct str directory)
{
	struct gitref *ref = add_unknown(l, what->what, what->reason);

	ref->is_untold = what->is_in_clone;
	ref->directory = directory;
}

/* It checks out something in a clone that another container may have made. */
static void add_turn(struct search *l, const struct clones_turn *turn)
{
	struct gitref *ref = add_unknown(l, "git checkout", "it works in a clone that was not made here");

	ref->is_untold = ref->turns = true;
	ref->directory = turn->directory;
	ref->ref.text.state = turn->ref.text.state;
	ref->ref.text.value = turn->ref.text.value;
}

/* A loop that pulls in `directory`, in none of the container's own clones. */
static void add_puller(struct search *l, struct str directory)
{
	struct gitref *ref = add_unknown(l, "git pull", "it pulls in a clone that was not made here");

	search_add_poller(l, NULL, directory, false);
	ref->is_puller = true;
	ref->followed_by = podspec_container_name(l->container, l->input->arena);
}

/* Does a pair of variables say what the container checks out? */
static bool has_pair(const struct search *l)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++)
		if (l->refs->items[i].via == GITREF_ENV)
			return true;
	return false;
}

/* The clones as they are written, with the variables of pairs in them; else `clones`. */
static struct clones find_written(struct search *l, struct clones_input input, struct clones clones)
{
	struct str *names = arena_array(l->input->arena, 2 * (l->refs->count - l->first_ref), sizeof(*names));
	struct clones written;
	size_t count = 0;

	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		const struct gitref *ref = &l->refs->items[i];

		if (ref->via != GITREF_ENV)
			continue;
		names[count++] = ref->url.name;
		names[count++] = ref->variable;
	}
	if (clones.count == 0 || count == 0)
		return clones;
	input.words = search_unexpanded(l, names, count);
	input.reference = NULL;
	if (!input.words)
		return clones;
	written = clones_find(&input, l->input->arena);
	/* What is in a variable may be a part of the script; then it can't be told which is which. */
	return written.count == clones.count ? written : clones;
}

/* For clones. */
static struct text look_up(void *context, struct str name)
{
	struct search *l = context;
	struct podenv_value found = podenv_get(&l->env, name);

	return found.text.state == TEXT_ABSENT ? found.text : search_text(l, &found);
}

/* For clones. Whose text is not known says nothing, unless the container surely has to do with git. */
static struct text read_file(void *context, struct str path)
{
	struct search *l = context;
	struct text text = podfile_read(&l->files, path);

	if (text.state == TEXT_UNKNOWN && !l->says_git)
		text.state = TEXT_ABSENT;
	if (text.state == TEXT_KNOWN)
		search_visit(l, 1 + text.value.len / VISIT_BYTES);
	if (text.state == TEXT_KNOWN && l->too_many)
		text.state = TEXT_ABSENT;
	return text;
}

static struct clones_input input_of(struct search *l)
{
	return (struct clones_input){
		.words = l->words,
		.count = l->word_count,
		.image = l->image,
		.directory = scalar_get(l->container->node, "workingDir"),
		.has_command = l->has_command,
		.variable = look_up,
		.reference = look_up,
		.read_file = read_file,
		.context = l,
	};
}

struct clones cloneref_find(struct search *l)
{
	struct clones_input input = input_of(l);

	/* So that it is known which piece of a script is secret. */
	input.words = search_without_secrets(l);
	return clones_find(&input, l->input->arena);
}

static void add_all(struct search *l, const struct text *words, const struct clones *clones,
		    const struct clones *written)
{
	static const struct unfollowed looping = { .what = "git pull",
						   .reason = "it works in a clone that was not made here",
						   .is_in_clone = true };

	for (size_t i = 0; i < clones->count; i++)
		add_clone(l, words, &(struct clone){ &clones->checkouts[i], &written->checkouts[i] });
	/* An init container that must end goes on only when its loops have ended. */
	for (size_t i = 0; i < clones->polled_count && !l->is_init; i++)
		add_puller(l, clones->polled[i]);
	for (size_t i = 0; i < clones->polled_count && l->is_init; i++)
		add_untold(l, &looping, clones->polled[i]);
	for (size_t i = 0; i < clones->turn_count; i++)
		add_turn(l, &clones->turns[i]);
	if (clones->trouble)
		add_unknown(l, "git clone", clones->trouble);
	else if (clones->untold && !has_pair(l))
		add_untold(l, clones->untold, clones->untold_directory);
}

void cloneref_look(struct search *l, struct clones clones)
{
	struct clones written = find_written(l, input_of(l), clones);

	add_all(l, l->words, &clones, &written);
}

void cloneref_look_at_hook(struct search *l)
{
	struct node *hook = node_get(node_get(l->container->node, "lifecycle"), "postStart");
	struct node *command = node_get(node_get(hook, "exec"), "command");
	struct clones_input input;
	struct clones clones;
	struct text *words;
	bool is_worth_reading = false;

	if (!node_items(command))
		return;
	input = input_of(l);
	input.count = search_read_literal(l, command, &words);
	input.words = words;
	input.has_command = true;
	/* Kubernetes expands nothing in it. */
	input.reference = NULL;
	for (size_t i = 0; i < input.count; i++) {
		is_worth_reading = is_worth_reading || unfollowed_may_be(words[i].value) ||
				   podfile_is_in(&l->files, words[i].value);
		l->says_git = l->says_git || unfollowed_is_in(words[i].value);
	}
	if (!is_worth_reading || l->too_many)
		return;
	clones = clones_find(&input, l->input->arena);
	add_all(l, words, &clones, &clones);
}

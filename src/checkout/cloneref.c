#include "checkout/cloneref.h"

#include "git/url.h"
#include "checkout/kept.h"
#include "yaml/scalar.h"

#include <string.h>

/* A file costs as many visits as it has pieces of this length. */
#define VISIT_BYTES 16

static bool is_reference_to(const struct text_part *part, struct str name)
{
	struct str text = part->value.text;

	return part->state == TEXT_UNKNOWN && text.len == name.len + 3 && str_starts_with(text, "$(") &&
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
	if (checkout->ref.variable.len > 0 || is_reference_to(&checkout->ref, pair->pin_name))
		return true;
	return checkout->ref.state == TEXT_KNOWN && !checkout->is_branch_first &&
	       is_reference_to(&written->ref, pair->pin_name) && str_equal(checkout->ref.value.text, pair->ref.text);
}

/* Does it check out of another repository what the variable of the pair names? A commit is not there. */
static bool is_pairs_rival(const struct search *l, const struct clone *clone, const struct gitref *pair)
{
	const struct clones_checkout *checkout = clone->checkout;
	bool is_same_url = checkout->url.state == TEXT_KNOWN && pair->url.state == TEXT_KNOWN &&
			   str_equal(url_identity_of(checkout->url.value.text, l->input->arena),
				     url_identity_of(pair->url.text, l->input->arena));

	return !is_same_url && (str_equal(checkout->ref.variable, pair->pin_name) ||
				is_reference_to(&clone->written->ref, pair->pin_name));
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
		if (ref->pin == GITREF_PIN_NOWHERE || !is_pairs_rival(l, clone, ref))
			continue;
		ref->pin = GITREF_PIN_NOWHERE;
		ref->why_not = "its command checks the same ref out of another repository";
	}
	return NULL;
}

/*
 * Does the command say for sure that it checks out another ref than the variable of the pair has? What the user calls a
 * pair is one.
 */
static bool checks_out_another(const struct clones_checkout *checkout, const struct gitref *pair)
{
	struct str ref = str_trim(checkout->ref.value.text);

	if (str_starts_with(ref, "origin/") && !str_equal(ref, pair->ref.text))
		ref = str_skip(ref, strlen("origin/"));
	return !pair->is_told && checkout->ref.state == TEXT_KNOWN && pair->ref.state != TEXT_UNKNOWN &&
	       !str_equal(ref, pair->ref.text);
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
static struct gitref_part clone_part(const struct search *l, const struct text_part *found)
{
	struct gitref_part part = search_word_part(l, found, str_from("git clone"));

	if (found->state == TEXT_UNKNOWN && found->reason)
		part.reason = str_from(found->reason);
	return part;
}

static struct gitref_part clone_url(const struct search *l, const struct text_value *words,
				    const struct clones_checkout *checkout)
{
	struct gitref_part part = clone_part(l, &checkout->url);

	if (part.state != TEXT_KNOWN)
		return checkout->url.state == TEXT_KNOWN ? search_url(l, part) : part;
	/* The piece that is secret does not know what stands around it; the word does. */
	if (part.secret.len > 0 && words[checkout->word].origin)
		part.outline = search_outline(words[checkout->word].origin, part.text);
	return search_url(l, part);
}

/* `words` are those that it stands in. */
static void add_clone(struct search *l, const struct text_value *words, const struct clone *clone)
{
	const struct clones_checkout *checkout = clone->checkout;
	struct gitref ref = {
		.via = GITREF_CLONE,
		.is_own = checkout->is_own,
		.is_branch_first = checkout->is_branch_first,
		.why_not = why_not_pinned(checkout),
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
		const struct podenv_value *origin = words[checkout->word].origin;

		ref.url.at = origin->at;
		ref.ref.at = origin->at;
	}
	search_set_default(&ref.ref, str_from("HEAD"));
	/* A container that runs on may clone long after its start. */
	if (checkout->is_in_loop && !polls && !l->is_init) {
		ref.ref.state = TEXT_UNKNOWN;
		ref.ref.reason = str_from("it is cloned in a loop");
	}
	search_add_own(l, ref);
}

/* Something is checked out, and nothing says what. */
static struct gitref *add_unknown(struct search *l, const char *where, const char *reason)
{
	struct gitref ref = { .via = GITREF_CLONE, .why_not = "a ref in a command is not replaced" };

	ref.url = (struct gitref_part){
		.state = TEXT_UNKNOWN,
		.reason = str_from(reason),
		.where = str_from(where),
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
	ref->ref.state = turn->ref.state;
	ref->ref.text = turn->ref.value.text;
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
		names[count++] = ref->pin_name;
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

static enum text_state tell(struct search *l, struct podenv_value found, struct text_value *value)
{
	struct podenv_value *kept = ARENA_NEW(l->input->arena, struct podenv_value);

	*kept = found;
	*value = (struct text_value){
		.is_known = found.state == PODENV_KNOWN,
		.is_secret = found.secret.len > 0,
		.text = found.text,
		.reason = found.reason,
		.origin = kept,
	};
	return found.state == PODENV_KNOWN ? TEXT_KNOWN : found.state == PODENV_ABSENT ? TEXT_ABSENT : TEXT_UNKNOWN;
}

/* For clones. */
static enum text_state look_up(void *context, struct str name, struct text_value *value)
{
	struct search *l = context;

	return tell(l, podenv_get(&l->env, name), value);
}

/* For clones. Whose text is not known says nothing, unless the container surely has to do with git. */
static enum text_state read_file(void *context, struct str path, struct text_value *text)
{
	struct search *l = context;

	switch (podfile_read(&l->files, path, &text->text, &text->reason)) {
	case PODFILE_NONE:
		return TEXT_ABSENT;
	case PODFILE_UNKNOWN:
		return l->says_git ? TEXT_UNKNOWN : TEXT_ABSENT;
	case PODFILE_TEXT:
		break;
	}
	search_visit(l, 1 + text->text.len / VISIT_BYTES);
	return l->too_many ? TEXT_ABSENT : TEXT_KNOWN;
}

static struct clones_input input_of(struct search *l)
{
	return (struct clones_input){
		.words = l->words,
		.count = l->word_count,
		.image = scalar_get(l->container->node, "image"),
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

static void add_all(struct search *l, const struct text_value *words, const struct clones *clones,
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
	struct clones_input input = input_of(l);
	struct clones clones;
	struct text_value *words;
	bool is_worth_reading = false;

	if (!node_items(command))
		return;
	input.count = search_read_literal(l, command, &words);
	input.words = words;
	input.has_command = true;
	/* Kubernetes expands nothing in it. */
	input.reference = NULL;
	for (size_t i = 0; i < input.count; i++) {
		is_worth_reading =
			is_worth_reading || unfollowed_may_be(words[i].text) || podfile_is_in(&l->files, words[i].text);
		l->says_git = l->says_git || unfollowed_is_in(words[i].text);
	}
	if (!is_worth_reading || l->too_many)
		return;
	clones = clones_find(&input, l->input->arena);
	add_all(l, words, &clones, &clones);
}

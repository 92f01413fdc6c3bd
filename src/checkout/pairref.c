/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/pairref.h"

#include "yaml/scalar.h"

#include <string.h>

/*
 * Does the pair stand here? What could come from a source of envFrom that is not known would be everywhere, so one of the
 * two must be there for sure.
 */
static bool is_pair(struct podenv_value repository, struct podenv_value ref, bool needs_ref)
{
	if (repository.text.state == TEXT_ABSENT || (needs_ref && ref.text.state == TEXT_ABSENT))
		return false;
	return search_is_definite(&repository) || (ref.text.state != TEXT_ABSENT && search_is_definite(&ref));
}

static bool has_env_pair(const struct search *l, struct str repository)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		const struct gitref *ref = &l->refs->items[i];

		if (ref->via == GITREF_ENV && ref->container == l->index && str_equal(ref->url.name, repository))
			return true;
	}
	return false;
}

/* Does a pair of this container take its ref from the variable? */
static bool is_ref_taken(const struct search *l, struct str name)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		const struct gitref *ref = &l->refs->items[i];

		if (ref->via == GITREF_ENV && ref->container == l->index && str_equal(ref->variable, name))
			return true;
	}
	return false;
}

/*
 * The variable of the pair that says the ref: the second counts where the first one says nothing, and where nobody knows
 * whether the first is there at all.
 */
static struct podenv_value choose_ref(struct search *l, const struct pair *pair, struct str *name)
{
	struct podenv_value first = podenv_get(&l->env, pair->refs[0]), second;
	bool says_nothing =
		first.text.state == TEXT_ABSENT || (first.text.state == TEXT_KNOWN && first.text.value.len == 0);

	*name = pair->refs[0];
	if (pair->refs[1].len == 0 || (!says_nothing && search_is_definite(&first)))
		return first;
	second = podenv_get(&l->env, pair->refs[1]);
	if (!search_is_definite(&second) && first.text.state != TEXT_ABSENT)
		return first;
	if (second.text.state == TEXT_ABSENT ||
	    (second.text.state == TEXT_KNOWN && second.text.value.len == 0 && first.text.state != TEXT_ABSENT))
		return first;
	*name = pair->refs[1];
	return second;
}

static bool contains(struct str text, const char *part)
{
	return text.len > 0 && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/*
 * Does a commit work in a variable that usually has a branch? It does for a full clone and a checkout, which is what an
 * image's own script does; not for what else a command that stands here can do with a branch.
 */
static bool takes_commit(struct search *l, struct str name)
{
	static const char *const others[] = { "-b",     "--depth", "--single", "--shallow", "fetch",    "pull",
					      "switch", "origin/", "refs/",    "archive",   "--mirror", NULL };
	struct str reference = arena_printf(l->input->arena, "$(%.*s)", STR_ARG(name));

	for (struct node *item = node_items(node_get(l->container->node, "env")); item; item = item->next)
		if (contains(scalar_get(item, "value"), reference.ptr))
			return false;
	for (size_t i = 0; i < l->word_count && l->mentions_git; i++)
		for (const char *const *other = others; *other; other++)
			if (l->words[i].state != TEXT_KNOWN || contains(l->words[i].value, *other))
				return false;
	return true;
}

/* What keeps a known pair, which usually takes a commit, from taking one here; or NULL. */
static const char *why_no_commit(struct search *l, const struct pair *pair, struct str name)
{
	struct podenv_value rival = { .text.state = TEXT_ABSENT };

	if (pair->rival.len > 0)
		rival = podenv_get(&l->env, pair->rival);
	if (rival.text.state != TEXT_ABSENT && search_is_definite(&rival))
		return "images that have GIT_BRANCH beside it run git clone -b, which takes no commit (if this one "
		       "does not, --git-pair with :pin, or the annotation rollstamp.io/git-pin, says so)";
	if (rival.text.state != TEXT_ABSENT)
		return "GIT_BRANCH may be set beside it, and images that have both run git clone -b, which takes no "
		       "commit (if this one does not, --git-pair with :pin, or the annotation rollstamp.io/git-pin, "
		       "says so)";
	if (!takes_commit(l, name))
		return "its command, or another variable, does more with it than a full clone and a checkout";
	return NULL;
}

/* With `definite_only`, a pair whose ref could be there, but nobody knows, is left for later. */
static void look_at_pair(struct search *l, const struct pair *pair, bool is_user_pair, bool definite_only)
{
	struct podenv_value repository = podenv_get(&l->env, pair->repository), value;
	struct gitref ref = { .via = GITREF_ENV, .is_told = is_user_pair };
	const char *why_not = NULL;
	struct str name;

	if (repository.text.state == TEXT_ABSENT || has_env_pair(l, pair->repository))
		return;
	value = choose_ref(l, pair, &name);
	/* A repository that nobody knows of, for a ref that another pair has. */
	if (!search_is_definite(&repository) && is_ref_taken(l, name))
		return;
	if (!is_pair(repository, value, !is_user_pair) || (definite_only && !search_is_definite(&value)))
		return;
	ref.url = search_url(l, search_variable_part(l, repository, pair->repository));
	if (ref.url.text.state == TEXT_KNOWN && ref.url.text.value.len == 0)
		return;
	ref.ref = search_variable_part(l, value, name);
	search_set_default(&ref.ref, pair->default_ref);
	ref.variable = name;
	if (!pair->pins)
		why_not = "it is not known whether what reads the variable takes a commit "
			  "(--git-pair with :pin, or the annotation rollstamp.io/git-pin, says so)";
	else if (!is_user_pair)
		why_not = why_no_commit(l, pair, name);
	if (why_not && !l->input->pins_pairs)
		ref.pin = gitref_not_pinned(why_not);
	else
		ref.pin = (struct gitref_pin){ .kind = GITREF_PIN_VARIABLE, .variable = name };
	search_add_own(l, ref);
}

void pairref_look(struct search *l)
{
	size_t known_count;
	const struct pair *known = pair_known(&known_count);

	if (!search_has_environment(l))
		return;
	for (size_t i = 0; i < l->input->pair_count; i++)
		look_at_pair(l, &l->input->pairs[i], true, false);
	if (!l->container->is_init)
		return;
	/* A ref that is there for sure goes before one that only could be, of whichever pair that is. */
	for (size_t i = 0; i < known_count; i++)
		look_at_pair(l, &known[i], false, true);
	for (size_t i = 0; i < known_count; i++)
		look_at_pair(l, &known[i], false, false);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/unresolved.h"

static struct str mention_place(const struct draft *draft, const struct reference *reference)
{
	struct arena *arena = draft->basis->tree;
	struct str container = { 0 };

	if (reference->container != NO_CONTAINER)
		container = podspec_container_name(&draft->podspec.containers[reference->container], arena);
	switch (reference->via) {
	case VIA_ENV:
		return arena_printf(arena, "container %.*s, variable %.*s", STR_ARG(container),
				    STR_ARG(reference->detail));
	case VIA_ENV_FROM:
		return arena_printf(arena, "container %.*s, envFrom", STR_ARG(container));
	case VIA_VOLUME:
	case VIA_PROJECTED:
	case VIA_VOLUME_PLUGIN:
	case VIA_PROVIDER:
		return arena_printf(arena, "volume %.*s", STR_ARG(reference->detail));
	case VIA_ANNOTATION:
		return str_from("annotation");
	case VIA_OPTION:
		return str_from("--also");
	case VIA_PULL_SECRET:
		return str_from("imagePullSecrets");
	}
	return (struct str){ 0 };
}

/* The reference that whoever must mend it should look at: one that is neither optional nor unused. */
static const struct reference *blamed_reference(const struct consumption *c)
{
	for (size_t i = 0; i < c->reference_count; i++)
		if (c->references[i]->is_consumed && !c->references[i]->optional)
			return c->references[i];
	return c->references[0];
}

/* Adds what --strict refuses, at byte `at` of the document. */
static void refuse(const struct draft *draft, struct problems *problems, struct str what, size_t at, struct str message)
{
	const struct subject *subject = draft->subject;
	struct refusal refusal = {
		.what = what,
		.kind = subject->identity.kind,
		.name = subject->identity.name,
		.place = subject_place(subject, at),
		.message = message,
	};

	problems_refuse(problems, &refusal);
}

static bool is_problem(const struct draft *draft, const struct consumption *c)
{
	return outcome_is_unresolved(c->outcome) && !c->is_optional && !choice_allows_missing(&draft->choice, c);
}

static void note_object(const struct draft *draft, const struct consumption *c, struct problems *problems)
{
	const struct reference *reference = blamed_reference(c);
	const char *kind = object_kind_name(c->kind), *slash = c->foreign_namespace.len > 0 ? "/" : "";
	struct arena *arena = draft->basis->tree;
	struct str where, what, why = c->why.len > 0 ? c->why : str_from(outcome_explain(c->outcome));

	what = arena_printf(arena, "%s %.*s%s%.*s", kind, STR_ARG(c->foreign_namespace), slash,
			    STR_ARG(c->name.len > 0 ? c->name : str_from("without a name")));
	problems_add(problems, PROBLEM_UNRESOLVED, what);
	problems->needs_look = true;
	if (!policy_is_strict(draft->basis->policy))
		return;
	where = mention_place(draft, reference);
	refuse(draft, problems, what, reference->at,
	       arena_printf(arena, "%.*s: %.*s %.*s, and --strict is set%s", STR_ARG(where), STR_ARG(what),
			    STR_ARG(why), outcome_advise(c->outcome)));
}

void unresolved_note_objects(const struct draft *draft, const struct consumed *consumed, struct problems *problems)
{
	for (size_t i = 0; i < consumed->count; i++)
		if (is_problem(draft, &consumed->items[i]))
			note_object(draft, &consumed->items[i], problems);
}

/* Refuses a checkout because of its ref. */
static void refuse_ref(const struct draft *draft, const struct checkout *checkout, struct problems *problems,
		       struct str where, struct str message)
{
	refuse(draft, problems, arena_printf(draft->basis->tree, "git ref in %.*s", STR_ARG(where)),
	       checkouts_part(checkout)->at, message);
}

static void note_unknown_ref(const struct draft *draft, const struct checkout *checkout, struct problems *problems)
{
	const struct identity *identity = &draft->subject->identity;
	struct arena *arena = draft->basis->tree;
	struct str where = checkouts_where(checkout, arena);

	problems_add(problems, PROBLEM_UNRESOLVED,
		     arena_printf(arena, "git ref of %.*s %.*s (%.*s)", STR_ARG(identity->kind),
				  STR_ARG(identity->name), STR_ARG(where)));
	if (policy_is_strict(draft->basis->policy))
		refuse_ref(draft, checkout, problems, where,
			   arena_printf(arena,
					"%.*s: git: %.*s, and --strict is set: --unresolved-ok=git/%.*s allows it",
					STR_ARG(where), STR_ARG(checkout->reason), STR_ARG(identity->name)));
}

/* No problem for the verdict, since a stamp rolls the workload all the same. */
static void note_unpinned_ref(const struct draft *draft, const struct checkout *checkout, struct problems *problems)
{
	struct arena *arena = draft->basis->tree;
	struct str where = checkouts_where(checkout, arena);

	if (policy_is_strict(draft->basis->policy))
		refuse_ref(draft, checkout, problems, where,
			   arena_printf(arena, "%.*s: git ref not pinned: %.*s, and --strict is set", STR_ARG(where),
					STR_ARG(checkout->why_not)));
}

void unresolved_note_refs(const struct draft *draft, const struct checkouts *checkouts, struct problems *problems)
{
	for (size_t i = 0; i < checkouts->count; i++) {
		const struct checkout *checkout = &checkouts->items[i];
		bool is_unknown =
			checkout->outcome == CHECKOUT_UNRESOLVED && !choice_allows_unknown_ref(&draft->choice);
		bool is_unpinned = checkout->why_not.len > 0 && draft->basis->policy->strict;

		if (is_unknown)
			note_unknown_ref(draft, checkout, problems);
		else if (is_unpinned)
			note_unpinned_ref(draft, checkout, problems);
		if (is_unknown || is_unpinned || checkout->outcome == CHECKOUT_FAILED)
			problems->needs_look = true;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/workload.h"

#include "plan/collections.h"
#include "plan/pin.h"
#include "plan/repositories.h"
#include "plan/unresolved.h"

/* Finds, resolves and pins the git refs of a template. The document waits if servers must be asked for them. */
static bool plan_git(struct draft *draft, struct checkouts *checkouts, struct result *result, struct err *err)
{
	enum git_mode mode = draft->basis->policy->git;
	bool needs_asking = false, ok;

	if (mode == GIT_OFF)
		return true;
	ok = checkouts_find(draft, checkouts, &needs_asking, err);
	result->waits = result->waits || needs_asking;
	if (ok && result->waits)
		return true;
	ok = ok && checkouts_resolve(draft, checkouts, err);
	if (ok && mode == GIT_PIN && !draft->basis->policy->refs_only)
		ok = pin_checkouts(draft, checkouts, err);
	if (!ok)
		return draft_explain(draft, err);
	unresolved_note_refs(draft, checkouts, &result->problems);
	return true;
}

/* With --live: notes what the cluster must be asked for. The document waits if that is anything. */
static bool plan_live(struct draft *draft, struct consumed *consumed, struct result *result, struct err *err)
{
	const struct basis *basis = draft->basis;

	if (!basis->policy->live || basis->cluster->has_asked)
		return true;
	if (!consumed_find(draft, consumed, err))
		return false;
	if (consumed_want(draft, consumed))
		result->waits = true;
	return true;
}

/* Finds and resolves the ConfigMaps, Secrets and SecretProviderClasses of a template. */
static bool plan_objects(struct draft *draft, struct consumed *consumed, struct result *result, struct err *err)
{
	if (!consumed_find(draft, consumed, err) || !consumed_resolve(draft, consumed, err))
		return false;
	unresolved_note_objects(draft, consumed, &result->problems);
	consumed_tell(draft, consumed);
	return true;
}

/* Notes words in the workload and in its template that mean nothing, and selections that fit nothing. */
static void check_words(const struct draft *draft, const struct collections *collections, struct result *result)
{
	const struct subject *subject = draft->subject;
	struct mistakes mistakes = { .arena = draft->basis->tree };

	words_check(&mistakes, subject->identity.annotations, WORDS_OF_WORKLOAD);
	words_check(&mistakes, draft->choice.template_annotations, WORDS_OF_TEMPLATE);
	words_check_lists(&mistakes, subject->pod_template);
	collections_note(draft, collections, &mistakes, &result->problems);
	remarks_add_mistakes(&result->remarks, &subject->identity, subject->stream, subject->document, 0, &mistakes);
}

/* Is somebody told what is decided? Who compares two plans looks at what has come of it. */
static bool tells(const struct policy *policy)
{
	return policy->wants_details && !policy->only_compares;
}

static void count_stamps(struct verdict_counts *counts, const struct stamps *stamps)
{
	size_t before = counts->stamps;

	for (size_t i = 0; i < stamps->count; i++)
		counts->stamps += !stamps->items[i].is_variable_only;
	counts->workloads += counts->stamps > before;
}

/* What else rolls a template that is stamped: some of it is taken out, in front of what is inserted. */
static bool look_at_checksums(const struct draft *draft, const struct findings_source *found,
			      const struct stamps *stamps, struct second_reasons *reasons, struct err *err)
{
	const struct policy *policy = draft->basis->policy;

	if (stamps->count == 0 || (!tells(policy) && policy->drop_checksums.count == 0))
		return true;
	return checksums_drop(draft, found->consumed, found->collections, reasons, err) || draft_explain(draft, err);
}

static bool write_stamps(const struct draft *draft, const struct stamps *stamps, struct stale_list *stale,
			 struct err *err)
{
	const struct subject *subject = draft->subject;
	const struct policy *policy = draft->basis->policy;
	const struct stamp_target target = {
		.shape = subject->shape,
		.inject = policy->inject,
		.path = &subject->path,
		.pod_template = subject->pod_template,
		.podspec = &draft->podspec,
		.stamps = stamps,
		.kept = draft->basis->arena,
		.stale = tells(policy) ? stale : NULL,
	};

	return stamp_template(&target, err) || draft_explain(draft, err);
}

/* Names the file, since nothing but this line may ever be read. */
static void note_left_cause(const struct draft *draft, const struct changecause *cause, struct problems *problems)
{
	const struct identity *identity = &draft->subject->identity;
	struct place place = subject_place(draft->subject, cause->at);
	struct arena *arena = draft->basis->tree;
	struct str file = arena_printf(arena, "%.*s line %zu", STR_ARG(place.stream->name), place_line(&place));

	if (place.source.len > 0)
		file = arena_printf(arena, "%.*s, %.*s", STR_ARG(place.source), STR_ARG(file));
	problems_add(problems, PROBLEM_CAUSE,
		     arena_printf(arena, "%.*s%s%.*s (%.*s)", STR_ARG(identity->kind),
				  identity->name.len > 0 ? " " : "", STR_ARG(identity->name), STR_ARG(file)));
}

/* Without objects: keeps what is known of the git refs. */
static void tell_refs(const struct draft *draft, const struct checkouts *checkouts, struct result *result)
{
	const struct consumed nothing = { 0 };
	const struct collections no_selections = { 0 };
	const struct findings_source found = { &nothing, &no_selections, checkouts };
	const struct stale_list none = { 0 };

	findings_read(draft, &found, &none, result_add_workload(result));
}

bool workload_plan(const struct basis *basis, const struct subject *subject, struct result *result, struct err *err)
{
	struct stamps stamps = { .arena = basis->tree };
	bool wants_details = basis->policy->wants_details;
	struct checkouts checkouts = { 0 };
	struct second_reasons second = { 0 };
	struct consumed consumed = { 0 };
	struct collections collections;
	const struct findings_source found = { &consumed, &collections, &checkouts };
	struct stale_list stale = { 0 };
	struct changecause cause = { 0 };
	struct workload *workload;
	struct draft draft;

	if (!draft_read(basis, subject, &draft, err))
		return draft_explain(&draft, err);
	if (!plan_live(&draft, &consumed, result, err) || !plan_git(&draft, &checkouts, result, err))
		return false;
	if (result->waits)
		return true;
	if (basis->policy->refs_only) {
		tell_refs(&draft, &checkouts, result);
		return true;
	}
	if (!plan_objects(&draft, &consumed, result, err) || !collections_find(&draft, &collections, err))
		return false;
	if (!basis->policy->only_compares)
		check_words(&draft, &collections, result);
	repositories_add_stamps(&checkouts, wants_details, &stamps);
	if (basis->policy->inject != 0 || !basis->policy->only_compares) {
		consumed_add_stamps(&consumed, &stamps);
		collections_add_stamps(&collections, &stamps);
	}
	if (!look_at_checksums(&draft, &found, &stamps, &second, err) || !write_stamps(&draft, &stamps, &stale, err))
		return false;
	/* It stands outside of what is compared. */
	if (!basis->policy->only_compares)
		changecause_write(&draft, &stamps, &stale, &cause);
	if (cause.action == CHANGECAUSE_LEFT)
		note_left_cause(&draft, &cause, &result->problems);
	count_stamps(&result->counts, &stamps);
	if (!wants_details)
		return true;
	workload = result_add_workload(result);
	findings_read(&draft, &found, &stale, workload);
	workload->second_reasons = second;
	workload->cause = cause;
	return !basis->watch || basis->watch(basis->watch_context, subject, workload, err);
}

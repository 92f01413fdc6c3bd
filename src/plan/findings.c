/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/findings.h"

#include <string.h>

/* The line of the input; 0 if nobody wants to know. */
static size_t line_of(const struct draft *draft, size_t at)
{
	struct place place = place_of(draft->subject->stream, draft->subject->document, NULL, at);

	return draft->basis->policy->wants_places ? place_line(&place) : 0;
}

static struct str keep(const struct draft *draft, struct str text)
{
	return arena_dup(draft->basis->arena, text);
}

static void add_mentions(const struct draft *draft, const struct consumption *c, struct finding *finding)
{
	if (!draft->basis->policy->wants_places)
		return;
	finding->mentions = arena_array(draft->basis->arena, c->reference_count, sizeof(*finding->mentions));
	for (size_t i = 0; i < c->reference_count; i++) {
		const struct reference *reference = c->references[i];
		struct mention *mention = &finding->mentions[finding->mention_count++];

		mention->via = reference->via;
		mention->detail = keep(draft, reference->detail);
		mention->is_optional = reference->optional;
		mention->line = line_of(draft, reference->at);
		if (reference->container != NO_CONTAINER)
			mention->container = keep(draft, draft->podspec.containers[reference->container].name);
	}
}

static struct finding finding_of(const struct draft *draft, const struct consumption *c, bool has_secret_key)
{
	struct arena *arena = draft->basis->arena;
	struct finding finding = {
		.kind = c->kind,
		.ns = keep(draft, c->foreign_namespace),
		.name = keep(draft, c->name),
		.outcome = c->outcome,
		.made_by = keep(draft, c->made_by),
		.why = keep(draft, c->why),
		.is_optional = c->is_optional,
		.is_exempt = choice_allows_missing(&draft->choice, c),
		.all_keys = c->all_keys,
		.object = c->object,
	};

	add_mentions(draft, c, &finding);
	if (c->outcome == OUTCOME_FOLLOWED && c->why.len == 0)
		finding.why = arena_printf(
			arena, "followed by %.*s",
			STR_ARG(podspec_container_name(&draft->podspec.containers[c->followed_by], arena)));
	if (c->outcome != OUTCOME_RESOLVED)
		return finding;
	memcpy(finding.digest, c->digest, sizeof(c->digest));
	/* What was selected for one workload lives as long as its tree. */
	finding.selection = selection_keep(&c->selection, arena);
	/* Of keys that are absent, and of an empty object, there is nothing to guess. */
	finding.is_guessable = c->kind == OBJECT_SECRET && !has_secret_key && selection_has_value(&finding.selection);
	return finding;
}

static struct git_finding git_finding_of(const struct draft *draft, const struct checkout *checkout,
					 bool may_be_unknown)
{
	const struct gitref *gitref = checkout->gitref;
	const struct gitref_part *part = checkouts_part(checkout);
	struct git_finding finding = {
		.via = gitref->via,
		.container = keep(draft, checkout->container),
		.url = keep(draft, checkout->url),
		.ref = keep(draft, checkout->ref),
		.where = gitref_where(part, draft->basis->arena),
		.line = line_of(draft, part->at),
		.at = part->at,
		.outcome = checkout->outcome,
		.reason = keep(draft, checkout->reason),
		.is_urls_fault = checkout->is_urls_fault,
		.is_exempt = may_be_unknown && checkout->outcome == CHECKOUT_UNRESOLVED,
	};

	if (gitref->via == GITREF_VOLUME)
		finding.where = arena_printf(draft->basis->arena, "volume %.*s", STR_ARG(gitref->volume));
	if (checkout->outcome != CHECKOUT_RESOLVED)
		return finding;
	finding.kind = checkout->answer.kind;
	finding.commit = keep(draft, checkout->answer.commit);
	finding.source = checkout->answer.source;
	finding.failure = keep(draft, checkout->answer.failure);
	finding.url_key = keep(draft, checkout->asked.url_key);
	finding.ref_key = keep(draft, checkout->asked.ref_key);
	if (commits_recorded(draft->basis->commits, &checkout->asked, &finding.recorded_kind, &finding.recorded))
		finding.recorded = keep(draft, finding.recorded);
	finding.repository = keep(draft, checkout->repository);
	finding.is_pinned = checkout->is_pinned;
	finding.why_not = keep(draft, checkout->why_not);
	finding.placements = checkout->placements;
	return finding;
}

static bool is_any_value(const struct collected *collected)
{
	for (size_t i = 0; i < collected->count; i++)
		if (collected->items[i]->count > 0)
			return true;
	return false;
}

static struct selected_finding selected_finding_of(const struct draft *draft, const struct gathering *gathering)
{
	const struct collection *collection = &gathering->collection;
	struct selected_finding finding = {
		.collection = { .kind = collection->kind,
				.text = keep(draft, collection->text),
				.ns = keep(draft, collection->ns),
				.name = keep(draft, collection->name) },
		.outcome = gathering->outcome,
		.why = keep(draft, gathering->why),
		.is_exempt = gathering->is_exempt,
		.left_out = gathering->left_out,
		.via = gathering->via,
		.line = line_of(draft, gathering->at),
	};

	if (gathering->outcome != OUTCOME_RESOLVED)
		return finding;
	finding.collected = *gathering->collected;
	finding.is_guessable = collection->kind == OBJECT_SECRET && draft->basis->secret_key.len == 0 &&
			       is_any_value(gathering->collected);
	return finding;
}

static bool is_stamped(const struct findings_source *found)
{
	const struct consumed *consumed = found->consumed;
	const struct collections *collections = found->collections;
	const struct checkouts *checkouts = found->checkouts;

	for (size_t i = 0; i < collections->count; i++)
		if (collections->items[i].outcome == OUTCOME_RESOLVED)
			return true;
	for (size_t i = 0; i < consumed->count; i++)
		if (consumed->items[i].outcome == OUTCOME_RESOLVED)
			return true;
	for (size_t i = 0; i < checkouts->count; i++)
		if (checkouts->items[i].outcome == CHECKOUT_RESOLVED)
			return true;
	return false;
}

static void add_objects(const struct draft *draft, const struct consumed *consumed, struct workload *workload)
{
	workload->finding_count = consumed->count;
	workload->findings = arena_array(draft->basis->arena, consumed->count, sizeof(*workload->findings));
	for (size_t i = 0; i < consumed->count; i++) {
		workload->findings[i] = finding_of(draft, &consumed->items[i], draft->basis->secret_key.len > 0);
		workload->findings[i].placements = consumed->placements[i];
	}
}

static void add_selections(const struct draft *draft, const struct collections *collections, struct workload *workload)
{
	workload->selection_count = collections->count;
	workload->selections = arena_array(draft->basis->arena, collections->count, sizeof(*workload->selections));
	for (size_t i = 0; i < collections->count; i++) {
		workload->selections[i] = selected_finding_of(draft, &collections->items[i]);
		workload->selections[i].placements = collections->placements[i];
	}
}

static void add_refs(const struct draft *draft, const struct checkouts *checkouts, struct workload *workload)
{
	bool may_be_unknown = choice_allows_unknown_ref(&draft->choice);

	workload->git_count = checkouts->count;
	workload->gits = arena_array(draft->basis->arena, checkouts->count, sizeof(*workload->gits));
	for (size_t i = 0; i < checkouts->count; i++)
		workload->gits[i] = git_finding_of(draft, &checkouts->items[i], may_be_unknown);
}

void findings_read(const struct draft *draft, const struct findings_source *found, const struct stale_list *stale,
		   struct workload *workload)
{
	const struct subject *subject = draft->subject;
	const struct identity *identity = &subject->identity;
	const struct movers *movers = &draft->basis->manifest->movers;
	const struct rollout *rollout = rollouts_find(&draft->basis->manifest->rollouts, identity);

	workload->api_version = keep(draft, identity->api_version);
	workload->kind = keep(draft, identity->kind);
	workload->ns = keep(draft, identity->ns);
	workload->name = keep(draft, identity->name);
	workload->place = subject_place(subject, subject->object->span.from);
	workload->place.source = keep(draft, workload->place.source);
	workload->effect = rollout ? rollouts_effect(rollout, node_get(subject->object, "spec"), draft->basis->arena)
				   : kinds_effect(subject->kind, subject->object);
	if (is_stamped(found))
		workload->other_mover =
			movers_find(movers, identity, draft->choice.template_annotations, draft->basis->arena);
	add_objects(draft, found->consumed, workload);
	add_selections(draft, found->collections, workload);
	add_refs(draft, found->checkouts, workload);
	workload->stale = *stale;
}

struct str findings_reason(const struct finding *finding)
{
	return finding->why.len > 0 ? finding->why : str_from(outcome_explain(finding->outcome));
}

bool findings_is_problem(const struct finding *finding)
{
	return outcome_is_unresolved(finding->outcome) && !finding->is_optional && !finding->is_exempt;
}

struct str findings_selection_reason(const struct selected_finding *finding)
{
	return finding->why.len > 0 ? finding->why : str_from(outcome_explain(finding->outcome));
}

bool findings_is_selection_problem(const struct selected_finding *finding)
{
	return (outcome_is_unresolved(finding->outcome) || finding->outcome == OUTCOME_EMPTY) && !finding->is_exempt;
}

bool findings_is_git_problem(const struct git_finding *finding)
{
	return (finding->outcome == CHECKOUT_UNRESOLVED && !finding->is_exempt) || finding->outcome == CHECKOUT_FAILED;
}

size_t findings_line(const struct workload *workload, size_t at)
{
	struct place place = workload->place;

	place.at = at;
	return place_line(&place);
}

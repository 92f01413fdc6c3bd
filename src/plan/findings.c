#include "plan/findings.h"

#include <string.h>

static size_t line_of(const struct findings_source *source, size_t at)
{
	struct place place = place_of(source->stream, source->document, NULL, at);

	return place_line(&place);
}

static struct str keep(const struct findings_source *source, struct str text)
{
	return arena_dup(source->arena, text);
}

static void add_mentions(const struct findings_source *source, const struct consumption *c, struct finding *finding)
{
	finding->mentions = arena_array(source->arena, c->reference_count, sizeof(*finding->mentions));
	for (size_t i = 0; i < c->reference_count; i++) {
		const struct reference *reference = c->references[i];
		struct mention *mention = &finding->mentions[finding->mention_count++];

		mention->via = reference->via;
		mention->detail = keep(source, reference->detail);
		mention->is_optional = reference->optional;
		mention->line = line_of(source, reference->at);
		if (reference->container != NO_CONTAINER)
			mention->container = keep(source, source->podspec->containers[reference->container].name);
	}
}

struct finding findings_of_consumption(const struct findings_source *source, const struct consumption *consumption,
				       bool is_exempt, bool has_secret_key)
{
	const struct consumption *c = consumption;
	struct finding finding = {
		.kind = c->kind,
		.ns = keep(source, c->foreign_namespace),
		.name = keep(source, c->name),
		.outcome = c->outcome,
		.why = keep(source, c->why),
		.is_optional = c->is_optional,
		.is_exempt = is_exempt,
		.all_keys = c->all_keys,
		.object = c->object,
	};

	add_mentions(source, c, &finding);
	if (c->outcome == OUTCOME_FOLLOWED)
		finding.why = arena_printf(
			source->arena, "followed by %.*s",
			STR_ARG(podspec_container_name(&source->podspec->containers[c->followed_by], source->arena)));
	if (c->outcome != OUTCOME_RESOLVED)
		return finding;
	memcpy(finding.digest, c->digest, sizeof(c->digest));
	/* What was selected for one workload lives as long as its tree. */
	finding.selection = selection_keep(&c->selection, source->arena);
	/* Of keys that are absent, and of an empty object, there is nothing to guess. */
	finding.is_guessable = c->kind == OBJECT_SECRET && !has_secret_key && selection_has_value(&finding.selection);
	return finding;
}

struct git_finding findings_of_checkout(const struct findings_source *source, const struct checkout *checkout,
					bool may_be_unknown)
{
	const struct gitref *gitref = checkout->gitref;
	const struct gitref_part *part = checkouts_part(checkout);
	struct git_finding finding = {
		.via = gitref->via,
		.container = keep(source, checkout->container),
		.url = keep(source, checkout->url),
		.ref = keep(source, checkout->ref),
		.where = gitref_where(part, source->arena),
		.line = line_of(source, part->at),
		.outcome = checkout->outcome,
		.reason = keep(source, checkout->reason),
		.is_exempt = may_be_unknown && checkout->outcome == CHECKOUT_UNRESOLVED,
	};

	if (gitref->via == GITREF_VOLUME)
		finding.where = arena_printf(source->arena, "volume %.*s", STR_ARG(gitref->volume));
	if (checkout->outcome != CHECKOUT_RESOLVED)
		return finding;
	finding.kind = checkout->answer.kind;
	finding.commit = keep(source, checkout->answer.commit);
	finding.source = checkout->answer.source;
	finding.failure = keep(source, checkout->answer.failure);
	finding.repository = keep(source, checkout->repository);
	finding.is_pinned = checkout->is_pinned;
	finding.why_not = keep(source, checkout->why_not);
	if (checkout->is_pin_written) {
		struct written written = checkout->pin_written;

		written.name = keep(source, written.name);
		written.container = finding.container;
		findings_add_written(&finding.written, &written, source->arena);
	}
	return finding;
}

void findings_add_written(struct written_list *list, const struct written *written, struct arena *arena)
{
	list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = *written;
}

struct str findings_reason(const struct finding *finding)
{
	return finding->why.len > 0 ? finding->why : str_from(outcome_explain(finding->outcome));
}

bool findings_is_problem(const struct finding *finding)
{
	return outcome_is_unresolved(finding->outcome) && !finding->is_optional && !finding->is_exempt;
}

bool findings_is_git_problem(const struct git_finding *finding)
{
	return (finding->outcome == CHECKOUT_UNRESOLVED && !finding->is_exempt) || finding->outcome == CHECKOUT_FAILED;
}

size_t findings_stale_line(const struct workload *workload, const struct stale *stale)
{
	struct place place = workload->place;

	place.at = stale->at;
	return place_line(&place);
}

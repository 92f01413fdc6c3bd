#include "plan/plan.h"

#include "base/utf8.h"
#include "plan/workload.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"
#include "yaml/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void plan_init(struct plan *plan, const struct policy *policy, struct manifest *manifest, struct commits *commits,
	       const struct stream *streams, size_t stream_count, struct str secret_key, struct arena *arena)
{
	*plan = (struct plan){
		.arena = arena,
		.policy = policy,
		.kinds = &policy->kinds,
		.manifest = manifest,
		.commits = commits,
		.secret_key = secret_key,
		.extent = VERIFY_WINDOW,
		.streams = streams,
		.edits = arena_array(arena, stream_count, sizeof(struct edits)),
	};
	map_init(&plan->live_keys, arena);
	unused_init(&plan->unused, policy, arena);
	arena_init(&plan->tree);
	for (size_t i = 0; i < stream_count; i++)
		edits_init(&plan->edits[i], arena);
}

void plan_release(struct plan *plan)
{
	arena_release(&plan->tree);
	buf_release(&plan->also_unresolved);
}

static void pass_over(const struct planning *p, const char *reason)
{
	manifest_pass_over(p->plan->manifest, &p->identity,
			   place_of(p->stream, p->document, &p->identity, p->object->span.from), reason);
}

/* One object of a document: the document itself, or an item of a list. */
static bool plan_object(struct planning *p, struct err *err)
{
	const struct kinds *kinds = p->plan->kinds;
	const struct kind *kind;
	const char *fixed;

	p->identity = identity_read(p->object, p->plan->manifest->default_namespace);
	kind = kinds_find(kinds, p->identity.api_version, p->identity.kind);
	if (!kind) {
		if (kinds_is_list(p->identity.kind) && p->in_list)
			pass_over(p, "a list inside of a list is not looked into");
		else if (kinds_matters(kinds, p->identity.kind) && !kinds_is_list(p->identity.kind))
			pass_over(p, "its apiVersion is not one that this kind is stamped for");
		return true;
	}
	if (kind->role != KIND_WORKLOAD)
		return true;
	fixed = kinds_why_fixed(kind, p->object);
	p->pod_template = kinds_template(kind, p->object);
	if (ignore_matches(p->plan->manifest->ignore, p->identity.kind, p->identity.ns, p->identity.name))
		pass_over(p, MANIFEST_IGNORED);
	else if (identity_asks_ignored(&p->identity))
		pass_over(p, "annotation rollstamp.io/ignore");
	else if (identity_is_hook(&p->identity))
		pass_over(p, "it is a Helm hook");
	else if (fixed)
		pass_over(p, fixed);
	else if (!p->pod_template)
		pass_over(p, "it has no pod template");
	else
		return workload_plan(p, kind, err);
	return true;
}

static bool plan_items(struct planning *p, struct node *root, struct err *err)
{
	if (!kinds_is_list(scalar_get(root, "kind"))) {
		p->object = root;
		return plan_object(p, err);
	}
	p->in_list = true;
	for (struct node *item = node_items(node_get(root, "items")); item; item = item->next, p->item++) {
		p->object = node_resolve(item);
		shape_enter(p->shape, p->object->span);
		if (!plan_object(p, err))
			return false;
	}
	return true;
}

static bool finish_document(struct planning *p, struct node *root, struct err *err)
{
	struct plan *plan = p->plan;
	struct str text = stream_text(p->stream, p->document);
	struct edits *all = &plan->document_edits[p->index], edits;
	bool ok;

	if (p->shape->count == 0)
		return true;
	edits_init(&edits, plan->arena);
	/* Of a list it isn't known any more which item an edit belongs to. */
	if (p->in_list)
		p->identity = (struct identity){ 0 };
	if (!shape_finish(p->shape, &edits, err))
		return workload_explain(p, 0, err);
	ok = verify_document(text, &edits, root, p->shape->count, plan->extent, &plan->tree, err);
	if (!ok) {
		err->at = ERR_NOWHERE;
		err_prefix(err, "this is a bug of rollstamp, please report it");
		return workload_explain(p, 0, err);
	}
	for (size_t i = 0; i < edits.count; i++) {
		struct edit *edit = &edits.items[i];
		size_t from = p->document->text.from;

		edits_add(all, (struct span){ from + edit->at.from, from + edit->at.to }, edit->text);
	}
	return true;
}

/* What a document that is deferred must not leave behind. */
struct progress {
	size_t workloads, passed_over, misuses, unresolved, also_unresolved, problems;
	struct verdict_counts counts;
};

static struct progress progress_of(const struct plan *plan)
{
	return (struct progress){
		.workloads = plan->workload_count,
		.passed_over = plan->manifest->passed_over_count,
		.misuses = plan->manifest->misuse_count,
		.unresolved = plan->unresolved_count,
		.also_unresolved = plan->also_unresolved.len,
		.problems = plan->problems.count,
		.counts = plan->counts,
	};
}

static void defer(struct plan *plan, size_t index, struct progress before)
{
	plan->workload_count = before.workloads;
	plan->manifest->passed_over_count = before.passed_over;
	plan->manifest->misuse_count = before.misuses;
	plan->unresolved_count = before.unresolved;
	plan->also_unresolved.len = before.also_unresolved;
	plan->problems.count = before.problems;
	plan->counts = before.counts;
	plan->deferred[plan->deferred_count++] = index;
}

static bool plan_document(struct plan *plan, size_t index, struct err *err)
{
	const struct workload_document *at = &plan->manifest->workloads[index];
	struct planning p = { .plan = plan, .stream = at->stream, .document = at->document, .index = index };
	struct str text = stream_text(at->stream, at->document);
	struct progress before = progress_of(plan);
	struct shape shape;
	struct node *root;

	arena_reset(&plan->tree);
	if (!tree_parse(text, READER_STRICT, &plan->tree, &root, err))
		return manifest_ignores_unread(plan->manifest, at->stream, at->document) ||
		       workload_explain(&p, 0, err);
	shape_init(&shape, text, root, &plan->tree);
	p.shape = &shape;
	p.budget = podspec_budget(text.len);
	p.git_budget = podspec_budget(text.len);
	if (root && !plan_items(&p, root, err))
		return false;
	if (p.is_deferred) {
		defer(plan, index, before);
		return true;
	}
	return !root || finish_document(&p, root, err);
}

void plan_want_live(struct plan *plan, enum object_kind kind, struct str name)
{
	struct str key = manifest_key(plan->arena, kind, (struct str){ 0 }, name);

	if (map_get(&plan->live_keys, key))
		return;
	plan->live_wants = arena_grow(plan->arena, plan->live_wants, plan->live_want_count, &plan->live_want_room,
				      sizeof(*plan->live_wants));
	plan->live_wants[plan->live_want_count++] = (struct live_want){
		.kind = kind,
		.name = arena_dup(plan->arena, name),
	};
	map_set(&plan->live_keys, key, plan);
}

bool plan_was_wanted_live(const struct plan *plan, enum object_kind kind, struct str name)
{
	struct arena arena = { 0 };
	bool was_wanted = map_get(&plan->live_keys, manifest_key(&arena, kind, (struct str){ 0 }, name)) != NULL;

	arena_release(&arena);
	return was_wanted;
}

/* What the cluster has goes to the other objects that are looked up. */
static bool ask_cluster(struct plan *plan, struct err *err)
{
	struct stream *stream = ARENA_NEW(plan->arena, struct stream);
	struct utf8_facts facts;
	struct str text = { 0 };

	plan->has_asked_cluster = true;
	if (!plan->live(plan->live_context, plan->live_wants, plan->live_want_count, plan->arena, &text, err)) {
		plan->cluster_failure = arena_dup(plan->arena, str_from(err->text));
		return plan->policy->keeps_going;
	}
	if (!utf8_check(text, &facts, err)) {
		err->at = ERR_NOWHERE;
		return err_prefix(err, "--live: what kubectl printed");
	}
	stream_split(stream, str_from("cluster"), text, facts, plan->arena);
	return manifest_add(plan->manifest, stream, SCOPE_LIVE, err) || err_prefix(err, "--live: what kubectl printed");
}

/* Everything that was noted is asked for at once: objects first, since they can hold the names of git refs. */
static bool ask(struct plan *plan, struct err *err)
{
	if (plan->live_want_count > 0 && !plan->has_asked_cluster)
		return ask_cluster(plan, err);
	plan->has_asked_cluster = true;
	return commits_ask_all(plan->commits, err);
}

/* Those that wait, until there is nothing more to ask for. */
static bool plan_deferred(struct plan *plan, struct err *err)
{
	while (plan->deferred_count > 0) {
		size_t count = plan->deferred_count;

		assert(!plan->commits->has_asked);
		if (!ask(plan, err))
			return false;
		plan->deferred_count = 0;
		for (size_t i = 0; i < count; i++)
			if (!plan_document(plan, plan->deferred[i], err))
				return false;
	}
	return true;
}

static int compare_workloads(const void *a, const void *b)
{
	const struct workload *left = a, *right = b;

	if (left->document != right->document)
		return left->document < right->document ? -1 : 1;
	return (left->place.at > right->place.at) - (left->place.at < right->place.at);
}

/* Everything in the order of the input, whatever was deferred. */
static void put_in_order(struct plan *plan)
{
	for (size_t i = 0; i < plan->manifest->workload_count; i++) {
		const struct edits *edits = &plan->document_edits[i];
		struct edits *all = &plan->edits[plan->manifest->workloads[i].stream - plan->streams];

		for (size_t k = 0; k < edits->count; k++)
			edits_add(all, edits->items[k].at, edits->items[k].text);
	}
	if (plan->workload_count > 0)
		qsort(plan->workloads, plan->workload_count, sizeof(*plan->workloads), compare_workloads);
}

bool plan_is_strict(const struct plan *plan)
{
	return plan->policy->strict && !plan->policy->keeps_going;
}

bool plan_refuse(struct plan *plan, struct str what, struct str kind, struct str name)
{
	plan->unresolved_count++;
	if (plan->unresolved_count > 1 && plan->unresolved_count <= 1 + PLAN_ALSO_UNRESOLVED)
		buf_printf(&plan->also_unresolved, ", %.*s of %.*s %.*s", STR_ARG(what), STR_ARG(kind), STR_ARG(name));
	return plan->unresolved_count == 1;
}

static int compare_misuses(const void *a, const void *b)
{
	return place_compare(&((const struct misuse *)a)->place, &((const struct misuse *)b)->place);
}

static void refuse_misuse(struct plan *plan, const struct misuse *misuse)
{
	if (!plan_refuse(plan, misuse->what, misuse->kind, misuse->name))
		return;
	err_set(&plan->unresolved, "%.*s, and --strict is set", STR_ARG(misuse->text));
	place_explain(misuse->place, misuse->kind, misuse->name, &plan->unresolved);
}

/* Words that mean nothing, in the order of the input. */
static void note_misuses(struct plan *plan)
{
	struct manifest *manifest = plan->manifest;
	struct arena arena = { 0 };

	if (manifest->misuse_count > 0)
		qsort(manifest->misuses, manifest->misuse_count, sizeof(*manifest->misuses), compare_misuses);
	for (size_t i = 0; i < manifest->misuse_count; i++) {
		const struct misuse *misuse = &manifest->misuses[i];

		problems_add(&plan->problems, PROBLEM_FINDING,
			     arena_printf(&arena, "%.*s of %.*s %.*s", STR_ARG(misuse->what), STR_ARG(misuse->kind),
					  STR_ARG(misuse->name)),
			     i, plan->arena);
		if (plan_is_strict(plan))
			refuse_misuse(plan, misuse);
	}
	arena_release(&arena);
}

/* Options of the command line that fit nothing. */
static void note_misfits(struct plan *plan)
{
	struct arena arena = { 0 };

	unused_manifest(&plan->unused, plan->manifest);
	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		struct str *values;
		size_t count = unused_missed(&plan->unused, option, &arena, &values);

		for (size_t i = 0; i < count; i++)
			problems_add(&plan->problems, PROBLEM_NOTE,
				     arena_printf(&arena, "%s %.*s", unused_option_name(option), STR_ARG(values[i])), 0,
				     plan->arena);
	}
	arena_release(&arena);
}

static bool refuse_unresolved(struct plan *plan, struct err *err)
{
	struct str also = str_skip(buf_str(&plan->also_unresolved), strlen(", "));
	const char *unresolved = plan->manifest->misuse_count > 0 ? "" : " unresolved";

	if (plan->unresolved_count > 1 + PLAN_ALSO_UNRESOLVED)
		return err_set(err, "%s; also%s: %.*s and %zu more (see rollstamp list)", plan->unresolved.text,
			       unresolved, STR_ARG(also), plan->unresolved_count - 1 - PLAN_ALSO_UNRESOLVED);
	if (also.len > 0)
		return err_set(err, "%s; also%s: %.*s", plan->unresolved.text, unresolved, STR_ARG(also));
	*err = plan->unresolved;
	return false;
}

bool plan_make(struct plan *plan, struct err *err)
{
	size_t count = plan->manifest->workload_count;

	plan->document_edits = arena_array(plan->arena, count, sizeof(struct edits));
	plan->deferred = arena_array(plan->arena, count, sizeof(size_t));
	for (size_t i = 0; i < count; i++) {
		edits_init(&plan->document_edits[i], plan->arena);
		if (!plan_document(plan, i, err))
			return false;
	}
	if (!plan_deferred(plan, err))
		return false;
	/* The last document's tree, which is all of the input if that is one long list: what is printed needs memory too. */
	arena_release(&plan->tree);
	put_in_order(plan);
	note_misuses(plan);
	note_misfits(plan);
	return plan->unresolved_count == 0 || refuse_unresolved(plan, err);
}

bool plan_has_problems(const struct plan *plan)
{
	if (plan->manifest->misuse_count > 0)
		return true;
	for (size_t i = 0; i < plan->workload_count; i++) {
		const struct workload *workload = &plan->workloads[i];

		for (size_t k = 0; k < workload->finding_count; k++)
			if (findings_is_problem(&workload->findings[k]))
				return true;
		for (size_t k = 0; k < workload->git_count; k++)
			if (findings_is_git_problem(&workload->gits[k]) ||
			    (plan->policy->strict && workload->gits[k].why_not.len > 0))
				return true;
	}
	return false;
}

bool plan_has_trouble(const struct plan *plan)
{
	return plan->cluster_failure.len > 0 || plan->commits->has_failures;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include "plan/workload.h"
#include "yaml/block.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <assert.h>

void plan_init(struct plan *plan, const struct plan_input *input, struct arena *arena)
{
	*plan = (struct plan){
		.input = *input,
		.arena = arena,
		.basis = {
			.policy = input->policy,
			.manifest = input->manifest,
			.commits = input->commits,
			.cluster = &plan->cluster,
			.unused = input->unused ? input->unused : &plan->unused,
			.leftovers = &plan->leftovers,
			.secret_key = input->secret_key,
			.watch = input->watch,
			.watch_context = input->watch_context,
			.arena = arena,
			.tree = &plan->tree,
		},
		.edits = arena_array(arena, input->stream_count, sizeof(struct edits)),
	};
	cluster_init(&plan->cluster, input->ask, input->ask_context, arena);
	unused_init(&plan->unused, input->policy, arena);
	arena_init(&plan->tree);
	result_init(&plan->result, arena);
	result_init(&plan->whole, arena);
	for (size_t i = 0; i < input->stream_count; i++)
		edits_init(&plan->edits[i], arena);
}

void plan_release(struct plan *plan)
{
	arena_release(&plan->tree);
}

/* A document that is planned. */
struct planned_document {
	struct plan *plan;
	struct node *root;
	struct shape shape;
	struct subject subject; /* the object that is looked at */
	bool is_list;
	size_t budget, git_budget;
};

static void pass_over(struct planned_document *planned, const char *reason)
{
	const struct subject *subject = &planned->subject;

	remarks_pass_over(&planned->plan->result.remarks, &subject->identity,
			  subject_place(subject, subject->object->span.from), reason);
}

/* A Rollout whose template another object has. What its own annotations say of it belongs there, too. */
static const char *why_borrower_is_passed_over(const struct planned_document *planned, const struct rollout *rollout)
{
	const struct subject *subject = &planned->subject;
	struct plan *plan = planned->plan;
	struct mistakes mistakes = { .arena = &plan->tree };

	words_check(&mistakes, subject->identity.annotations, WORDS_OF_BORROWER);
	remarks_add_mistakes(&plan->result.remarks, &subject->identity, subject->stream, subject->document, 0,
			     &mistakes);
	return rollouts_explain(&plan->input.manifest->rollouts, rollout, plan->arena);
}

/* Why an object of a kind that has pod templates is passed over; NULL: it is not. */
static const char *why_passed_over(const struct planned_document *planned)
{
	const struct subject *subject = &planned->subject;
	const struct identity *identity = &subject->identity;
	const char *fixed = kinds_why_fixed(subject->kind, subject->object);
	struct rollout rollout;

	if (ignore_matches(planned->plan->input.manifest->ignore, identity->kind, identity->ns, identity->name))
		return REMARKS_IGNORED;
	if (identity_asks_ignored(identity))
		return "annotation rollstamp.io/ignore";
	if (identity_is_hook(identity))
		return "it is a Helm hook";
	if (fixed)
		return fixed;
	if (rollout_read(subject->object, identity, &rollout))
		return why_borrower_is_passed_over(planned, &rollout);
	return subject->pod_template ? NULL : "it has no pod template";
}

/* Notes an object of a kind that is not stamped, if somebody may wonder why. */
static void pass_over_kind(struct planned_document *planned)
{
	const struct kinds *kinds = &planned->plan->input.policy->kinds;
	struct str kind = planned->subject.identity.kind;

	if (kinds_is_list(kind) && planned->is_list)
		pass_over(planned, "a list inside of a list is not looked into");
	else if (kinds_matters(kinds, kind) && !kinds_is_list(kind))
		pass_over(planned, "its apiVersion is not one that this kind is stamped for");
}

/* From the document's root, or item `item` of its list, to the template. */
static struct podpath template_path(const struct planned_document *planned, size_t item)
{
	const struct kind *kind = planned->subject.kind;
	struct podpath path = { 0 };

	if (planned->is_list) {
		podpath_add_key(&path, str_from("items"));
		podpath_add_index(&path, item);
	}
	for (size_t i = 0; i < kind->path_length; i++)
		podpath_add_key(&path, kind->path[i]);
	return path;
}

/* One object of a document: the document itself, or an item of a list. */
static bool plan_object(struct planned_document *planned, struct node *object, size_t item, struct err *err)
{
	struct subject *subject = &planned->subject;
	const struct plan_input *input = &planned->plan->input;
	const struct identity *identity = &subject->identity;
	const char *reason;

	subject->object = object;
	subject->identity = identity_read(object, input->manifest->default_namespace);
	subject->kind = kinds_find(&input->policy->kinds, identity->api_version, identity->kind);
	if (!subject->kind) {
		pass_over_kind(planned);
		return true;
	}
	if (subject->kind->role != KIND_WORKLOAD)
		return true;
	subject->pod_template = kinds_template(subject->kind, object);
	reason = why_passed_over(planned);
	if (reason) {
		pass_over(planned, reason);
		return true;
	}
	subject->path = template_path(planned, item);
	if (planned->plan->is_survey)
		return leftovers_note_named(&planned->plan->basis, subject, err);
	return workload_plan(&planned->plan->basis, subject, &planned->plan->result, err);
}

static bool plan_objects(struct planned_document *planned, struct err *err)
{
	size_t i = 0;

	planned->is_list = kinds_is_list(scalar_get(planned->root, "kind"));
	if (!planned->is_list)
		return plan_object(planned, planned->root, 0, err);
	for (struct node *item = node_items(node_get(planned->root, "items")); item; item = item->next, i++) {
		struct node *object = node_resolve(item);

		shape_enter(&planned->shape, object->span);
		if (!plan_object(planned, object, i, err))
			return false;
	}
	return true;
}

static bool make_edits(struct planned_document *planned, struct err *err)
{
	struct plan *plan = planned->plan;
	struct edits *edits = &plan->result.edits;

	if (planned->shape.count == 0)
		return true;
	/* Of a list it isn't known any more which item an edit belongs to. */
	if (planned->is_list)
		planned->subject.identity = (struct identity){ 0 };
	if (plan->input.policy->only_compares)
		return shape_check(&planned->shape, err) || subject_explain(&planned->subject, 0, err);
	if (!shape_finish(&planned->shape, edits, err))
		return subject_explain(&planned->subject, 0, err);
	if (verify_taken(&planned->shape, edits, &plan->tree, err) &&
	    verify_document(&planned->shape, edits, plan->input.extent, &plan->tree, err))
		return true;
	err->at = ERR_NOWHERE;
	err_prefix(err, "this is a bug of rollstamp, please report it");
	return subject_explain(&planned->subject, 0, err);
}

/* Who has read a document: only the judge's tree tells whether entries can be taken out of its text. */
enum tree_reader { OWN_READER, JUDGE };

/*
 * Plans a document whose tree is `root` into `plan->result`. `*is_done` is false where entries are to be taken out of
 * it, or something could not be written and was left out, and its tree is not the judge's: then it has no edits yet.
 */
static bool plan_tree(struct plan *plan, const struct workload_document *at, struct node *root, enum tree_reader reader,
		      bool *is_done, struct err *err)
{
	struct str text = stream_text(at->stream, at->document);
	struct planned_document planned = {
		.plan = plan,
		.subject = { .stream = at->stream, .document = at->document },
		.budget = podspec_budget(text.len),
		.git_budget = podspec_budget(text.len),
		.root = root,
	};

	*is_done = true;
	result_reset(&plan->result);
	if (!root)
		return true;
	shape_init(&planned.shape, text, planned.root, &plan->tree);
	planned.subject.shape = &planned.shape;
	planned.subject.budget = &planned.budget;
	planned.subject.git_budget = &planned.git_budget;
	if (!plan_objects(&planned, err))
		return false;
	*is_done = reader == JUDGE || (!planned.shape.was_asked_to_remove && !planned.shape.has_refused);
	return !*is_done || plan->result.waits || make_edits(&planned, err);
}

/*
 * Plans a document into `plan->result`. Libyaml is the judge: where edits can't be made, or do not say what was meant, it
 * reads the document that our own reader has read, and only what is wrong then is an error. It also reads each document
 * that is to lose entries: whether they can go is told by the text around them, which means nothing to verify.
 */
static bool plan_document(struct plan *plan, const struct workload_document *at, struct err *err)
{
	const struct subject subject = { .stream = at->stream, .document = at->document };
	struct str text = stream_text(at->stream, at->document);
	struct node *root;
	bool is_done;

	arena_reset(&plan->tree);
	if (block_parse(text, &plan->tree, &root)) {
		bool ok = plan_tree(plan, at, root, OWN_READER, &is_done, err);

		if (ok && is_done)
			return true;
		arena_reset(&plan->tree);
		/* Planning can take long until it fails: it is not done twice for one tree. */
		if (!ok && tree_is_judged(text, &plan->tree))
			return false;
		arena_reset(&plan->tree);
	}
	result_reset(&plan->result);
	if (!tree_parse_by_library(text, READER_STRICT, &plan->tree, &root, err))
		return manifest_ignores_unread(plan->input.manifest, at->stream, at->document) ||
		       subject_explain(&subject, 0, err);
	return plan_tree(plan, at, root, JUDGE, &is_done, err);
}

/* Adds the result of a document to those of the documents in front of it. */
static void add_result(struct plan *plan, const struct workload_document *at, struct result *result)
{
	struct edits *edits = &plan->edits[at->stream - plan->input.streams];
	size_t from = at->document->text.from;

	for (size_t i = 0; i < result->edits.count; i++) {
		const struct edit *edit = &result->edits.items[i];

		edits_add(edits, (struct span){ from + edit->at.from, from + edit->at.to }, edit->text);
	}
	remarks_move(&plan->input.manifest->remarks, &result->remarks);
	/* Who compares has been shown each workload, and keeps what it needs. */
	if (plan->input.policy->only_compares)
		result->workload_count = 0;
	result_move(&plan->whole, result);
}

/* Asks for everything that was noted, at once: for objects first, since objects can hold the names of git refs. */
static bool ask(struct plan *plan, struct err *err)
{
	struct cluster *cluster = &plan->cluster;
	bool asks_cluster = !cluster->has_asked && cluster->want_count > 0;

	cluster->has_asked = true;
	if (!asks_cluster)
		return commits_ask_all(plan->input.commits, err);
	return cluster_add_objects(cluster, plan->input.manifest, err) ||
	       (cluster->failure.len > 0 && plan->input.policy->keeps_going);
}

/*
 * Plans the documents that have no result yet. Results go to the whole in the order of the input: behind a document that
 * waits they are kept.
 */
static bool plan_round(struct plan *plan, struct err *err)
{
	const struct manifest *manifest = plan->input.manifest;
	bool is_behind = false;

	for (size_t i = plan->done; i < manifest->workload_count; i++) {
		const struct workload_document *at = &manifest->workloads[i];
		struct result *result = plan->kept[i];

		if (!result && !plan_document(plan, at, err))
			return false;
		if (!result)
			result = &plan->result;
		is_behind = is_behind || result->waits;
		if (!is_behind) {
			add_result(plan, at, result);
			plan->done = i + 1;
		} else if (!result->waits && !plan->kept[i]) {
			plan->kept[i] = result_keep(result);
		}
	}
	return true;
}

/* Whether a checksum can go depends on what the templates of all documents name. */
static bool survey(struct plan *plan, struct err *err)
{
	struct manifest *manifest = plan->input.manifest;

	plan->is_survey = true;
	for (size_t i = 0; i < manifest->workload_count; i++)
		if (!plan_document(plan, &manifest->workloads[i], err))
			return false;
	plan->is_survey = false;
	leftovers_find(&plan->leftovers, manifest, plan->arena);
	return true;
}

bool plan_begin(struct plan *plan, struct err *err)
{
	const struct policy *policy = plan->input.policy;

	assert(!plan->has_begun);
	plan->has_begun = true;
	if (policy->drop_checksums.count > 0 && !policy->refs_only && !survey(plan, err))
		return false;
	plan->kept = arena_array(plan->arena, plan->input.manifest->workload_count, sizeof(struct result *));
	manifest_index_workloads(plan->input.manifest);
	return plan_round(plan, err);
}

/* Those that wait, until there is nothing more to ask for. Others may have asked servers already. */
static bool plan_waiting(struct plan *plan, struct err *err)
{
	const struct commits *commits = plan->input.commits;
	bool is_news = commits->has_asked; /* that servers have been asked */

	while (plan->done < plan->input.manifest->workload_count) {
		assert(is_news || !commits->has_asked);
		if ((!is_news && !ask(plan, err)) || !plan_round(plan, err))
			return false;
		is_news = false;
	}
	return true;
}

static void refuse_misuse(struct plan *plan, const struct misuse *misuse)
{
	struct arena arena = { 0 };
	struct refusal refusal = {
		.what = misuse->what,
		.kind = misuse->kind,
		.name = misuse->name,
		.place = misuse->place,
		.message = arena_printf(&arena, "%.*s, and --strict is set", STR_ARG(misuse->text)),
	};

	problems_refuse(&plan->whole.problems, &refusal);
	arena_release(&arena);
}

/* Adds the problems of words that mean nothing, in the order of the input. */
static void note_misuses(struct plan *plan)
{
	struct remarks *remarks = &plan->input.manifest->remarks;
	struct arena arena = { 0 };

	remarks_sort_misuses(remarks);
	for (size_t i = 0; i < remarks->misuse_count; i++) {
		const struct misuse *misuse = &remarks->misuses[i];

		problems_add(&plan->whole.problems, PROBLEM_FINDING,
			     arena_printf(&arena, "%.*s of %.*s %.*s", STR_ARG(misuse->what), STR_ARG(misuse->kind),
					  STR_ARG(misuse->name)));
		plan->whole.problems.needs_look = true;
		if (policy_is_strict(plan->input.policy))
			refuse_misuse(plan, misuse);
	}
	arena_release(&arena);
}

/* Adds the problems of options of the command line that fit nothing. */
static void note_misfits(struct plan *plan)
{
	unused_manifest(&plan->unused, plan->input.manifest);
	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		struct str *values;
		size_t count = unused_missed(&plan->unused, option, plan->arena, &values);

		for (size_t i = 0; i < count; i++)
			problems_add(
				&plan->whole.problems, PROBLEM_NOTE,
				arena_printf(plan->arena, "%s %.*s", unused_option_name(option), STR_ARG(values[i])));
	}
}

bool plan_make(struct plan *plan, struct err *err)
{
	if ((!plan->has_begun && !plan_begin(plan, err)) || !plan_waiting(plan, err))
		return false;
	/* The last document's tree, which is all of the input if that is one long list: what is printed needs memory too. */
	arena_release(&plan->tree);
	note_misuses(plan);
	if (!plan->input.unused)
		note_misfits(plan);
	return problems_allow(&plan->whole.problems, err);
}

bool plan_has_trouble(const struct plan *plan)
{
	return plan->cluster.failure.len > 0 || plan->input.commits->has_failures;
}

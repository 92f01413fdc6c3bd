#include "plan/workload.h"

#include "plan/choice.h"
#include "plan/origin.h"
#include "plan/pin.h"
#include "base/glob.h"
#include "kube/contents.h"
#include "kube/names.h"
#include "yaml/scalar.h"

#include <string.h>

/* The plan of a workload, in the making. */
struct draft {
	const struct basis *basis;
	const struct subject *subject;
	struct result *result; /* of the document */
	struct choice choice;
	struct podspec podspec;
	struct consumption *consumptions;
	size_t consumption_count;
	struct checkouts checkouts;
	struct workload *workload; /* NULL unless details are wanted */
};

static struct str keep(const struct draft *draft, struct str text)
{
	return arena_dup(draft->basis->arena, text);
}

/* Puts the workload before a message that may have a place of its own; else the workload's counts. Always false. */
static bool explain(const struct draft *draft, struct err *err)
{
	return subject_explain(draft->subject, draft->subject->object->span.from, err);
}

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

/* Where the one who must mend it should look: at a reference that is neither optional nor unused. */
static const struct reference *blamed_reference(const struct consumption *c)
{
	for (size_t i = 0; i < c->reference_count; i++)
		if (c->references[i]->is_consumed && !c->references[i]->optional)
			return c->references[i];
	return c->references[0];
}

/* Notes what --strict refuses, at byte `at` of the document. */
static void refuse(const struct draft *draft, struct str what, size_t at, struct str message)
{
	const struct subject *subject = draft->subject;
	struct refusal refusal = {
		.what = what,
		.kind = subject->identity.kind,
		.name = subject->identity.name,
		.place = subject_place(subject, at),
		.message = message,
	};

	problems_refuse(&draft->result->problems, &refusal);
}

/* A reference that resolves nowhere and should: for the verdict and, with --strict, for the error. */
static void note_reference(const struct draft *draft, const struct consumption *c)
{
	const struct reference *reference = blamed_reference(c);
	const char *kind = object_kind_name(c->kind), *slash = c->foreign_namespace.len > 0 ? "/" : "";
	struct arena *arena = draft->basis->tree;
	struct str where, what;

	if (!outcome_is_unresolved(c->outcome) || c->is_optional || choice_allows_missing(&draft->choice, c))
		return;
	what = arena_printf(arena, "%s %.*s%s%.*s", kind, STR_ARG(c->foreign_namespace), slash,
			    STR_ARG(c->name.len > 0 ? c->name : str_from("without a name")));
	problems_add(&draft->result->problems, PROBLEM_UNRESOLVED, what);
	draft->result->needs_look = true;
	if (!policy_is_strict(draft->basis->policy))
		return;
	where = mention_place(draft, reference);
	refuse(draft, what, reference->at,
	       arena_printf(arena, "%.*s: %.*s %s, and --strict is set%s", STR_ARG(where), STR_ARG(what),
			    outcome_explain(c->outcome), outcome_advise(c->outcome)));
}

/* A git ref that is not known. */
static void note_unknown_ref(const struct draft *draft, const struct checkout *checkout, struct str where)
{
	const struct identity *identity = &draft->subject->identity;
	struct arena *arena = draft->basis->tree;

	problems_add(&draft->result->problems, PROBLEM_UNRESOLVED,
		     arena_printf(arena, "git ref of %.*s %.*s (%.*s)", STR_ARG(identity->kind),
				  STR_ARG(identity->name), STR_ARG(where)));
	if (policy_is_strict(draft->basis->policy))
		refuse(draft, arena_printf(arena, "git ref in %.*s", STR_ARG(where)), checkouts_part(checkout)->at,
		       arena_printf(arena, "%.*s: git: %.*s, and --strict is set: --unresolved-ok=git/%.*s allows it",
				    STR_ARG(where), STR_ARG(checkout->reason), STR_ARG(identity->name)));
}

/* The same as note_reference, for git refs that are not known, or that should be pinned and are not. */
static void note_ref(const struct draft *draft, const struct checkout *checkout)
{
	bool is_unknown = checkout->outcome == CHECKOUT_UNRESOLVED && !choice_allows_unknown_ref(&draft->choice);
	bool is_unpinned = checkout->why_not.len > 0 && draft->basis->policy->strict;
	struct arena *arena = draft->basis->tree;
	struct str where;

	if (!is_unknown && !is_unpinned && checkout->outcome != CHECKOUT_FAILED)
		return;
	draft->result->needs_look = true;
	where = checkouts_where(checkout, arena);
	if (is_unknown)
		note_unknown_ref(draft, checkout, where);
	else if (is_unpinned && policy_is_strict(draft->basis->policy))
		refuse(draft, arena_printf(arena, "git ref in %.*s", STR_ARG(where)), checkouts_part(checkout)->at,
		       arena_printf(arena, "%.*s: git ref not pinned: %.*s, and --strict is set", STR_ARG(where),
				    STR_ARG(checkout->why_not)));
}

/* Is it in the namespace of --namespace, the only one that the cluster is asked about? */
static bool is_in_release(const struct draft *draft, const struct consumption *c)
{
	return str_equal(resolve_namespace(c, draft->subject->identity.ns), draft->basis->policy->ns);
}

/* Is nothing of the object consumed, so that it does not matter which object that is? */
static bool is_unused(const struct consumption *c)
{
	return c->outcome == OUTCOME_PULL_SECRET || c->outcome == OUTCOME_UNMOUNTED ||
	       c->outcome == OUTCOME_VOLUMES_OFF || c->outcome == OUTCOME_FOLLOWED;
}

/*
 * Looks up the object of a consumption, as far as it is known, and decides whether it is left out. What the user leaves out
 * is so whether there is an object or not: the cluster is not asked for it.
 */
static void look_up(const struct draft *draft, struct consumption *c)
{
	const struct basis *basis = draft->basis;

	if (is_unused(c))
		return;
	resolve_object(basis->manifest, draft->subject->identity.ns, c);
	if (choice_ignores(&draft->choice, c))
		c->outcome = OUTCOME_IGNORED;
	else if (choice_excludes(&draft->choice, c))
		c->outcome = OUTCOME_EXCLUDED;
	else if (c->kind == OBJECT_SECRET && !basis->policy->secrets)
		c->outcome = OUTCOME_SECRETS_OFF;
}

/* A Secret that is nowhere else may be one that a SecretProviderClass makes when a pod mounts that. */
static bool look_up_makers(struct draft *draft, struct err *err)
{
	struct consumption *all = draft->consumptions;

	for (size_t i = 0; i < draft->consumption_count; i++)
		if (all[i].kind == OBJECT_PROVIDER_CLASS && all[i].outcome == OUTCOME_RESOLVED &&
		    !contents_load(draft->basis->manifest, all[i].object, err))
			return false;
	for (size_t i = 0; i < draft->consumption_count; i++)
		origin_cover(all, draft->consumption_count, &all[i], draft->basis->tree);
	return true;
}

/* Puts together what the template, its annotations and options say is consumed, and looks it up. */
static bool find_consumptions(struct draft *draft, struct err *err)
{
	const struct subject *subject = draft->subject;
	struct arena *tree = draft->basis->tree;

	if (!choice_add_extras(&draft->choice, subject->budget, tree, &draft->podspec, err))
		return explain(draft, err);
	resolve_group(&draft->podspec, subject->identity.ns, tree, &draft->consumptions, &draft->consumption_count);
	for (size_t i = 0; i < draft->consumption_count; i++)
		look_up(draft, &draft->consumptions[i]);
	return look_up_makers(draft, err);
}

/* What the cluster has said of an object that is nowhere else. */
static void look_up_live(const struct draft *draft, struct consumption *c)
{
	const struct cluster *cluster = draft->basis->cluster;

	if (c->outcome != OUTCOME_MISSING || !draft->basis->policy->live)
		return;
	if (!is_in_release(draft, c))
		c->outcome = OUTCOME_FOREIGN;
	else if (cluster_is_wanted(cluster, c->kind, c->name))
		c->outcome = cluster->failure.len > 0 ? OUTCOME_UNASKED : OUTCOME_NOWHERE;
}

/* Whether somebody names an object is told of each, also of those of which nothing is consumed. */
static void note_named(const struct draft *draft, const struct consumption *c)
{
	const struct basis *basis = draft->basis;

	if (c->object)
		c->object->is_named = true;
	else
		manifest_name(basis->manifest, c->kind, resolve_namespace(c, draft->subject->identity.ns), c->name);
}

/* Decides what becomes of one consumption that has been looked up, and computes its digest. */
static bool decide(const struct draft *draft, struct consumption *c, struct err *err)
{
	const struct basis *basis = draft->basis;

	look_up_live(draft, c);
	if (basis->policy->wants_details)
		note_named(draft, c);
	if (is_unused(c))
		return true;
	if (c->outcome == OUTCOME_RESOLVED)
		return resolve_digest(basis->manifest, basis->secret_key, c, basis->tree, err);
	note_reference(draft, c);
	return true;
}

static bool is_stamped(const struct draft *draft)
{
	for (size_t i = 0; i < draft->consumption_count; i++)
		if (draft->consumptions[i].outcome == OUTCOME_RESOLVED)
			return true;
	for (size_t i = 0; i < draft->checkouts.count; i++)
		if (draft->checkouts.items[i].outcome == CHECKOUT_RESOLVED)
			return true;
	return false;
}

static void add_findings(struct draft *draft)
{
	const struct basis *basis = draft->basis;
	struct findings_source source = {
		.stream = draft->subject->stream,
		.document = draft->subject->document,
		.podspec = &draft->podspec,
		.arena = basis->arena,
	};
	struct workload *workload = draft->workload;

	workload->findings = arena_array(basis->arena, draft->consumption_count, sizeof(struct finding));
	workload->finding_count = draft->consumption_count;
	for (size_t i = 0; i < draft->consumption_count; i++) {
		const struct consumption *c = &draft->consumptions[i];

		workload->findings[i] = findings_of_consumption(&source, c, choice_allows_missing(&draft->choice, c),
								basis->secret_key.len > 0);
	}
	workload->gits = arena_array(basis->arena, draft->checkouts.count, sizeof(struct git_finding));
	workload->git_count = draft->checkouts.count;
	for (size_t i = 0; i < draft->checkouts.count; i++)
		workload->gits[i] = findings_of_checkout(&source, &draft->checkouts.items[i],
							 choice_allows_unknown_ref(&draft->choice));
}

static void add_workload(struct draft *draft)
{
	const struct subject *subject = draft->subject;
	const struct identity *identity = &subject->identity;
	const struct basis *basis = draft->basis;
	struct workload *workload;

	if (!basis->policy->wants_details)
		return;
	workload = result_add_workload(draft->result);
	workload->api_version = keep(draft, identity->api_version);
	workload->kind = keep(draft, identity->kind);
	workload->ns = keep(draft, identity->ns);
	workload->name = keep(draft, identity->name);
	workload->place = subject_place(subject, subject->object->span.from);
	workload->place.source = keep(draft, workload->place.source);
	workload->effect = kinds_effect(subject->kind, subject->object);
	if (is_stamped(draft))
		workload->other_mover = movers_find(&basis->manifest->movers, identity,
						    draft->choice.template_annotations, basis->arena);
	draft->workload = workload;
	add_findings(draft);
}

/* The stamps of a template: those of git, then those of the resolved consumptions. */
struct stamp_list {
	struct stamp *items;
	size_t count;
	size_t git_count;
	size_t *first, *last; /* of git's stamps: between which checkouts those stand that it is for */
	size_t *consumptions; /* of the stamps behind git's: which one it is for */
};

/* From the last checkout to the first. */
static void note_range(struct stamp_list *list, const struct checkout *checkout, size_t index)
{
	const size_t stamps[] = { checkout->stamp, checkout->lifted_stamp };
	size_t count = checkout->outcome != CHECKOUT_RESOLVED ? 0 : checkout->is_lifted ? 2 : 1;

	for (size_t i = 0; i < count; i++) {
		list->first[stamps[i]] = index;
		if (list->last[stamps[i]] < index)
			list->last[stamps[i]] = index;
	}
}

static struct stamp_list list_stamps(struct draft *draft, const struct checkouts_input *git)
{
	struct arena *arena = draft->basis->tree;
	struct stamp_list list = { 0 };

	list.git_count = checkouts_stamps(git, &draft->checkouts, draft->consumption_count, &list.items);
	list.count = list.git_count;
	list.first = arena_array(arena, list.git_count, sizeof(size_t));
	list.last = arena_array(arena, list.git_count, sizeof(size_t));
	for (size_t i = draft->checkouts.count; i-- > 0;)
		note_range(&list, &draft->checkouts.items[i], i);
	list.consumptions = arena_array(arena, draft->consumption_count, sizeof(size_t));
	for (size_t i = 0; i < draft->consumption_count; i++) {
		const struct consumption *c = &draft->consumptions[i];

		if (c->outcome != OUTCOME_RESOLVED)
			continue;
		list.consumptions[list.count - list.git_count] = i;
		list.items[list.count++] = (struct stamp){
			.annotation = names_annotation(c->kind, c->foreign_namespace, c->name, arena),
			.env = names_env(c->kind, c->foreign_namespace, c->name, arena),
			.value = { .ptr = c->digest, .len = DIGEST_HEX },
			.subject_kind = object_kind_name(c->kind),
			.subject = c->name,
			.in_every_container = c->in_every_container,
			.containers = c->containers,
			.container_count = c->container_count,
		};
	}
	return list;
}

/* What was written goes to the findings that it was written for. */
static void distribute(struct draft *draft, const struct stamp_list *list, const struct stamp_notes *notes)
{
	struct workload *workload = draft->workload;

	for (size_t i = 0; i < notes->written_count; i++) {
		const struct written *written = &notes->written[i];
		size_t stamp = written->stamp;

		if (stamp >= list->git_count) {
			size_t consumption = list->consumptions[stamp - list->git_count];

			findings_add_written(&workload->findings[consumption].written, written, draft->basis->arena);
			continue;
		}
		for (size_t k = list->first[stamp]; k < workload->git_count; k++) {
			if (checkouts_is_stamped_by(&draft->checkouts.items[k], stamp))
				findings_add_written(&workload->gits[k].written, written, draft->basis->arena);
			if (k == list->last[stamp])
				break;
		}
	}
	workload->stale = notes->stale;
	workload->stale_count = notes->stale_count;
}

static void count_stamps(struct verdict_counts *counts, const struct stamp_list *list)
{
	size_t before = counts->stamps;

	for (size_t i = 0; i < list->count; i++)
		counts->stamps += !list->items[i].is_variable_only;
	counts->workloads += counts->stamps > before;
}

static bool write_stamps(struct draft *draft, const struct checkouts_input *git, struct err *err)
{
	struct stamp_notes notes = { .arena = draft->basis->arena };
	struct stamp_list list = list_stamps(draft, git);
	struct stamp_target target = {
		.shape = draft->subject->shape,
		.arena = draft->basis->tree,
		.inject = draft->basis->policy->inject,
		.path = &draft->subject->path,
		.pod_template = draft->subject->pod_template,
		.podspec = &draft->podspec,
		.stamps = list.items,
		.stamp_count = list.count,
		.notes = draft->workload ? &notes : NULL,
	};

	if (!stamp_template(&target, err))
		return explain(draft, err);
	count_stamps(&draft->result->counts, &list);
	if (draft->workload)
		distribute(draft, &list, &notes);
	return true;
}

static struct checkouts_input git_input(struct draft *draft)
{
	return (struct checkouts_input){
		.policy = draft->basis->policy,
		.commits = draft->basis->commits,
		.unused = draft->basis->unused,
		.pod_template = draft->subject->pod_template,
		.workload_annotations = draft->subject->identity.annotations,
		.podspec = &draft->podspec,
		.manifest = draft->basis->manifest,
		.ns = draft->subject->identity.ns,
		.secret_key = draft->basis->secret_key,
		.budget = draft->subject->git_budget,
		.arena = draft->basis->tree,
	};
}

/* With --git=pin: the commits go into the template, and what it consumes is read again. */
static bool pin_git(struct draft *draft, const struct checkouts_input *git, struct err *err)
{
	const struct subject *subject = draft->subject;
	size_t budget = podspec_budget(stream_text(subject->stream, subject->document).len);
	bool changed = false;

	if (!pin_checkouts(git, &draft->checkouts, subject->shape, &subject->path, &changed, err))
		return false;
	return !changed || podspec_read(subject->pod_template, draft->choice.volumes, &budget, draft->basis->tree,
					&draft->podspec, err);
}

/* The git refs of a template; the document waits if they must be asked for. */
static bool plan_git(struct draft *draft, const struct checkouts_input *git, struct err *err)
{
	enum git_mode mode = draft->basis->policy->git;
	bool needs_asking = false, ok;

	if (mode == GIT_OFF)
		return true;
	ok = checkouts_find(git, &draft->checkouts, &needs_asking, err);
	draft->result->waits = draft->result->waits || needs_asking;
	if (ok && draft->result->waits)
		return true;
	ok = ok && checkouts_resolve(git, &draft->checkouts, err);
	if (ok && mode == GIT_PIN)
		ok = pin_git(draft, git, err);
	if (!ok)
		return explain(draft, err);
	for (size_t i = 0; i < draft->checkouts.count; i++)
		note_ref(draft, &draft->checkouts.items[i]);
	return true;
}

/*
 * With --live: notes what the cluster must be asked for, since it is nowhere else. The document waits if that is anything.
 */
static bool want_live(const struct draft *draft, struct err *err)
{
	struct draft trial = *draft;
	struct podspec *podspec = &trial.podspec;
	struct reference *references = podspec->references;

	/* The array grows here, and once more, from what it is now, where the workload is planned. */
	podspec->references = arena_array(draft->basis->tree, podspec->reference_count, sizeof(*references));
	podspec->reference_room = podspec->reference_count;
	if (podspec->reference_count > 0)
		memcpy(podspec->references, references, podspec->reference_count * sizeof(*references));
	if (!find_consumptions(&trial, err))
		return false;
	for (size_t i = 0; i < trial.consumption_count; i++) {
		const struct consumption *c = &trial.consumptions[i];

		if (c->outcome != OUTCOME_MISSING || !is_in_release(draft, c) || choice_is_well_known(c))
			continue;
		cluster_want(draft->basis->cluster, c->kind, c->name);
		draft->result->waits = true;
	}
	return true;
}

/* Words in the workload and in its template that mean nothing. */
static void check_words(const struct draft *draft)
{
	const struct subject *subject = draft->subject;
	struct mistakes mistakes = { .arena = draft->basis->tree };

	words_check(&mistakes, subject->identity.annotations, WORDS_OF_WORKLOAD);
	words_check(&mistakes, draft->choice.template_annotations, WORDS_OF_TEMPLATE);
	words_check_lists(&mistakes, subject->pod_template);
	remarks_add_mistakes(&draft->result->remarks, &subject->identity, subject->stream, subject->document, 0,
			     &mistakes);
}

/* Which options of the command line are about this workload. */
static void check_fits(const struct draft *draft)
{
	const struct identity *identity = &draft->subject->identity;
	struct unused *unused = draft->basis->unused;

	unused_workload(unused, identity);
	for (size_t i = 0; i < draft->consumption_count; i++) {
		const struct consumption *c = &draft->consumptions[i];

		unused_object(unused, identity, c->kind, resolve_namespace(c, identity->ns), c->name);
		if (c->object)
			unused_object(unused, identity, c->kind, c->object->ns, c->name);
	}
}

static bool read_template(struct draft *draft, struct err *err)
{
	const struct subject *subject = draft->subject;
	const struct basis *basis = draft->basis;

	return choice_read(basis->policy, basis->manifest->ignore, &subject->identity, subject->pod_template,
			   subject->object->span.from, basis->tree, &draft->choice, err) &&
	       podspec_read(subject->pod_template, draft->choice.volumes, subject->budget, basis->tree, &draft->podspec,
			    err);
}

bool workload_plan(const struct basis *basis, const struct subject *subject, struct result *result, struct err *err)
{
	struct draft draft = { .basis = basis, .subject = subject, .result = result };
	struct checkouts_input git = git_input(&draft);

	if (!read_template(&draft, err))
		return explain(&draft, err);
	if (basis->policy->live && !basis->cluster->has_asked && !want_live(&draft, err))
		return false;
	if (!plan_git(&draft, &git, err))
		return false;
	if (result->waits)
		return true;
	if (!find_consumptions(&draft, err))
		return false;
	for (size_t i = 0; i < draft.consumption_count; i++)
		if (!decide(&draft, &draft.consumptions[i], err))
			return false;
	check_words(&draft);
	check_fits(&draft);
	add_workload(&draft);
	return write_stamps(&draft, &git, err) &&
	       (!basis->watch || basis->watch(basis->watch_context, subject, draft.workload, err));
}

#include "plan/workload.h"

#include "plan/pin.h"
#include "base/glob.h"
#include "kube/names.h"
#include "yaml/scalar.h"

#include <string.h>

static struct str keep(struct plan *plan, struct str text)
{
	return arena_dup(plan->arena, text);
}

bool workload_explain(const struct planning *p, size_t at, struct err *err)
{
	struct place place = place_of(p->stream, p->document, &p->identity, at);

	return place_explain(place, p->identity.kind, p->identity.name, err);
}

static struct str mention_place(const struct planning *p, const struct reference *reference)
{
	struct arena *arena = &p->plan->tree;
	struct str container = { 0 };

	if (reference->container != NO_CONTAINER)
		container = podspec_container_name(&p->podspec.containers[reference->container], arena);
	switch (reference->via) {
	case VIA_ENV:
		return arena_printf(arena, "container %.*s, variable %.*s", STR_ARG(container),
				    STR_ARG(reference->detail));
	case VIA_ENV_FROM:
		return arena_printf(arena, "container %.*s, envFrom", STR_ARG(container));
	case VIA_VOLUME:
	case VIA_PROJECTED:
	case VIA_VOLUME_PLUGIN:
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

/*
 * All unresolved references are told in one error, so that they can be mended in one go. Takes the message about this one
 * in `unresolved`, and a short name for it.
 */
static void note_unresolved(const struct planning *p, struct str what, const struct err *unresolved)
{
	struct plan *plan = p->plan;

	if (!plan_refuse(plan, what, p->identity.kind, p->identity.name))
		return;
	plan->unresolved = *unresolved;
	workload_explain(p, unresolved->at, &plan->unresolved);
}

/* A reference that resolves nowhere and should: for the verdict and, with --strict, for the error. */
static void note_reference(const struct planning *p, const struct consumption *c)
{
	const struct reference *reference = blamed_reference(c);
	const char *kind = object_kind_name(c->kind), *slash = c->foreign_namespace.len > 0 ? "/" : "";
	struct plan *plan = p->plan;
	struct str where, what;
	struct err err;

	if (!outcome_is_unresolved(c->outcome) || c->is_optional || choice_allows_missing(&p->choice, c))
		return;
	what = arena_printf(&plan->tree, "%s %.*s%s%.*s", kind, STR_ARG(c->foreign_namespace), slash,
			    STR_ARG(c->name.len > 0 ? c->name : str_from("without a name")));
	problems_add(&plan->problems, PROBLEM_UNRESOLVED, what, p->index, plan->arena);
	if (!plan_is_strict(plan))
		return;
	where = mention_place(p, reference);
	err_set_at(&err, reference->at, "%.*s: %.*s %s, and --strict is set%s", STR_ARG(where), STR_ARG(what),
		   outcome_explain(c->outcome), outcome_advise(c->outcome));
	note_unresolved(p, what, &err);
}

/* The same for git refs that are not known, or that should be pinned and are not. */
static void note_git(const struct planning *p, const struct checkout *checkout)
{
	bool is_unresolved = checkout->outcome == CHECKOUT_UNRESOLVED && !choice_allows_unknown_ref(&p->choice);
	struct arena *arena = &p->plan->tree;
	struct str where, what;
	struct err err;

	if (!is_unresolved && (checkout->why_not.len == 0 || !plan_is_strict(p->plan)))
		return;
	where = checkouts_where(checkout, arena);
	what = arena_printf(arena, "git ref in %.*s", STR_ARG(where));
	if (is_unresolved)
		problems_add(&p->plan->problems, PROBLEM_UNRESOLVED,
			     arena_printf(arena, "git ref of %.*s %.*s (%.*s)", STR_ARG(p->identity.kind),
					  STR_ARG(p->identity.name), STR_ARG(where)),
			     p->index, p->plan->arena);
	if (!plan_is_strict(p->plan))
		return;
	if (is_unresolved)
		err_set_at(&err, checkouts_part(checkout)->at,
			   "%.*s: git: %.*s, and --strict is set: --unresolved-ok=git/%.*s allows it", STR_ARG(where),
			   STR_ARG(checkout->reason), STR_ARG(p->identity.name));
	else
		err_set_at(&err, checkouts_part(checkout)->at, "%.*s: git ref not pinned: %.*s, and --strict is set",
			   STR_ARG(where), STR_ARG(checkout->why_not));
	note_unresolved(p, what, &err);
}

/* Is it in the namespace of --namespace, the only one that the cluster is asked about? */
static bool is_in_release(const struct planning *p, const struct consumption *c)
{
	return str_equal(resolve_namespace(c, p->identity.ns), p->plan->policy->ns);
}

/* Decides what becomes of one consumption, and computes its digest. */
static bool decide(struct planning *p, struct consumption *c, struct err *err)
{
	struct plan *plan = p->plan;
	struct str ns = resolve_namespace(c, p->identity.ns);

	if (plan->policy->wants_details)
		manifest_name(plan->manifest, c->kind, ns, c->name);
	resolve_object(plan->manifest, p->identity.ns, c);
	if (c->outcome == OUTCOME_MISSING && plan->policy->live) {
		if (!is_in_release(p, c))
			c->outcome = OUTCOME_FOREIGN;
		else if (plan_was_wanted_live(plan, c->kind, c->name))
			c->outcome = plan->cluster_failure.len > 0 ? OUTCOME_UNASKED : OUTCOME_NOWHERE;
	}
	if (c->outcome == OUTCOME_PULL_SECRET || c->outcome == OUTCOME_UNMOUNTED || c->outcome == OUTCOME_VOLUMES_OFF ||
	    c->outcome == OUTCOME_FOLLOWED)
		return true;
	if (choice_ignores(&p->choice, c))
		c->outcome = OUTCOME_IGNORED;
	else if (choice_excludes(&p->choice, c))
		c->outcome = OUTCOME_EXCLUDED;
	else if (c->kind == OBJECT_SECRET && !plan->policy->secrets)
		c->outcome = OUTCOME_SECRETS_OFF;
	if (c->outcome != OUTCOME_RESOLVED) {
		note_reference(p, c);
		return true;
	}
	return resolve_digest(plan->manifest, plan->secret_key, c, &plan->tree, err);
}

static bool is_stamped(const struct planning *p)
{
	for (size_t i = 0; i < p->consumption_count; i++)
		if (p->consumptions[i].outcome == OUTCOME_RESOLVED)
			return true;
	for (size_t i = 0; i < p->checkouts.count; i++)
		if (p->checkouts.items[i].outcome == CHECKOUT_RESOLVED)
			return true;
	return false;
}

static void add_workload(struct planning *p, const struct kind *kind)
{
	struct plan *plan = p->plan;
	struct findings_source source = {
		.stream = p->stream,
		.document = p->document,
		.podspec = &p->podspec,
		.arena = plan->arena,
	};

	if (!plan->policy->wants_details)
		return;
	plan->workloads = arena_grow(plan->arena, plan->workloads, plan->workload_count, &plan->workload_room,
				     sizeof(*plan->workloads));
	p->workload = &plan->workloads[plan->workload_count++];
	*p->workload = (struct workload){
		.api_version = keep(plan, p->identity.api_version),
		.kind = keep(plan, p->identity.kind),
		.ns = keep(plan, p->identity.ns),
		.name = keep(plan, p->identity.name),
		.place = place_of(p->stream, p->document, &p->identity, p->object->span.from),
		.effect = kinds_effect(kind, p->object),
		.document = p->index,
		.findings = arena_array(plan->arena, p->consumption_count, sizeof(struct finding)),
		.finding_count = p->consumption_count,
		.gits = arena_array(plan->arena, p->checkouts.count, sizeof(struct git_finding)),
		.git_count = p->checkouts.count,
	};
	p->workload->place.source = keep(plan, p->workload->place.source);
	for (size_t i = 0; i < p->consumption_count; i++)
		p->workload->findings[i] = findings_of_consumption(
			&source, &p->consumptions[i], choice_allows_missing(&p->choice, &p->consumptions[i]),
			plan->secret_key.len > 0);
	if (is_stamped(p))
		p->workload->other_mover =
			movers_find(&plan->manifest->movers, &p->identity, p->choice.template_annotations, plan->arena);
	for (size_t i = 0; i < p->checkouts.count; i++)
		p->workload->gits[i] =
			findings_of_checkout(&source, &p->checkouts.items[i], choice_allows_unknown_ref(&p->choice));
}

/* From the document's root to the template. */
static struct podpath template_path(const struct planning *p, const struct kind *kind)
{
	struct podpath path = { 0 };

	if (p->in_list) {
		podpath_add_key(&path, str_from("items"));
		podpath_add_index(&path, p->item);
	}
	for (size_t i = 0; i < kind->path_length; i++)
		podpath_add_key(&path, kind->path[i]);
	return path;
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

static struct stamp_list list_stamps(struct planning *p, const struct checkouts_input *git)
{
	struct arena *arena = &p->plan->tree;
	struct stamp_list list = { 0 };

	list.git_count = checkouts_stamps(git, &p->checkouts, p->consumption_count, &list.items);
	list.count = list.git_count;
	list.first = arena_array(arena, list.git_count, sizeof(size_t));
	list.last = arena_array(arena, list.git_count, sizeof(size_t));
	for (size_t i = p->checkouts.count; i-- > 0;)
		note_range(&list, &p->checkouts.items[i], i);
	list.consumptions = arena_array(arena, p->consumption_count, sizeof(size_t));
	for (size_t i = 0; i < p->consumption_count; i++) {
		const struct consumption *c = &p->consumptions[i];

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
static void distribute(struct planning *p, const struct stamp_list *list, const struct stamp_notes *notes)
{
	struct workload *workload = p->workload;

	for (size_t i = 0; i < notes->written_count; i++) {
		const struct written *written = &notes->written[i];
		size_t stamp = written->stamp;

		if (stamp >= list->git_count) {
			size_t consumption = list->consumptions[stamp - list->git_count];

			findings_add_written(&workload->findings[consumption].written, written, p->plan->arena);
			continue;
		}
		for (size_t k = list->first[stamp]; k < workload->git_count; k++) {
			if (checkouts_is_stamped_by(&p->checkouts.items[k], stamp))
				findings_add_written(&workload->gits[k].written, written, p->plan->arena);
			if (k == list->last[stamp])
				break;
		}
	}
	workload->stale = notes->stale;
	workload->stale_count = notes->stale_count;
}

static void count_stamps(struct plan *plan, const struct stamp_list *list)
{
	size_t before = plan->counts.stamps;

	for (size_t i = 0; i < list->count; i++)
		plan->counts.stamps += !list->items[i].is_variable_only;
	plan->counts.workloads += plan->counts.stamps > before;
}

static bool write_stamps(struct planning *p, const struct kind *kind, const struct checkouts_input *git,
			 struct err *err)
{
	struct stamp_notes notes = { .arena = p->plan->arena };
	struct stamp_list list = list_stamps(p, git);
	struct podpath path = template_path(p, kind);
	struct stamp_target target = {
		.shape = p->shape,
		.arena = &p->plan->tree,
		.inject = p->plan->policy->inject,
		.path = &path,
		.pod_template = p->pod_template,
		.podspec = &p->podspec,
		.stamps = list.items,
		.stamp_count = list.count,
		.notes = p->workload ? &notes : NULL,
	};

	if (!stamp_template(&target, err))
		return workload_explain(p, p->object->span.from, err);
	count_stamps(p->plan, &list);
	if (p->workload)
		distribute(p, &list, &notes);
	return true;
}

static struct checkouts_input git_input(struct planning *p)
{
	return (struct checkouts_input){
		.policy = p->plan->policy,
		.commits = p->plan->commits,
		.unused = &p->plan->unused,
		.pod_template = p->pod_template,
		.workload_annotations = p->identity.annotations,
		.podspec = &p->podspec,
		.manifest = p->plan->manifest,
		.ns = p->identity.ns,
		.secret_key = p->plan->secret_key,
		.budget = &p->git_budget,
		.arena = &p->plan->tree,
	};
}

/* With --git=pin: the commits go into the template, and what it consumes is read again. */
static bool pin_git(struct planning *p, const struct kind *kind, const struct checkouts_input *git, struct err *err)
{
	size_t budget = podspec_budget(stream_text(p->stream, p->document).len);
	struct podpath path = template_path(p, kind);
	bool changed = false;

	if (!pin_checkouts(git, &p->checkouts, p->shape, &path, &changed, err))
		return false;
	return !changed || podspec_read(p->pod_template, p->choice.volumes, &budget, &p->plan->tree, &p->podspec, err);
}

/* The git refs of a template; the workload is deferred if they must be asked for. */
static bool plan_git(struct planning *p, const struct kind *kind, const struct checkouts_input *git, struct err *err)
{
	bool needs_asking = false, ok;

	p->checkouts = (struct checkouts){ 0 };
	if (p->plan->policy->git == GIT_OFF)
		return true;
	ok = checkouts_find(git, &p->checkouts, &needs_asking, err);
	p->is_deferred = p->is_deferred || needs_asking;
	if (ok && p->is_deferred)
		return true;
	ok = ok && checkouts_resolve(git, &p->checkouts, err);
	if (ok && p->plan->policy->git == GIT_PIN)
		ok = pin_git(p, kind, git, err);
	if (!ok)
		return workload_explain(p, p->object->span.from, err);
	for (size_t i = 0; i < p->checkouts.count; i++)
		note_git(p, &p->checkouts.items[i]);
	return true;
}

/*
 * With --live: notes what the cluster must be asked for, since it is nowhere else. The workload is deferred if that is
 * anything.
 */
static bool want_live(struct planning *p, struct err *err)
{
	struct podspec podspec = p->podspec;
	struct consumption *consumptions;
	struct plan *plan = p->plan;
	size_t count;

	/* The array grows here, and once more, from what it is now, where the workload is planned. */
	podspec.references = arena_array(&plan->tree, podspec.reference_count, sizeof(*podspec.references));
	podspec.reference_room = podspec.reference_count;
	if (podspec.reference_count > 0)
		memcpy(podspec.references, p->podspec.references,
		       podspec.reference_count * sizeof(*podspec.references));
	if (!choice_add_extras(&p->choice, &p->budget, &plan->tree, &podspec, err))
		return workload_explain(p, p->object->span.from, err);
	resolve_group(&podspec, p->identity.ns, &plan->tree, &consumptions, &count);
	for (size_t i = 0; i < count; i++) {
		struct consumption *c = &consumptions[i];

		resolve_object(plan->manifest, p->identity.ns, c);
		if (c->outcome != OUTCOME_MISSING || !is_in_release(p, c) || choice_is_well_known(c) ||
		    choice_ignores(&p->choice, c) || choice_excludes(&p->choice, c) ||
		    (c->kind == OBJECT_SECRET && !plan->policy->secrets))
			continue;
		plan_want_live(plan, c->kind, c->name);
		p->is_deferred = true;
	}
	return true;
}

/* Words in the workload and in its template that mean nothing. */
static void check_words(struct planning *p)
{
	struct mistakes mistakes = { .arena = &p->plan->tree };

	words_check(&mistakes, p->identity.annotations, WORDS_OF_WORKLOAD);
	words_check(&mistakes, p->choice.template_annotations, WORDS_OF_TEMPLATE);
	words_check_lists(&mistakes, p->pod_template);
	manifest_note_mistakes(p->plan->manifest, &p->identity, p->stream, p->document, 0, &mistakes);
}

/* Which options of the command line are about this workload. */
static void check_fits(struct planning *p)
{
	struct unused *unused = &p->plan->unused;

	unused_workload(unused, &p->identity);
	for (size_t i = 0; i < p->consumption_count; i++) {
		const struct consumption *c = &p->consumptions[i];

		unused_object(unused, &p->identity, c->kind, resolve_namespace(c, p->identity.ns), c->name);
		if (c->object)
			unused_object(unused, &p->identity, c->kind, c->object->ns, c->name);
	}
}

bool workload_plan(struct planning *p, const struct kind *kind, struct err *err)
{
	struct arena *arena = &p->plan->tree;
	struct checkouts_input git = git_input(p);

	if (!choice_read(p->plan->policy, p->plan->manifest->ignore, &p->identity, p->pod_template,
			 p->object->span.from, arena, &p->choice, err))
		return workload_explain(p, p->object->span.from, err);
	if (!podspec_read(p->pod_template, p->choice.volumes, &p->budget, arena, &p->podspec, err))
		return workload_explain(p, p->object->span.from, err);
	if (p->plan->policy->live && !p->plan->has_asked_cluster && !want_live(p, err))
		return false;
	if (!plan_git(p, kind, &git, err))
		return false;
	if (p->is_deferred)
		return true;
	if (!choice_add_extras(&p->choice, &p->budget, arena, &p->podspec, err))
		return workload_explain(p, p->object->span.from, err);
	resolve_group(&p->podspec, p->identity.ns, arena, &p->consumptions, &p->consumption_count);
	for (size_t i = 0; i < p->consumption_count; i++)
		if (!decide(p, &p->consumptions[i], err))
			return false;
	check_words(p);
	check_fits(p);
	add_workload(p, kind);
	return write_stamps(p, kind, &git, err);
}

#include "app/plan.h"

#include "base/glob.h"
#include "kube/exclude.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"

#include <assert.h>
#include <string.h>

/* Unresolved references that an error names after the first. */
#define ALSO_UNRESOLVED 10

/* The workload that is being planned. */
struct planning {
	struct plan *plan;
	const struct stream *stream;
	const struct document *document;
	struct identity identity;
	struct node *object, *template;
	struct shape *shape;
	bool in_list; /* item `item` of a list */
	size_t item;
	size_t budget; /* see podspec_read */
	struct exclude exclude;
	struct podspec podspec;
	struct consumption *consumptions;
	size_t consumption_count;
	struct workload *workload; /* NULL unless details are wanted */
};

void plan_init(struct plan *plan, const struct options *options, struct manifest *manifest,
	       const struct stream *streams, size_t stream_count, struct str secret_key, struct arena *arena)
{
	*plan = (struct plan){
		.arena = arena,
		.options = options,
		.kinds = &options->kinds,
		.manifest = manifest,
		.secret_key = secret_key,
		.wants_details = options->report.ptr || options->log.ptr || options->command != COMMAND_STAMP,
		.extent = VERIFY_WINDOW,
		.streams = streams,
		.edits = arena_array(arena, stream_count, sizeof(struct edits)),
	};
	arena_init(&plan->tree);
	for (size_t i = 0; i < stream_count; i++)
		edits_init(&plan->edits[i], arena);
}

void plan_release(struct plan *plan)
{
	arena_release(&plan->tree);
	buf_release(&plan->also_unresolved);
}

static struct str keep(struct plan *plan, struct str text)
{
	return arena_dup(plan->arena, text);
}

static bool explain(const struct planning *p, size_t at, struct err *err)
{
	struct place place = place_of(p->stream, p->document, &p->identity, at);

	return place_explain(place, p->identity.kind, p->identity.name, err);
}

/* What is left out for this workload: the options say so, its annotations, or those of its template. */
static bool read_excludes(struct planning *p, struct err *err)
{
	const struct str_list *excludes = &p->plan->options->excludes;
	struct node *template_annotations = node_get(node_get(p->template, "metadata"), "annotations");

	exclude_init(&p->exclude, &p->plan->tree);
	for (size_t i = 0; i < excludes->count; i++) {
		struct str object = excludes->items[i], workload = str_cut(&object, '=');

		if (exclude_pattern_matches(workload, p->identity.kind, p->identity.name) &&
		    !exclude_add(&p->exclude, object, err))
			return false;
	}
	return exclude_add_list(&p->exclude, scalar_get(p->identity.annotations, "rollstamp.io/exclude"), err) &&
	       exclude_add_list(&p->exclude, scalar_get(template_annotations, "rollstamp.io/exclude"), err);
}

static bool is_exempt(const struct plan *plan, const struct consumption *c)
{
	if (c->kind == OBJECT_CONFIGMAP &&
	    (str_is(c->name, "kube-root-ca.crt") || str_is(c->name, "openshift-service-ca.crt")))
		return true;
	for (size_t i = 0; i < plan->options->unresolved_ok.count; i++)
		if (glob_matches(plan->options->unresolved_ok.items[i], c->name))
			return true;
	return false;
}

static bool is_consumption_ignored(const struct planning *p, const struct consumption *c)
{
	const struct ignore *ignore = p->plan->manifest->ignore;
	struct str kind = str_from(object_kind_name(c->kind));
	struct str namespace = c->foreign_namespace.len > 0 ? c->foreign_namespace : p->identity.namespace;

	if (c->object && c->object->asks_ignored)
		return true;
	if (c->object && ignore_matches(ignore, kind, c->object->namespace, c->name))
		return true;
	return ignore_matches(ignore, kind, namespace, c->name);
}

static struct str mention_place(const struct planning *p, const struct reference *reference)
{
	struct arena *arena = &p->plan->tree;
	struct str container = { 0 };

	if (reference->container != NO_CONTAINER)
		container = p->podspec.containers[reference->container].name;
	if (reference->container != NO_CONTAINER && container.len == 0)
		container = arena_printf(arena, "%zu", p->podspec.containers[reference->container].index + 1);
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

/* All unresolved references are told in one error, so that they can be mended in one go. */
static void check_strict(const struct planning *p, const struct consumption *c)
{
	const struct reference *reference = blamed_reference(c);
	const char *kind = object_kind_name(c->kind), *slash = c->foreign_namespace.len > 0 ? "/" : "";
	struct plan *plan = p->plan;
	struct str where;

	/* A list shows them, and tells by its exit status. */
	if (!plan->options->strict || plan->options->command == COMMAND_LIST || !outcome_is_unresolved(c->outcome) ||
	    c->is_optional || is_exempt(plan, c))
		return;
	if (plan->unresolved_count++ > ALSO_UNRESOLVED)
		return;
	if (plan->unresolved_count > 1) {
		buf_printf(&plan->also_unresolved, ", %s %.*s%s%.*s of %.*s %.*s", kind, STR_ARG(c->foreign_namespace),
			   slash, STR_ARG(c->name), STR_ARG(p->identity.kind), STR_ARG(p->identity.name));
		return;
	}
	where = mention_place(p, reference);
	err_set_at(&plan->unresolved, reference->at, "%.*s: %s %.*s%s%.*s %s, and --strict is set%s", STR_ARG(where),
		   kind, STR_ARG(c->foreign_namespace), slash, STR_ARG(c->name), outcome_explain(c->outcome),
		   c->outcome == OUTCOME_MISSING
			   ? ": give its manifest with --external, or allow that it is missing with --unresolved-ok"
			   : "");
	explain(p, reference->at, &plan->unresolved);
}

/* Decides what becomes of one consumption, and computes its digest. */
static bool decide(struct planning *p, struct consumption *c, struct err *err)
{
	struct plan *plan = p->plan;

	resolve_object(plan->manifest, p->identity.namespace, c);
	if (c->outcome == OUTCOME_PULL_SECRET || c->outcome == OUTCOME_UNMOUNTED || c->outcome == OUTCOME_VOLUMES_OFF)
		return true;
	if (is_consumption_ignored(p, c))
		c->outcome = OUTCOME_IGNORED;
	else if (exclude_matches(&p->exclude, str_from(object_kind_name(c->kind)), c->name))
		c->outcome = OUTCOME_EXCLUDED;
	else if (c->kind == OBJECT_SECRET && !plan->options->secrets)
		c->outcome = OUTCOME_SECRETS_OFF;
	if (c->outcome != OUTCOME_RESOLVED) {
		check_strict(p, c);
		return true;
	}
	return resolve_digest(plan->manifest, plan->secret_key, c, &plan->tree, err);
}

static void add_mentions(const struct planning *p, const struct consumption *c, struct finding *finding)
{
	struct arena *arena = p->plan->arena;

	finding->mentions = arena_array(arena, c->reference_count, sizeof(*finding->mentions));
	for (size_t i = 0; i < c->reference_count; i++) {
		const struct reference *reference = c->references[i];
		struct place place = place_of(p->stream, p->document, NULL, reference->at);
		struct mention *mention = &finding->mentions[finding->mention_count++];

		mention->via = reference->via;
		mention->detail = keep(p->plan, reference->detail);
		mention->is_optional = reference->optional;
		mention->line = place_line(&place);
		if (reference->container != NO_CONTAINER)
			mention->container = keep(p->plan, p->podspec.containers[reference->container].name);
	}
}

/* Items that were chosen for one workload live as long as its tree; those of the object, as long as the run. */
static void keep_items(struct plan *plan, struct finding *finding)
{
	struct data_item *items = arena_array(plan->arena, finding->item_count, sizeof(*items));

	for (size_t i = 0; i < finding->item_count; i++) {
		items[i] = finding->items[i];
		items[i].key = keep(plan, items[i].key);
	}
	finding->items = items;
}

static void add_finding(struct planning *p, const struct consumption *c)
{
	struct plan *plan = p->plan;
	struct finding *finding = &p->workload->findings[p->workload->finding_count++];

	*finding = (struct finding){
		.kind = c->kind,
		.namespace = keep(plan, c->foreign_namespace),
		.name = keep(plan, c->name),
		.outcome = c->outcome,
		.is_optional = c->is_optional,
		.is_exempt = is_exempt(plan, c),
		.all_keys = c->all_keys,
		.object = c->object,
	};
	add_mentions(p, c, finding);
	if (c->outcome != OUTCOME_RESOLVED)
		return;
	memcpy(finding->digest, c->digest, sizeof(c->digest));
	finding->is_guessable = c->kind == OBJECT_SECRET && plan->secret_key.len == 0;
	finding->items = c->items;
	finding->item_count = c->item_count;
	if (c->items != c->object->items)
		keep_items(plan, finding);
}

static void add_workload(struct planning *p, const struct kind *kind)
{
	struct plan *plan = p->plan;

	if (!plan->wants_details)
		return;
	plan->workloads = arena_grow(plan->arena, plan->workloads, plan->workload_count, &plan->workload_room,
				     sizeof(*plan->workloads));
	p->workload = &plan->workloads[plan->workload_count++];
	*p->workload = (struct workload){
		.api_version = keep(plan, p->identity.api_version),
		.kind = keep(plan, p->identity.kind),
		.namespace = keep(plan, p->identity.namespace),
		.name = keep(plan, p->identity.name),
		.place = place_of(p->stream, p->document, &p->identity, p->object->span.from),
		.effect = kinds_effect(kind, p->object),
		.findings = arena_array(plan->arena, p->consumption_count, sizeof(struct finding)),
	};
	p->workload->place.source = keep(plan, p->workload->place.source);
	for (size_t i = 0; i < p->consumption_count; i++)
		add_finding(p, &p->consumptions[i]);
}

/* From the document's root to the template. */
static struct step *template_path(struct planning *p, const struct kind *kind, size_t *length)
{
	struct step *path = arena_array(&p->plan->tree, kind->path_length + 2, sizeof(*path));
	size_t n = 0;

	if (p->in_list) {
		path[n++] = (struct step){ .key = str_from("items") };
		path[n++] = (struct step){ .index = p->item };
	}
	for (size_t i = 0; i < kind->path_length; i++)
		path[n++] = (struct step){ .key = kind->path[i] };
	*length = n;
	return path;
}

/* What was written goes to the findings that it was written for. */
static void distribute(struct planning *p, const struct stamp_notes *notes)
{
	struct arena *arena = p->plan->arena;

	for (size_t i = 0; i < notes->written_count; i++) {
		struct finding *finding = &p->workload->findings[notes->written[i].consumption];

		finding->written = arena_grow(arena, finding->written, finding->written_count, &finding->written_room,
					      sizeof(*finding->written));
		finding->written[finding->written_count++] = notes->written[i];
	}
	p->workload->stale = notes->stale;
	p->workload->stale_count = notes->stale_count;
}

static bool write_stamps(struct planning *p, const struct kind *kind, struct err *err)
{
	struct stamp_notes notes = { .arena = p->plan->arena };
	struct stamp_target target = {
		.shape = p->shape,
		.arena = &p->plan->tree,
		.inject = p->plan->options->inject,
		.template = p->template,
		.podspec = &p->podspec,
		.consumptions = p->consumptions,
		.consumption_count = p->consumption_count,
		.notes = p->workload ? &notes : NULL,
	};

	target.path = template_path(p, kind, &target.path_length);
	if (!stamp_template(&target, err))
		return explain(p, p->object->span.from, err);
	if (p->workload)
		distribute(p, &notes);
	return true;
}

static bool plan_workload(struct planning *p, const struct kind *kind, struct err *err)
{
	struct arena *arena = &p->plan->tree;
	struct node *template_annotations = node_get(node_get(p->template, "metadata"), "annotations");

	if (!read_excludes(p, err))
		return explain(p, p->object->span.from, err);
	if (!podspec_read(p->template, p->plan->options->volumes, &p->budget, arena, &p->podspec, err))
		return explain(p, p->object->span.from, err);
	podspec_add_annotated(p->identity.annotations, arena, &p->podspec);
	podspec_add_annotated(template_annotations, arena, &p->podspec);
	resolve_group(&p->podspec, p->identity.namespace, arena, &p->consumptions, &p->consumption_count);
	for (size_t i = 0; i < p->consumption_count; i++)
		if (!decide(p, &p->consumptions[i], err))
			return false;
	add_workload(p, kind);
	return write_stamps(p, kind, err);
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
	p->template = kinds_template(kind, p->object);
	if (ignore_matches(p->plan->manifest->ignore, p->identity.kind, p->identity.namespace, p->identity.name))
		pass_over(p, "--ignore");
	else if (identity_asks_ignored(&p->identity))
		pass_over(p, "annotation rollstamp.io/ignore");
	else if (identity_is_hook(&p->identity))
		pass_over(p, "it is a Helm hook");
	else if (fixed)
		pass_over(p, fixed);
	else if (!p->template)
		pass_over(p, "it has no pod template");
	else
		return plan_workload(p, kind, err);
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
	struct edits *all = &plan->edits[p->stream - plan->streams], edits;
	bool ok;

	if (p->shape->count == 0)
		return true;
	edits_init(&edits, plan->arena);
	/* Of a list it isn't known any more which item an edit belongs to. */
	if (p->in_list)
		p->identity = (struct identity){ 0 };
	if (!shape_finish(p->shape, &edits, err))
		return explain(p, 0, err);
	ok = verify_document(text, &edits, root, p->shape->count, plan->extent, &plan->tree, err);
	if (!ok) {
		err->at = ERR_NOWHERE;
		err_prefix(err, "this is a bug of rollstamp, please report it");
		return explain(p, 0, err);
	}
	for (size_t i = 0; i < edits.count; i++) {
		struct edit *edit = &edits.items[i];
		size_t from = p->document->text.from;

		edits_add(all, (struct span){ from + edit->at.from, from + edit->at.to }, edit->text);
	}
	return true;
}

static bool plan_document(struct plan *plan, const struct workload_document *at, struct err *err)
{
	struct planning p = { .plan = plan, .stream = at->stream, .document = at->document };
	struct str text = stream_text(at->stream, at->document);
	struct shape shape;
	struct node *root;

	arena_reset(&plan->tree);
	if (!yaml_parse(text, YAML_STRICT, &plan->tree, &root, err))
		return manifest_ignores_unread(plan->manifest, at->stream, at->document) || explain(&p, 0, err);
	shape_init(&shape, text, root, &plan->tree);
	p.shape = &shape;
	p.budget = podspec_budget(text.len);
	return !root || (plan_items(&p, root, err) && finish_document(&p, root, err));
}

bool plan_make(struct plan *plan, struct err *err)
{
	struct str also;

	for (size_t i = 0; i < plan->manifest->workload_count; i++)
		if (!plan_document(plan, &plan->manifest->workloads[i], err))
			return false;
	if (plan->unresolved_count == 0)
		return true;
	also = str_skip(buf_str(&plan->also_unresolved), strlen(", "));
	if (plan->unresolved_count > 1 + ALSO_UNRESOLVED)
		return err_set(err, "%s; also unresolved: %.*s and %zu more (see rollstamp list)",
			       plan->unresolved.text, STR_ARG(also), plan->unresolved_count - 1 - ALSO_UNRESOLVED);
	if (also.len > 0)
		return err_set(err, "%s; also unresolved: %.*s", plan->unresolved.text, STR_ARG(also));
	*err = plan->unresolved;
	return false;
}

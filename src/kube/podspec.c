/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podspec.h"

#include <string.h>

#include "base/glob.h"
#include "kube/collection.h"
#include "kube/names.h"
#include "kube/volume.h"
#include "yaml/scalar.h"

/* What aliases and combinations may make of a document beyond its own nodes. */
#define VISIT_ALLOWANCE 100000

size_t podspec_budget(size_t text_length)
{
	return text_length + VISIT_ALLOWANCE;
}

/* The references of `podspec`, to be added to; with store they are its own again. */
static struct reference_list list_of(const struct podspec *podspec, size_t *budget, struct arena *arena)
{
	return (struct reference_list){
		.arena = arena,
		.budget = budget,
		.items = podspec->references,
		.count = podspec->reference_count,
		.room = podspec->reference_room,
	};
}

static void store(const struct reference_list *list, struct podspec *podspec)
{
	podspec->references = list->items;
	podspec->reference_count = list->count;
	podspec->reference_room = list->room;
}

static void read_env(struct reference_list *list, struct node *container, size_t index)
{
	for (struct node *item = node_items(node_get(container, "env")); item && reference_visit(list);
	     item = item->next) {
		struct node *from = node_get(item, "valueFrom");
		struct node *configmap = node_get(from, "configMapKeyRef"), *secret = node_get(from, "secretKeyRef");
		bool is_configmap = node_is_mapping(configmap);
		struct node *ref = is_configmap ? configmap : secret;
		struct reference reference = {
			.kind = is_configmap ? OBJECT_CONFIGMAP : OBJECT_SECRET,
			.via = VIA_ENV,
			.is_consumed = true,
			.container = index,
		};

		reference.detail = scalar_get(item, "name");
		/* What stands under a name of ours is replaced by a stamp, so it must not decide what is stamped. */
		if (!node_is_mapping(ref) || names_is_env(reference.detail))
			continue;
		reference.name = scalar_get(ref, "name");
		reference.optional = scalar_is_true(node_get(ref, "optional"));
		reference.at = ref->span.from;
		reference_set_key(list, &reference, scalar_get(ref, "key"));
		reference_add(list, reference);
	}
}

static void add_env_from(struct reference_list *list, struct node *ref, enum object_kind kind, size_t container)
{
	if (!node_is_mapping(ref))
		return;
	reference_add(list, (struct reference){
				    .kind = kind,
				    .via = VIA_ENV_FROM,
				    .name = scalar_get(ref, "name"),
				    .optional = scalar_is_true(node_get(ref, "optional")),
				    .is_consumed = true,
				    .all_keys = true,
				    .container = container,
				    .at = ref->span.from,
			    });
}

static void read_env_from(struct reference_list *list, struct node *container, size_t index)
{
	for (struct node *item = node_items(node_get(container, "envFrom")); item && reference_visit(list);
	     item = item->next) {
		add_env_from(list, node_get(item, "configMapRef"), OBJECT_CONFIGMAP, index);
		add_env_from(list, node_get(item, "secretRef"), OBJECT_SECRET, index);
	}
}

static void add_containers(struct reference_list *list, struct node *spec, const char *field, struct podspec *podspec)
{
	bool is_init = str_is(str_from(field), "initContainers");
	size_t index = 0;

	for (struct node *item = node_items(node_get(spec, field)); item && reference_visit(list);
	     item = item->next, index++) {
		podspec->containers = arena_grow(list->arena, podspec->containers, podspec->container_count,
						 &podspec->container_room, sizeof(*podspec->containers));
		podspec->containers[podspec->container_count++] = (struct container){
			.node = item,
			.name = scalar_get(item, "name"),
			.is_init = is_init,
			.index = index,
		};
	}
}

static void read_pull_secrets(struct reference_list *list, struct node *spec)
{
	for (struct node *item = node_items(node_get(spec, "imagePullSecrets")); item && reference_visit(list);
	     item = item->next)
		if (scalar_get(item, "name").len > 0)
			reference_add(list, (struct reference){
						    .kind = OBJECT_SECRET,
						    .via = VIA_PULL_SECRET,
						    .name = scalar_get(item, "name"),
						    .all_keys = true,
						    .container = NO_CONTAINER,
						    .at = item->span.from,
					    });
}

bool podspec_read(struct node *pod_template, enum volumes_mode volumes, size_t *budget, struct arena *arena,
		  struct podspec *podspec, struct err *err)
{
	struct reference_list list = { .arena = arena, .budget = budget };
	struct node *spec = node_get(pod_template, "spec");

	*podspec = (struct podspec){ 0 };
	if (!spec)
		return true;
	add_containers(&list, spec, "initContainers", podspec);
	add_containers(&list, spec, "containers", podspec);
	for (size_t i = 0; i < podspec->container_count; i++) {
		read_env(&list, podspec->containers[i].node, i);
		read_env_from(&list, podspec->containers[i].node, i);
	}
	podspec->leaves_out = volume_read_all(spec, volumes, podspec->containers, podspec->container_count, &list);
	read_pull_secrets(&list, spec);
	store(&list, podspec);
	if (list.is_spent)
		return err_set_at(
			err, pod_template->span.from,
			"aliases, references, or many mounts of a volume with many files make too much of this pod "
			"template: write it with fewer of them");
	return true;
}

void podspec_forget_variable(struct podspec *podspec, size_t container, size_t at)
{
	for (size_t i = podspec->reference_count; i-- > 0;) {
		struct reference *reference = &podspec->references[i];

		if (reference->via != VIA_ENV || reference->container != container || reference->at != at)
			continue;
		podspec->reference_count--;
		memmove(reference, reference + 1, (podspec->reference_count - i) * sizeof(*reference));
		return;
	}
}

static void find_containers(struct container **next, struct node *pod_template, const char *field)
{
	struct node *list = node_get(node_get(pod_template, "spec"), field);

	for (struct node *item = node_items(list); item; item = item->next)
		(*next)++->node = item;
}

void podspec_find_containers(struct podspec *podspec, struct node *pod_template)
{
	struct container *next = podspec->containers;

	find_containers(&next, pod_template, "initContainers");
	find_containers(&next, pod_template, "containers");
}

static void add_extra(struct reference_list *list, enum reference_via via, enum object_kind kind, struct str ns,
		      struct str name, size_t at)
{
	struct reference reference = { .kind = kind, .via = via, .name = name };

	reference.ns = ns;
	reference.is_consumed = true;
	reference.all_keys = true;
	reference.container = NO_CONTAINER;
	reference.at = at;
	reference_add(list, reference);
}

static bool add_annotated(struct reference_list *list, struct node *annotations, const char *annotation,
			  enum object_kind kind, struct err *err)
{
	struct node *value = node_get(annotations, annotation);
	struct str rest = scalar_get(annotations, annotation);

	while (rest.ptr && !list->is_spent) {
		struct str name = str_trim(glob_cut(&rest)), foreign = { 0 };

		/* What a glob fits is one thing: see collection. */
		if (name.len == 0 || collection_is_glob(name))
			continue;
		if (str_find(name, '/') < name.len)
			foreign = str_cut(&name, '/');
		add_extra(list, VIA_ANNOTATION, kind, foreign, name, value->span.from);
	}
	return !list->is_spent || err_set_at(err, value->span.from,
					     "annotation %s: it names too many objects for its document", annotation);
}

bool podspec_add_annotated(struct node *annotations, size_t *budget, struct arena *arena, struct podspec *podspec,
			   struct err *err)
{
	struct reference_list list = list_of(podspec, budget, arena);
	bool ok = add_annotated(&list, annotations, "rollstamp.io/configmaps", OBJECT_CONFIGMAP, err) &&
		  add_annotated(&list, annotations, "rollstamp.io/secrets", OBJECT_SECRET, err);

	store(&list, podspec);
	return ok;
}

void podspec_add_extra(enum object_kind kind, struct str ns, struct str name, size_t at, struct arena *arena,
		       struct podspec *podspec)
{
	struct reference_list list = list_of(podspec, NULL, arena);

	add_extra(&list, VIA_OPTION, kind, ns, name, at);
	store(&list, podspec);
}

struct str podspec_container_name(const struct container *container, struct arena *arena)
{
	return container->name.len > 0 ? container->name : arena_printf(arena, "%zu", container->index + 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/watcher.h"

#include "kube/reloader.h"
#include "yaml/scalar.h"

static struct text variable(struct podenv *env, const char *name)
{
	return podenv_get(env, str_from(name)).text;
}

/* Does the container run beside the application? An init container that ends can follow nothing. */
static bool runs_on(const struct container *container)
{
	return !container->is_init || str_is(scalar_get(container->node, "restartPolicy"), "Always");
}

static bool read(struct manifest *manifest, struct str own, const struct container *container, size_t *budget,
		 struct arena *arena, struct watcher *watcher)
{
	struct text method;
	struct podenv env;

	if (!str_is(reloader_image_name(scalar_get(container->node, "image")), "k8s-sidecar") || !runs_on(container))
		return false;
	podenv_init(&env, manifest, own, container->node, budget, arena);
	method = variable(&env, "METHOD");
	if (text_is(&method, "LIST"))
		return false;
	watcher->label = variable(&env, "LABEL");
	watcher->value = variable(&env, "LABEL_VALUE");
	watcher->resource = variable(&env, "RESOURCE");
	watcher->namespaces = variable(&env, "NAMESPACE");
	return true;
}

size_t watcher_find(struct manifest *manifest, struct str own, const struct podspec *podspec, size_t *budget,
		    struct arena *arena, struct watcher **watchers)
{
	size_t count = 0, room = 0;

	*watchers = NULL;
	for (size_t i = 0; i < podspec->container_count; i++) {
		struct watcher watcher = { .container = i };

		if (!read(manifest, own, &podspec->containers[i], budget, arena, &watcher))
			continue;
		*watchers = arena_grow(arena, *watchers, count, &room, sizeof(**watchers));
		(*watchers)[count++] = watcher;
	}
	return count;
}

/* Is the variable absent or empty? */
static bool is_unset(const struct text *text)
{
	return text->state != TEXT_UNKNOWN && text->value.len == 0;
}

static bool follows_labels(const struct watcher *watcher, const struct labels *labels)
{
	const struct str *value;

	if (watcher->label.state == TEXT_UNKNOWN)
		return true;
	value = labels_get(labels, watcher->label.value);
	return !is_unset(&watcher->label) && value &&
	       (watcher->value.state == TEXT_UNKNOWN || is_unset(&watcher->value) ||
		str_equal(watcher->value.value, *value));
}

static bool follows_kind(const struct watcher *watcher, enum object_kind kind)
{
	const struct text *resource = &watcher->resource;

	if (resource->state == TEXT_UNKNOWN || text_is(resource, "both"))
		return true;
	return is_unset(resource) ? kind == OBJECT_CONFIGMAP
				  : text_is(resource, kind == OBJECT_SECRET ? "secret" : "configmap");
}

static bool follows_namespace(const struct watcher *watcher, struct str foreign, struct str own)
{
	struct str ns = foreign.len > 0 ? foreign : own;

	if (watcher->namespaces.state == TEXT_UNKNOWN || text_is(&watcher->namespaces, "ALL"))
		return true;
	if (is_unset(&watcher->namespaces))
		return foreign.len == 0;
	/* It may be one of them. */
	return ns.len == 0 || str_list_has(watcher->namespaces.value, ',', ns);
}

bool watcher_follows(const struct watcher *watcher, struct manifest *manifest, struct object *object,
		     struct str foreign, struct str own)
{
	return follows_kind(watcher, object->kind) && follows_namespace(watcher, foreign, own) &&
	       follows_labels(watcher, labels_load(manifest, object));
}

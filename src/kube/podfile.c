/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podfile.h"

#include "kube/contents.h"
#include "yaml/scalar.h"

#include <string.h>

/* `path` without slashes at its end. */
static struct str without_slashes(struct str path)
{
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

/* What of `path` lies behind the directory or file `outer`, without the slash; false if it is not there. */
static bool is_below(struct str path, struct str outer, struct str *rest)
{
	if (outer.len > path.len || memcmp(outer.ptr, path.ptr, outer.len) != 0)
		return false;
	*rest = str_skip(path, outer.len);
	if (rest->len > 0 && rest->ptr[0] == '/')
		*rest = str_skip(*rest, 1);
	else if (rest->len > 0 && !str_is(outer, "/"))
		return false;
	return true;
}

/* The mount that the path is in, and what of the path is left. */
static struct node *find_mount(const struct podfile *podfile, struct str path, struct str *rest)
{
	struct node *mounts = node_get(podfile->container, "volumeMounts"), *found = NULL;
	size_t longest = 0;

	for (struct node *mount = node_items(mounts); mount; mount = mount->next) {
		struct str outer = without_slashes(scalar_get(mount, "mountPath")), left;

		if (outer.len == 0 || outer.len < longest || !is_below(path, outer, &left))
			continue;
		longest = outer.len;
		*rest = left;
		found = mount;
	}
	return found;
}

static struct node *find_volume(const struct podfile *podfile, struct str name)
{
	struct node *volumes = node_get(node_get(podfile->pod_template, "spec"), "volumes");
	struct node *volume = node_items(volumes);

	while (volume && !str_equal(scalar_get(volume, "name"), name))
		volume = volume->next;
	return volume;
}

/* The key that is at `path` of the volume; empty if there is none. */
static struct str find_key(struct node *source, struct str path)
{
	struct node *items = node_items(node_get(source, "items"));

	if (!items)
		return str_find(path, '/') == path.len ? path : (struct str){ 0 };
	for (struct node *item = items; item; item = item->next)
		if (str_equal(scalar_get(item, "path"), path))
			return scalar_get(item, "key");
	return (struct str){ 0 };
}

static const struct text nothing = { .state = TEXT_ABSENT };

static struct text blame(const struct podfile *podfile, struct str name, const char *what)
{
	struct text text = nothing;

	text_set_unknown(&text, arena_printf(podfile->arena, "ConfigMap %.*s %s", STR_ARG(name), what).ptr);
	return text;
}

/* What the ConfigMap of a volume has at `path`. */
static struct text read_configmap(const struct podfile *podfile, struct node *source, struct str path)
{
	struct str name = scalar_get(source, "name"), key = find_key(source, path);
	const struct data_item *item;
	struct object *object;
	struct err err;

	if (key.len == 0)
		return nothing;
	switch (manifest_find(podfile->manifest, OBJECT_CONFIGMAP, podfile->ns, name, &object)) {
	case LOOKUP_MISSING:
		return blame(podfile, name, "is not in the input");
	case LOOKUP_AMBIGUOUS:
		return blame(podfile, name, "is in several namespaces");
	case LOOKUP_FOUND:
		break;
	}
	/* What is wrong with it is told by the one who digests it. */
	if (!contents_load(podfile->manifest, object, &err))
		return blame(podfile, name, "can't be read");
	item = contents_item(object, key);
	return item ? text_known(item->value) : nothing;
}

/* The sources of a projected volume; of two with one path the last counts. */
static struct text read_projected(const struct podfile *podfile, struct node *sources, struct str path)
{
	struct text text = nothing;

	for (struct node *item = node_items(sources); item; item = item->next) {
		struct node *source = node_get(item, "configMap");
		struct text found = node_is_mapping(source) ? read_configmap(podfile, source, path) : nothing;

		if (found.state != TEXT_ABSENT)
			text = found;
	}
	return text;
}

struct text podfile_read(const struct podfile *podfile, struct str path)
{
	struct str rest = { 0 }, part;
	struct node *mount = find_mount(podfile, path, &rest), *volume, *projected;

	if (!mount || scalar_get(mount, "subPathExpr").len > 0)
		return nothing;
	part = without_slashes(scalar_get(mount, "subPath"));
	if (part.len > 0)
		rest = rest.len > 0 ? arena_printf(podfile->arena, "%.*s/%.*s", STR_ARG(part), STR_ARG(rest)) : part;
	volume = find_volume(podfile, scalar_get(mount, "name"));
	if (!volume || rest.len == 0)
		return nothing;
	projected = node_get(volume, "projected");
	if (node_is_mapping(projected))
		return read_projected(podfile, node_get(projected, "sources"), rest);
	if (node_is_mapping(node_get(volume, "configMap")))
		return read_configmap(podfile, node_get(volume, "configMap"), rest);
	return nothing;
}

bool podfile_is_in(const struct podfile *podfile, struct str word)
{
	struct node *mounts = node_get(podfile->container, "volumeMounts");

	for (struct node *mount = node_items(mounts); mount; mount = mount->next) {
		struct str outer = without_slashes(scalar_get(mount, "mountPath"));
		struct node *volume;

		if (outer.len == 0 || outer.len > word.len || !memmem(word.ptr, word.len, outer.ptr, outer.len))
			continue;
		volume = find_volume(podfile, scalar_get(mount, "name"));
		if (node_is_mapping(node_get(volume, "configMap")) || node_is_mapping(node_get(volume, "projected")))
			return true;
	}
	return false;
}

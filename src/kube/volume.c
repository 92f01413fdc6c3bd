/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/volume.h"

#include "base/map.h"
#include "base/sort.h"
#include "kube/reloader.h"
#include "yaml/scalar.h"

#include <string.h>

/* What is known of a pod template while its volumes are read. */
struct volume_reader {
	struct reference_list *list;
	struct arena *arena;
	const struct container *containers;
	size_t container_count;
	bool has_left_out; /* a mount that does not count */
};

/*
 * A path in a volume as the kubelet looks it up: without empty and `.` steps, and without the `..data` under which it
 * keeps the files that the volume's own names link to. Empty for the volume itself. A slash stands behind its bytes.
 */
static struct str clean_path(struct volume_reader *r, struct str path)
{
	char *clean = arena_alloc(r->arena, path.len + 1);
	size_t n = 0;

	while (path.ptr) {
		struct str step = str_cut(&path, '/');

		if (step.len == 0 || str_is(step, ".") || (n == 0 && str_is(step, "..data")))
			continue;
		if (n > 0)
			clean[n++] = '/';
		memcpy(clean + n, step.ptr, step.len);
		n += step.len;
	}
	clean[n] = '/';
	return (struct str){ .ptr = clean, .len = n };
}

/* A key that becomes the file at a path. */
struct volume_item {
	struct str path; /* cleaned */
	struct str key;
};

/* A ConfigMap, Secret or SecretProviderClass in a volume, or something else there that a subPath can name. */
struct volume_source {
	enum object_kind kind;
	enum reference_via via;
	struct node *node; /* NULL: neither ConfigMap nor Secret */
	struct str name;
	bool takes_keys; /* files are made of its keys; those of a driver's Secret, or of a provider, are not known */
	bool has_items;  /* else every key is a file */
	struct volume_item *items; /* by path */
	size_t item_count, item_room;
	bool is_named; /* by the subPath of some mount */
	struct volume_source *next;
};

struct volume_mount {
	size_t container;
	struct str sub_path; /* cleaned */
	struct str below;    /* sub_path with a slash behind it: how the paths of the files below it begin */
	bool has_slash;      /* as it was written */
	bool is_whole;       /* also with a subPathExpr, which can be anything */
	bool is_elsewhere;   /* sub_path is a file that comes from no ConfigMap or Secret */
	bool is_plain;       /* with neither: the kubelet refreshes its files */
	struct volume_mount *next;
};

struct volume {
	struct str name;
	struct node *node;
	struct volume_source *sources, *last_source;
	struct volume_mount *mounts, *last_mount;
	bool has_left_out; /* mounts that don't count */
	size_t users;      /* containers that mount it and run on; init containers that end don't count */
	size_t last_user;  /* if there are any: the last that was counted */
	size_t watcher;    /* a container that reloads what is in it, or NO_CONTAINER */
};

static void add_source(struct volume_reader *r, struct volume *volume, struct volume_source source)
{
	struct volume_source *added = ARENA_NEW(r->arena, struct volume_source);

	*added = source;
	if (volume->last_source)
		volume->last_source->next = added;
	else
		volume->sources = added;
	volume->last_source = added;
}

static int compare_items(const void *a, const void *b)
{
	const struct volume_item *left = a, *right = b;
	int order = str_compare(left->path, right->path);

	return order != 0 ? order : str_compare(left->key, right->key);
}

static void add_item(struct volume_reader *r, struct volume_source *source, struct volume_item item)
{
	source->items =
		arena_grow(r->arena, source->items, source->item_count, &source->item_room, sizeof(*source->items));
	source->items[source->item_count++] = item;
}

static void sort_source(struct volume_source *source)
{
	sort_items(source->items, source->item_count, sizeof(*source->items), compare_items);
}

static void read_items(struct volume_reader *r, struct volume_source *source)
{
	struct node *first = node_items(node_get(source->node, "items"));

	source->has_items = first != NULL;
	for (struct node *item = first; item && reference_visit(r->list); item = item->next)
		add_item(r, source,
			 (struct volume_item){
				 .path = clean_path(r, scalar_get(item, "path")),
				 .key = scalar_get(item, "key"),
			 });
	sort_source(source);
}

/* The index of the first item whose path is not before `path`. */
static size_t find_item(const struct volume_source *source, struct str path)
{
	const struct volume_item least = { .path = path };

	return sort_lower_bound(source->items, source->item_count, sizeof(*source->items), &least, compare_items);
}

static bool is_below(struct str path, struct str directory)
{
	return path.len > directory.len && memcmp(path.ptr, directory.ptr, directory.len) == 0;
}

static bool has_item_at(const struct volume_source *source, struct str path)
{
	size_t at = find_item(source, path);

	return at < source->item_count && str_equal(source->items[at].path, path);
}

/* Is there an item at the mount's subPath, or below it? */
static bool has_item(const struct volume_source *source, const struct volume_mount *mount)
{
	size_t below = find_item(source, mount->below);

	return has_item_at(source, mount->sub_path) ||
	       (below < source->item_count && is_below(source->items[below].path, mount->below));
}

static void add_keyed_source(struct volume_reader *r, struct volume *volume, enum reference_via via,
			     enum object_kind kind, struct node *node, const char *name_field)
{
	struct volume_source source = { .kind = kind, .via = via, .node = node, .takes_keys = true };

	if (!node_is_mapping(node))
		return;
	source.name = scalar_get(node, name_field);
	read_items(r, &source);
	add_source(r, volume, source);
}

static void add_driver_secret(struct volume_reader *r, struct volume *volume, struct node *node, const char *name_field)
{
	if (!node_is_mapping(node) || scalar_get(node, name_field).len == 0)
		return;
	add_source(r, volume,
		   (struct volume_source){
			   .kind = OBJECT_SECRET,
			   .via = VIA_VOLUME_PLUGIN,
			   .node = node,
			   .name = scalar_get(node, name_field),
		   });
}

/* What the Secrets Store driver mounts, or Google's build of it. */
static void add_provider_class(struct volume_reader *r, struct volume *volume, struct node *csi)
{
	struct node *attributes = node_get(csi, "volumeAttributes");
	struct volume_source source = { .kind = OBJECT_PROVIDER_CLASS, .via = VIA_PROVIDER, .node = attributes };
	struct str driver = scalar_get(csi, "driver");

	source.name = scalar_get(attributes, "secretProviderClass");
	if (source.name.len > 0 &&
	    (str_is(driver, "secrets-store.csi.k8s.io") || str_is(driver, "secrets-store-gke.csi.k8s.io")))
		add_source(r, volume, source);
}

static void add_file(struct volume_reader *r, struct volume_source *files, struct node *node, const char *path_field)
{
	struct str path = clean_path(r, scalar_get(node, path_field));

	if (path.len > 0)
		add_item(r, files, (struct volume_item){ .path = path });
}

/* Files of a projected volume that come from elsewhere; a subPath that names one names no key. */
static void add_other_files(struct volume_reader *r, struct volume *volume, struct node *source)
{
	static const char *const certificate_fields[] = { "credentialBundlePath", "keyPath", "certificateChainPath",
							  NULL };
	struct volume_source files = { .has_items = true };

	add_file(r, &files, node_get(source, "serviceAccountToken"), "path");
	add_file(r, &files, node_get(source, "clusterTrustBundle"), "path");
	for (const char *const *field = certificate_fields; *field; field++)
		add_file(r, &files, node_get(source, "podCertificate"), *field);
	for (struct node *item = node_items(node_get(node_get(source, "downwardAPI"), "items"));
	     item && reference_visit(r->list); item = item->next)
		add_file(r, &files, item, "path");
	sort_source(&files);
	if (files.item_count > 0)
		add_source(r, volume, files);
}

static void read_sources(struct volume_reader *r, struct volume *volume)
{
	static const char *const plugins[] = { "cephfs", "cinder",  "flexVolume", "iscsi",
					       "rbd",    "scaleIO", "storageos",  NULL };
	struct node *projected = node_get(volume->node, "projected");

	add_keyed_source(r, volume, VIA_VOLUME, OBJECT_CONFIGMAP, node_get(volume->node, "configMap"), "name");
	add_keyed_source(r, volume, VIA_VOLUME, OBJECT_SECRET, node_get(volume->node, "secret"), "secretName");
	for (struct node *source = node_items(node_get(projected, "sources")); source && reference_visit(r->list);
	     source = source->next) {
		add_keyed_source(r, volume, VIA_PROJECTED, OBJECT_CONFIGMAP, node_get(source, "configMap"), "name");
		add_keyed_source(r, volume, VIA_PROJECTED, OBJECT_SECRET, node_get(source, "secret"), "name");
		add_other_files(r, volume, source);
	}
	add_provider_class(r, volume, node_get(volume->node, "csi"));
	add_driver_secret(r, volume, node_get(node_get(volume->node, "csi"), "nodePublishSecretRef"), "name");
	add_driver_secret(r, volume, node_get(volume->node, "azureFile"), "secretName");
	for (const char *const *plugin = plugins; *plugin; plugin++)
		add_driver_secret(r, volume, node_get(node_get(volume->node, *plugin), "secretRef"), "name");
}

/* What the API server takes for a key (IsConfigMapKey). `.` and `..data` are the volume itself. */
static bool is_config_key(struct str key)
{
	if (key.len == 0 || str_is(key, ".") || str_starts_with(key, ".."))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (!str_is_alphanumeric(key.ptr[i]) && !strchr("-_.", key.ptr[i]))
			return false;
	}
	return true;
}

/*
 * Does the mount's subPath name a file of `source`, or a directory of its files? One that is a file from elsewhere reaches
 * nothing of the sources beside it.
 */
static bool names_files(const struct volume_source *source, const struct volume_mount *mount)
{
	if (mount->is_elsewhere && source->node)
		return false;
	if (source->has_items)
		return has_item(source, mount);
	return source->takes_keys && !mount->has_slash && is_config_key(mount->sub_path);
}

/* The keys that become the files of `source` that the mount's subPath names. */
static void set_named_keys(struct volume_reader *r, const struct volume_source *source,
			   const struct volume_mount *mount, struct reference *reference)
{
	size_t room = 0;

	if (!source->has_items) {
		reference_set_key(r->list, reference, mount->sub_path);
		return;
	}
	for (size_t i = find_item(source, mount->sub_path);
	     i < source->item_count && str_equal(source->items[i].path, mount->sub_path) && reference_visit(r->list);
	     i++)
		reference_add_key(r->list, reference, &room, source->items[i].key);
	for (size_t i = find_item(source, mount->below);
	     i < source->item_count && is_below(source->items[i].path, mount->below) && reference_visit(r->list); i++)
		reference_add_key(r->list, reference, &room, source->items[i].key);
}

/* Does the container end before the application starts? */
static bool has_ended(const struct container *container)
{
	return container->is_init && !str_is(scalar_get(container->node, "restartPolicy"), "Always");
}

/*
 * A sidecar tells the application when the files change, so that no new pod has to. It can tell no third container, what
 * a subPath has mounted does not change, and what has run and ended was not told.
 */
static bool is_followed(const struct volume_reader *r, const struct volume *volume, const struct volume_source *source,
			const struct volume_mount *mount)
{
	return volume->watcher != NO_CONTAINER && volume->users <= 2 && source->takes_keys && mount &&
	       mount->is_plain && !has_ended(&r->containers[mount->container]);
}

/* `mount` is NULL for a volume that no container mounts. */
static struct reference *add_volume_reference(struct volume_reader *r, const struct volume *volume,
					      const struct volume_source *source, const struct volume_mount *mount)
{
	struct node *optional = node_get(source->node, "optional");
	size_t container = mount ? mount->container : NO_CONTAINER;
	bool followed = is_followed(r, volume, source, mount);

	return reference_add(r->list, (struct reference){
					      .kind = source->kind,
					      .via = source->via,
					      .name = source->name,
					      .optional = source->takes_keys && scalar_is_true(optional),
					      .is_consumed = container != NO_CONTAINER && !followed,
					      .is_followed = followed,
					      .followed_by = volume->watcher,
					      .is_left_out = container == NO_CONTAINER && volume->has_left_out,
					      .container = container,
					      .detail = volume->name,
					      .at = source->node->span.from,
				      });
}

/* All keys of `source`, or of its items where it has some. */
static void add_whole(struct volume_reader *r, const struct volume *volume, const struct volume_source *source,
		      const struct volume_mount *mount)
{
	struct reference *reference;
	size_t room = 0;

	if (!source->node)
		return;
	reference = add_volume_reference(r, volume, source, mount);
	reference->all_keys = !source->has_items;
	for (size_t i = 0; i < source->item_count && reference_visit(r->list); i++)
		reference_add_key(r->list, reference, &room, source->items[i].key);
}

/* Which keys a mount reaches. See the man page: what a pod template consumes. */
static void read_mount(struct volume_reader *r, const struct volume *volume, const struct volume_mount *mount,
		       bool any_named)
{
	bool hit = false;

	for (const struct volume_source *source = volume->sources;
	     source && !mount->is_whole && reference_visit(r->list); source = source->next) {
		if (!names_files(source, mount))
			continue;
		hit = true;
		if (source->node)
			set_named_keys(r, source, mount, add_volume_reference(r, volume, source, mount));
	}
	if (hit)
		return;
	/* The whole volume, or a subPath that names nothing that is known. */
	for (const struct volume_source *source = volume->sources; source && reference_visit(r->list);
	     source = source->next)
		if (mount->is_whole || !any_named || source->is_named)
			add_whole(r, volume, source, mount);
}

static void read_volume(struct volume_reader *r, struct volume *volume)
{
	bool any_named = false;

	for (const struct volume_source *source = volume->sources; source; source = source->next)
		for (struct volume_mount *mount = volume->mounts; mount && !source->node && reference_visit(r->list);
		     mount = mount->next)
			mount->is_elsewhere = mount->is_elsewhere || has_item_at(source, mount->sub_path);
	for (struct volume_source *source = volume->sources; source; source = source->next) {
		for (const struct volume_mount *mount = volume->mounts;
		     mount && !source->is_named && reference_visit(r->list); mount = mount->next)
			source->is_named = !mount->is_whole && names_files(source, mount);
		any_named = any_named || source->is_named;
	}
	for (const struct volume_mount *mount = volume->mounts; mount && reference_visit(r->list); mount = mount->next)
		read_mount(r, volume, mount, any_named);
	if (!volume->mounts)
		for (const struct volume_source *source = volume->sources; source; source = source->next)
			add_whole(r, volume, source, NULL);
}

static void add_mount(struct volume_reader *r, struct volume *volume, struct volume_mount mount)
{
	struct volume_mount *added = ARENA_NEW(r->arena, struct volume_mount);

	*added = mount;
	if (volume->last_mount)
		volume->last_mount->next = added;
	else
		volume->mounts = added;
	volume->last_mount = added;
}

static void count_user(const struct volume_reader *r, struct volume *volume, size_t container)
{
	if (has_ended(&r->containers[container]) || (volume->users > 0 && volume->last_user == container))
		return;
	volume->users++;
	volume->last_user = container;
}

static void read_mounts(struct volume_reader *r, struct map *volumes, enum volumes_mode mode)
{
	for (size_t i = 0; i < r->container_count; i++) {
		const struct container *container = &r->containers[i];
		struct node *mounts = node_get(container->node, "volumeMounts");
		struct map watched;
		struct node *first = node_items(mounts);
		bool is_reloader = first && !has_ended(container) && reloader_read(container->node, r->arena, &watched);

		for (struct node *item = first; item && reference_visit(r->list); item = item->next) {
			struct volume *volume = map_get(volumes, scalar_get(item, "name"));
			bool has_expression = scalar_get(item, "subPathExpr").len > 0;
			struct str sub_path = scalar_get(item, "subPath");
			struct volume_mount mount = { .container = i, .sub_path = clean_path(r, sub_path) };

			mount.below = (struct str){ .ptr = mount.sub_path.ptr, .len = mount.sub_path.len + 1 };
			mount.has_slash = str_find(sub_path, '/') < sub_path.len;
			mount.is_whole = has_expression || mount.sub_path.len == 0;
			mount.is_plain = !has_expression && sub_path.len == 0;
			if (!volume)
				continue;
			count_user(r, volume, i);
			if (is_reloader && mount.is_plain &&
			    map_get(&watched, reloader_clean_path(scalar_get(item, "mountPath"), r->arena)))
				volume->watcher = i;
			if (mode == VOLUMES_ALL || (mode == VOLUMES_SUBPATH && (has_expression || sub_path.len > 0)))
				add_mount(r, volume, mount);
			else
				volume->has_left_out = r->has_left_out = true;
		}
	}
}

bool volume_read_all(struct node *spec, enum volumes_mode mode, const struct container *containers, size_t count,
		     struct reference_list *list)
{
	struct volume_reader reader = { .list = list,
					.arena = list->arena,
					.containers = containers,
					.container_count = count },
			     *r = &reader;
	struct node *first = node_items(node_get(spec, "volumes"));
	struct map volumes;

	map_init(&volumes, r->arena);
	for (struct node *item = first; item && reference_visit(r->list); item = item->next) {
		struct volume *volume = ARENA_NEW(r->arena, struct volume);

		volume->node = item;
		volume->name = scalar_get(item, "name");
		volume->watcher = NO_CONTAINER;
		read_sources(r, volume);
		if (volume->sources)
			map_set(&volumes, volume->name, volume);
	}
	read_mounts(r, &volumes, mode);
	for (struct node *item = first; item; item = item->next) {
		struct volume *volume = map_get(&volumes, scalar_get(item, "name"));

		if (volume && volume->node == item)
			read_volume(r, volume);
	}
	return r->has_left_out;
}

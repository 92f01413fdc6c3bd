#include "kube/podspec.h"

#include "base/map.h"
#include "base/sort.h"
#include "kube/names.h"
#include "kube/reloader.h"
#include "yaml/scalar.h"

#include <stdlib.h>
#include <string.h>

/* What aliases and combinations may make of a document beyond its own nodes. */
#define VISIT_ALLOWANCE 100000

size_t podspec_budget(size_t text_length)
{
	return text_length + VISIT_ALLOWANCE;
}

/* A reference takes so many times the memory that the text of a list item takes. */
#define REFERENCE_COST 48

struct reading {
	struct arena *arena;
	struct podspec *podspec;
	size_t *budget; /* list items that may still be looked at; NULL: any number */
	bool too_many;
};

/* Takes `cost` from the budget; false once that has been used up. */
static bool spend(struct reading *r, size_t cost)
{
	if (!r->budget)
		return true;
	r->too_many = r->too_many || *r->budget < cost;
	*r->budget = r->too_many ? 0 : *r->budget - cost;
	return !r->too_many;
}

/* Counts a list item that is looked at. */
static bool visit(struct reading *r)
{
	return spend(r, 1);
}

static struct reference *add_reference(struct reading *r, struct reference reference)
{
	struct podspec *podspec = r->podspec;

	spend(r, REFERENCE_COST);
	podspec->references = arena_grow(r->arena, podspec->references, podspec->reference_count,
					 &podspec->reference_room, sizeof(*podspec->references));
	podspec->references[podspec->reference_count] = reference;
	return &podspec->references[podspec->reference_count++];
}

static void set_single_key(struct reading *r, struct reference *reference, struct str key)
{
	reference->keys = ARENA_NEW(r->arena, struct str);
	reference->keys[0] = key;
	reference->key_count = 1;
}

static void add_key(struct reading *r, struct reference *reference, size_t *room, struct str key)
{
	reference->keys = arena_grow(r->arena, reference->keys, reference->key_count, room, sizeof(*reference->keys));
	reference->keys[reference->key_count++] = key;
}

static void read_env(struct reading *r, struct node *container, size_t index)
{
	for (struct node *item = node_items(node_get(container, "env")); item && visit(r); item = item->next) {
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
		set_single_key(r, &reference, scalar_get(ref, "key"));
		add_reference(r, reference);
	}
}

static void add_env_from(struct reading *r, struct node *ref, enum object_kind kind, size_t container)
{
	if (!node_is_mapping(ref))
		return;
	add_reference(r, (struct reference){
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

static void read_env_from(struct reading *r, struct node *container, size_t index)
{
	for (struct node *item = node_items(node_get(container, "envFrom")); item && visit(r); item = item->next) {
		add_env_from(r, node_get(item, "configMapRef"), OBJECT_CONFIGMAP, index);
		add_env_from(r, node_get(item, "secretRef"), OBJECT_SECRET, index);
	}
}

/*
 * A path in a volume as the kubelet looks it up: without empty and `.` steps, and without the `..data` under which it
 * keeps the files that the volume's own names link to. Empty for the volume itself. A slash stands behind its bytes.
 */
static struct str clean_path(struct reading *r, struct str path)
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
struct item {
	struct str path; /* cleaned */
	struct str key;
};

/* A ConfigMap, Secret or SecretProviderClass in a volume, or something else there that a subPath can name. */
struct source {
	enum object_kind kind;
	enum reference_via via;
	struct node *node; /* NULL: neither ConfigMap nor Secret */
	struct str name;
	bool takes_keys; /* files are made of its keys; those of a driver's Secret, or of a provider, are not known */
	bool has_items;  /* else every key is a file */
	struct item *items; /* by path */
	size_t item_count, item_room;
	bool is_named; /* by the subPath of some mount */
	struct source *next;
};

struct mount {
	size_t container;
	struct str sub_path; /* cleaned */
	struct str below;    /* sub_path with a slash behind it: how the paths of the files below it begin */
	bool has_slash;      /* as it was written */
	bool is_whole;       /* also with a subPathExpr, which can be anything */
	bool is_elsewhere;   /* sub_path is a file that comes from no ConfigMap or Secret */
	bool is_plain;       /* with neither: the kubelet refreshes its files */
	struct mount *next;
};

struct volume {
	struct str name;
	struct node *node;
	struct source *sources, *last_source;
	struct mount *mounts, *last_mount;
	bool has_left_out; /* mounts that don't count */
	size_t users;      /* containers that mount it and run on; init containers that end don't count */
	size_t last_user;  /* if there are any: the last that was counted */
	size_t watcher;    /* a container that reloads what is in it, or NO_CONTAINER */
};

static void add_source(struct reading *r, struct volume *volume, struct source source)
{
	struct source *added = ARENA_NEW(r->arena, struct source);

	*added = source;
	if (volume->last_source)
		volume->last_source->next = added;
	else
		volume->sources = added;
	volume->last_source = added;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *left = a, *right = b;
	int order = str_compare(left->path, right->path);

	return order != 0 ? order : str_compare(left->key, right->key);
}

static void add_item(struct reading *r, struct source *source, struct item item)
{
	source->items =
		arena_grow(r->arena, source->items, source->item_count, &source->item_room, sizeof(*source->items));
	source->items[source->item_count++] = item;
}

static void sort_items(struct source *source)
{
	if (source->item_count > 0)
		qsort(source->items, source->item_count, sizeof(*source->items), compare_items);
}

static void read_items(struct reading *r, struct source *source)
{
	struct node *first = node_items(node_get(source->node, "items"));

	source->has_items = first != NULL;
	for (struct node *item = first; item && visit(r); item = item->next)
		add_item(r, source,
			 (struct item){
				 .path = clean_path(r, scalar_get(item, "path")),
				 .key = scalar_get(item, "key"),
			 });
	sort_items(source);
}

/* The index of the first item whose path is not before `path`. */
static size_t find_item(const struct source *source, struct str path)
{
	const struct item least = { .path = path };

	return sort_lower_bound(source->items, source->item_count, sizeof(*source->items), &least, compare_items);
}

static bool is_below(struct str path, struct str directory)
{
	return path.len > directory.len && memcmp(path.ptr, directory.ptr, directory.len) == 0;
}

static bool has_item_at(const struct source *source, struct str path)
{
	size_t at = find_item(source, path);

	return at < source->item_count && str_equal(source->items[at].path, path);
}

/* Is there an item at the mount's subPath, or below it? */
static bool has_item(const struct source *source, const struct mount *mount)
{
	size_t below = find_item(source, mount->below);

	return has_item_at(source, mount->sub_path) ||
	       (below < source->item_count && is_below(source->items[below].path, mount->below));
}

static void add_keyed_source(struct reading *r, struct volume *volume, enum reference_via via, enum object_kind kind,
			     struct node *node, const char *name_field)
{
	struct source source = { .kind = kind, .via = via, .node = node, .takes_keys = true };

	if (!node_is_mapping(node))
		return;
	source.name = scalar_get(node, name_field);
	read_items(r, &source);
	add_source(r, volume, source);
}

static void add_driver_secret(struct reading *r, struct volume *volume, struct node *node, const char *name_field)
{
	if (!node_is_mapping(node) || scalar_get(node, name_field).len == 0)
		return;
	add_source(r, volume,
		   (struct source){
			   .kind = OBJECT_SECRET,
			   .via = VIA_VOLUME_PLUGIN,
			   .node = node,
			   .name = scalar_get(node, name_field),
		   });
}

/* What the Secrets Store driver mounts, or Google's build of it. */
static void add_provider_class(struct reading *r, struct volume *volume, struct node *csi)
{
	struct node *attributes = node_get(csi, "volumeAttributes");
	struct source source = { .kind = OBJECT_PROVIDER_CLASS, .via = VIA_PROVIDER, .node = attributes };
	struct str driver = scalar_get(csi, "driver");

	source.name = scalar_get(attributes, "secretProviderClass");
	if (source.name.len > 0 &&
	    (str_is(driver, "secrets-store.csi.k8s.io") || str_is(driver, "secrets-store-gke.csi.k8s.io")))
		add_source(r, volume, source);
}

static void add_file(struct reading *r, struct source *files, struct node *node, const char *path_field)
{
	struct str path = clean_path(r, scalar_get(node, path_field));

	if (path.len > 0)
		add_item(r, files, (struct item){ .path = path });
}

/* Files of a projected volume that come from elsewhere; a subPath that names one names no key. */
static void add_other_files(struct reading *r, struct volume *volume, struct node *source)
{
	static const char *const certificate_fields[] = { "credentialBundlePath", "keyPath", "certificateChainPath",
							  NULL };
	struct source files = { .has_items = true };

	add_file(r, &files, node_get(source, "serviceAccountToken"), "path");
	add_file(r, &files, node_get(source, "clusterTrustBundle"), "path");
	for (const char *const *field = certificate_fields; *field; field++)
		add_file(r, &files, node_get(source, "podCertificate"), *field);
	for (struct node *item = node_items(node_get(node_get(source, "downwardAPI"), "items")); item && visit(r);
	     item = item->next)
		add_file(r, &files, item, "path");
	sort_items(&files);
	if (files.item_count > 0)
		add_source(r, volume, files);
}

static void read_sources(struct reading *r, struct volume *volume)
{
	static const char *const plugins[] = { "cephfs", "cinder",  "flexVolume", "iscsi",
					       "rbd",    "scaleIO", "storageos",  NULL };
	struct node *projected = node_get(volume->node, "projected");

	add_keyed_source(r, volume, VIA_VOLUME, OBJECT_CONFIGMAP, node_get(volume->node, "configMap"), "name");
	add_keyed_source(r, volume, VIA_VOLUME, OBJECT_SECRET, node_get(volume->node, "secret"), "secretName");
	for (struct node *source = node_items(node_get(projected, "sources")); source && visit(r);
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
static bool names_files(const struct source *source, const struct mount *mount)
{
	if (mount->is_elsewhere && source->node)
		return false;
	if (source->has_items)
		return has_item(source, mount);
	return source->takes_keys && !mount->has_slash && is_config_key(mount->sub_path);
}

/* The keys that become the files of `source` that the mount's subPath names. */
static void set_named_keys(struct reading *r, const struct source *source, const struct mount *mount,
			   struct reference *reference)
{
	size_t room = 0;

	if (!source->has_items) {
		set_single_key(r, reference, mount->sub_path);
		return;
	}
	for (size_t i = find_item(source, mount->sub_path);
	     i < source->item_count && str_equal(source->items[i].path, mount->sub_path) && visit(r); i++)
		add_key(r, reference, &room, source->items[i].key);
	for (size_t i = find_item(source, mount->below);
	     i < source->item_count && is_below(source->items[i].path, mount->below) && visit(r); i++)
		add_key(r, reference, &room, source->items[i].key);
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
static bool is_followed(const struct reading *r, const struct volume *volume, const struct source *source,
			const struct mount *mount)
{
	return volume->watcher != NO_CONTAINER && volume->users <= 2 && source->takes_keys && mount &&
	       mount->is_plain && !has_ended(&r->podspec->containers[mount->container]);
}

/* `mount` is NULL for a volume that no container mounts. */
static struct reference *add_volume_reference(struct reading *r, const struct volume *volume,
					      const struct source *source, const struct mount *mount)
{
	struct node *optional = node_get(source->node, "optional");
	size_t container = mount ? mount->container : NO_CONTAINER;
	bool followed = is_followed(r, volume, source, mount);

	return add_reference(r, (struct reference){
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
static void add_whole(struct reading *r, const struct volume *volume, const struct source *source,
		      const struct mount *mount)
{
	struct reference *reference;
	size_t room = 0;

	if (!source->node)
		return;
	reference = add_volume_reference(r, volume, source, mount);
	reference->all_keys = !source->has_items;
	for (size_t i = 0; i < source->item_count && visit(r); i++)
		add_key(r, reference, &room, source->items[i].key);
}

/* Which keys a mount reaches. See the man page: what a pod template consumes. */
static void read_mount(struct reading *r, const struct volume *volume, const struct mount *mount, bool any_named)
{
	bool hit = false;

	for (const struct source *source = volume->sources; source && !mount->is_whole && visit(r);
	     source = source->next) {
		if (!names_files(source, mount))
			continue;
		hit = true;
		if (source->node)
			set_named_keys(r, source, mount, add_volume_reference(r, volume, source, mount));
	}
	if (hit)
		return;
	/* The whole volume, or a subPath that names nothing that is known. */
	for (const struct source *source = volume->sources; source && visit(r); source = source->next)
		if (mount->is_whole || !any_named || source->is_named)
			add_whole(r, volume, source, mount);
}

static void read_volume(struct reading *r, struct volume *volume)
{
	bool any_named = false;

	for (const struct source *source = volume->sources; source; source = source->next)
		for (struct mount *mount = volume->mounts; mount && !source->node && visit(r); mount = mount->next)
			mount->is_elsewhere = mount->is_elsewhere || has_item_at(source, mount->sub_path);
	for (struct source *source = volume->sources; source; source = source->next) {
		for (const struct mount *mount = volume->mounts; mount && !source->is_named && visit(r);
		     mount = mount->next)
			source->is_named = !mount->is_whole && names_files(source, mount);
		any_named = any_named || source->is_named;
	}
	for (const struct mount *mount = volume->mounts; mount && visit(r); mount = mount->next)
		read_mount(r, volume, mount, any_named);
	if (!volume->mounts)
		for (const struct source *source = volume->sources; source; source = source->next)
			add_whole(r, volume, source, NULL);
}

static void add_mount(struct reading *r, struct volume *volume, struct mount mount)
{
	struct mount *added = ARENA_NEW(r->arena, struct mount);

	*added = mount;
	if (volume->last_mount)
		volume->last_mount->next = added;
	else
		volume->mounts = added;
	volume->last_mount = added;
}

static void count_user(const struct reading *r, struct volume *volume, size_t container)
{
	if (has_ended(&r->podspec->containers[container]) || (volume->users > 0 && volume->last_user == container))
		return;
	volume->users++;
	volume->last_user = container;
}

static void read_mounts(struct reading *r, struct map *volumes, enum volumes_mode mode)
{
	for (size_t i = 0; i < r->podspec->container_count; i++) {
		const struct container *container = &r->podspec->containers[i];
		struct node *mounts = node_get(container->node, "volumeMounts");
		struct map watched;
		bool is_reloader = !has_ended(container) && reloader_read(container->node, r->arena, &watched);

		for (struct node *item = node_items(mounts); item && visit(r); item = item->next) {
			struct volume *volume = map_get(volumes, scalar_get(item, "name"));
			bool has_expression = scalar_get(item, "subPathExpr").len > 0;
			struct str sub_path = scalar_get(item, "subPath");
			struct mount mount = { .container = i, .sub_path = clean_path(r, sub_path) };

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
				volume->has_left_out = true;
		}
	}
}

static void read_volumes(struct reading *r, struct node *spec, enum volumes_mode mode)
{
	struct node *list = node_get(spec, "volumes");
	struct map volumes;

	map_init(&volumes, r->arena);
	for (struct node *item = node_items(list); item && visit(r); item = item->next) {
		struct volume *volume = ARENA_NEW(r->arena, struct volume);

		volume->node = item;
		volume->name = scalar_get(item, "name");
		volume->watcher = NO_CONTAINER;
		read_sources(r, volume);
		if (volume->sources)
			map_set(&volumes, volume->name, volume);
	}
	read_mounts(r, &volumes, mode);
	for (struct node *item = node_items(list); item; item = item->next) {
		struct volume *volume = map_get(&volumes, scalar_get(item, "name"));

		if (volume && volume->node == item)
			read_volume(r, volume);
	}
}

static void add_containers(struct reading *r, struct node *spec, const char *field, bool is_init)
{
	struct podspec *podspec = r->podspec;
	size_t index = 0;

	for (struct node *item = node_items(node_get(spec, field)); item && visit(r); item = item->next, index++) {
		podspec->containers = arena_grow(r->arena, podspec->containers, podspec->container_count,
						 &podspec->container_room, sizeof(*podspec->containers));
		podspec->containers[podspec->container_count++] = (struct container){
			.node = item,
			.name = scalar_get(item, "name"),
			.is_init = is_init,
			.index = index,
		};
	}
}

static void read_pull_secrets(struct reading *r, struct node *spec)
{
	for (struct node *item = node_items(node_get(spec, "imagePullSecrets")); item && visit(r); item = item->next)
		if (scalar_get(item, "name").len > 0)
			add_reference(r, (struct reference){
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
	struct reading r = { .arena = arena, .podspec = podspec, .budget = budget };
	struct node *spec = node_get(pod_template, "spec");

	*podspec = (struct podspec){ 0 };
	if (!spec)
		return true;
	add_containers(&r, spec, "initContainers", true);
	add_containers(&r, spec, "containers", false);
	for (size_t i = 0; i < podspec->container_count; i++) {
		read_env(&r, podspec->containers[i].node, i);
		read_env_from(&r, podspec->containers[i].node, i);
	}
	read_volumes(&r, spec, volumes);
	read_pull_secrets(&r, spec);
	if (r.too_many)
		return err_set_at(
			err, pod_template->span.from,
			"aliases, references, or many mounts of a volume with many files make too much of this pod "
			"template: write it with fewer of them");
	return true;
}

static void add_extra(struct reading *r, enum reference_via via, enum object_kind kind, struct str ns, struct str name,
		      size_t at)
{
	struct reference reference = { .kind = kind, .via = via, .name = name };

	reference.ns = ns;
	reference.is_consumed = true;
	reference.all_keys = true;
	reference.container = NO_CONTAINER;
	reference.at = at;
	add_reference(r, reference);
}

static bool add_annotated(struct reading *r, struct node *annotations, const char *annotation, enum object_kind kind,
			  struct err *err)
{
	struct node *value = node_get(annotations, annotation);
	struct str rest = scalar_get(annotations, annotation);

	while (rest.ptr && !r->too_many) {
		struct str name = str_trim(str_cut(&rest, ',')), foreign = { 0 };

		if (name.len == 0)
			continue;
		if (str_find(name, '/') < name.len)
			foreign = str_cut(&name, '/');
		add_extra(r, VIA_ANNOTATION, kind, foreign, name, value->span.from);
	}
	return !r->too_many || err_set_at(err, value->span.from,
					  "annotation %s: it names too many objects for its document", annotation);
}

bool podspec_add_annotated(struct node *annotations, size_t *budget, struct arena *arena, struct podspec *podspec,
			   struct err *err)
{
	struct reading r = { .arena = arena, .podspec = podspec, .budget = budget };

	return add_annotated(&r, annotations, "rollstamp.io/configmaps", OBJECT_CONFIGMAP, err) &&
	       add_annotated(&r, annotations, "rollstamp.io/secrets", OBJECT_SECRET, err);
}

void podspec_add_extra(enum object_kind kind, struct str ns, struct str name, size_t at, struct arena *arena,
		       struct podspec *podspec)
{
	struct reading r = { .arena = arena, .podspec = podspec };

	add_extra(&r, VIA_OPTION, kind, ns, name, at);
}

const char *reference_via_name(enum reference_via via)
{
	switch (via) {
	case VIA_ENV:
		return "env";
	case VIA_ENV_FROM:
		return "envFrom";
	case VIA_VOLUME:
		return "volume";
	case VIA_PROJECTED:
		return "projected";
	case VIA_VOLUME_PLUGIN:
		return "volumeSecret";
	case VIA_PROVIDER:
		return "csi";
	case VIA_PULL_SECRET:
		return "imagePullSecrets";
	case VIA_ANNOTATION:
		return "annotation";
	case VIA_OPTION:
		return "also";
	}
	return "";
}

struct str podspec_container_name(const struct container *container, struct arena *arena)
{
	return container->name.len > 0 ? container->name : arena_printf(arena, "%zu", container->index + 1);
}

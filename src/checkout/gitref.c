#include "checkout/gitref.h"

#include "base/map.h"
#include "checkout/cloneref.h"
#include "checkout/gitsync.h"
#include "git/url.h"
#include "checkout/search.h"
#include "yaml/scalar.h"

#include <string.h>

const char *gitref_via_name(enum gitref_via via)
{
	switch (via) {
	case GITREF_ENV:
		return "env";
	case GITREF_GIT_SYNC:
		return "git-sync";
	case GITREF_VOLUME:
		return "gitRepo";
	case GITREF_CLONE:
		return "git clone";
	case GITREF_ANNOTATION:
		return "annotation";
	}
	return "";
}

/* It is there, or not, for sure; what it is may be unknown. */
static bool is_definite(struct podenv_value value)
{
	return value.state == PODENV_KNOWN || value.entry != PODENV_NO_ENTRY;
}

/*
 * Does the pair stand here? What could come from a source of envFrom that is not known would be everywhere, so one of the
 * two must be there for sure.
 */
static bool is_pair(struct podenv_value repository, struct podenv_value ref, bool needs_ref)
{
	if (repository.state == PODENV_ABSENT || (needs_ref && ref.state == PODENV_ABSENT))
		return false;
	return is_definite(repository) || (ref.state != PODENV_ABSENT && is_definite(ref));
}

static bool has_env_pair(const struct search *l, struct str repository)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		const struct gitref *ref = &l->refs->items[i];

		if (ref->via == GITREF_ENV && ref->container == l->index && str_equal(ref->url.name, repository))
			return true;
	}
	return false;
}

/* Does a pair of this container take its ref from the variable? */
static bool is_ref_taken(const struct search *l, struct str name)
{
	for (size_t i = l->first_ref; i < l->refs->count; i++) {
		const struct gitref *ref = &l->refs->items[i];

		if (ref->via == GITREF_ENV && ref->container == l->index && str_equal(ref->pin_name, name))
			return true;
	}
	return false;
}

/*
 * The variable of the pair that says the ref: the second counts where the first one says nothing, and where nobody knows
 * whether the first is there at all.
 */
static struct podenv_value choose_ref(struct search *l, const struct pair *pair, struct str *name)
{
	struct podenv_value first = podenv_get(&l->env, pair->refs[0]), second;
	bool says_nothing = first.state == PODENV_ABSENT || (first.state == PODENV_KNOWN && first.text.len == 0);

	*name = pair->refs[0];
	if (pair->refs[1].len == 0 || (!says_nothing && is_definite(first)))
		return first;
	second = podenv_get(&l->env, pair->refs[1]);
	if (!is_definite(second) && first.state != PODENV_ABSENT)
		return first;
	if (second.state == PODENV_ABSENT ||
	    (second.state == PODENV_KNOWN && second.text.len == 0 && first.state != PODENV_ABSENT))
		return first;
	*name = pair->refs[1];
	return second;
}

static bool contains(struct str text, const char *part)
{
	return text.len > 0 && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/*
 * Does a commit work in a variable that usually has a branch? It does for a full clone and a checkout, which is what an
 * image's own script does; not for what else a command that stands here can do with a branch.
 */
static bool takes_commit(struct search *l, struct str name)
{
	static const char *const others[] = { "-b",     "--depth", "--single", "--shallow", "fetch",    "pull",
					      "switch", "origin/", "refs/",    "archive",   "--mirror", NULL };
	struct str reference = arena_printf(l->input->arena, "$(%.*s)", STR_ARG(name));

	for (struct node *item = node_items(node_get(l->container->node, "env")); item; item = item->next)
		if (contains(scalar_get(item, "value"), reference.ptr))
			return false;
	for (size_t i = 0; i < l->word_count && l->mentions_git; i++)
		for (const char *const *other = others; *other; other++)
			if (!l->words[i].is_known || contains(l->words[i].text, *other))
				return false;
	return true;
}

/* What keeps a known pair, which usually takes a commit, from taking one here; or NULL. */
static const char *why_no_commit(struct search *l, const struct pair *pair, struct str name)
{
	struct podenv_value rival = { .state = PODENV_ABSENT };

	if (pair->rival.len > 0)
		rival = podenv_get(&l->env, pair->rival);
	if (rival.state != PODENV_ABSENT && is_definite(rival))
		return "images that have GIT_BRANCH beside it run git clone -b, which takes no commit (if this one "
		       "does not, --git-pair with :pin, or the annotation rollstamp.io/git-pin, says so)";
	if (rival.state != PODENV_ABSENT)
		return "GIT_BRANCH may be set beside it, and images that have both run git clone -b, which takes no "
		       "commit (if this one does not, --git-pair with :pin, or the annotation rollstamp.io/git-pin, "
		       "says so)";
	if (!takes_commit(l, name))
		return "its command, or another variable, does more with it than a full clone and a checkout";
	return NULL;
}

/* With `definite_only`, a pair whose ref could be there, but nobody knows, is left for later. */
static void look_at_pair(struct search *l, const struct pair *pair, bool is_user_pair, bool definite_only)
{
	struct podenv_value repository = podenv_get(&l->env, pair->repository), value;
	struct gitref ref = { .via = GITREF_ENV, .is_told = is_user_pair };
	struct str name;

	if (repository.state == PODENV_ABSENT || has_env_pair(l, pair->repository))
		return;
	value = choose_ref(l, pair, &name);
	/* A repository that nobody knows of, for a ref that another pair has. */
	if (!is_definite(repository) && is_ref_taken(l, name))
		return;
	if (!is_pair(repository, value, !is_user_pair) || (definite_only && !is_definite(value)))
		return;
	ref.url = search_url(l, search_variable_part(l, repository, pair->repository));
	if (ref.url.state == TEXT_KNOWN && ref.url.text.len == 0)
		return;
	ref.ref = search_variable_part(l, value, name);
	search_set_default(&ref.ref, pair->default_ref);
	ref.pin_name = name;
	ref.why_not = "it is not known whether what reads the variable takes a commit "
		      "(--git-pair with :pin, or the annotation rollstamp.io/git-pin, says so)";
	if (pair->pins && !is_user_pair)
		ref.why_not = why_no_commit(l, pair, name);
	if (pair->pins && (is_user_pair || !ref.why_not))
		ref.pin = GITREF_PIN_VARIABLE;
	if (l->input->pins_pairs)
		ref.pin = GITREF_PIN_VARIABLE;
	search_add_own(l, ref);
}

/*
 * A source of envFrom that is not known could define anything. It makes no container a git-sync, and a ref that is given
 * for sure goes before one that could be there.
 */
static bool could_matter(const struct search *l, struct str name)
{
	bool is_ref = str_ends_with(name, "_REF") || str_ends_with(name, "_REV") || str_ends_with(name, "_BRANCH");

	return (is_ref && !l->has_certain_ref) || str_ends_with(name, "_DEPTH");
}

static bool has_certain_ref(struct search *l, const struct gitsync_input *input)
{
	static const struct str names[] = { STR("GITSYNC_REF"), STR("GIT_SYNC_REV"), STR("GIT_SYNC_BRANCH") };
	static const char *const flags[] = { "-ref", "--ref", "-rev", "--rev", "-branch", "--branch", NULL };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (is_definite(podenv_get(&l->env, names[i])))
			return true;
	for (size_t i = 0; i < input->count; i++) {
		struct str rest = input->words[i].text, flag = str_cut(&rest, '=');

		for (const char *const *at = flags; *at; at++)
			if (str_is(flag, *at))
				return true;
	}
	return false;
}

/* For gitsync. */
static enum text_state look_up(void *context, const char *name, struct text_value *value)
{
	struct search *l = context;
	struct podenv_value got = podenv_get(&l->env, str_from(name)), *found;

	if (got.state == PODENV_ABSENT)
		return TEXT_ABSENT;
	found = ARENA_NEW(l->input->arena, struct podenv_value);
	*found = got;
	*value = (struct text_value){
		.is_known = found->state == PODENV_KNOWN,
		.text = found->text,
		.origin = found,
	};
	if (value->is_known)
		return TEXT_KNOWN;
	return found->entry != PODENV_NO_ENTRY || could_matter(l, str_from(name)) ? TEXT_UNKNOWN : TEXT_ABSENT;
}

/* What git-sync takes from a variable or flag. */
static struct gitref_part sync_part(const struct search *l, const struct text_part *found,
				    const struct gitsync_place *place)
{
	struct gitref_part part = search_word_part(l, found, str_from("git-sync"));
	struct arena *arena = l->input->arena;

	switch (place->source) {
	case GITSYNC_ENV:
		part.name = str_from(place->name);
		part.where = arena_printf(arena, "variable %s", place->name);
		break;
	case GITSYNC_FLAG:
		part.name = arena_printf(arena, "--%s", place->name);
		part.where = arena_printf(arena, "flag --%s", place->name);
		break;
	case GITSYNC_DEFAULT:
		break;
	}
	return part;
}

/* Is what stands before the value in the word the same before Kubernetes has expanded it? */
static bool is_word_replaceable(const struct search *l, size_t word, size_t prefix)
{
	const char *field = word < l->command_count ? "command" : "args";
	size_t index = word < l->command_count ? word : word - l->command_count;
	struct node *item = node_items(node_get(l->container->node, field));
	struct str now = l->words[word].text, written;

	while (index-- > 0)
		item = item->next;
	written = node_resolve(item)->value;
	return prefix <= written.len && prefix <= now.len && memcmp(written.ptr, now.ptr, prefix) == 0;
}

static void set_sync_pin(const struct search *l, const struct gitsync *sync, struct gitref *ref)
{
	ref->pins_sha1_only = true;
	switch (sync->pin) {
	case GITSYNC_PIN_NOWHERE:
		ref->why_not = sync->why_not;
		return;
	case GITSYNC_PIN_ENV:
		ref->pin = GITREF_PIN_VARIABLE;
		ref->pin_name = str_from(sync->pin_at.name);
		return;
	case GITSYNC_PIN_FLAG:
		ref->pin_word = sync->pin_at.word;
		ref->pin_prefix = sync->pin_at.value_offset;
		if (is_word_replaceable(l, ref->pin_word, ref->pin_prefix))
			ref->pin = GITREF_PIN_WORD;
		else
			ref->why_not = "the flag itself is made of variables";
		return;
	}
}

/* Adds what git-sync checks out, if it is one. */
static bool add_sync(struct search *l, const struct gitsync_input *input, bool is_unsure)
{
	struct gitref ref = { .via = GITREF_GIT_SYNC };
	struct gitsync sync;

	l->has_certain_ref = has_certain_ref(l, input);
	sync = gitsync_find(input, l->input->arena);
	if (!sync.is_gitsync)
		return false;
	ref.url = search_url(l, sync_part(l, &sync.url, &sync.url_at));
	if (ref.url.state == TEXT_ABSENT || (ref.url.state == TEXT_KNOWN && ref.url.text.len == 0))
		return true;
	ref.directory = search_directory(&sync.root);
	if (sync.polling == TEXT_KNOWN) {
		search_add_poller(l, &ref.url, ref.directory, true);
		ref.followed_by = podspec_container_name(l->container, l->input->arena);
	}
	ref.ref = sync_part(l, &sync.ref, &sync.ref_at);
	if (sync.polling == TEXT_UNKNOWN && ref.ref.state != TEXT_UNKNOWN) {
		ref.ref.state = TEXT_UNKNOWN;
		ref.ref.reason = str_from("it is not known whether this git-sync runs once or polls");
	} else if (is_unsure && ref.ref.state != TEXT_UNKNOWN) {
		ref.ref.state = TEXT_UNKNOWN;
		ref.ref.reason = str_from("its git-sync depends on a condition in the script");
	}
	if (sync.ref_at.source == GITSYNC_DEFAULT && ref.ref.state == TEXT_KNOWN)
		ref.ref.state = TEXT_ABSENT;
	ref.is_branch_first = sync.is_branch_first;
	set_sync_pin(l, &sync, &ref);
	search_add_own(l, ref);
	return true;
}

/* An image of git-sync whose container runs something else, of which nothing is known. */
static void add_other_script(struct search *l, struct str program)
{
	struct gitref ref = { .via = GITREF_GIT_SYNC, .why_not = "a script starts git-sync" };

	ref.url = (struct gitref_part){
		.state = TEXT_UNKNOWN,
		.reason = arena_printf(l->input->arena, "it runs %.*s, which is not known", STR_ARG(program)),
		.where = str_from("git-sync"),
		.at = l->container->node->span.from,
	};
	ref.ref = ref.url;
	search_add_own(l, ref);
}

/* The git-syncs that the scripts of the container start. */
static void look_at_started_syncs(struct search *l, struct gitsync_input input, const struct clones *clones)
{
	bool finds_git = clones->count > 0 || clones->polled_count > 0 || clones->untold || clones->trouble;

	input.is_script = true;
	input.is_unsure_env = clones->start.sets_sync;
	for (size_t i = 0; i < clones->start.sync_count; i++) {
		const struct starts_sync *sync = &clones->start.syncs[i];

		input.words = sync->words;
		input.count = sync->count;
		input.has_command = true;
		input.polls = sync->polls;
		add_sync(l, &input, sync->is_unsure);
	}
	if (clones->start.sync_count == 0 && !finds_git && clones->start.unknown.len > 0 &&
	    gitsync_is_image(input.image))
		add_other_script(l, clones->start.unknown);
}

/* Could git-sync's variables be among the container's? */
static bool may_have_sync_variables(struct search *l)
{
	static const struct str names[] = { STR("GIT_SYNC_REPO"), STR("GITSYNC_REPO") };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (podenv_has_entry(&l->env, names[i]))
			return true;
		if (node_items(node_get(l->container->node, "envFrom")) &&
		    podenv_get(&l->env, names[i]).state == PODENV_KNOWN)
			return true;
	}
	return false;
}

static bool has_environment(const struct search *l)
{
	return node_items(node_get(l->container->node, "env")) || node_items(node_get(l->container->node, "envFrom"));
}

static void look_at_container(struct search *l)
{
	const struct gitref_input *input = l->input;
	bool is_sidecar = l->container->is_init && str_is(scalar_get(l->container->node, "restartPolicy"), "Always");
	bool may_be_sync, is_sync = false;
	struct gitsync_input sync;
	struct clones clones = { .count = 0 };
	size_t known_count;
	const struct pair *known = pair_known(&known_count);

	l->is_init = l->container->is_init && !is_sidecar;
	podenv_init(&l->env, input->manifest, input->ns, l->container->node, input->budget, input->arena);
	l->files = (struct podfile){
		.pod_template = input->pod_template,
		.container = l->container->node,
		.manifest = input->manifest,
		.ns = input->ns,
		.arena = input->arena,
	};
	may_be_sync = may_have_sync_variables(l);
	search_read_words(l, may_be_sync);
	sync = (struct gitsync_input){
		.image = scalar_get(l->container->node, "image"),
		.words = l->words,
		.count = l->word_count,
		.has_command = l->has_command,
		.is_init = l->is_init,
		.env = look_up,
		.context = l,
	};
	if ((l->mentions_git || may_be_sync) && gitsync_is_direct(&sync))
		is_sync = add_sync(l, &sync, false);
	if (l->mentions_git && !is_sync)
		clones = cloneref_find(l);
	if (!gitsync_is_direct(&sync))
		look_at_started_syncs(l, sync, &clones);
	for (size_t i = 0; i < input->pair_count && has_environment(l); i++)
		look_at_pair(l, &input->pairs[i], true, false);
	for (size_t i = 0; i < 2 * known_count && l->container->is_init && has_environment(l); i++)
		look_at_pair(l, &known[i % known_count], false, i < known_count);
	if (l->mentions_git && !is_sync)
		cloneref_look(l, clones);
	cloneref_look_at_hook(l);
}

static void look_at_volumes(struct search *l)
{
	const struct podspec *podspec = l->input->podspec;
	struct node *volumes = node_get(node_get(l->input->pod_template, "spec"), "volumes");
	size_t index = 0;

	for (struct node *item = node_items(volumes); item; item = item->next, index++) {
		struct node *repo = node_get(item, "gitRepo");
		struct gitref ref = {
			.via = GITREF_VOLUME,
			.container = NO_CONTAINER,
			.volume = scalar_get(item, "name"),
			.pin = GITREF_PIN_REVISION,
			.pin_word = index,
		};
		struct node *revision = node_get(repo, "revision");
		size_t room = 0;

		if (!node_is_mapping(repo) || scalar_get(repo, "repository").len == 0)
			continue;
		ref.url = (struct gitref_part){
			.state = TEXT_KNOWN,
			.text = scalar_get(repo, "repository"),
			.where = STR("repository"),
			.at = repo->span.from,
		};
		ref.ref = (struct gitref_part){
			.state = TEXT_KNOWN,
			.text = scalar_get(repo, "revision"),
			.where = STR("revision"),
			.at = revision ? revision->span.from : repo->span.from,
		};
		search_set_default(&ref.ref, str_from("HEAD"));
		for (size_t i = 0; i < podspec->container_count; i++) {
			struct node *mounts = node_get(podspec->containers[i].node, "volumeMounts");
			bool mounted = false;

			search_visit(l, 1);
			for (struct node *mount = node_items(mounts); mount && !l->too_many; mount = mount->next) {
				search_visit(l, 1);
				mounted = mounted || str_equal(scalar_get(mount, "name"), ref.volume);
			}
			if (!mounted)
				continue;
			ref.containers = arena_grow(l->input->arena, ref.containers, ref.container_count, &room,
						    sizeof(*ref.containers));
			ref.containers[ref.container_count++] = i;
		}
		ref.is_unmounted = ref.container_count == 0;
		search_add(l, ref);
	}
}

/* Does a url begin here, and not the rest of one that has a comma in it? */
static bool begins_url(struct str text)
{
	struct str piece = str_trim(str_cut(&text, ','));

	return str_find(piece, ':') < str_find(piece, '/') || str_starts_with(piece, "/") ||
	       str_starts_with(piece, "./") || piece.len == 0;
}

/* Has a url with :// come to its path yet? */
static bool is_complete(struct str text)
{
	const char *authority = text.len > 0 ? memmem(text.ptr, text.len, "://", 3) : NULL;
	struct str rest;

	if (!authority)
		return true;
	rest = str_skip(text, (size_t)(authority + 3 - text.ptr));
	return str_find(rest, '/') < rest.len;
}

/* Cuts the first URL#REF off a list of them. Passwords and refs can have commas, too. */
static struct str cut_item(struct str *rest)
{
	struct str whole = *rest, item = str_cut(rest, ',');

	while (rest->ptr && (!is_complete(item) || !begins_url(*rest))) {
		struct str next = str_cut(rest, ',');

		item = (struct str){ .ptr = whole.ptr, .len = (size_t)(next.ptr + next.len - whole.ptr) };
	}
	return str_trim(item);
}

static void add_annotated(struct search *l, struct str text, size_t at)
{
	struct gitref ref = {
		.via = GITREF_ANNOTATION,
		.container = NO_CONTAINER,
		.in_every_container = true,
		.why_not = "an annotation makes no container check it out",
	};
	size_t hash = text.len;

	while (hash > 0 && text.ptr[hash - 1] != '#')
		hash--;
	ref.url = (struct gitref_part){
		.state = TEXT_KNOWN,
		.text = hash > 0 ? str_slice(text, (struct span){ 0, hash - 1 }) : text,
		.where = STR("annotation rollstamp.io/git"),
		.at = at,
	};
	ref.ref = ref.url;
	ref.ref.text = hash > 0 ? str_skip(text, hash) : (struct str){ 0 };
	search_set_default(&ref.ref, str_from("HEAD"));
	search_add(l, ref);
}

/* rollstamp.io/git: URL#REF, URL#REF ... */
static void look_at_annotation(struct search *l, struct node *annotations)
{
	struct node *value = node_get(annotations, "rollstamp.io/git");
	struct str rest = scalar_get(annotations, "rollstamp.io/git");

	while (rest.ptr && !l->too_many) {
		struct str text = cut_item(&rest);

		if (text.len > 0)
			add_annotated(l, text, value->span.from);
	}
}

/* Where a ref is checked out. */
static struct site site_of(const struct search *l, const struct gitref *ref)
{
	return (struct site){
		.is_url_known = ref->url.state == TEXT_KNOWN,
		.url = ref->url.state == TEXT_KNOWN ? url_identity_of(ref->url.text, l->input->arena) : ref->url.text,
		.container = ref->container,
		.volume = ref->volume,
		.directory = ref->directory,
		.is_inside = ref->via == GITREF_GIT_SYNC || ref->via == GITREF_VOLUME,
	};
}

/* The refs in an index of their sites. Those whose files are moved are in it twice. */
struct placed {
	struct site_index index;
	size_t *numbers; /* of the refs, for each entry of the index */
	bool *is_told;   /* of each ref */
};

static void place(struct placed *placed, struct search *l)
{
	placed->numbers = arena_array(l->input->arena, 2 * l->refs->count, sizeof(*placed->numbers));
	placed->is_told = arena_array(l->input->arena, l->refs->count, sizeof(*placed->is_told));
	site_index_init(&placed->index, l->input->podspec, l->input->budget, l->input->arena);
}

static void place_ref(struct placed *placed, const struct search *l, size_t number)
{
	const struct gitref *ref = &l->refs->items[number];
	struct site site = site_of(l, ref);

	placed->numbers[placed->index.count] = number;
	site_index_add(&placed->index, &site);
	if (ref->moved_to.len == 0)
		return;
	site.directory = ref->moved_to;
	site.is_inside = ref->is_moved_inside;
	placed->numbers[placed->index.count] = number;
	site_index_add(&placed->index, &site);
}

/*
 * What a poller keeps up to date needs no stamp. One that the user asks for explicitly gets it all the same; and so does
 * what could be in the poller's place, if another checkout is there for sure.
 */
static void mark_followed(struct search *l)
{
	const struct podspec *podspec = l->input->podspec;
	struct placed placed;

	place(&placed, l);
	for (size_t i = 0; i < l->refs->count; i++)
		if (l->refs->items[i].followed_by.len == 0 && l->refs->items[i].via != GITREF_ANNOTATION)
			place_ref(&placed, l, i);
	for (const struct poller *poller = l->pollers; poller; poller = poller->next) {
		struct str name = podspec_container_name(&podspec->containers[poller->site.container], l->input->arena);
		bool is_place_taken = false;
		const struct site_match *matches;
		size_t count = site_index_find(&placed.index, &poller->site, false, &matches);

		for (size_t i = 0; i < count; i++)
			is_place_taken = is_place_taken || matches[i].relation == SITE_SAME_PLACE;
		for (size_t i = 0; i < count; i++)
			if (matches[i].relation != SITE_POSSIBLE || !is_place_taken)
				l->refs->items[placed.numbers[matches[i].checkout]].followed_by = name;
	}
	l->too_many = l->too_many || *l->input->budget == 0;
}

/* What is in the clone when the pod runs may be what another container has checked out in it. */
static void turn(struct gitref *clone, const struct gitref_part *ref)
{
	struct str name = ref->text;

	if (str_starts_with(name, "origin/") && !str_equal(name, clone->ref.text))
		name = str_skip(name, strlen("origin/"));
	if (clone->via == GITREF_ENV || clone->ref.state == TEXT_UNKNOWN ||
	    (ref->state == TEXT_KNOWN && str_equal(name, clone->ref.text)))
		return;
	clone->ref.state = TEXT_UNKNOWN;
	clone->ref.reason = str_from("another container checks something else out in it");
	clone->pin = GITREF_PIN_NOWHERE;
}

/*
 * Drops the commands that work, for sure or possibly, in the clones of other containers. These get something new then,
 * and are not kept as they are.
 */
static void drop_told(struct search *l)
{
	struct placed placed;
	size_t kept = 0;

	place(&placed, l);
	for (size_t i = 0; i < l->refs->count; i++)
		if (!l->refs->items[i].is_untold && l->refs->items[i].via != GITREF_ANNOTATION)
			place_ref(&placed, l, i);
	for (size_t i = 0; i < l->refs->count; i++) {
		struct site site = site_of(l, &l->refs->items[i]);
		const struct site_match *matches;
		size_t count = 0;

		/* Urls say nothing of where it is. */
		if (l->refs->items[i].is_untold)
			count = site_index_find(&placed.index, &site, true, &matches);
		for (size_t k = 0; k < count; k++) {
			struct gitref *clone = &l->refs->items[placed.numbers[matches[k].checkout]];

			if (!l->refs->items[i].turns)
				clone->kept_in = (struct str){ 0 };
			else
				turn(clone, &l->refs->items[i].ref);
		}
		placed.is_told[i] = count > 0 || l->refs->items[i].turns;
	}
	for (size_t i = 0; i < l->refs->count; i++)
		if (!placed.is_told[i])
			l->refs->items[kept++] = l->refs->items[i];
	l->refs->count = kept;
	l->too_many = l->too_many || *l->input->budget == 0;
}

/* Drops the loops that follow what is known: that says by whom it is followed. */
static void drop_pullers(struct search *l)
{
	struct map following;
	size_t kept = 0;

	map_init(&following, l->input->arena);
	for (size_t i = 0; i < l->refs->count; i++)
		if (!l->refs->items[i].is_puller && l->refs->items[i].followed_by.len > 0)
			map_set(&following, l->refs->items[i].followed_by, l);
	for (size_t i = 0; i < l->refs->count; i++) {
		struct gitref ref = l->refs->items[i];

		if (!ref.is_puller || !map_get(&following, ref.followed_by))
			l->refs->items[kept++] = ref;
	}
	l->refs->count = kept;
}

bool gitref_find(const struct gitref_input *input, struct gitrefs *refs, struct err *err)
{
	struct search l = { .input = input, .refs = refs };

	for (size_t i = 0; i < input->podspec->container_count && !l.too_many; i++) {
		l.index = i;
		l.first_ref = refs->count;
		l.container = &input->podspec->containers[i];
		look_at_container(&l);
	}
	look_at_volumes(&l);
	look_at_annotation(&l, input->workload_annotations);
	look_at_annotation(&l, node_get(node_get(input->pod_template, "metadata"), "annotations"));
	drop_told(&l);
	if (l.pollers)
		mark_followed(&l);
	drop_pullers(&l);
	if (l.too_many)
		return err_set_at(
			err, input->pod_template->span.from,
			"aliases, variables in commands, or git refs make too much of this pod template: write it "
			"with fewer of them");
	return true;
}

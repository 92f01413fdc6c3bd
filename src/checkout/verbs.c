/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/verbs.h"

#include "checkout/gitoptions.h"
#include "checkout/part.h"
#include "checkout/kept.h"

#define BECAUSE_SUBSTITUTION "it is cloned inside a command substitution"
#define BECAUSE_OPTIONS "options of its git clone come from a variable"
#define BECAUSE_BARE "a bare clone takes every ref"
#define BECAUSE_MERGE "another commit is merged into it"
#define BECAUSE_PATHS "some of its files are checked out from another ref"
#define BECAUSE_READ "another commit is read into it"

/* The number of the container's word that `word` is, or stands in. */
static size_t number_of(const struct verbs_context *context, const struct word *word)
{
	return context->is_script ? context->word : word->at.from;
}

static struct part word_part(const struct verbs_context *context, const struct word *word)
{
	return part_of(word, context->values[number_of(context, word)].origin);
}

static struct part no_part(void)
{
	return (struct part){ .text.state = TEXT_ABSENT };
}

static struct part operand(const struct verbs_context *context, const struct optargs *parsed, size_t i)
{
	return i < parsed->operand_count ? word_part(context, &parsed->operands[i]) : no_part();
}

static struct part url_operand(const struct verbs_context *context, const struct optargs *parsed, size_t i)
{
	struct word bare;

	if (i >= parsed->operand_count)
		return no_part();
	bare = part_without_userinfo(&parsed->operands[i], context->work->arena);
	return word_part(context, &bare);
}

/* Which operand is the url; `*hides_options`: a variable in front of it may hold options, so that nothing is known. */
static size_t find_url(const struct optargs *parsed, bool *hides_options)
{
	size_t i = 0;

	while (i + 1 < parsed->operand_count && parsed->operands[i].may_split && parsed->operands[i].known_len == 0 &&
	       part_is_url(&parsed->operands[i + 1]))
		i++;
	*hides_options = i > 0;
	return i;
}

static void set_directory(const struct verbs_context *context, struct worktree_clone *clone,
			  const struct optargs *parsed, size_t url)
{
	struct word made = { .text = STR(""), .reason = "the url that it is made from isn't known" }, bare;

	if (url + 1 < parsed->operand_count)
		made = parsed->operands[url + 1];
	else {
		bare = part_without_userinfo(&parsed->operands[url], context->work->arena);
		part_directory(&bare, &made);
	}
	clone->checkout.directory = word_part(context, &made).text;
	clone->directory = directory_join(context->place.directory, &made, context->work->arena);
	if (clone->checkout.directory.state == TEXT_KNOWN && clone->directory.is_known)
		clone->checkout.directory.value = clone->directory.path;
}

static void set_clone_ref(const struct verbs_context *context, struct clones_checkout *checkout,
			  const struct optargs *parsed, bool hides_options)
{
	const struct optargs_use *branch = optargs_last(parsed, 'b', NULL);
	const struct optargs_use *revision = optargs_last(parsed, 0, "revision");

	checkout->is_branch_first = branch != NULL;
	if (revision || branch)
		checkout->ref = word_part(context, revision ? revision->value : branch->value);
	if (checkout->ref.text.state == TEXT_ABSENT)
		checkout->is_branch_first = false;
	if (hides_options && !branch)
		part_set_unknown(&checkout->ref, BECAUSE_OPTIONS);
	if (optargs_last(parsed, 0, "bare") || optargs_last(parsed, 0, "mirror"))
		part_set_unknown(&checkout->ref, BECAUSE_BARE);
}

/* Is it made only while there is none? */
static bool is_guarded(const struct verbs_context *context, const struct worktree_clone *clone)
{
	struct str script = context->script, directory = clone->directory.path;

	return (clone->branch != 0 && kept_is_guarded(script, context->script_at, directory)) ||
	       (context->may_have_ended && kept_is_left(script, context->script_at, directory)) ||
	       kept_may_fail(script, context->script_at);
}

static void clone_with(const struct verbs_context *context, struct args args, const struct optargs_option *table)
{
	struct optargs parsed = optargs_parse(args, table, context->work->arena);
	const struct optargs_use *origin = optargs_last(&parsed, 'o', NULL);
	struct worktree_clone clone = { .branch = context->place.branch, .remote = STR("origin") };
	bool hides_options;
	size_t url;

	if (parsed.operand_count == 0)
		return;
	url = find_url(&parsed, &hides_options);
	/* Too many operands are an error of git's. */
	if (parsed.operand_count > url + 2)
		return;
	clone.checkout.url = url_operand(context, &parsed, url);
	if (clone.checkout.url.text.state == TEXT_ABSENT)
		clone.checkout.url.text.state = TEXT_KNOWN;
	if (context->is_substitution)
		part_set_unknown(&clone.checkout.url, BECAUSE_SUBSTITUTION);
	clone.checkout.is_own = worktree_is_own(context->work, context->place.directory, &parsed.operands[url]);
	set_clone_ref(context, &clone.checkout, &parsed, hides_options);
	set_directory(context, &clone, &parsed, url);
	clone.checkout.is_once = context->is_script && !context->clone_polls && is_guarded(context, &clone) &&
				 !worktree_is_removed(context->work, clone.directory);
	if (origin && !origin->value->reason && origin->value->text.len > 0)
		clone.remote = origin->value->text;
	clone.checkout.is_shallow = optargs_last(&parsed, 0, "depth") || optargs_last(&parsed, 0, "shallow-since") ||
				    optargs_last(&parsed, 0, "shallow-exclude");
	clone.checkout.polls = context->clone_polls;
	clone.checkout.is_in_loop = context->is_in_loop;
	clone.checkout.word = number_of(context, &parsed.operands[url]);
	clone.checkout.at = context->at;
	if (!context->is_script)
		clone.checkout.at = (struct span){ 0, parsed.operands[url].text.len };
	worktree_add(context->work, &clone);
}

static void run_clone(const struct verbs_context *context, struct args args)
{
	clone_with(context, args, gitoptions_clone);
}

/* `git lfs clone` hands all that it does not know to git clone. */
static void run_lfs(const struct verbs_context *context, struct args args)
{
	size_t own = gitoptions_count(gitoptions_lfs), others = gitoptions_count(gitoptions_clone);
	struct optargs_option *table = arena_array(context->work->arena, own + others + 1, sizeof(*table));

	if (args.count == 0 || args.words[0].reason || !str_is(args.words[0].text, "clone"))
		return;
	memcpy(table, gitoptions_lfs, own * sizeof(*table));
	memcpy(table + own, gitoptions_clone, (others + 1) * sizeof(*table));
	clone_with(context, (struct args){ .words = args.words + 1, .count = args.count - 1 }, table);
}

static void run_init(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_init, context->work->arena);
	struct worktree_clone made = { .branch = context->place.branch,
				       .remote = STR("origin"),
				       .directory = context->place.directory };

	/* Only others take something from a bare one; too many operands are an error of git's. */
	if (parsed.operand_count > 1)
		return;
	if (parsed.operand_count == 1)
		made.directory = directory_join(made.directory, &parsed.operands[0], context->work->arena);
	if (optargs_last(&parsed, 0, "bare")) {
		worktree_own(context->work, made.directory);
		return;
	}
	made.checkout.directory = text_known(made.directory.path);
	if (!made.directory.is_known)
		text_set_unknown(&made.checkout.directory, "the directory that it is made in isn't known");
	made.checkout.word = context->word;
	made.checkout.at = context->at;
	worktree_make(context->work, &made);
}

/* A new local branch of this name, from `start` or from what is checked out. */
static void start_branch(const struct verbs_context *context, const struct word *name, struct part start)
{
	struct str text = name->reason ? (struct str){ 0 } : name->text;

	if (start.text.state == TEXT_ABSENT)
		start = (struct part){ .text = text_known((struct str)STR("HEAD")) };
	worktree_branch(context->work, &context->place, text, &start);
}

/* Is it sure that this names files, and no ref? */
static bool is_path(const struct part *part)
{
	struct str text = part->text.value;

	return part->text.state == TEXT_KNOWN &&
	       (str_is(text, ".") || str_is(text, "..") || str_starts_with(text, "./") ||
		str_starts_with(text, "../") || str_starts_with(text, "/") || str_starts_with(text, ":") ||
		str_ends_with(text, "/"));
}

/* Files from a commit, in what is checked out otherwise. */
static void checkout_paths(const struct verbs_context *context, const struct part *ref)
{
	if (!is_path(ref))
		worktree_merge(context->work, &context->place, ref, BECAUSE_PATHS);
}

static void run_checkout(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_checkout, context->work->arena);
	const struct optargs_use *create = optargs_last(&parsed, 'b', NULL);
	struct part ref = operand(context, &parsed, 0);

	if (!create)
		create = optargs_last(&parsed, 'B', NULL);
	if (create) {
		start_branch(context, create->value, ref);
		return;
	}
	if (optargs_last(&parsed, 0, "orphan") || parsed.before_dashes == 0 || ref.text.state == TEXT_ABSENT)
		return;
	/* With `--` at the end it is a ref; with anything else behind it, files of that ref are meant. */
	if (parsed.operand_count > 1 || optargs_last(&parsed, 0, "pathspec-from-file") ||
	    optargs_last(&parsed, 'p', NULL)) {
		checkout_paths(context, &ref);
		return;
	}
	if (parsed.before_dashes == SIZE_MAX && is_path(&ref))
		return;
	worktree_checkout(context->work, &context->place, &ref);
}

static void run_switch(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_switch, context->work->arena);
	const struct optargs_use *create = optargs_last(&parsed, 'c', NULL);
	struct part ref = operand(context, &parsed, 0);

	if (!create)
		create = optargs_last(&parsed, 'C', NULL);
	if (create)
		start_branch(context, create->value, ref);
	else if (!optargs_last(&parsed, 0, "orphan") && ref.text.state != TEXT_ABSENT)
		worktree_checkout(context->work, &context->place, &ref);
}

static void run_reset(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_reset, context->work->arena);
	struct part ref = operand(context, &parsed, 0);

	/* Without one of these, files stay as they are. */
	if (!optargs_last(&parsed, 0, "hard") && !optargs_last(&parsed, 0, "merge") &&
	    !optargs_last(&parsed, 0, "keep"))
		return;
	if (parsed.before_dashes != 0 && ref.text.state != TEXT_ABSENT)
		worktree_checkout(context->work, &context->place, &ref);
}

/* The operand behind a fetch's remote: a refspec, or `tag NAME`. */
static struct part fetched_part(const struct verbs_context *context, const struct optargs *parsed)
{
	struct part part = operand(context, parsed, 1), tag = operand(context, parsed, 2);

	if (part.text.state != TEXT_KNOWN || !str_is(part.text.value, "tag") || tag.text.state != TEXT_KNOWN)
		return part;
	tag.text.value = arena_printf(context->work->arena, "refs/tags/%.*s", STR_ARG(tag.text.value));
	return tag;
}

static void run_fetch(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_fetch, context->work->arena);
	struct part remote = url_operand(context, &parsed, 0), ref = fetched_part(context, &parsed);
	bool from_all = optargs_last(&parsed, 0, "all") || optargs_last(&parsed, 0, "multiple");

	if (context->fetch_polls)
		worktree_poll(context->work, &context->place);
	worktree_fetch(context->work, &context->place, &remote, &ref, from_all);
}

static void run_pull(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_fetch, context->work->arena);
	struct part remote = url_operand(context, &parsed, 0), ref = fetched_part(context, &parsed);

	if (context->fetch_polls)
		worktree_poll(context->work, &context->place);
	worktree_pull(context->work, &context->place, &remote, &ref);
}

static void run_merge(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_merge, context->work->arena);
	struct part ref = parsed.operand_count == 1 ? operand(context, &parsed, 0) : no_part();

	worktree_merge(context->work, &context->place, &ref, BECAUSE_MERGE);
}

/* Files of another ref, without a checkout of it. The index alone does not matter. */
static void run_restore(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_restore, context->work->arena);
	const struct optargs_use *source = optargs_last(&parsed, 's', NULL);
	bool is_index_alone = optargs_last(&parsed, 'S', NULL) && !optargs_last(&parsed, 'W', NULL);
	struct part ref = source ? word_part(context, source->value) : no_part();

	if (ref.text.state != TEXT_ABSENT && !is_index_alone)
		worktree_merge(context->work, &context->place, &ref, BECAUSE_PATHS);
}

static void run_read_tree(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_read_tree, context->work->arena);

	for (size_t i = 0; i < parsed.operand_count; i++) {
		struct part ref = operand(context, &parsed, i);

		worktree_merge(context->work, &context->place, &ref, BECAUSE_READ);
	}
}

/* The REF of a word that is REF:PATH, or TEXT_ABSENT. */
static struct part ref_of_path(const struct verbs_context *context, const struct word *word)
{
	struct word ref = *word;

	ref.text.len = str_find(word->text, ':');
	if (ref.text.len == word->text.len || ref.text.len == 0)
		return no_part();
	if (word->known_len >= ref.text.len) {
		ref.fixed_reason = NULL;
		ref.known_len = ref.text.len;
		ref.reason = NULL;
	}
	return word_part(context, &ref);
}

static void use(const struct verbs_context *context, const struct part *ref)
{
	if (ref->text.state != TEXT_ABSENT)
		worktree_use(context->work, &context->place, ref);
}

static void run_worktree(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_worktree, context->work->arena);
	struct part verb = operand(context, &parsed, 0), ref = operand(context, &parsed, 2);

	if (verb.text.state == TEXT_KNOWN && str_is(verb.text.value, "add"))
		use(context, &ref);
}

/* One of another repository is none of ours. */
static void run_archive(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_archive, context->work->arena);
	struct part ref = no_part();

	if (optargs_last(&parsed, 0, "remote") || parsed.operand_count == 0)
		return;
	ref = ref_of_path(context, &parsed.operands[0]);
	if (ref.text.state == TEXT_ABSENT)
		ref = operand(context, &parsed, 0);
	use(context, &ref);
}

static void use_paths(const struct verbs_context *context, const struct optargs *parsed)
{
	for (size_t i = 0; i < parsed->operand_count && i < parsed->before_dashes; i++) {
		struct part ref = ref_of_path(context, &parsed->operands[i]);

		use(context, &ref);
	}
}

static void run_show(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_show, context->work->arena);

	use_paths(context, &parsed);
}

static void run_cat_file(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_cat_file, context->work->arena);

	/* It is only asked whether it is there, or what it is. */
	if (parsed.use_count == 0)
		use_paths(context, &parsed);
}

static void run_remote(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_remote, context->work->arena);
	struct part verb = operand(context, &parsed, 0), name = operand(context, &parsed, 1);
	struct part url = url_operand(context, &parsed, 2), none = no_part();
	bool is_add = str_is(verb.text.value, "add");

	if (verb.text.state != TEXT_KNOWN)
		return;
	/* A url to push to, or one that is not the first, is fetched by nobody. */
	if (is_add || (str_is(verb.text.value, "set-url") && !optargs_last(&parsed, 0, "push") &&
		       !optargs_last(&parsed, 0, "add") && !optargs_last(&parsed, 0, "delete")))
		worktree_move(context->work, &context->place, &name, &url);
	if (is_add && optargs_last(&parsed, 'f', NULL))
		worktree_fetch(context->work, &context->place, &name, &none, false);
	if (!str_is(verb.text.value, "update"))
		return;
	if (context->fetch_polls)
		worktree_poll(context->work, &context->place);
	worktree_fetch(context->work, &context->place, &none, &none, true);
}

/* The NAME of remote.NAME.url, or empty. */
static struct str remote_of_key(struct str key)
{
	if (!str_starts_with(key, "remote.") || !str_ends_with(key, ".url") || key.len < sizeof("remote..url"))
		return (struct str){ 0 };
	return str_slice(key, (struct span){ strlen("remote."), key.len - strlen(".url") });
}

/* `git config remote.NAME.url URL`, which is what set-url does. */
static void run_config(const struct verbs_context *context, struct args args)
{
	struct optargs parsed = optargs_parse(args, gitoptions_config, context->work->arena);
	struct part name = operand(context, &parsed, 0), url = url_operand(context, &parsed, 1);

	if (name.text.state == TEXT_KNOWN && str_is(name.text.value, "set")) {
		name = operand(context, &parsed, 1);
		url = url_operand(context, &parsed, 2);
	}
	if (url.text.state == TEXT_ABSENT || name.text.state != TEXT_KNOWN || optargs_last(&parsed, 0, "add") ||
	    optargs_last(&parsed, 0, "get") || optargs_last(&parsed, 0, "unset"))
		return;
	name.text.value = remote_of_key(name.text.value);
	if (name.text.value.len > 0)
		worktree_move(context->work, &context->place, &name, &url);
}

static void enter_directories(struct verbs_context *context, const struct gitargs *command)
{
	struct directory *directory = &context->place.directory;
	struct arena *arena = context->work->arena;

	for (size_t i = 0; i < command->directory_count; i++)
		*directory = directory_join(*directory, &command->directories[i], arena);
	if (command->git_dir) {
		*directory = directory_join(*directory, command->git_dir, arena);
		if (str_ends_with(directory->path, "/.git"))
			directory->path.len -= strlen("/.git");
		else if (str_is(directory->path, ".git"))
			directory->path.len = 0;
	}
}

void verbs_run(const struct verbs_context *context, struct args args)
{
	static const struct {
		const char *name;
		void (*run)(const struct verbs_context *context, struct args args);
	} verbs[] = {
		{ "clone", run_clone },   { "checkout", run_checkout }, { "switch", run_switch },
		{ "reset", run_reset },   { "restore", run_restore },   { "read-tree", run_read_tree },
		{ "fetch", run_fetch },   { "pull", run_pull },         { "merge", run_merge },
		{ "rebase", run_merge },  { "cherry-pick", run_merge }, { "revert", run_merge },
		{ "bisect", run_merge },  { "worktree", run_worktree }, { "archive", run_archive },
		{ "show", run_show },     { "cat-file", run_cat_file }, { "remote", run_remote },
		{ "config", run_config }, { "init", run_init },         { "lfs", run_lfs },
	};
	struct gitargs command = gitargs_read(args, context->work->arena);
	struct verbs_context inner = *context;
	struct unfollowed taken;

	enter_directories(&inner, &command);
	inner.place.is_polling = context->fetch_polls;
	if (!context->fetch_polls && unfollowed_of_git(&command, &taken))
		worktree_note(context->work, &inner.place, &taken);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (str_is(command.name, verbs[i].name))
			verbs[i].run(&inner, command.args);
}

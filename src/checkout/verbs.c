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
static size_t number_of(const struct gitverbs_context *context, const struct shword *word)
{
	return context->is_script ? context->word : word->at.from;
}

static struct git_part part_of(const struct gitverbs_context *context, const struct shword *word)
{
	return gitpart_of(word, context->values[number_of(context, word)].origin);
}

static struct git_part no_part(void)
{
	return (struct git_part){ .state = GIT_ABSENT };
}

static struct git_part operand(const struct gitverbs_context *context, const struct gitparsed *parsed, size_t i)
{
	return i < parsed->operand_count ? part_of(context, &parsed->operands[i]) : no_part();
}

static struct git_part url_operand(const struct gitverbs_context *context, const struct gitparsed *parsed, size_t i)
{
	struct shword bare;

	if (i >= parsed->operand_count)
		return no_part();
	bare = gitpart_without_userinfo(&parsed->operands[i], context->work->arena);
	return part_of(context, &bare);
}

static void make_unknown(struct git_part *part, const char *reason)
{
	part->state = GIT_UNKNOWN;
	part->value.is_known = false;
	part->reason = reason;
	part->variable.len = 0;
}

/* Which operand is the url; `*hides_options`: a variable in front of it may hold options, so that nothing is known. */
static size_t find_url(const struct gitparsed *parsed, bool *hides_options)
{
	size_t i = 0;

	while (i + 1 < parsed->operand_count && parsed->operands[i].may_split && parsed->operands[i].known_len == 0 &&
	       gitdir_is_url(&parsed->operands[i + 1]))
		i++;
	*hides_options = i > 0;
	return i;
}

static void set_directory(const struct gitverbs_context *context, struct gitwork_clone *clone,
			  const struct gitparsed *parsed, size_t url)
{
	struct shword made = { .text = STR(""), .reason = "the url that it is made from isn't known" }, bare;

	if (url + 1 < parsed->operand_count)
		made = parsed->operands[url + 1];
	else {
		bare = gitpart_without_userinfo(&parsed->operands[url], context->work->arena);
		gitdir_of_url(&bare, &made);
	}
	clone->checkout.directory = part_of(context, &made);
	clone->directory = gitdir_join(context->place.directory, &made, context->work->arena);
	if (clone->checkout.directory.state == GIT_KNOWN && clone->directory.is_known)
		clone->checkout.directory.value.text = clone->directory.path;
}

static void set_clone_ref(const struct gitverbs_context *context, struct gitclone_checkout *checkout,
			  const struct gitparsed *parsed, bool hides_options)
{
	const struct gituse *branch = gitargs_last(parsed, 'b', NULL);
	const struct gituse *revision = gitargs_last(parsed, 0, "revision");

	checkout->is_branch_first = branch != NULL;
	if (revision || branch)
		checkout->ref = part_of(context, revision ? &revision->value : &branch->value);
	if (checkout->ref.state == GIT_ABSENT)
		checkout->is_branch_first = false;
	if (hides_options && !branch)
		make_unknown(&checkout->ref, BECAUSE_OPTIONS);
	if (gitargs_last(parsed, 0, "bare") || gitargs_last(parsed, 0, "mirror"))
		make_unknown(&checkout->ref, BECAUSE_BARE);
}

/* Is it made only while there is none? */
static bool is_guarded(const struct gitverbs_context *context, const struct gitwork_clone *clone)
{
	struct str script = context->script, directory = clone->directory.path;

	return (clone->branch != 0 && kept_is_guarded(script, context->script_at, directory)) ||
	       (context->may_have_ended && kept_is_left(script, context->script_at, directory)) ||
	       kept_may_fail(script, context->script_at);
}

static void clone_with(const struct gitverbs_context *context, struct gitargs args, const struct gitoption *table)
{
	struct gitparsed parsed = gitargs_parse(args, table, context->work->arena);
	const struct gituse *origin = gitargs_last(&parsed, 'o', NULL);
	struct gitwork_clone clone = { .branch = context->place.branch, .remote = STR("origin") };
	bool hides_options;
	size_t url;

	if (parsed.operand_count == 0)
		return;
	url = find_url(&parsed, &hides_options);
	/* Too many operands are an error of git's. */
	if (parsed.operand_count > url + 2)
		return;
	clone.checkout.url = url_operand(context, &parsed, url);
	if (clone.checkout.url.state == GIT_ABSENT)
		clone.checkout.url.state = GIT_KNOWN;
	if (context->is_substitution)
		make_unknown(&clone.checkout.url, BECAUSE_SUBSTITUTION);
	clone.checkout.is_own = gitwork_is_own(context->work, context->place.directory, &parsed.operands[url]);
	set_clone_ref(context, &clone.checkout, &parsed, hides_options);
	set_directory(context, &clone, &parsed, url);
	clone.checkout.is_once = context->is_script && !context->clone_polls && is_guarded(context, &clone) &&
				 !gitwork_is_removed(context->work, clone.directory);
	if (origin && !origin->value.reason && origin->value.text.len > 0)
		clone.remote = origin->value.text;
	clone.checkout.is_shallow = gitargs_last(&parsed, 0, "depth") || gitargs_last(&parsed, 0, "shallow-since") ||
				    gitargs_last(&parsed, 0, "shallow-exclude");
	clone.checkout.polls = context->clone_polls;
	clone.checkout.is_in_loop = context->is_in_loop;
	clone.checkout.word = number_of(context, &parsed.operands[url]);
	clone.checkout.at = context->at;
	if (!context->is_script)
		clone.checkout.at = (struct span){ 0, parsed.operands[url].text.len };
	gitwork_add(context->work, &clone);
}

static void run_clone(const struct gitverbs_context *context, struct gitargs args)
{
	clone_with(context, args, gitoptions_clone);
}

/* `git lfs clone` hands all that it does not know to git clone. */
static void run_lfs(const struct gitverbs_context *context, struct gitargs args)
{
	size_t own = gitoptions_count(gitoptions_lfs), others = gitoptions_count(gitoptions_clone);
	struct gitoption *table = arena_array(context->work->arena, own + others + 1, sizeof(*table));

	if (args.count == 0 || args.words[0].reason || !str_is(args.words[0].text, "clone"))
		return;
	memcpy(table, gitoptions_lfs, own * sizeof(*table));
	memcpy(table + own, gitoptions_clone, (others + 1) * sizeof(*table));
	clone_with(context, (struct gitargs){ .words = args.words + 1, .count = args.count - 1 }, table);
}

static void run_init(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_init, context->work->arena);
	struct gitwork_clone made = { .branch = context->place.branch,
				      .remote = STR("origin"),
				      .directory = context->place.directory };

	/* Only others take something from a bare one; too many operands are an error of git's. */
	if (parsed.operand_count > 1)
		return;
	if (parsed.operand_count == 1)
		made.directory = gitdir_join(made.directory, &parsed.operands[0], context->work->arena);
	if (gitargs_last(&parsed, 0, "bare")) {
		gitwork_own(context->work, made.directory);
		return;
	}
	made.checkout.directory = (struct git_part){ .state = made.directory.is_known ? GIT_KNOWN : GIT_UNKNOWN };
	made.checkout.directory.value =
		(struct git_value){ .is_known = made.directory.is_known, .text = made.directory.path };
	made.checkout.word = context->word;
	made.checkout.at = context->at;
	gitwork_make(context->work, &made);
}

/* A new local branch of this name, from `start` or from what is checked out. */
static void start_branch(const struct gitverbs_context *context, const struct shword *name, struct git_part start)
{
	struct str text = name->reason ? (struct str){ 0 } : name->text;

	if (start.state == GIT_ABSENT)
		start = (struct git_part){ .state = GIT_KNOWN, .value = { .is_known = true, .text = STR("HEAD") } };
	gitwork_branch(context->work, &context->place, text, &start);
}

/* Is it sure that this names files, and no ref? */
static bool is_path(const struct git_part *part)
{
	struct str text = part->value.text;

	return part->state == GIT_KNOWN && (str_is(text, ".") || str_is(text, "..") || str_starts_with(text, "./") ||
					    str_starts_with(text, "../") || str_starts_with(text, "/") ||
					    str_starts_with(text, ":") || str_ends_with(text, "/"));
}

/* Files from a commit, in what is checked out otherwise. */
static void checkout_paths(const struct gitverbs_context *context, const struct git_part *ref)
{
	if (!is_path(ref))
		gitwork_merge(context->work, &context->place, ref, BECAUSE_PATHS);
}

static void run_checkout(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_checkout, context->work->arena);
	const struct gituse *create = gitargs_last(&parsed, 'b', NULL);
	struct git_part ref = operand(context, &parsed, 0);

	if (!create)
		create = gitargs_last(&parsed, 'B', NULL);
	if (create) {
		start_branch(context, &create->value, ref);
		return;
	}
	if (gitargs_last(&parsed, 0, "orphan") || parsed.before_dashes == 0 || ref.state == GIT_ABSENT)
		return;
	/* With `--` at the end it is a ref; with anything else behind it, files of that ref are meant. */
	if (parsed.operand_count > 1 || gitargs_last(&parsed, 0, "pathspec-from-file") ||
	    gitargs_last(&parsed, 'p', NULL)) {
		checkout_paths(context, &ref);
		return;
	}
	if (parsed.before_dashes == SIZE_MAX && is_path(&ref))
		return;
	gitwork_checkout(context->work, &context->place, &ref);
}

static void run_switch(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_switch, context->work->arena);
	const struct gituse *create = gitargs_last(&parsed, 'c', NULL);
	struct git_part ref = operand(context, &parsed, 0);

	if (!create)
		create = gitargs_last(&parsed, 'C', NULL);
	if (create)
		start_branch(context, &create->value, ref);
	else if (!gitargs_last(&parsed, 0, "orphan") && ref.state != GIT_ABSENT)
		gitwork_checkout(context->work, &context->place, &ref);
}

static void run_reset(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_reset, context->work->arena);
	struct git_part ref = operand(context, &parsed, 0);

	/* Without one of these, files stay as they are. */
	if (!gitargs_last(&parsed, 0, "hard") && !gitargs_last(&parsed, 0, "merge") &&
	    !gitargs_last(&parsed, 0, "keep"))
		return;
	if (parsed.before_dashes != 0 && ref.state != GIT_ABSENT)
		gitwork_checkout(context->work, &context->place, &ref);
}

/* The operand behind a fetch's remote: a refspec, or `tag NAME`. */
static struct git_part fetched_part(const struct gitverbs_context *context, const struct gitparsed *parsed)
{
	struct git_part part = operand(context, parsed, 1), tag = operand(context, parsed, 2);

	if (part.state != GIT_KNOWN || !str_is(part.value.text, "tag") || tag.state != GIT_KNOWN)
		return part;
	tag.value.text = arena_printf(context->work->arena, "refs/tags/%.*s", STR_ARG(tag.value.text));
	return tag;
}

static void run_fetch(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_fetch, context->work->arena);
	struct git_part remote = url_operand(context, &parsed, 0), ref = fetched_part(context, &parsed);
	bool from_all = gitargs_last(&parsed, 0, "all") || gitargs_last(&parsed, 0, "multiple");

	if (context->fetch_polls)
		gitwork_poll(context->work, &context->place);
	gitwork_fetch(context->work, &context->place, &remote, &ref, from_all);
}

static void run_pull(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_fetch, context->work->arena);
	struct git_part remote = url_operand(context, &parsed, 0), ref = fetched_part(context, &parsed);

	if (context->fetch_polls)
		gitwork_poll(context->work, &context->place);
	gitwork_pull(context->work, &context->place, &remote, &ref);
}

static void run_merge(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_merge, context->work->arena);
	struct git_part ref = parsed.operand_count == 1 ? operand(context, &parsed, 0) : no_part();

	gitwork_merge(context->work, &context->place, &ref, BECAUSE_MERGE);
}

/* Files of another ref, without a checkout of it. The index alone does not matter. */
static void run_restore(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_restore, context->work->arena);
	const struct gituse *source = gitargs_last(&parsed, 's', NULL);
	bool is_index_alone = gitargs_last(&parsed, 'S', NULL) && !gitargs_last(&parsed, 'W', NULL);
	struct git_part ref = source ? part_of(context, &source->value) : no_part();

	if (ref.state != GIT_ABSENT && !is_index_alone)
		gitwork_merge(context->work, &context->place, &ref, BECAUSE_PATHS);
}

static void run_read_tree(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_read_tree, context->work->arena);

	for (size_t i = 0; i < parsed.operand_count; i++) {
		struct git_part ref = operand(context, &parsed, i);

		gitwork_merge(context->work, &context->place, &ref, BECAUSE_READ);
	}
}

/* The REF of a word that is REF:PATH, or GIT_ABSENT. */
static struct git_part ref_of_path(const struct gitverbs_context *context, const struct shword *word)
{
	struct shword ref = *word;

	ref.text.len = str_find(word->text, ':');
	if (ref.text.len == word->text.len || ref.text.len == 0)
		return no_part();
	if (word->known_len >= ref.text.len) {
		ref.fixed_reason = NULL;
		ref.known_len = ref.text.len;
		ref.reason = NULL;
	}
	return part_of(context, &ref);
}

static void use(const struct gitverbs_context *context, const struct git_part *ref)
{
	if (ref->state != GIT_ABSENT)
		gitwork_use(context->work, &context->place, ref);
}

static void run_worktree(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_worktree, context->work->arena);
	struct git_part verb = operand(context, &parsed, 0), ref = operand(context, &parsed, 2);

	if (verb.state == GIT_KNOWN && str_is(verb.value.text, "add"))
		use(context, &ref);
}

/* One of another repository is none of ours. */
static void run_archive(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_archive, context->work->arena);
	struct git_part ref = no_part();

	if (gitargs_last(&parsed, 0, "remote") || parsed.operand_count == 0)
		return;
	ref = ref_of_path(context, &parsed.operands[0]);
	if (ref.state == GIT_ABSENT)
		ref = operand(context, &parsed, 0);
	use(context, &ref);
}

static void use_paths(const struct gitverbs_context *context, const struct gitparsed *parsed)
{
	for (size_t i = 0; i < parsed->operand_count && i < parsed->before_dashes; i++) {
		struct git_part ref = ref_of_path(context, &parsed->operands[i]);

		use(context, &ref);
	}
}

static void run_show(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_show, context->work->arena);

	use_paths(context, &parsed);
}

static void run_cat_file(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_cat_file, context->work->arena);

	/* It is only asked whether it is there, or what it is. */
	if (parsed.use_count == 0)
		use_paths(context, &parsed);
}

static void run_remote(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_remote, context->work->arena);
	struct git_part verb = operand(context, &parsed, 0), name = operand(context, &parsed, 1);
	struct git_part url = url_operand(context, &parsed, 2), none = no_part();
	bool is_add = str_is(verb.value.text, "add");

	if (verb.state != GIT_KNOWN)
		return;
	/* A url to push to, or one that is not the first, is fetched by nobody. */
	if (is_add || (str_is(verb.value.text, "set-url") && !gitargs_last(&parsed, 0, "push") &&
		       !gitargs_last(&parsed, 0, "add") && !gitargs_last(&parsed, 0, "delete")))
		gitwork_move(context->work, &context->place, &name, &url);
	if (is_add && gitargs_last(&parsed, 'f', NULL))
		gitwork_fetch(context->work, &context->place, &name, &none, false);
	if (!str_is(verb.value.text, "update"))
		return;
	if (context->fetch_polls)
		gitwork_poll(context->work, &context->place);
	gitwork_fetch(context->work, &context->place, &none, &none, true);
}

/* The NAME of remote.NAME.url, or empty. */
static struct str remote_of_key(struct str key)
{
	if (!str_starts_with(key, "remote.") || !str_ends_with(key, ".url") || key.len < sizeof("remote..url"))
		return (struct str){ 0 };
	return str_slice(key, (struct span){ strlen("remote."), key.len - strlen(".url") });
}

/* `git config remote.NAME.url URL`, which is what set-url does. */
static void run_config(const struct gitverbs_context *context, struct gitargs args)
{
	struct gitparsed parsed = gitargs_parse(args, gitoptions_config, context->work->arena);
	struct git_part name = operand(context, &parsed, 0), url = url_operand(context, &parsed, 1);

	if (name.state == GIT_KNOWN && str_is(name.value.text, "set")) {
		name = operand(context, &parsed, 1);
		url = url_operand(context, &parsed, 2);
	}
	if (url.state == GIT_ABSENT || name.state != GIT_KNOWN || gitargs_last(&parsed, 0, "add") ||
	    gitargs_last(&parsed, 0, "get") || gitargs_last(&parsed, 0, "unset"))
		return;
	name.value.text = remote_of_key(name.value.text);
	if (name.value.text.len > 0)
		gitwork_move(context->work, &context->place, &name, &url);
}

static void enter_directories(struct gitverbs_context *context, const struct gitcommand *command)
{
	struct gitdir *directory = &context->place.directory;
	struct arena *arena = context->work->arena;

	for (size_t i = 0; i < command->directory_count; i++)
		*directory = gitdir_join(*directory, &command->directories[i], arena);
	if (command->git_dir) {
		*directory = gitdir_join(*directory, command->git_dir, arena);
		if (str_ends_with(directory->path, "/.git"))
			directory->path.len -= strlen("/.git");
		else if (str_is(directory->path, ".git"))
			directory->path.len = 0;
	}
}

void gitverbs_run(const struct gitverbs_context *context, struct gitargs args)
{
	static const struct {
		const char *name;
		void (*run)(const struct gitverbs_context *context, struct gitargs args);
	} verbs[] = {
		{ "clone", run_clone },   { "checkout", run_checkout }, { "switch", run_switch },
		{ "reset", run_reset },   { "restore", run_restore },   { "read-tree", run_read_tree },
		{ "fetch", run_fetch },   { "pull", run_pull },         { "merge", run_merge },
		{ "rebase", run_merge },  { "cherry-pick", run_merge }, { "revert", run_merge },
		{ "bisect", run_merge },  { "worktree", run_worktree }, { "archive", run_archive },
		{ "show", run_show },     { "cat-file", run_cat_file }, { "remote", run_remote },
		{ "config", run_config }, { "init", run_init },         { "lfs", run_lfs },
	};
	struct gitcommand command = gitargs_command(args, context->work->arena);
	struct gitverbs_context inner = *context;
	struct gitelse taken;

	enter_directories(&inner, &command);
	inner.place.is_polling = context->fetch_polls;
	if (!context->fetch_polls && gitelse_of_git(&command, &taken))
		gitwork_note(context->work, &inner.place, &taken);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (str_is(command.name, verbs[i].name))
			verbs[i].run(&inner, command.args);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/move.h"

#include "checkout/optargs.h"
#include "shell/command.h"

/* mv(1), cp(1), rsync(1): options whose value may stand in a word of its own. */
static const struct optargs_option move_options[] = {
	{ "target-directory", 't', true },
	{ "suffix", 'S', true },
	{ "exclude", 0, true },
	{ "rsh", 'e', true },
	{ "", 0, false },
};

static const struct optargs_option remove_options[] = {
	{ "", 0, false },
};

bool move_is(struct str program)
{
	static const char *const names[] = { "rm", "rmdir", "find", "mv", "cp", "rsync", NULL };

	return command_is_one_of(program, names);
}

/*
 * The directory that a word names, or whose files it does: `*is_content`, as in DIRECTORY/\*, DIRECTORY/. and, for
 * rsync, DIRECTORY/.
 */
static struct directory place_of(struct worktree *work, struct directory directory, const struct word *word,
				 bool is_rsync, bool *is_content)
{
	struct str known = word_known(word);
	size_t end = 0, slash = 0;
	struct word path;

	/* What stands in front of a pattern, up to its last slash. */
	while (end < known.len && !strchr("*?[{", known.ptr[end])) {
		end++;
		if (known.ptr[end - 1] == '/')
			slash = end;
	}
	*is_content = end < word->text.len || str_is(known, ".") || str_ends_with(known, "/.") ||
		      (is_rsync && str_ends_with(known, "/"));
	if (end == word->text.len)
		return directory_join(directory, word, work->arena);
	known.len = slash;
	/* A pattern alone is one of where it stands; and what begins with something unknown is not known. */
	if (slash == 0 && end > 0 && end < word->known_len)
		return directory;
	if (slash == 0 && word->known_len == 0 && word->text.len > 0 && !strchr("*?[{.", word->text.ptr[0]))
		return (struct directory){ .path = word->text };
	path = (struct word){ .text = known, .known_len = known.len };
	return slash > 0 ? directory_join(directory, &path, work->arena) : directory;
}

static void run_move(struct worktree *work, struct directory directory, struct args args, bool is_rsync)
{
	struct optargs parsed = optargs_parse(args, move_options, work->arena);
	const struct optargs_use *target = optargs_last(&parsed, 't', NULL);
	size_t count = parsed.operand_count;
	bool is_content, ignored;
	struct directory to;

	if (!target && count < 2)
		return;
	to = target ? directory_join(directory, target->value, work->arena)
		    : place_of(work, directory, &parsed.operands[--count], false, &ignored);
	for (size_t i = 0; i < count; i++) {
		struct directory from = place_of(work, directory, &parsed.operands[i], is_rsync, &is_content);

		worktree_move_files(work, from, to, !is_content);
	}
}

static void run_remove(struct worktree *work, struct directory directory, struct args args)
{
	struct optargs parsed = optargs_parse(args, remove_options, work->arena);
	bool ignored;

	for (size_t i = 0; i < parsed.operand_count; i++)
		worktree_remove(work, place_of(work, directory, &parsed.operands[i], false, &ignored));
}

static bool deletes(struct args args)
{
	for (size_t i = 0; i < args.count; i++)
		if (str_is(args.words[i].text, "-delete") || str_ends_with(args.words[i].text, "rm"))
			return true;
	return false;
}

void move_run(struct worktree *work, struct directory directory, struct args args)
{
	struct str program = args_program(args);
	struct args rest = { .words = args.words + 1, .count = args.count - 1 };

	if (str_is(program, "rm") || str_is(program, "rmdir"))
		run_remove(work, directory, rest);
	else if (str_is(program, "find") && deletes(rest))
		run_remove(work, directory, rest);
	else if (!str_is(program, "find"))
		run_move(work, directory, rest, str_is(program, "rsync"));
	/* What is moved away is gone from there. */
	if (str_is(program, "mv"))
		run_remove(work, directory, rest);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/gitargs.h"

/* Options of git itself whose value stands in the next word, unless it is joined. */
static bool has_global_value(struct str option)
{
	static const char *const names[] = { "-c",           "--namespace",  "--work-tree", "--super-prefix",
					     "--config-env", "--attr-source" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(option, names[i]))
			return true;
	return false;
}

struct gitargs gitargs_read(struct args args, struct arena *arena)
{
	struct gitargs command = { 0 };
	struct word *directories = NULL;
	static const char git_dir[] = "--git-dir=";
	size_t room = 0;

	for (args = args_skip(args, 1); args.count > 0; args = args_skip(args, 1)) {
		const struct word *word = &args.words[0];
		struct str text = word_known(word);

		if (text.len == 0 || text.ptr[0] != '-') {
			command.name = word->reason ? (struct str){ 0 } : text;
			command.args = args_skip(args, 1);
			break;
		}
		if (str_is(text, "-C") && args.count > 1) {
			directories =
				arena_grow(arena, directories, command.directory_count, &room, sizeof(*directories));
			directories[command.directory_count++] = args.words[1];
			args = args_skip(args, 1);
		} else if (str_is(text, "--git-dir") && args.count > 1) {
			command.git_dir = &args.words[1];
			args = args_skip(args, 1);
		} else if (str_starts_with(text, git_dir)) {
			struct word *value = ARENA_NEW(arena, struct word);

			*value = word_tail(word, sizeof(git_dir) - 1);
			command.git_dir = value;
		} else if (has_global_value(text)) {
			args = args_skip(args, 1);
		}
	}
	command.directories = directories;
	return command;
}

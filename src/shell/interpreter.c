/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/interpreter.h"

bool interpreter_is(struct str program)
{
	static const char *const shells[] = { "sh", "bash", "ash", "dash", "ksh", "mksh", "zsh" };

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (str_is(program, shells[i]))
			return true;
	return false;
}

bool interpreter_is_other(struct str text)
{
	struct str line = text, program;

	if (!str_starts_with(text, "#!"))
		return false;
	line.len = str_find(text, '\n');
	line = str_trim(str_skip(line, 2));
	program = line;
	program.len = str_find(line, ' ');
	if (str_ends_with(program, "/env")) {
		program = str_trim(str_skip(line, program.len));
		program.len = str_find(program, ' ');
	}
	return !interpreter_is(str_behind_last(program, '/'));
}

const struct word *interpreter_script(struct args args, bool *is_file, struct args *operands)
{
	bool is_command = false, reads_input = false;

	for (args = args_skip(args, 1); args.count > 0; args = args_skip(args, 1)) {
		struct str text = word_known(&args.words[0]);

		if (str_is(text, "--") || str_is(text, "-")) {
			args = args_skip(args, 1);
			break;
		}
		if (text.len < 2 || (text.ptr[0] != '-' && text.ptr[0] != '+'))
			break;
		if (text.ptr[1] == '-') {
			if (str_is(text, "--rcfile") || str_is(text, "--init-file"))
				args = args_skip(args, 1);
			continue;
		}
		/* -o and -O name an option each, in words of their own. */
		for (size_t i = 1; i < text.len; i++) {
			is_command = is_command || (text.ptr[0] == '-' && text.ptr[i] == 'c');
			reads_input = reads_input || (text.ptr[0] == '-' && text.ptr[i] == 's');
			if (text.ptr[i] == 'o' || text.ptr[i] == 'O')
				args = args_skip(args, 1);
		}
	}
	*is_file = !is_command;
	if (args.count == 0 || (reads_input && !is_command))
		return NULL;
	*operands = args_skip(args, 1);
	return &args.words[0];
}

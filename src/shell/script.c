/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/script.h"

#include "shell/frame.h"

struct heredoc {
	struct str delimiter;
	bool is_quoted;
	bool strips_tabs;
	const struct command_draft *building; /* the command that reads it, until that is finished; or NULL */
	size_t reader;                        /* then its number, or SIZE_MAX */
};

struct parser {
	struct lex lex;
	struct frames frames;
	struct heredoc *heredocs;
	size_t heredoc_count, heredoc_room;
	struct simple_command *commands;
	size_t command_count, command_room;
};

/* A simple command on its way. */
struct command_draft {
	struct simple_command command;
	struct word *words, *assignments;
	size_t word_room, assignment_room;
	bool has_begun;
};

/* The lexer is the parser's first member. */
static struct parser *parser_of(struct lex *lex)
{
	return (struct parser *)lex;
}

static bool fail(struct parser *parser, size_t at, const char *what)
{
	return err_set_at(parser->lex.err, lex_offset(&parser->lex, at), "%s", what);
}

static struct frame *top_of(struct parser *parser)
{
	return shframes_top(&parser->frames);
}

/* One more level, limited with those of the words. */
static bool push(struct parser *parser, enum frame_kind kind, unsigned also)
{
	if (!lex_enter(&parser->lex))
		return false;
	shframes_push(&parser->frames, kind, also, parser->lex.at, parser->command_count);
	return true;
}

static void pop(struct parser *parser)
{
	shframes_pop(&parser->frames);
	parser->lex.depth--;
}

/* In processes of their own: the commands from number `from` on. */
static void mark_pipe(struct parser *parser, size_t from)
{
	for (size_t i = from; i < parser->command_count; i++)
		parser->commands[i].within |= WITHIN_PIPE;
}

static void note_in_loop(const struct frame *frame, const struct simple_command *command)
{
	if (!command->loop)
		return;
	if (frame->kind == FRAME_LOOP && (command->within & WITHIN_LOOP_CONDITION) &&
	    !command_is_always_true(command, command->loop->is_until))
		command->loop->is_endless = false;
	command_note_loop(command, frame->is_after_or);
}

/* The here-documents of the command, which are still to come, are those of command number `reader`. */
static void give_heredocs(struct parser *parser, const struct command_draft *building, size_t reader)
{
	for (size_t i = parser->heredoc_count; i-- > 0 && parser->heredocs[i].building == building;) {
		parser->heredocs[i].building = NULL;
		parser->heredocs[i].reader = reader;
	}
}

static void finish_command(struct parser *parser, struct command_draft *building)
{
	struct frame *frame = top_of(parser);
	struct simple_command command = building->command;
	bool is_dead;

	if (!building->has_begun)
		return;
	command.words = building->words;
	command.assignments = building->assignments;
	command.within = frame_within(frame);
	command.is_negated = frame->is_negated;
	command.loop = frame->loop;
	command.function = frame->function;
	command.subshell = frame->subshell;
	command.branch = shframes_branch(&parser->frames, frame);
	command.reads_pipe = frame->is_after_pipe;
	is_dead = frame_is_dead(frame);
	if (!is_dead)
		note_in_loop(frame, &command);
	frame->has_test = frame->has_test || command_is_test(&command);
	frame_note_result(frame, command_certainty(&command));
	frame->is_negated = frame->is_ended = frame->goes_on = false;
	parser->frames.function.len = 0;
	is_dead = is_dead || (command.word_count == 0 && command.assignment_count == 0);
	give_heredocs(parser, building, is_dead ? SIZE_MAX : parser->command_count);
	*building = (struct command_draft){ 0 };
	if (is_dead)
		return;
	parser->commands = arena_grow(parser->lex.arena, parser->commands, parser->command_count, &parser->command_room,
				      sizeof(*parser->commands));
	parser->commands[parser->command_count++] = command;
}

static void add_word(struct parser *parser, struct command_draft *building, const struct word *word, bool is_assignment)
{
	struct simple_command *command = &building->command;

	if (!building->has_begun)
		command->at = word->at;
	building->has_begun = true;
	command->at.to = word->at.to;
	if (is_assignment) {
		building->assignments = arena_grow(parser->lex.arena, building->assignments, command->assignment_count,
						   &building->assignment_room, sizeof(*building->assignments));
		building->assignments[command->assignment_count++] = *word;
	} else {
		building->words = arena_grow(parser->lex.arena, building->words, command->word_count,
					     &building->word_room, sizeof(*building->words));
		building->words[command->word_count++] = *word;
	}
}

/* Over the body of a here-document. In one that expands, a line that ends in a backslash goes on in the next. */
static void skip_heredoc(struct lex *lex, const struct heredoc *heredoc)
{
	bool goes_on = false;

	while (lex->at < lex->text.len) {
		struct str rest = str_skip(lex->text, lex->at), line = rest;
		size_t backslashes = 0;

		line.len = str_find(rest, '\n');
		lex->at += line.len + (line.len < rest.len);
		while (heredoc->strips_tabs && line.len > 0 && line.ptr[0] == '\t')
			line = str_skip(line, 1);
		if (!goes_on && str_equal(line, heredoc->delimiter))
			return;
		while (backslashes < line.len && line.ptr[line.len - 1 - backslashes] == '\\')
			backslashes++;
		goes_on = !heredoc->is_quoted && backslashes % 2 == 1;
	}
}

static void skip_newline(struct parser *parser)
{
	parser->lex.at++;
	for (size_t i = 0; i < parser->heredoc_count; i++) {
		const struct heredoc *heredoc = &parser->heredocs[i];
		size_t from = parser->lex.at;

		skip_heredoc(&parser->lex, heredoc);
		if (!heredoc->building && heredoc->reader != SIZE_MAX)
			parser->commands[heredoc->reader].input =
				str_slice(parser->lex.text, (struct span){ from, parser->lex.at });
	}
	parser->heredoc_count = 0;
}

static void skip_space(struct parser *parser)
{
	for (;;) {
		lex_skip_blanks(&parser->lex);
		if (lex_peek(&parser->lex, 0) != '\n')
			return;
		skip_newline(parser);
	}
}

/* At `<` or `>`, or `&` before it. */
static bool skip_redirection(struct parser *parser, struct command_draft *building)
{
	struct lex *lex = &parser->lex;
	size_t from = lex->at;
	struct heredoc heredoc = { .building = building, .reader = SIZE_MAX };
	bool is_string;
	struct word target;

	building->has_begun = building->has_begun || !top_of(parser)->is_ended;
	if (lex_peek(lex, 0) == '&')
		lex->at++;
	while (lex_peek(lex, 0) == '<' || lex_peek(lex, 0) == '>') {
		/* <<( and the like: a process substitution is what is read or written. */
		if (lex->at > from && lex_peek(lex, 1) == '(')
			break;
		lex->at++;
	}
	if (lex->at - from == 2 && lex->text.ptr[from] == '<' && lex->text.ptr[from + 1] == '<') {
		if (lex_peek(lex, 0) == '-') {
			heredoc.strips_tabs = true;
			lex->at++;
		}
		lex_skip_blanks(lex);
		if (!lex_delimiter(lex, &heredoc.delimiter, &heredoc.is_quoted))
			return false;
		parser->heredocs = arena_grow(lex->arena, parser->heredocs, parser->heredoc_count,
					      &parser->heredoc_room, sizeof(*parser->heredocs));
		parser->heredocs[parser->heredoc_count++] = heredoc;
		return true;
	}
	if (lex_peek(lex, 0) == '&' || lex_peek(lex, 0) == '|')
		lex->at++;
	is_string = lex->at - from == 3 && lex->text.ptr[from] == '<' && lex->text.ptr[from + 2] == '<';
	lex_skip_blanks(lex);
	if (!lex_at_word(lex))
		return fail(parser, from, "a redirection in it has no target");
	if (!lex_word(lex, false, &target))
		return false;
	if (is_string)
		building->command.input = target.text;
	return true;
}

/* Behind `[[`, to behind `]]`: what stands between is neither commands nor operators. */
static bool skip_brackets(struct parser *parser)
{
	struct lex *lex = &parser->lex;
	size_t from = lex->at;
	struct word word;

	for (;;) {
		lex_skip_blanks(lex);
		if (lex->at >= lex->text.len)
			return fail(parser, from, "a [[ in it is never closed");
		if (!lex_at_word(lex)) {
			lex->at++;
			continue;
		}
		if (!lex_word(lex, false, &word))
			return false;
		if (str_is(word.text, "]]") && !word.is_quoted)
			return true;
	}
}

/* `((` at the place of a command: arithmetic, or two subshells. */
static bool read_arithmetic(struct parser *parser, struct command_draft *building)
{
	struct lex *lex = &parser->lex;
	struct word word = { .text = STR("(("), .known_len = 2 };
	size_t from = lex->at;
	bool is_arithmetic;

	lex->at += 2;
	if (!lex_enter(lex) || !lex_skip_arithmetic(lex, &is_arithmetic))
		return false;
	lex->depth--;
	if (!is_arithmetic) {
		lex->at--;
		return push(parser, FRAME_PAREN, WITHIN_SUBSHELL);
	}
	word.at = lex->inside ? *lex->inside : (struct span){ from, lex->at };
	add_word(parser, building, &word, false);
	return true;
}

/* Behind `for` or `select`: to the `;` or the newline before `do`, or to `do`. */
static bool read_for(struct parser *parser, struct loop *loop)
{
	struct lex *lex = &parser->lex;
	size_t from = lex->at, before;
	struct word word;

	lex_skip_blanks(lex);
	if (lex_peek(lex, 0) == '(' && lex_peek(lex, 1) == '(') {
		struct str condition;
		bool is_arithmetic;

		from = lex->at += 2;
		if (!lex_enter(lex) || !lex_skip_arithmetic(lex, &is_arithmetic))
			return false;
		if (!is_arithmetic)
			return fail(parser, from, "a for in it has no variable");
		lex->depth--;
		condition = str_slice(lex->text, (struct span){ from, lex->at - 2 });
		str_cut(&condition, ';');
		loop->is_endless = str_trim(str_cut(&condition, ';')).len == 0;
		return true;
	}
	loop->is_for = true;
	if (!lex_at_word(lex))
		return fail(parser, from, "a for in it has no variable");
	if (!lex_word(lex, false, &word))
		return false;
	loop->variable = word.text;
	skip_space(parser);
	before = lex->at;
	if (!lex_at_word(lex))
		return true;
	if (!lex_word(lex, false, &word))
		return false;
	if (!str_is(word.text, "in")) {
		lex->at = before;
		return true;
	}
	for (;;) {
		lex_skip_blanks(lex);
		if (!lex_at_word(lex))
			return true;
		if (!lex_word(lex, false, &word))
			return false;
	}
}

static bool open_loop(struct parser *parser, struct str word)
{
	struct loop *loop = ARENA_NEW(parser->lex.arena, struct loop);
	bool is_for = str_is(word, "for") || str_is(word, "select");

	loop->outer = top_of(parser)->loop;
	loop->is_until = str_is(word, "until");
	loop->is_endless = loop->asks = !is_for;
	if (!push(parser, FRAME_LOOP, 0))
		return false;
	top_of(parser)->loop = loop;
	if (is_for)
		return read_for(parser, loop);
	shframes_new_part(&parser->frames, WITHIN_LOOP_CONDITION, parser->command_count);
	return true;
}

/* Behind `function`. */
static bool read_function_name(struct parser *parser)
{
	struct lex *lex = &parser->lex;
	struct word word;

	lex_skip_blanks(lex);
	if (!lex_at_word(lex))
		return fail(parser, lex->at, "a function in it has no name");
	if (!lex_word(lex, false, &word))
		return false;
	lex_skip_blanks(lex);
	if (lex_peek(lex, 0) == '(' && lex_peek(lex, 1) == ')')
		lex->at += 2;
	parser->frames.function = word.text;
	return true;
}

/* Behind `do`: what is asked by while or until may not run even once. */
static unsigned within_body(const struct loop *loop)
{
	return WITHIN_LOOP | (loop->asks && !loop->is_endless ? WITHIN_CONDITION : 0);
}

/* A reserved word that ends a part, or all, of what is open. */
static bool close_part(struct parser *parser, struct str word)
{
	static const struct {
		const char *word;
		enum frame_kind kind;
		bool ends;
		unsigned within;
	} rows[] = {
		{ "then", FRAME_IF, false, WITHIN_CONDITION },
		{ "elif", FRAME_IF, false, WITHIN_CONDITION },
		{ "else", FRAME_IF, false, WITHIN_CONDITION },
		{ "fi", FRAME_IF, true, 0 },
		{ "do", FRAME_LOOP, false, WITHIN_LOOP },
		{ "done", FRAME_LOOP, true, 0 },
		{ "esac", FRAME_CASE, true, 0 },
		{ "}", FRAME_BRACE, true, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!str_is(word, rows[i].word))
			continue;
		if (top_of(parser)->kind != rows[i].kind)
			return err_set_at(parser->lex.err, lex_offset(&parser->lex, parser->lex.at),
					  "a %s in it ends nothing", rows[i].word);
		if (rows[i].ends) {
			pop(parser);
			return true;
		}
		if (rows[i].kind == FRAME_LOOP)
			shframes_new_part(&parser->frames, within_body(top_of(parser)->loop), parser->command_count);
		else
			shframes_new_part(&parser->frames, rows[i].within, parser->command_count);
		if (str_is(word, "then") || (str_is(word, "do") && top_of(parser)->loop->asks))
			frame_ask(top_of(parser), str_is(word, "do") && top_of(parser)->loop->is_until);
		return true;
	}
	assert(!"a word that is reserved");
	return true;
}

/* Reads on behind a word at the place of a command, if it is reserved there. */
static bool read_reserved(struct parser *parser, const struct word *word, bool *is_reserved)
{
	static const char *const loops[] = { "while", "until", "for", "select", NULL };
	static const char *const closing[] = { "then", "elif", "else", "fi", "do", "done", "esac", "}", NULL };

	*is_reserved = true;
	if (word->reason || word->is_quoted) {
		*is_reserved = false;
	} else if (command_is_one_of(word->text, closing)) {
		return close_part(parser, word->text);
	} else if (command_is_one_of(word->text, loops)) {
		return open_loop(parser, word->text);
	} else if (str_is(word->text, "if")) {
		return push(parser, FRAME_IF, 0);
	} else if (str_is(word->text, "case")) {
		return push(parser, FRAME_CASE, 0);
	} else if (str_is(word->text, "{")) {
		return push(parser, FRAME_BRACE, 0);
	} else if (str_is(word->text, "!")) {
		top_of(parser)->is_negated = true;
	} else if (str_is(word->text, "function")) {
		return read_function_name(parser);
	} else {
		*is_reserved = false;
	}
	return true;
}

/* `case` up to the commands of its next pattern, or to `esac`. */
static bool read_case(struct parser *parser)
{
	struct lex *lex = &parser->lex;
	struct frame *frame = top_of(parser);
	bool is_first = true;
	struct word word;

	while (frame->case_state != FRAME_CASE_BODY) {
		skip_space(parser);
		if (frame->case_state == FRAME_CASE_PATTERN && lex_peek(lex, 0) == '(' && is_first) {
			lex->at++;
			is_first = false;
		} else if (frame->case_state == FRAME_CASE_PATTERN && lex_peek(lex, 0) == '|') {
			lex->at++;
		} else if (frame->case_state == FRAME_CASE_PATTERN && lex_peek(lex, 0) == ')') {
			lex->at++;
			frame->case_state = FRAME_CASE_BODY;
			shframes_new_part(&parser->frames, WITHIN_CONDITION, parser->command_count);
		} else if (!lex_at_word(lex)) {
			return fail(parser, frame->from, "a case in it can't be read");
		} else if (!lex_word(lex, false, &word)) {
			return false;
		} else {
			/* A substitution in the word may have moved the frames. */
			frame = top_of(parser);
			if (frame->case_state == FRAME_CASE_PATTERN && is_first && str_is(word.text, "esac") &&
			    !word.is_quoted) {
				pop(parser);
				return true;
			}
			is_first = frame->case_state != FRAME_CASE_PATTERN;
			if (frame->case_state != FRAME_CASE_PATTERN)
				frame->case_state++;
		}
	}
	return true;
}

/* `name ( )`: reads on behind it. */
static bool read_function(struct parser *parser, const struct word *name)
{
	struct lex *lex = &parser->lex;
	size_t from = lex->at;

	lex->at++;
	lex_skip_blanks(lex);
	if (lex_peek(lex, 0) != ')' || name->reason)
		return fail(parser, from, "a parenthesis stands where shells differ in what it means");
	lex->at++;
	parser->frames.function = name->text;
	return true;
}

static bool is_fd(const struct lex *lex, const struct word *word)
{
	char next = lex_peek(lex, 0);
	struct str text = word->text;

	if ((next != '<' && next != '>') || word->reason || word->is_quoted || text.len == 0)
		return false;
	if (text.ptr[0] == '{' && text.ptr[text.len - 1] == '}')
		return true;
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_digit(text.ptr[i]))
			return false;
	return true;
}

static bool read_word(struct parser *parser, struct command_draft *building)
{
	static const char *const declaring[] = { "declare", "export", "local", "readonly", "typeset", NULL };
	struct lex *lex = &parser->lex;
	bool is_first = building->command.word_count == 0;
	size_t assignment = is_first ? lex_assignment(lex) : 0;
	bool may_assign = is_first || command_is_one_of(building->words[0].text, declaring);
	bool is_reserved = false;
	struct word word;

	if (!lex_word(lex, may_assign, &word))
		return false;
	if (is_fd(lex, &word))
		return true;
	if (!building->has_begun && !read_reserved(parser, &word, &is_reserved))
		return false;
	if (is_reserved)
		return true;
	word.is_assignment = assignment > 0;
	add_word(parser, building, &word, assignment > 0);
	if (assignment > 0 || !is_first)
		return true;
	if (str_is(word.text, "[[") && !word.is_quoted)
		return skip_brackets(parser);
	lex_skip_blanks(lex);
	if (lex_peek(lex, 0) == '(' && building->command.assignment_count == 0) {
		*building = (struct command_draft){ 0 };
		return read_function(parser, &word);
	}
	return true;
}

/* At `)`. */
static bool close_parenthesis(struct parser *parser, size_t base, bool to_parenthesis, bool *is_end)
{
	struct frame *frame = top_of(parser);

	*is_end = false;
	if (frame->kind == FRAME_PAREN) {
		parser->lex.at++;
		pop(parser);
		return true;
	}
	if (parser->frames.count == base + 1 && to_parenthesis) {
		parser->lex.at++;
		*is_end = true;
		return true;
	}
	return fail(parser, parser->lex.at, "a parenthesis in it closes nothing");
}

/* At `;`, `&` or `|`, which is no redirection. */
static void read_operator(struct parser *parser)
{
	struct lex *lex = &parser->lex;
	struct frame *frame = top_of(parser);
	char c = lex_peek(lex, 0), next = lex_peek(lex, 1);

	frame->is_ended = false;
	if (c == ';' && (next == ';' || next == '&') && frame->kind == FRAME_CASE) {
		lex->at += next == ';' && lex_peek(lex, 2) == '&' ? 3 : 2;
		frame->case_state = FRAME_CASE_PATTERN;
	} else if (c == '&' && next == '&') {
		lex->at += 2;
		frame_join(frame, '&', parser->command_count);
		if (frame->is_after_or)
			frame->list_branch = 0;
		frame->is_after_or = false;
		frame->is_after_and = frame->goes_on = true;
	} else if (c == '|' && next == '|') {
		lex->at += 2;
		frame_join(frame, '|', parser->command_count);
		frame->is_after_or = frame->goes_on = true;
		/* What stands on the right of && behind it runs in either case. */
		frame->has_test = false;
		frame->list_branch = 0;
	} else if (c == '|') {
		lex->at += next == '&' ? 2 : 1;
		frame->goes_on = frame->is_after_pipe = true;
		frame_note_result(frame, 0);
		mark_pipe(parser, frame->pipe_from);
		frame->pipe_from = parser->command_count;
	} else {
		lex->at++;
		if (c == '&')
			mark_pipe(parser, frame->list_from);
		frame_new_list(frame, parser->command_count);
	}
}

/* At something that is neither blank nor the end nor, at the place of a pattern, a case. */
static bool read_token(struct parser *parser, struct command_draft *building, size_t base, bool to_parenthesis,
		       bool *is_end)
{
	struct lex *lex = &parser->lex;
	char c = lex_peek(lex, 0), next = lex_peek(lex, 1);

	if (lex_at_word(lex))
		return read_word(parser, building);
	if (c == '<' || c == '>' || (c == '&' && next == '>'))
		return skip_redirection(parser, building);
	if (c == '(' && building->has_begun)
		return fail(parser, lex->at, "a parenthesis stands where shells differ in what it means");
	if (c == '(' && next == '(')
		return read_arithmetic(parser, building);
	if (c == '(') {
		lex->at++;
		return push(parser, FRAME_PAREN, WITHIN_SUBSHELL);
	}
	finish_command(parser, building);
	if (c == ')')
		return close_parenthesis(parser, base, to_parenthesis, is_end);
	if (c == '\n') {
		skip_newline(parser);
		if (!top_of(parser)->goes_on)
			frame_new_list(top_of(parser), parser->command_count);
		return true;
	}
	read_operator(parser);
	return true;
}

static bool read_commands(struct lex *lex, bool to_parenthesis)
{
	struct parser *parser = parser_of(lex);
	size_t base = parser->frames.count, heredocs = parser->heredoc_count;
	struct command_draft building = { 0 };
	struct str function = parser->frames.function;
	bool is_end = false;

	parser->frames.function.len = 0;
	if (!push(parser, FRAME_LIST, base > 0 ? WITHIN_SUBSTITUTION : 0))
		return false;
	while (!is_end) {
		struct frame *frame = top_of(parser);

		if (frame->kind == FRAME_CASE && frame->case_state != FRAME_CASE_BODY) {
			if (!read_case(parser))
				return false;
			continue;
		}
		lex_skip_blanks(lex);
		if (lex->at >= lex->text.len)
			break;
		if (!read_token(parser, &building, base, to_parenthesis, &is_end))
			return false;
	}
	finish_command(parser, &building);
	if (!is_end && to_parenthesis)
		return fail(parser, top_of(parser)->from, "a parenthesis in it is never closed");
	if (parser->frames.count > base + 1)
		return fail(parser, top_of(parser)->from, "a compound command in it never ends");
	/* Here-documents of a backquoted text end with it at the latest. */
	if (!to_parenthesis && heredocs < parser->heredoc_count)
		parser->heredoc_count = heredocs;
	parser->frames.count--;
	lex->depth--;
	parser->frames.function = function;
	return true;
}

bool script_parse(struct str script, const char *references, struct arena *arena, struct script *parsed,
		  struct err *err)
{
	struct parser parser = { .lex = { .text = script,
					  .references = references,
					  .arena = arena,
					  .err = err,
					  .commands = read_commands } };
	bool ok;

	buf_init(&parser.lex.scratch);
	/* So that also an empty word has an address. */
	buf_reserve(&parser.lex.scratch, 1);
	shframes_init(&parser.frames, arena);
	ok = read_commands(&parser.lex, false);
	buf_release(&parser.lex.scratch);
	if (!ok)
		return false;
	*parsed = (struct script){ .text = script,
				   .commands = parser.commands,
				   .count = parser.command_count,
				   .subshell_parents = parser.frames.subshells.parents,
				   .subshell_count = parser.frames.subshells.count,
				   .branch_parents = parser.frames.branches.parents,
				   .branch_count = parser.frames.branches.count };
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/lex.h"

#define BECAUSE_VARIABLE "it has a shell variable in it"
#define BECAUSE_SUBSTITUTION "it has the output of a command in it"
#define BECAUSE_ARITHMETIC "it has shell arithmetic in it"
#define BECAUSE_PATTERN "it is a pattern for file names"
#define BECAUSE_BRACES "shells differ in what its braces mean"
#define BECAUSE_TILDE "it has a home directory in it"
#define BECAUSE_DOLLAR_QUOTE "shells differ in what $'...' and $\"...\" mean"
#define BECAUSE_ARRAY "it is an array"

/* A word on its way: what is known about its beginning in the scratch buffer. */
struct word_draft {
	struct word *word;
	size_t start;         /* in the scratch buffer */
	size_t bracket;       /* where an unquoted [ stands there, or SIZE_MAX */
	size_t brace;         /* and a { */
	bool has_alternative; /* an unquoted , or .. behind the { */
	size_t value_from;    /* of an assignment: where in the text of the script its value begins; else SIZE_MAX */
	struct piece *pieces;
	size_t piece_room;
};

char lex_peek(const struct lex *lex, size_t ahead)
{
	return ahead < lex->text.len - lex->at ? lex->text.ptr[lex->at + ahead] : '\0';
}

/* Over a byte and, if that is a backslash, the one behind it. */
static void skip_escaped(struct lex *lex)
{
	if (lex_peek(lex, 0) == '\\' && lex->at + 1 < lex->text.len)
		lex->at++;
	lex->at++;
}

static bool is_at_end(const struct lex *lex)
{
	return lex->at >= lex->text.len;
}

size_t lex_offset(const struct lex *lex, size_t at)
{
	return lex->inside ? lex->inside->from : at;
}

static bool fail(const struct lex *lex, size_t at, const char *what)
{
	return err_set_at(lex->err, lex_offset(lex, at), "%s", what);
}

bool lex_enter(struct lex *lex)
{
	if (lex->depth >= LEX_DEPTH)
		return err_set_at(lex->err, lex_offset(lex, lex->at), "it is nested more than %d levels deep",
				  LEX_DEPTH);
	lex->depth++;
	return true;
}

void lex_skip_blanks(struct lex *lex)
{
	for (;;) {
		char c = lex_peek(lex, 0);

		if (c == ' ' || c == '\t')
			lex->at++;
		else if (c == '\\' && lex_peek(lex, 1) == '\n')
			lex->at += 2;
		else
			break;
	}
	if (lex_peek(lex, 0) == '#')
		lex->at += str_find(str_skip(lex->text, lex->at), '\n');
}

size_t lex_assignment(const struct lex *lex)
{
	size_t n = 0;

	if (!piece_begins_name(lex_peek(lex, 0)))
		return 0;
	while (piece_is_name(lex_peek(lex, n)))
		n++;
	if (lex_peek(lex, n) == '[') {
		/* An index without quotes or blanks: others are rare, and then the word is none of ours. */
		do
			n++;
		while (piece_is_name(lex_peek(lex, n)) || lex_peek(lex, n) == '$');
		if (lex_peek(lex, n) != ']')
			return 0;
		n++;
	}
	if (lex_peek(lex, n) == '+')
		n++;
	return lex_peek(lex, n) == '=' ? n + 1 : 0;
}

static bool ends_word(char c)
{
	return strchr(" \t\n;&|<>()", c) != NULL && c != '\0';
}

bool lex_at_word(const struct lex *lex)
{
	char c = lex_peek(lex, 0);

	if ((c == '<' || c == '>') && lex_peek(lex, 1) == '(')
		return true;
	return !is_at_end(lex) && !ends_word(c);
}

/* From here on the word is unknown: its text has been known up to `known_len`. */
static void note_unknown(struct word *word, size_t known_len, const char *reason, bool may_split)
{
	if (!word->reason || known_len < word->known_len) {
		word->reason = reason;
		word->known_len = known_len;
	}
	word->may_split = word->may_split || may_split;
}

/* The same for what is no expansion. */
static void not_known_at(struct word_draft *building, size_t known_len, const char *reason, bool may_split)
{
	struct word *word = building->word;

	note_unknown(word, known_len, reason, may_split);
	if (!word->fixed_reason || known_len < word->fixed_len) {
		word->fixed_reason = reason;
		word->fixed_len = known_len;
	}
}

static void add_piece_of(struct lex *lex, struct word_draft *building, const struct piece *piece, bool may_split)
{
	struct word *word = building->word;

	building->pieces = arena_grow(lex->arena, building->pieces, word->piece_count, &building->piece_room,
				      sizeof(*building->pieces));
	building->pieces[word->piece_count++] = *piece;
	word->pieces = building->pieces;
	note_unknown(word, piece->at.from, piece->reason, may_split);
}

static void not_known(struct lex *lex, struct word_draft *building, const char *reason, bool may_split)
{
	not_known_at(building, lex->scratch.len - building->start, reason, may_split);
}

/* Behind an opening single quote: over the closing one. */
static bool skip_single_quoted(struct lex *lex, struct str *inner)
{
	size_t from = lex->at;
	struct str rest = str_skip(lex->text, from);
	size_t length = str_find(rest, '\'');

	if (length == rest.len)
		return fail(lex, from - 1, "a single quote in it is never closed");
	*inner = (struct str){ .ptr = rest.ptr, .len = length };
	lex->at = from + length + 1;
	return true;
}

static bool skip_double_quoted(struct lex *lex, struct word_draft *building);
static bool skip_expansion(struct lex *lex, struct word_draft *building, bool is_quoted);

/* Behind `${`: over the `}`. */
static bool skip_parameter(struct lex *lex, size_t from, bool is_quoted)
{
	struct str inner;

	if (!lex_enter(lex))
		return false;
	while (!is_at_end(lex)) {
		char c = lex_peek(lex, 0);

		if (c == '}') {
			lex->at++;
			lex->depth--;
			return true;
		} else if (c == '\'' && !is_quoted) {
			lex->at++;
			if (!skip_single_quoted(lex, &inner))
				return false;
		} else if (c == '"') {
			lex->at++;
			if (!skip_double_quoted(lex, NULL))
				return false;
		} else if (c == '$' || c == '`') {
			if (!skip_expansion(lex, NULL, is_quoted))
				return false;
		} else {
			skip_escaped(lex);
		}
	}
	return fail(lex, from, "a ${ in it is never closed");
}

bool lex_skip_arithmetic(struct lex *lex, bool *is_arithmetic)
{
	size_t from = lex->at, open = 2, closed_at = SIZE_MAX;
	struct str inner;

	while (!is_at_end(lex)) {
		char c = lex_peek(lex, 0);
		bool ok = true;

		if (c == '$' || c == '`') {
			ok = skip_expansion(lex, NULL, true);
		} else if (c == '"') {
			lex->at++;
			ok = skip_double_quoted(lex, NULL);
		} else if (c == '\'') {
			lex->at++;
			ok = skip_single_quoted(lex, &inner);
		} else {
			skip_escaped(lex);
			if (c == '(')
				open++;
			if (c == ')' && --open == 1)
				closed_at = lex->at;
			if (open == 0) {
				*is_arithmetic = closed_at == lex->at - 1;
				if (*is_arithmetic)
					return true;
				lex->at = from;
				/* Each costs reading it again, with all that is in it. */
				return ++lex->retries <= LEX_RETRIES || fail(lex, from, "it has too many ((");
			}
		}
		if (!ok)
			return false;
	}
	return fail(lex, from, "a (( in it is never closed");
}

static bool skip_substitution(struct lex *lex)
{
	if (!lex_enter(lex) || !lex->commands(lex, true))
		return false;
	lex->depth--;
	return true;
}

/* Behind a backquote. A backslash before $, ` and \ (in double quotes also ") belongs to the outer text. */
static bool skip_backquoted(struct lex *lex, bool is_quoted)
{
	size_t from = lex->at, length = 0;
	struct span all = { .from = from - 1 };
	struct lex outer = *lex;
	char *inner;
	bool ok;

	while (!is_at_end(lex) && lex_peek(lex, 0) != '`')
		skip_escaped(lex);
	if (is_at_end(lex))
		return fail(lex, from - 1, "a backquote in it is never closed");
	all.to = lex->at + 1;
	inner = arena_alloc(lex->arena, lex->at - from);
	for (size_t i = from; i < lex->at; i++) {
		char next = lex->text.ptr[i + 1];

		if (lex->text.ptr[i] == '\\' && i + 1 < lex->at &&
		    (next == '$' || next == '`' || next == '\\' || (next == '"' && is_quoted)))
			i++;
		inner[length++] = lex->text.ptr[i];
	}
	if (!lex_enter(lex))
		return false;
	lex->text = (struct str){ .ptr = inner, .len = length };
	lex->at = 0;
	if (!lex->inside)
		lex->inside = &all;
	ok = lex->commands(lex, false);
	lex->text = outer.text;
	lex->at = all.to;
	lex->inside = outer.inside;
	lex->depth--;
	return ok;
}

/* Length of a reference `$(NAME)` that `text` begins with, or 0. `$(a b)` runs a command. */
static size_t reference_length(const struct lex *lex, struct str text)
{
	return lex->references ? piece_reference_length(text, piece_is_plain_name) : 0;
}

/* At a backslash: a reference is replaced before the shell sees it. */
static bool is_before_reference(const struct lex *lex)
{
	return reference_length(lex, str_skip(lex->text, lex->at + 1)) > 0;
}

/* Over a name or one of the special parameters behind a `$`; the name, which is a digit or @ for some of them, or empty. */
static struct str skip_variable(struct lex *lex)
{
	size_t from = lex->at;
	struct str name;

	if (piece_begins_name(lex_peek(lex, 0))) {
		while (piece_is_name(lex_peek(lex, 0)))
			lex->at++;
	} else {
		lex->at++;
	}
	name = str_slice(lex->text, (struct span){ from, lex->at });
	if (!piece_is_name(name.ptr[0]) && name.ptr[0] != '@')
		name.len = 0;
	return name;
}

/* At the parenthesis of `$(` or `$((`. */
static bool skip_parenthesis(struct lex *lex, const char **reason)
{
	bool is_arithmetic = lex_peek(lex, 1) == '(';

	*reason = BECAUSE_SUBSTITUTION;
	if (is_arithmetic) {
		lex->at += 2;
		if (!lex_enter(lex) || !lex_skip_arithmetic(lex, &is_arithmetic))
			return false;
		lex->depth--;
		if (is_arithmetic) {
			*reason = BECAUSE_ARITHMETIC;
			return true;
		}
		lex->at--;
	} else {
		lex->at++;
	}
	return skip_substitution(lex);
}

/* An expansion begins at the next byte, `$` or a backquote: over it. `piece->reason` is NULL if it is none. */
static bool skip_dollar(struct lex *lex, bool is_quoted, struct piece *piece)
{
	size_t from = lex->at;
	size_t reference = reference_length(lex, str_skip(lex->text, from));

	piece->reason = BECAUSE_VARIABLE;
	if (reference > 0) {
		lex->at += reference;
		piece->reason = lex->references;
		piece->kind = PIECE_REFERENCE;
		piece->name = str_slice(lex->text, (struct span){ from + 2, lex->at - 1 });
		return true;
	}
	lex->at++;
	if (lex->text.ptr[from] == '`') {
		piece->reason = BECAUSE_SUBSTITUTION;
		return skip_backquoted(lex, is_quoted);
	}
	if (lex_peek(lex, 0) == '(')
		return skip_parenthesis(lex, &piece->reason);
	if (lex_peek(lex, 0) == '{') {
		lex->at++;
		if (!skip_parameter(lex, from, is_quoted))
			return false;
		piece_read_parameter(str_slice(lex->text, (struct span){ from + 2, lex->at - 1 }), is_quoted, piece);
		return true;
	}
	if (piece_is_name(lex_peek(lex, 0)) || (lex_peek(lex, 0) != '\0' && strchr("@*#?-$!", lex_peek(lex, 0)))) {
		piece->name = skip_variable(lex);
		if (piece->name.len > 0)
			piece->kind = PIECE_VARIABLE;
		return true;
	}
	piece->reason = NULL;
	return true;
}

static bool skip_expansion(struct lex *lex, struct word_draft *building, bool is_quoted)
{
	size_t from = lex->at;
	size_t begun = building ? lex->scratch.len - building->start : 0;
	struct piece piece = { .is_quoted = is_quoted };
	bool is_plain;

	if (!skip_dollar(lex, is_quoted, &piece))
		return false;
	if (!building)
		return true;
	buf_add(&lex->scratch, str_slice(lex->text, (struct span){ from, lex->at }));
	if (!piece.reason)
		return true;
	piece.at = (struct span){ begun, lex->scratch.len - building->start };
	is_plain = piece.kind == PIECE_VARIABLE && piece.operation == '\0' && piece_begins_name(piece.name.ptr[0]);
	if (begun == 0 && is_plain)
		building->word->variable = piece.name;
	/* The value of an assignment is not split; quotes in it are as anywhere. */
	add_piece_of(lex, building, &piece, !is_quoted && building->value_from == SIZE_MAX);
	return true;
}

/* Behind an opening double quote: over the closing one. */
static bool skip_double_quoted(struct lex *lex, struct word_draft *building)
{
	size_t from = lex->at - 1;

	if (!lex_enter(lex))
		return false;
	while (!is_at_end(lex)) {
		char c = lex_peek(lex, 0), next = lex_peek(lex, 1);

		if (c == '"') {
			lex->at++;
			lex->depth--;
			return true;
		}
		if (c == '$' || c == '`') {
			if (!skip_expansion(lex, building, true))
				return false;
			continue;
		}
		if (c == '\\' && lex->at + 1 < lex->text.len && strchr("$`\"\\\n", next) && next != '\0' &&
		    !is_before_reference(lex)) {
			if (building && next != '\n')
				buf_add_char(&lex->scratch, next);
			lex->at += 2;
			continue;
		}
		if (building)
			buf_add_char(&lex->scratch, c);
		lex->at++;
	}
	return fail(lex, from, "a double quote in it is never closed");
}

static bool add_single_quoted(struct lex *lex, struct word_draft *building)
{
	struct str inner;

	lex->at++;
	building->word->is_quoted = true;
	if (!skip_single_quoted(lex, &inner))
		return false;
	for (size_t i = 0; i < inner.len; i++) {
		size_t begun = lex->scratch.len - building->start + i, length;
		struct piece piece = { .kind = PIECE_REFERENCE, .reason = lex->references, .is_quoted = true };

		if (inner.ptr[i] != '$' || (length = reference_length(lex, str_skip(inner, i))) == 0)
			continue;
		piece.at = (struct span){ begun, begun + length };
		piece.name = str_slice(inner, (struct span){ i + 2, i + length - 1 });
		add_piece_of(lex, building, &piece, false);
		i += length - 1;
	}
	buf_add(&lex->scratch, inner);
	return true;
}

/* Behind a `$`, before a quote. bash reads escapes in it, other shells a `$`. */
static bool add_dollar_quoted(struct lex *lex, struct word_draft *building)
{
	struct str inner = { 0 };
	size_t from = lex->at;

	not_known(lex, building, BECAUSE_DOLLAR_QUOTE, false);
	building->word->is_quoted = true;
	lex->at += 2;
	if (lex->text.ptr[from + 1] == '"') {
		if (!skip_double_quoted(lex, NULL))
			return false;
	} else if (!skip_single_quoted(lex, &inner)) {
		return false;
	}
	if (inner.len > 0 && inner.ptr[inner.len - 1] == '\\')
		return fail(lex, from, "shells differ in where a $' in it ends");
	buf_add(&lex->scratch, str_slice(lex->text, (struct span){ from, lex->at }));
	return true;
}

/* Bytes that mean something to the expansions that come behind quoting, for an unquoted `c` that is to be added. */
static void note_special(struct lex *lex, struct word_draft *building, char c)
{
	size_t here = lex->scratch.len - building->start;
	bool is_assignment = building->value_from != SIZE_MAX;
	char before = here > 0 ? lex->scratch.ptr[lex->scratch.len - 1] : '\0';

	if (c == '~' && (here == 0 || lex->at == building->value_from || (is_assignment && before == ':')))
		not_known(lex, building, BECAUSE_TILDE, false);
	/* The shell neither splits nor matches the value of an assignment. */
	if (is_assignment)
		return;
	if (c == '*' || c == '?')
		not_known(lex, building, BECAUSE_PATTERN, true);
	if (c == '[' && building->bracket == SIZE_MAX)
		building->bracket = here;
	if (c == ']' && building->bracket != SIZE_MAX && here > building->bracket + 1)
		not_known_at(building, building->bracket, BECAUSE_PATTERN, true);
	if (c == '{' && building->brace == SIZE_MAX)
		building->brace = here;
	if (building->brace != SIZE_MAX && (c == ',' || (c == '.' && before == '.')))
		building->has_alternative = true;
	if (c == '}' && building->has_alternative)
		not_known_at(building, building->brace, BECAUSE_BRACES, true);
}

/* Behind `NAME=`, at the `(`. */
static bool add_array(struct lex *lex, struct word_draft *building)
{
	size_t from = lex->at;
	struct word element;

	not_known(lex, building, BECAUSE_ARRAY, false);
	lex->at++;
	if (!lex_enter(lex))
		return false;
	for (;;) {
		lex_skip_blanks(lex);
		if (lex_peek(lex, 0) == '\n') {
			lex->at++;
		} else if (lex_peek(lex, 0) == ')') {
			break;
		} else if (!lex_at_word(lex)) {
			return fail(lex, from, "an array in it is never closed");
		} else if (!lex_word(lex, false, &element)) {
			return false;
		}
	}
	lex->at++;
	lex->depth--;
	return true;
}

/* At `<(` or `>(`. */
static bool add_process(struct lex *lex, struct word_draft *building)
{
	size_t from = lex->at;

	not_known(lex, building, BECAUSE_SUBSTITUTION, false);
	lex->at += 2;
	if (!skip_substitution(lex))
		return false;
	buf_add(&lex->scratch, str_slice(lex->text, (struct span){ from, lex->at }));
	return true;
}

static bool add_piece(struct lex *lex, struct word_draft *building)
{
	char c = lex_peek(lex, 0), next = lex_peek(lex, 1);

	if (c == '\'')
		return add_single_quoted(lex, building);
	if (c == '"') {
		lex->at++;
		building->word->is_quoted = true;
		return skip_double_quoted(lex, building);
	}
	if (c == '$' && (next == '\'' || next == '"'))
		return add_dollar_quoted(lex, building);
	if (c == '$' || c == '`')
		return skip_expansion(lex, building, false);
	if (c == '<' || c == '>')
		return add_process(lex, building);
	if (c == '\\' && lex->at + 1 < lex->text.len && !is_before_reference(lex)) {
		if (next != '\n') {
			building->word->is_quoted = true;
			buf_add_char(&lex->scratch, next);
		}
		lex->at += 2;
		return true;
	}
	note_special(lex, building, c);
	buf_add_char(&lex->scratch, c);
	lex->at++;
	return true;
}

static void finish_word(struct lex *lex, struct word_draft *building, size_t from)
{
	struct word *word = building->word;
	struct span at = { building->start, lex->scratch.len };

	word->text = arena_dup(lex->arena, str_slice(buf_str(&lex->scratch), at));
	lex->scratch.len = building->start;
	if (!word->reason)
		word->known_len = word->text.len;
	/* Something stands behind the variable: $X, ${X} and nothing else are as long as that. */
	word->is_assignment = building->value_from != SIZE_MAX;
	if (word->variable.len > 0 && word->text.len != word->variable.len + (word->text.ptr[1] == '{' ? 3 : 1))
		word->variable.len = 0;
	word->at = lex->inside ? *lex->inside : (struct span){ from, lex->at };
}

bool lex_word(struct lex *lex, bool may_assign, struct word *word)
{
	struct word_draft building = {
		.word = word, .start = lex->scratch.len, .bracket = SIZE_MAX, .brace = SIZE_MAX, .value_from = SIZE_MAX
	};
	size_t from = lex->at;
	size_t assignment = may_assign ? lex_assignment(lex) : 0;

	*word = (struct word){ 0 };
	if (assignment > 0) {
		buf_add(&lex->scratch, str_slice(lex->text, (struct span){ from, from + assignment }));
		lex->at += assignment;
		building.value_from = lex->at;
		if (lex_peek(lex, 0) == '(' && !add_array(lex, &building))
			return false;
	}
	/* A process substitution is a word of its own; elsewhere < and > end one. */
	do {
		bool is_process = lex->at == from && assignment == 0;

		if (!is_process && (is_at_end(lex) || ends_word(lex_peek(lex, 0))))
			break;
		if (!add_piece(lex, &building))
			return false;
	} while (!is_at_end(lex));
	finish_word(lex, &building, from);
	return true;
}

bool lex_delimiter(struct lex *lex, struct str *delimiter, bool *is_quoted)
{
	size_t start = lex->scratch.len, from = lex->at;

	*is_quoted = false;
	while (!is_at_end(lex) && !ends_word(lex_peek(lex, 0))) {
		char c = lex_peek(lex, 0);
		struct str inner = { 0 };

		if (c == '\'' || c == '"') {
			struct str rest = str_skip(lex->text, lex->at + 1);

			inner = (struct str){ .ptr = rest.ptr, .len = str_find(rest, c) };
			if (inner.len == rest.len)
				return fail(lex, lex->at, "a quote in it is never closed");
			*is_quoted = true;
			lex->at += inner.len + 2;
		} else if (c == '\\' && lex->at + 1 < lex->text.len) {
			*is_quoted = *is_quoted || lex_peek(lex, 1) != '\n';
			inner = str_slice(lex->text, (struct span){ lex->at + 1, lex->at + 2 });
			inner.len -= inner.ptr[0] == '\n';
			lex->at += 2;
		} else {
			inner = str_slice(lex->text, (struct span){ lex->at, lex->at + 1 });
			lex->at++;
		}
		buf_add(&lex->scratch, inner);
	}
	if (lex->at == from)
		return fail(lex, from, "a here-document in it has no delimiter");
	*delimiter = arena_dup(lex->arena, str_slice(buf_str(&lex->scratch), (struct span){ start, lex->scratch.len }));
	lex->scratch.len = start;
	return true;
}

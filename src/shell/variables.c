/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/variables.h"

#define BECAUSE_SPLIT "the shell would split a value in it, or match it with the names of files"

/* Longer values are not filled in: nobody looks for one. */
#define VALUE_LIMIT 8192
/* A piece takes the memory of so many bytes of a value, and can have no bytes itself. */
#define PIECE_COST 32
/* What may have been the last to set a variable: more are not looked at. */
#define MAX_CANDIDATES 64

/* What a variable, or a piece of a word, stands for. */
struct meaning {
	struct text text;           /* of an absent one, the reason says that nobody sets it, if nobody does */
	const struct piece *pieces; /* of the text: what of it is not known, or secret */
	size_t piece_count;
	struct str variable; /* of the environment, whose value it is; or empty */
};

/* The variable has had this value since `at`. */
struct assignment {
	size_t at; /* on the clock */
	struct variables_place place;
	struct meaning value;
	struct assignment *older;
};

struct variable {
	struct assignment *newest;
	const char *distrust; /* why it is never known; or NULL */
	bool is_exported;
	bool may_be_exported;
};

struct variables_loss {
	size_t at;
	struct variables_place place;
	const char *what;
	struct variables_loss *older;
};

struct variables_local {
	size_t at;
	struct variables_place place;
	struct str name;
	struct variables_local *older;
};

void variables_init(struct variables *vars, struct variables_environment *environment, const struct branches *branches,
		    const struct branches *shells, struct arena *arena)
{
	*vars = (struct variables){
		.arena = arena, .environment = environment, .branches = branches, .shells = shells
	};
	map_init(&vars->names, arena);
}

void variables_init_inner(struct variables *vars, const struct variables *outer, struct variables_place place,
			  const char *foreign)
{
	variables_init(vars, outer->environment, outer->branches, outer->shells, outer->arena);
	vars->outer = outer;
	vars->outer_place = place;
	vars->foreign = foreign;
}

static struct variable *variable_of(struct variables *vars, struct str name)
{
	struct variable *variable = map_get(&vars->names, name);

	if (!variable) {
		variable = ARENA_NEW(vars->arena, struct variable);
		map_set(&vars->names, name, variable);
	}
	return variable;
}

static void add_entry(struct variables *vars, struct variables_place place, struct str name,
		      const struct meaning *value)
{
	struct variable *variable = variable_of(vars, name);
	struct assignment *entry = ARENA_NEW(vars->arena, struct assignment);

	*entry = (struct assignment){ .at = ++vars->clock, .place = place, .value = *value, .older = variable->newest };
	variable->newest = entry;
	if (vars->exports_all)
		variable->is_exported = true;
}

/* A value of which nothing is known. Its text is no other's. */
static struct meaning unknown(struct variables *vars, struct str name, const char *reason)
{
	struct piece *piece = ARENA_NEW(vars->arena, struct piece);
	struct meaning value = { .pieces = piece, .piece_count = 1 };

	text_set_unknown(&value.text, reason);
	value.text.value = arena_printf(vars->arena, "${%.*s@%zu}", STR_ARG(name), vars->clock);
	*piece = (struct piece){ .at = { 0, value.text.value.len }, .reason = reason, .name = name };
	return value;
}

static const char *because(const struct variables *vars, struct str name, const char *how)
{
	return arena_printf(vars->arena, "the script sets the shell variable %.*s %s", STR_ARG(name), how).ptr;
}

void variables_forget(struct variables *vars, struct variables_place place, struct str name, const char *how)
{
	struct meaning value = unknown(vars, name, because(vars, name, how));

	add_entry(vars, place, name, &value);
}

void variables_distrust(struct variables *vars, struct str name, const char *reason)
{
	struct variable *variable = variable_of(vars, name);

	if (!variable->distrust)
		variable->distrust = reason;
}

void variables_distrust_loop(struct variables *vars, struct str name)
{
	variables_distrust(vars, name, because(vars, name, "in a loop"));
}

void variables_unset(struct variables *vars, struct variables_place place, struct str name)
{
	add_entry(vars, place, name, &(struct meaning){ .text.state = TEXT_ABSENT });
}

void variables_make_local(struct variables *vars, struct variables_place place, struct str name)
{
	struct variables_local *local = ARENA_NEW(vars->arena, struct variables_local);

	*local = (struct variables_local){ .at = ++vars->clock, .place = place, .name = name, .older = vars->locals };
	vars->locals = local;
}

void variables_leave(struct variables *vars, struct variables_place place, size_t since)
{
	for (; vars->locals && vars->locals->at > since; vars->locals = vars->locals->older) {
		const struct variables_local *local = vars->locals;
		struct variable *variable = variable_of(vars, local->name);

		/* In a subshell of the function it is nobody's but that one's. */
		if (!branches_is_in(vars->shells, place.shell, local->place.shell))
			continue;
		if (branches_is_in(vars->branches, place.branch, local->place.branch))
			while (variable->newest && variable->newest->at > local->at)
				variable->newest = variable->newest->older;
		else
			variables_forget(vars, place, local->name, "in a function that may have one of its own");
	}
}

void variables_lose(struct variables *vars, struct variables_place place, const char *what)
{
	struct variables_loss *loss = ARENA_NEW(vars->arena, struct variables_loss);

	*loss = (struct variables_loss){ .at = ++vars->clock, .place = place, .what = what, .older = vars->losses };
	vars->losses = loss;
}

void variables_export(struct variables *vars, struct variables_place place, struct str name)
{
	struct variable *variable = variable_of(vars, name);

	variable->may_be_exported = true;
	variable->is_exported = variable->is_exported || place.branch == 0;
}

/*
 * What isn't known of the value came about at this very place: its text must not look like what another place makes,
 * `$(mktemp -d)` say.
 */
static struct meaning name_unknown(const struct variables *vars, struct str name, const struct word *word)
{
	struct piece *pieces = arena_array(vars->arena, word->piece_count, sizeof(*pieces));
	struct meaning value = { .text.state = TEXT_KNOWN, .pieces = pieces, .piece_count = word->piece_count };
	struct buf text;
	size_t from = 0;

	buf_init(&text);
	for (size_t i = 0; i < word->piece_count; i++) {
		struct span at = { word->pieces[i].at.from - word->cut, word->pieces[i].at.to - word->cut };

		pieces[i] = word->pieces[i];
		buf_add(&text, str_slice(word->text, (struct span){ from, at.from }));
		pieces[i].at.from = buf_str(&text).len;
		if (pieces[i].kind == PIECE_OPAQUE && pieces[i].name.len == 0) {
			buf_printf(&text, "${%.*s@%zu.%zu}", STR_ARG(name), vars->clock, i);
			pieces[i].reason = because(vars, name, "to something that isn't known");
			pieces[i].name = name;
		} else {
			buf_add(&text, str_slice(word->text, at));
		}
		pieces[i].at.to = buf_str(&text).len;
		if (pieces[i].kind != PIECE_SECRET && value.text.state == TEXT_KNOWN)
			text_set_unknown(&value.text, pieces[i].reason);
		from = at.to;
	}
	buf_add(&text, str_skip(word->text, from));
	value.text.value = buf_keep(&text, vars->arena);
	return value;
}

void variables_assign(struct variables *vars, struct variables_place place, struct str name, const struct word *word)
{
	struct meaning value = { .text = text_known(word->text), .variable = word->variable };

	vars->clock++;
	if (word->fixed_reason)
		value = unknown(vars, name, because(vars, name, "to something that isn't known"));
	else if (word->piece_count > 0)
		value = name_unknown(vars, name, word);
	add_entry(vars, place, name, &value);
}

/* Variables that a shell sets by itself, whatever the environment has. */
static bool is_shells_own(struct str name)
{
	static const char *const names[] = { "PWD",     "OLDPWD", "SHLVL",   "_",     "PPID",  "IFS",
					     "OPTIND",  "OPTARG", "RANDOM",  "REPLY", "UID",   "EUID",
					     "SECONDS", "LINENO", "SRANDOM", "PS4",   "GROUPS" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(name, names[i]))
			return true;
	return str_starts_with(name, "BASH") || str_starts_with(name, "EPOCH");
}

static struct meaning of_environment(const struct variables *vars, const struct text *found, struct str name)
{
	struct meaning value = { .text = { .state = found->state, .value = found->value }, .variable = name };
	struct arena *arena = vars->arena;

	if (found->state == TEXT_UNKNOWN) {
		value.text.reason = arena_printf(arena, "the variable %.*s is not known: %s", STR_ARG(name),
						 found->reason ? found->reason : "")
					    .ptr;
		value.piece_count = piece_references(value.text.value, value.text.reason, arena, &value.pieces);
	} else if (found->is_secret && found->value.len > 0) {
		struct piece *piece = ARENA_NEW(arena, struct piece);

		*piece = (struct piece){ .kind = PIECE_SECRET, .at = { 0, found->value.len }, .origin = found->origin };
		value.pieces = piece;
		value.piece_count = 1;
	}
	return value;
}

/* What the environment has of a variable, asked once. */
static struct meaning ask_environment(const struct variables *vars, struct str name)
{
	struct variables_environment *environment = vars->environment;
	struct meaning *value = map_get(&environment->values, name);
	struct text found = { .state = TEXT_ABSENT };

	if (value)
		return *value;
	value = ARENA_NEW(vars->arena, struct meaning);
	if (environment->variable && !is_shells_own(name))
		found = environment->variable(environment->context, name);
	*value = of_environment(vars, &found, name);
	if (found.state == TEXT_ABSENT)
		value->text.reason = arena_printf(vars->arena, "neither %s nor the script sets the shell variable %.*s",
						  environment->owner, STR_ARG(name))
					     .ptr;
	map_set(&environment->values, name, value);
	return *value;
}

/* Why nothing that was set before `since` says anything at `place`; or NULL. */
static const char *find_loss(const struct variables *vars, struct variables_place place, size_t since)
{
	size_t count = 0;

	for (const struct variables_loss *loss = vars->losses; loss && loss->at > since; loss = loss->older)
		if (++count > MAX_CANDIDATES || branches_is_in(vars->shells, place.shell, loss->place.shell))
			return loss->what;
	return NULL;
}

static struct meaning find(const struct variables *vars, struct variables_place place, struct str name);

/* What a shell gets from the one that starts it. */
static struct meaning inherit(const struct variables *vars, struct str name)
{
	const struct variable *variable;
	struct meaning value, base = ask_environment(vars, name);

	if (vars->foreign) {
		text_set_unknown(&base.text, vars->foreign);
		base.piece_count = 0;
		return base;
	}
	if (!vars->outer)
		return base;
	value = find(vars->outer, vars->outer_place, name);
	variable = map_get(&vars->outer->names, name);
	/* What is in the environment stays there. */
	if (!variable || !variable->newest || variable->is_exported || base.text.state == TEXT_KNOWN)
		return value;
	if (base.text.state == TEXT_ABSENT && !variable->may_be_exported)
		return base;
	text_set_unknown(&value.text, "it is not known whether a variable in it is exported");
	value.piece_count = 0;
	return value;
}

static struct meaning cannot_tell(const char *reason)
{
	return (struct meaning){ .text = { .state = TEXT_UNKNOWN, .reason = reason } };
}

/* Something may have set it. */
static struct meaning lost(const struct variables *vars, struct str name, const char *what)
{
	return cannot_tell(
		arena_printf(vars->arena, "the shell variable %.*s may be set otherwise: %s", STR_ARG(name), what).ptr);
}

/* One of several values; which one may change with the next that it gets. */
static struct meaning one_of_several(const struct variables *vars, struct str name, size_t newest)
{
	struct meaning value = cannot_tell(because(vars, name, "in a condition"));

	value.text.value = arena_printf(vars->arena, "${%.*s@%zu}", STR_ARG(name), newest);
	return value;
}

static struct meaning find(const struct variables *vars, struct variables_place place, struct str name)
{
	const struct variable *variable = map_get(&vars->names, name);
	const struct assignment *entry = variable ? variable->newest : NULL;
	struct meaning value = { 0 }, base;
	size_t newest = entry ? entry->at : 0, count = 0;
	bool has_value = false;
	const char *loss;

	if (variable && variable->distrust)
		return cannot_tell(variable->distrust);
	for (; entry; entry = entry->older) {
		if (!branches_is_in(vars->shells, place.shell, entry->place.shell))
			continue;
		loss = find_loss(vars, place, entry->at);
		if (loss)
			return lost(vars, name, loss);
		if (++count > MAX_CANDIDATES || (has_value && !text_equal(&value.text, &entry->value.text)))
			return one_of_several(vars, name, newest);
		value = entry->value;
		has_value = true;
		if (branches_is_in(vars->branches, place.branch, entry->place.branch))
			return value;
	}
	loss = find_loss(vars, place, 0);
	if (loss)
		return lost(vars, name, loss);
	base = inherit(vars, name);
	if (has_value && !text_equal(&value.text, &base.text))
		return one_of_several(vars, name, newest);
	return base;
}

bool variables_is_set(const struct variables *vars, struct variables_place place, struct str name)
{
	const struct variable *variable = map_get(&vars->names, name);

	return (variable && variable->newest) || find(vars, place, name).text.state == TEXT_KNOWN;
}

/* A positional parameter. One that is not given is absent for sure. */
static struct meaning find_positional(const struct variables_args *args, struct str name)
{
	struct meaning value = { .text.state = TEXT_KNOWN };
	size_t number = 0;

	for (size_t i = 0; i < name.len; i++)
		number = number < 1000 ? number * 10 + (size_t)(name.ptr[i] - '0') : number;
	if (!args || !args->is_known || name.ptr[0] == '@' || (number == 0 && args->count == 0))
		return cannot_tell("it has a parameter of the script in it that isn't known");
	if (number >= args->count)
		return (struct meaning){ .text.state = TEXT_ABSENT };
	value.text.value = args->words[number].text;
	value.pieces = args->words[number].pieces;
	value.piece_count = args->words[number].piece_count;
	value.variable = args->words[number].variable;
	if (args->words[number].reason) {
		text_set_unknown(&value.text, args->words[number].reason);
		if (args->words[number].fixed_reason)
			value.piece_count = 0;
	}
	return value;
}

static struct meaning find_name(const struct variables *vars, struct variables_place place,
				const struct variables_args *args, struct str name)
{
	bool is_positional = str_is_digit(name.ptr[0]) || name.ptr[0] == '@';

	return is_positional ? find_positional(args, name) : find(vars, place, name);
}

/* `${NAME:-fallback}`, of a value that is known, or of a variable that the script has taken away. */
static struct meaning fall_back(struct variables *vars, struct variables_place place, const struct variables_args *args,
				const struct piece *piece, const struct meaning *value)
{
	struct meaning fallback = { .text = text_known(piece->fallback) };
	bool is_empty = value->text.state == TEXT_KNOWN && value->text.value.len == 0 && piece->is_colon;

	/* Nothing is certain of what no one sets: the image may. */
	if (!is_empty && (value->text.state != TEXT_ABSENT || value->text.reason))
		return *value;
	if (piece->operation == '?')
		return cannot_tell("the shell would end at an empty variable in it");
	if (piece->is_fallback_name)
		fallback = find_name(vars, place, args, piece->fallback);
	if (piece->operation == '=' && !str_is_digit(piece->name.ptr[0]))
		add_entry(vars, place, piece->name, &fallback);
	return fallback;
}

/* Is the text, in place of the reference in a script, the very same text for the shell that reads the script? */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!piece_is_name(text.ptr[i]) && (text.ptr[i] == '\0' || !strchr("./:@%+,=-", text.ptr[i])))
			return false;
	return text.len > 0;
}

static struct meaning find_reference(const struct variables *vars, const struct piece *piece, bool is_in_script)
{
	struct variables_environment *environment = vars->environment;
	struct meaning value = cannot_tell(piece->reason);
	struct text found = { .state = TEXT_ABSENT };

	if (environment->reference)
		found = environment->reference(environment->context, piece->name);
	if (found.state == TEXT_ABSENT)
		return value;
	if (found.state == TEXT_KNOWN && is_in_script && !is_plain(found.value))
		return value;
	value = of_environment(vars, &found, piece->name);
	value.variable.len = 0;
	/* A reference that is not known is not replaced: it stays as it is written. */
	if (found.state == TEXT_UNKNOWN)
		value.piece_count = 0;
	return value;
}

/* A word on its way. */
struct making {
	struct variables *vars;
	const struct word *word;
	struct buf text;
	struct piece *pieces;
	size_t count, room;
	struct word made;
};

static void add_piece(struct making *making, const struct piece *piece, struct span at)
{
	making->pieces =
		arena_grow(making->vars->arena, making->pieces, making->count, &making->room, sizeof(*making->pieces));
	making->pieces[making->count] = *piece;
	making->pieces[making->count].at = at;
	if (piece->kind != PIECE_SECRET) {
		making->pieces[making->count].kind = PIECE_OPAQUE;
		if (!making->made.reason) {
			making->made.reason = piece->reason;
			making->made.known_len = at.from;
		}
	}
	making->count++;
}

/* Does the shell take a value apart that stands there without quotes? */
static bool is_split(const struct variables *vars, struct str text)
{
	const struct variable *separators = map_get(&vars->names, (struct str)STR("IFS"));

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\0' || strchr(" \t\n*?[\\", text.ptr[i]))
			return true;
	return separators && separators->newest && text.len > 0;
}

/* Puts the value in the place of the piece. */
static void fill_in(struct making *making, const struct piece *piece, const struct meaning *value)
{
	size_t from = buf_str(&making->text).len;

	if (value->text.state == TEXT_KNOWN || value->piece_count > 0) {
		buf_add(&making->text, value->text.value);
		for (size_t i = 0; i < value->piece_count; i++) {
			struct span at = value->pieces[i].at;

			add_piece(making, &value->pieces[i], (struct span){ from + at.from, from + at.to });
		}
	} else {
		struct piece unfilled = *piece;

		if (value->text.reason)
			unfilled.reason = value->text.reason;
		if (value->text.value.len > 0 && str_starts_with(value->text.value, "${"))
			buf_add(&making->text, value->text.value);
		else
			buf_add(&making->text, str_slice(making->word->text, piece->at));
		add_piece(making, &unfilled, (struct span){ from, buf_str(&making->text).len });
	}
}

/* What the piece stands for, as it is in its place. */
static struct meaning value_of(struct making *making, struct variables_place place, const struct variables_args *args,
			       const struct piece *piece)
{
	const struct word *word = making->word;
	struct meaning value = cannot_tell(piece->reason);
	size_t cost;
	bool is_whole = piece->at.from == 0 && piece->at.to == word->text.len;

	switch (piece->kind) {
	case PIECE_OPAQUE:
	case PIECE_SECRET:
		return value;
	case PIECE_REFERENCE:
		return find_reference(making->vars, piece, word->at.to > word->at.from);
	case PIECE_VARIABLE:
		break;
	}
	value = find_name(making->vars, place, args, piece->name);
	if (piece->operation != '\0')
		value = fall_back(making->vars, place, args, piece, &value);
	/* The script itself has taken it away. */
	if (value.text.state == TEXT_ABSENT && !value.text.reason)
		value = (struct meaning){ .text = text_known((struct str)STR("")) };
	cost = value.text.value.len + PIECE_COST * value.piece_count;
	if (value.text.value.len > VALUE_LIMIT || cost > *making->vars->environment->budget)
		value = cannot_tell("a value in it is too long");
	else
		*making->vars->environment->budget -= cost;
	if (value.text.state == TEXT_KNOWN && !piece->is_quoted && !word->is_assignment) {
		/* Blanks at the ends of a word that is nothing else are dropped. */
		if (is_whole && value.piece_count == 0)
			value.text.value = str_trim(value.text.value);
		if (is_split(making->vars, value.text.value))
			value = cannot_tell(BECAUSE_SPLIT);
	}
	if (is_whole)
		making->made.variable = value.variable;
	return value;
}

bool variables_expand(struct variables *vars, struct variables_place place, const struct variables_args *args,
		      const struct word *word, struct word *expanded)
{
	struct making making = { .vars = vars, .word = word, .made = *word };
	size_t from = 0;
	bool has_fixed = word->fixed_reason == NULL, is_gone;

	if (word->piece_count == 0) {
		*expanded = *word;
		return true;
	}
	buf_init(&making.text);
	making.made.reason = NULL;
	making.made.variable.len = 0;
	making.made.may_split = false;
	for (size_t i = 0; i < word->piece_count; i++) {
		const struct piece *piece = &word->pieces[i];
		struct meaning value;

		if (!has_fixed && word->fixed_len <= piece->at.from) {
			making.made.fixed_len = buf_str(&making.text).len + word->fixed_len - from;
			has_fixed = true;
		}
		buf_add(&making.text, str_slice(word->text, (struct span){ from, piece->at.from }));
		from = piece->at.to;
		if (piece->kind == PIECE_SECRET) {
			size_t begun = buf_str(&making.text).len;

			buf_add(&making.text, str_slice(word->text, piece->at));
			add_piece(&making, piece, (struct span){ begun, buf_str(&making.text).len });
			continue;
		}
		value = value_of(&making, place, args, piece);
		if (value.text.state != TEXT_KNOWN && !piece->is_quoted && !word->is_assignment)
			making.made.may_split = true;
		fill_in(&making, piece, &value);
	}
	if (!has_fixed)
		making.made.fixed_len = buf_str(&making.text).len + word->fixed_len - from;
	buf_add(&making.text, str_skip(word->text, from));
	making.made.text = buf_keep(&making.text, vars->arena);
	making.made.pieces = making.pieces;
	making.made.piece_count = making.count;
	if (making.made.fixed_reason && (!making.made.reason || making.made.fixed_len < making.made.known_len)) {
		making.made.reason = making.made.fixed_reason;
		making.made.known_len = making.made.fixed_len;
		making.made.may_split = making.made.may_split || word->may_split;
	}
	if (!making.made.reason)
		making.made.known_len = making.made.text.len;
	is_gone = !making.made.reason && making.made.text.len == 0 && !word->is_quoted && !word->is_assignment;
	*expanded = making.made;
	return !is_gone;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame: what is open while the commands of a shell script are read, one inside the other: the script or a
 * substitution, if, loops, case, { } and ( ). Knows what that says of the commands inside. A part of `script`.
 */
#ifndef SHELL_FRAME_H
#define SHELL_FRAME_H

#include "shell/command.h"

/* FRAME_LIST: the script, or the inside of a substitution. */
enum frame_kind { FRAME_LIST, FRAME_IF, FRAME_LOOP, FRAME_CASE, FRAME_BRACE, FRAME_PAREN };
/* What comes next in a case. */
enum frame_case { FRAME_CASE_WORD, FRAME_CASE_IN, FRAME_CASE_PATTERN, FRAME_CASE_BODY };

/* No command of a list has been read. */
#define FRAME_NOTHING 2

struct frame {
	enum frame_kind kind;
	enum frame_case case_state;
	unsigned base;   /* of enum within: what holds everywhere in it */
	unsigned within; /* and in the part of it that is being read */
	size_t base_branch;
	size_t branch;
	size_t list_branch; /* of what stands on the right of || or &&; 0 if it has none yet */
	size_t subshell;
	struct loop *loop;
	struct str function;
	size_t from; /* where it begins */
	/* Of the list of commands that is being read: */
	bool is_ended;    /* a compound command has just ended: what may follow is an operator or a reserved word */
	bool goes_on;     /* an operator was read whose right side is to come, also behind newlines */
	bool has_test;    /* a test stands in it */
	bool is_after_or; /* on the right of || */
	bool is_after_and;
	bool is_negated;
	bool is_after_pipe;
	char joint;       /* the operator of the list that was read last: & or |, doubled; or 0 */
	size_t pipe_from; /* the number of the first command of the pipeline that is being read */
	size_t list_from; /* and of the list */
	int certainty;    /* of what of the list has run: see command_certainty; or FRAME_NOTHING */
	bool is_skipped;  /* what comes next in the list never runs */
	/* Of all in it: */
	int condition;   /* of if and loops: the certainty of the list that ended last */
	bool is_decided; /* of if: a condition was certain */
	bool base_never; /* it never runs */
	bool never;      /* nor does the part of it that is being read */
};

/* Numbers from 0 on, each with a parent. */
struct script_numbers {
	size_t *parents;
	size_t count, room;
};

struct frames {
	struct arena *arena;
	struct frame *frames;
	size_t count, room;
	struct script_numbers subshells, branches;
	struct str function; /* a definition whose body is to come, or empty */
};

void shframes_init(struct frames *frames, struct arena *arena);
/* The innermost one, until the next push. */
struct frame *shframes_top(struct frames *frames);
/* Opens one at byte `from`, whose first command is number `next`; `also` (of enum within) holds in it beside what holds around it. */
void shframes_push(struct frames *frames, enum frame_kind kind, unsigned also, size_t from, size_t next);
void shframes_pop(struct frames *frames);
/* A new part begins in the innermost one, `then` say, in which `also` holds. */
void shframes_new_part(struct frames *frames, unsigned also, size_t next);
/* In the new part: what its condition, which has just been read, says of it. `is_until`: it runs if that fails. */
void frame_ask(struct frame *frame, bool is_until);
/* A new list of commands begins, with number `next`: none that && and || join. */
void frame_new_list(struct frame *frame, size_t next);
/* Behind && or ||, which `joint` is half of; the next command is number `next`. */
void frame_join(struct frame *frame, char joint, size_t next);
/* What a command, or one that is compound, has come to. */
void frame_note_result(struct frame *frame, int certainty);
/* Does what is read now never run? */
bool frame_is_dead(const struct frame *frame);
/* What holds for a command that is read now, of enum within, and the number of its branch. */
unsigned frame_within(const struct frame *frame);
size_t shframes_branch(struct frames *frames, struct frame *frame);

#endif

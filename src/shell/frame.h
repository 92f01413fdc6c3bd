/*
 * shframe: what is open while the commands of a shell script are read, one inside the other: the script or a
 * substitution, if, loops, case, { } and ( ). Knows what that says of the commands inside. A part of shwords.
 */
#ifndef SHELL_FRAME_H
#define SHELL_FRAME_H

#include "shell/command.h"

/* SHFRAME_LIST: the script, or the inside of a substitution. */
enum shframe_kind { SHFRAME_LIST, SHFRAME_IF, SHFRAME_LOOP, SHFRAME_CASE, SHFRAME_BRACE, SHFRAME_PAREN };
/* What comes next in a case. */
enum shcase { SHCASE_WORD, SHCASE_IN, SHCASE_PATTERN, SHCASE_BODY };

/* No command of a list has been read. */
#define SHFRAME_NOTHING 2

struct shframe {
	enum shframe_kind kind;
	enum shcase case_state;
	unsigned base;   /* of enum shwithin: what holds everywhere in it */
	unsigned within; /* and in the part of it that is being read */
	size_t base_branch;
	size_t branch;
	size_t list_branch; /* of what stands on the right of || or &&; 0 if it has none yet */
	size_t subshell;
	struct shloop *loop;
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
	int certainty;    /* of what of the list has run: see shcommand_certainty; or SHFRAME_NOTHING */
	bool is_skipped;  /* what comes next in the list never runs */
	/* Of all in it: */
	int condition;   /* of if and loops: the certainty of the list that ended last */
	bool is_decided; /* of if: a condition was certain */
	bool base_never; /* it never runs */
	bool never;      /* nor does the part of it that is being read */
};

/* Numbers from 0 on, each with a parent. */
struct shnumbers {
	size_t *parents;
	size_t count, room;
};

struct shframes {
	struct arena *arena;
	struct shframe *frames;
	size_t count, room;
	struct shnumbers subshells, branches;
	struct str function; /* a definition whose body is to come, or empty */
};

void shframes_init(struct shframes *frames, struct arena *arena);
/* The innermost one, until the next push. */
struct shframe *shframes_top(struct shframes *frames);
/* Opens one at byte `from`, whose first command is number `next`; `also` (of enum shwithin) holds in it beside what holds around it. */
void shframes_push(struct shframes *frames, enum shframe_kind kind, unsigned also, size_t from, size_t next);
void shframes_pop(struct shframes *frames);
/* A new part begins in the innermost one, `then` say, in which `also` holds. */
void shframes_new_part(struct shframes *frames, unsigned also, size_t next);
/* In the new part: what its condition, which has just been read, says of it. `is_until`: it runs if that fails. */
void shframe_ask(struct shframe *frame, bool is_until);
/* A new list of commands begins, with number `next`: none that && and || join. */
void shframe_new_list(struct shframe *frame, size_t next);
/* Behind && or ||, which `joint` is half of; the next command is number `next`. */
void shframe_join(struct shframe *frame, char joint, size_t next);
/* What a command, or one that is compound, has come to. */
void shframe_note_result(struct shframe *frame, int certainty);
/* Does what is read now never run? */
bool shframe_is_dead(const struct shframe *frame);
/* What holds for a command that is read now, of enum shwithin, and the number of its branch. */
unsigned shframe_within(const struct shframe *frame);
size_t shframes_branch(struct shframes *frames, struct shframe *frame);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/frame.h"

static size_t new_number(struct arena *arena, struct script_numbers *numbers, size_t parent)
{
	numbers->parents =
		arena_grow(arena, numbers->parents, numbers->count, &numbers->room, sizeof(*numbers->parents));
	numbers->parents[numbers->count] = parent;
	return numbers->count++;
}

void shframes_init(struct frames *frames, struct arena *arena)
{
	*frames = (struct frames){ .arena = arena };
	new_number(arena, &frames->subshells, 0);
	new_number(arena, &frames->branches, 0);
}

struct frame *shframes_top(struct frames *frames)
{
	assert(frames->count > 0);
	return &frames->frames[frames->count - 1];
}

/* Because of what stands on the left of it in its list? */
static bool is_conditional(const struct frame *frame)
{
	return frame->is_after_or || (frame->is_after_and && frame->has_test);
}

unsigned frame_within(const struct frame *frame)
{
	unsigned within = frame->within;

	if (is_conditional(frame))
		within |= WITHIN_CONDITION;
	else if (frame->is_after_and)
		within |= WITHIN_AND;
	return within | (frame->is_after_pipe ? WITHIN_PIPE : 0);
}

bool frame_is_dead(const struct frame *frame)
{
	return frame->never || frame->is_skipped;
}

void frame_note_result(struct frame *frame, int certainty)
{
	bool is_open = frame->certainty == 0 && frame->joint != '\0';

	if (frame->is_skipped)
		return;
	if (frame->is_after_pipe)
		certainty = 0;
	/* Where the left side may have ended it, only one outcome is certain: the one that it would have, too. */
	if (is_open && certainty != (frame->joint == '|' ? 1 : -1))
		certainty = 0;
	frame->certainty = certainty;
}

void frame_join(struct frame *frame, char joint, size_t next)
{
	if (frame->certainty == (joint == '|' ? 1 : -1))
		frame->is_skipped = true;
	else if (frame->certainty == (joint == '|' ? -1 : 1))
		frame->is_skipped = false;
	frame->joint = joint;
	frame->is_after_pipe = false;
	frame->pipe_from = next;
}

size_t shframes_branch(struct frames *frames, struct frame *frame)
{
	if (!is_conditional(frame))
		return frame->branch;
	if (frame->list_branch == 0)
		frame->list_branch = new_number(frames->arena, &frames->branches, frame->branch);
	return frame->list_branch;
}

void shframes_push(struct frames *frames, enum frame_kind kind, unsigned also, size_t from, size_t next)
{
	struct frame frame = { .kind = kind, .from = from, .certainty = FRAME_NOTHING };

	frame.pipe_from = frame.list_from = next;

	if (frames->count > 0) {
		struct frame *outer = shframes_top(frames);

		frame.base = frame_within(outer);
		frame.base_branch = frame.branch = shframes_branch(frames, outer);
		frame.loop = outer->loop;
		frame.function = outer->function;
		frame.subshell = outer->subshell;
		frame.base_never = frame.never = frame_is_dead(outer);
	}
	frame.base |= also;
	if (frames->function.len > 0) {
		/* Its commands run where it is called, not where it stands. */
		frame.base = WITHIN_FUNCTION | also;
		frame.base_branch = frame.branch = 0;
		frame.subshell = 0;
		frame.loop = NULL;
		frame.function = frames->function;
		frames->function.len = 0;
	}
	if (also & (WITHIN_SUBSHELL | WITHIN_SUBSTITUTION))
		frame.subshell = new_number(frames->arena, &frames->subshells, frame.subshell);
	frame.within = frame.base;
	frames->frames = arena_grow(frames->arena, frames->frames, frames->count, &frames->room, sizeof(frame));
	frames->frames[frames->count++] = frame;
}

void shframes_pop(struct frames *frames)
{
	const struct frame ended = *shframes_top(frames);
	struct frame *outer;

	frames->count--;
	if (frames->count == 0)
		return;
	outer = shframes_top(frames);
	frame_note_result(outer, 0);
	outer->is_ended = true;
	outer->goes_on = false;
	outer->has_test = outer->has_test || outer->is_negated ||
			  (ended.has_test && (ended.kind == FRAME_BRACE || ended.kind == FRAME_PAREN));
	outer->is_negated = false;
}

void frame_new_list(struct frame *frame, size_t next)
{
	if (frame->certainty != FRAME_NOTHING)
		frame->condition = frame->certainty;
	frame->certainty = FRAME_NOTHING;
	frame->is_skipped = frame->is_after_pipe = false;
	frame->joint = '\0';
	frame->pipe_from = frame->list_from = next;
	frame->is_ended = frame->goes_on = false;
	frame->has_test = frame->is_after_or = frame->is_after_and = frame->is_negated = false;
	frame->list_branch = 0;
}

void frame_ask(struct frame *frame, bool is_until)
{
	bool is_loop = frame->kind == FRAME_LOOP;

	frame->never = frame->base_never || frame->is_decided || frame->condition == (is_until ? 1 : -1);
	frame->is_decided = frame->is_decided || (!is_loop && frame->condition == 1);
	frame->condition = 0;
}

void shframes_new_part(struct frames *frames, unsigned also, size_t next)
{
	struct frame *frame = shframes_top(frames);

	frame->never = frame->base_never || frame->is_decided;
	frame->within = frame->base | also;
	frame->branch = frame->base_branch;
	if (also & WITHIN_CONDITION)
		frame->branch = new_number(frames->arena, &frames->branches, frame->base_branch);
	frame_new_list(frame, next);
}

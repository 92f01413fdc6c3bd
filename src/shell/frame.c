#include "shell/frame.h"

static size_t new_number(struct arena *arena, struct shnumbers *numbers, size_t parent)
{
	numbers->parents =
		arena_grow(arena, numbers->parents, numbers->count, &numbers->room, sizeof(*numbers->parents));
	numbers->parents[numbers->count] = parent;
	return numbers->count++;
}

void shframes_init(struct shframes *frames, struct arena *arena)
{
	*frames = (struct shframes){ .arena = arena };
	new_number(arena, &frames->subshells, 0);
	new_number(arena, &frames->branches, 0);
}

struct shframe *shframes_top(struct shframes *frames)
{
	assert(frames->count > 0);
	return &frames->frames[frames->count - 1];
}

/* Because of what stands on the left of it in its list? */
static bool is_conditional(const struct shframe *frame)
{
	return frame->is_after_or || (frame->is_after_and && frame->has_test);
}

unsigned shframe_within(const struct shframe *frame)
{
	unsigned within = frame->within;

	if (is_conditional(frame))
		within |= SHWITHIN_CONDITION;
	else if (frame->is_after_and)
		within |= SHWITHIN_AND;
	return within | (frame->is_after_pipe ? SHWITHIN_PIPE : 0);
}

bool shframe_is_dead(const struct shframe *frame)
{
	return frame->never || frame->is_skipped;
}

void shframe_note_result(struct shframe *frame, int certainty)
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

void shframe_join(struct shframe *frame, char joint, size_t next)
{
	if (frame->certainty == (joint == '|' ? 1 : -1))
		frame->is_skipped = true;
	else if (frame->certainty == (joint == '|' ? -1 : 1))
		frame->is_skipped = false;
	frame->joint = joint;
	frame->is_after_pipe = false;
	frame->pipe_from = next;
}

size_t shframes_branch(struct shframes *frames, struct shframe *frame)
{
	if (!is_conditional(frame))
		return frame->branch;
	if (frame->list_branch == 0)
		frame->list_branch = new_number(frames->arena, &frames->branches, frame->branch);
	return frame->list_branch;
}

void shframes_push(struct shframes *frames, enum shframe_kind kind, unsigned also, size_t from, size_t next)
{
	struct shframe frame = { .kind = kind, .from = from, .certainty = SHFRAME_NOTHING };

	frame.pipe_from = frame.list_from = next;

	if (frames->count > 0) {
		struct shframe *outer = shframes_top(frames);

		frame.base = shframe_within(outer);
		frame.base_branch = frame.branch = shframes_branch(frames, outer);
		frame.loop = outer->loop;
		frame.function = outer->function;
		frame.subshell = outer->subshell;
		frame.base_never = frame.never = shframe_is_dead(outer);
	}
	frame.base |= also;
	if (frames->function.len > 0) {
		/* Its commands run where it is called, not where it stands. */
		frame.base = SHWITHIN_FUNCTION | also;
		frame.base_branch = frame.branch = 0;
		frame.subshell = 0;
		frame.loop = NULL;
		frame.function = frames->function;
		frames->function.len = 0;
	}
	if (also & (SHWITHIN_SUBSHELL | SHWITHIN_SUBSTITUTION))
		frame.subshell = new_number(frames->arena, &frames->subshells, frame.subshell);
	frame.within = frame.base;
	frames->frames = arena_grow(frames->arena, frames->frames, frames->count, &frames->room, sizeof(frame));
	frames->frames[frames->count++] = frame;
}

void shframes_pop(struct shframes *frames)
{
	const struct shframe ended = *shframes_top(frames);
	struct shframe *outer;

	frames->count--;
	if (frames->count == 0)
		return;
	outer = shframes_top(frames);
	shframe_note_result(outer, 0);
	outer->is_ended = true;
	outer->goes_on = false;
	outer->has_test = outer->has_test || outer->is_negated ||
			  (ended.has_test && (ended.kind == SHFRAME_BRACE || ended.kind == SHFRAME_PAREN));
	outer->is_negated = false;
}

void shframe_new_list(struct shframe *frame, size_t next)
{
	if (frame->certainty != SHFRAME_NOTHING)
		frame->condition = frame->certainty;
	frame->certainty = SHFRAME_NOTHING;
	frame->is_skipped = frame->is_after_pipe = false;
	frame->joint = '\0';
	frame->pipe_from = frame->list_from = next;
	frame->is_ended = frame->goes_on = false;
	frame->has_test = frame->is_after_or = frame->is_after_and = frame->is_negated = false;
	frame->list_branch = 0;
}

void shframe_ask(struct shframe *frame, bool is_until)
{
	bool is_loop = frame->kind == SHFRAME_LOOP;

	frame->never = frame->base_never || frame->is_decided || frame->condition == (is_until ? 1 : -1);
	frame->is_decided = frame->is_decided || (!is_loop && frame->condition == 1);
	frame->condition = 0;
}

void shframes_new_part(struct shframes *frames, unsigned also, size_t next)
{
	struct shframe *frame = shframes_top(frames);

	frame->never = frame->base_never || frame->is_decided;
	frame->within = frame->base | also;
	frame->branch = frame->base_branch;
	if (also & SHWITHIN_CONDITION)
		frame->branch = new_number(frames->arena, &frames->branches, frame->base_branch);
	shframe_new_list(frame, next);
}

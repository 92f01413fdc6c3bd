#include "git/shframe.h"

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
	return frame->within | (is_conditional(frame) ? SHWITHIN_CONDITION : 0);
}

size_t shframes_branch(struct shframes *frames, struct shframe *frame)
{
	if (!is_conditional(frame))
		return frame->branch;
	if (frame->list_branch == 0)
		frame->list_branch = new_number(frames->arena, &frames->branches, frame->branch);
	return frame->list_branch;
}

void shframes_push(struct shframes *frames, enum shframe_kind kind, unsigned also, size_t from)
{
	struct shframe frame = { .kind = kind, .from = from };

	if (frames->count > 0) {
		struct shframe *outer = shframes_top(frames);

		frame.base = shframe_within(outer);
		frame.base_branch = frame.branch = shframes_branch(frames, outer);
		frame.loop = outer->loop;
		frame.function = outer->function;
		frame.subshell = outer->subshell;
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
	outer->is_ended = true;
	outer->goes_on = false;
	outer->has_test = outer->has_test || outer->is_negated ||
			  (ended.has_test && (ended.kind == SHFRAME_BRACE || ended.kind == SHFRAME_PAREN));
	outer->is_negated = false;
}

void shframe_new_list(struct shframe *frame)
{
	frame->is_ended = frame->goes_on = false;
	frame->has_test = frame->is_after_or = frame->is_after_and = frame->is_negated = false;
	frame->list_branch = 0;
}

void shframes_new_part(struct shframes *frames, unsigned also)
{
	struct shframe *frame = shframes_top(frames);

	frame->within = frame->base | also;
	frame->branch = frame->base_branch;
	if (also & SHWITHIN_CONDITION)
		frame->branch = new_number(frames->arena, &frames->branches, frame->base_branch);
	shframe_new_list(frame);
}

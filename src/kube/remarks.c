/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/remarks.h"

#include "base/sort.h"
#include "kube/place.h"

void remarks_init(struct remarks *remarks, struct arena *arena)
{
	*remarks = (struct remarks){ .arena = arena };
}

void remarks_reset(struct remarks *remarks)
{
	remarks->passed_over_count = 0;
	remarks->misuse_count = 0;
}

static void add_passed_over(struct remarks *remarks, struct passed_over passed_over)
{
	remarks->passed_over = arena_grow(remarks->arena, remarks->passed_over, remarks->passed_over_count,
					  &remarks->passed_over_room, sizeof(*remarks->passed_over));
	remarks->passed_over[remarks->passed_over_count++] = passed_over;
}

static void add_misuse(struct remarks *remarks, struct misuse misuse)
{
	remarks->misuses = arena_grow(remarks->arena, remarks->misuses, remarks->misuse_count, &remarks->misuse_room,
				      sizeof(*remarks->misuses));
	remarks->misuses[remarks->misuse_count++] = misuse;
}

static struct str keep(struct remarks *remarks, struct str text)
{
	return arena_dup(remarks->arena, text);
}

static struct place keep_place(struct remarks *remarks, struct place place)
{
	place.source = keep(remarks, place.source);
	return place;
}

void remarks_pass_over(struct remarks *remarks, const struct identity *identity, struct place place, const char *reason)
{
	struct passed_over passed_over = {
		.kind = keep(remarks, identity->kind),
		.ns = keep(remarks, identity->ns),
		.name = keep(remarks, identity->name),
		.place = keep_place(remarks, place),
		.reason = reason,
	};

	add_passed_over(remarks, passed_over);
}

void remarks_add_mistakes(struct remarks *remarks, const struct identity *identity, const struct stream *stream,
			  const struct document *document, size_t base, const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->count; i++) {
		const struct mistake *mistake = &mistakes->items[i];
		struct place place = place_of(stream, document, identity, base + mistake->at);
		struct misuse misuse = {
			.kind = keep(remarks, identity->kind),
			.ns = keep(remarks, identity->ns),
			.name = keep(remarks, identity->name),
			.place = keep_place(remarks, place),
			.what = keep(remarks, mistake->what),
			.text = keep(remarks, mistake->text),
		};

		add_misuse(remarks, misuse);
	}
}

void remarks_move(struct remarks *remarks, struct remarks *from)
{
	struct remarks emptied = *remarks;

	/* Those of one long list would need their memory twice. */
	if (remarks->passed_over_count == 0 && remarks->misuse_count == 0) {
		*remarks = *from;
		*from = emptied;
		return;
	}
	for (size_t i = 0; i < from->passed_over_count; i++)
		add_passed_over(remarks, from->passed_over[i]);
	for (size_t i = 0; i < from->misuse_count; i++)
		add_misuse(remarks, from->misuses[i]);
	remarks_reset(from);
}

static int compare_misuses(const void *a, const void *b)
{
	return place_compare(&((const struct misuse *)a)->place, &((const struct misuse *)b)->place);
}

void remarks_sort_misuses(struct remarks *remarks)
{
	sort_items(remarks->misuses, remarks->misuse_count, sizeof(*remarks->misuses), compare_misuses);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contrast: two renders, or a report and a render, as the two sides of a comparison.
 *
 * No server is asked, and the cluster neither: of refs only what stands in the texts is compared.
 */
#ifndef APP_CONTRAST_H
#define APP_CONTRAST_H

#include "app/render.h"
#include "compare/why.h"

struct contrast_input {
	const struct render_file *before; /* a report, or manifests; none: nothing was there */
	size_t before_count;
	const struct render_input *after; /* what is compared with that; its externals belong to both */
	const struct policy *policy;
	bool wants_unread; /* objects that no template consumes are to be told of, too */
};

struct contrast {
	const struct contrast_input *input;
	struct arena *arena;
	struct policy policy;            /* of both renders: it asks nobody */
	struct render_input left, right; /* what they are read from */
	struct render before, after;
	struct side old, side; /* what has come of them */
	struct why why;
};

/* All-zero bytes are one, too, which needs no release. `input` is borrowed. */
void contrast_init(struct contrast *contrast, const struct contrast_input *input, struct arena *arena);
void contrast_release(struct contrast *contrast);
/*
 * Reads both sides and compares them. Where neither has a stamp, both are stamped. Fails with the whole context when one
 * can't be read, when there is nothing on the first side, and when that is a report and the other side has no stamps.
 */
CHECKED bool contrast_read(struct contrast *contrast, struct err *err);
/* The same for a second side that has been read already: `after`, whose manifest may be NULL. */
CHECKED bool contrast_read_before(struct contrast *contrast, struct side *after, struct err *err);

#endif

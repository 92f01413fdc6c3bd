/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syncflags: the command line of git-sync, by the rules of Go's flag package (versions 2 and 3) or of pflag (4).
 */
#ifndef CHECKOUT_SYNCFLAGS_H
#define CHECKOUT_SYNCFLAGS_H

#include "base/arena.h"
#include "base/text.h"

/* Flags that matter, without dashes. The order is that of syncflags_name. */
enum syncflag {
	SYNCFLAG_REPO,
	SYNCFLAG_REF,
	SYNCFLAG_BRANCH,
	SYNCFLAG_REV,
	SYNCFLAG_DEPTH,
	SYNCFLAG_ONE_TIME,
	SYNCFLAG_ROOT,
	SYNCFLAG_LINK,
	SYNCFLAG_DEST,
	SYNCFLAG_COUNT
};

struct syncflags {
	struct syncflag_use {
		bool is_given;
		struct text value; /* TEXT_ABSENT if it is empty */
		size_t word;       /* the number of the word that holds the value */
		size_t offset;     /* and where in it the value begins */
	} uses[SYNCFLAG_COUNT];    /* the last one of each */
	/* A word that isn't known may be any flag: all of them, also those that stand before it. */
	bool is_opaque;
};

/* Reads words `from` and on. `is_pflag`: by the rules of version 4. */
struct syncflags syncflags_read(const struct text *words, size_t count, size_t from, bool is_pflag);
/* Its name without dashes, static. */
const char *syncflags_name(enum syncflag flag);

#endif

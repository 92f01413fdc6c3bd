/*
 * gitoptions: the options of git's commands, up to git 2.50, as tables for gitargs_parse. Those whose value is of no
 * interest, and which cannot be taken for others, are left out.
 */
#ifndef CHECKOUT_GITOPTIONS_H
#define CHECKOUT_GITOPTIONS_H

#include "checkout/args.h"

extern const struct gitoption gitoptions_clone[];
extern const struct gitoption gitoptions_lfs[];
extern const struct gitoption gitoptions_init[];
extern const struct gitoption gitoptions_checkout[];
extern const struct gitoption gitoptions_switch[];
extern const struct gitoption gitoptions_reset[];
extern const struct gitoption gitoptions_fetch[];
extern const struct gitoption gitoptions_merge[];
extern const struct gitoption gitoptions_restore[];
extern const struct gitoption gitoptions_read_tree[];
extern const struct gitoption gitoptions_worktree[];
extern const struct gitoption gitoptions_archive[];
extern const struct gitoption gitoptions_show[];
extern const struct gitoption gitoptions_cat_file[];
extern const struct gitoption gitoptions_remote[];
extern const struct gitoption gitoptions_config[];

/* How many rows the table has in front of its last one, which is of zeros. */
size_t gitoptions_count(const struct gitoption *table);

#endif

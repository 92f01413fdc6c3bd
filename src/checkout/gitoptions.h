/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitoptions: the options of git's commands, up to git 2.50, as tables for optargs_parse. Those whose value is of no
 * interest, and which cannot be taken for others, are left out.
 */
#ifndef CHECKOUT_GITOPTIONS_H
#define CHECKOUT_GITOPTIONS_H

#include "checkout/optargs.h"

extern const struct optargs_option gitoptions_clone[];
extern const struct optargs_option gitoptions_lfs[];
extern const struct optargs_option gitoptions_init[];
extern const struct optargs_option gitoptions_checkout[];
extern const struct optargs_option gitoptions_switch[];
extern const struct optargs_option gitoptions_reset[];
extern const struct optargs_option gitoptions_fetch[];
extern const struct optargs_option gitoptions_merge[];
extern const struct optargs_option gitoptions_restore[];
extern const struct optargs_option gitoptions_read_tree[];
extern const struct optargs_option gitoptions_worktree[];
extern const struct optargs_option gitoptions_archive[];
extern const struct optargs_option gitoptions_show[];
extern const struct optargs_option gitoptions_cat_file[];
extern const struct optargs_option gitoptions_remote[];
extern const struct optargs_option gitoptions_config[];

/* How many rows the table has in front of its last one, which is of zeros. */
size_t gitoptions_count(const struct optargs_option *table);

#endif

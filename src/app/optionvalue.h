/* SPDX-License-Identifier: Apache-2.0 */
/*
 * optionvalue: what the values of options can be, where their type alone does not say it.
 *
 * The functions are for the rows of option's table, and do what struct option says of them.
 */
#ifndef APP_OPTIONVALUE_H
#define APP_OPTIONVALUE_H

#include "app/option.h"

/* Of struct option.check. */
CHECKED bool optionvalue_check_namespace(const struct options *options, struct str value, struct err *err);
CHECKED bool optionvalue_check_ignore(const struct options *options, struct str value, struct err *err);
CHECKED bool optionvalue_check_unresolved_ok(const struct options *options, struct str value, struct err *err);
CHECKED bool optionvalue_check_exclude(const struct options *options, struct str value, struct err *err);
CHECKED bool optionvalue_check_also(const struct options *options, struct str value, struct err *err);
CHECKED bool optionvalue_check_git_map(const struct options *options, struct str value, struct err *err);

/* Of struct option.read. */
CHECKED bool optionvalue_read_volumes(struct options *options, struct str value, struct arena *arena, struct err *err);
CHECKED bool optionvalue_read_kind(struct options *options, struct str value, struct arena *arena, struct err *err);
CHECKED bool optionvalue_read_git_pair(struct options *options, struct str value, struct arena *arena, struct err *err);
CHECKED bool optionvalue_read_max_rolls(struct options *options, struct str value, struct arena *arena,
					struct err *err);
CHECKED bool optionvalue_read_for(struct options *options, struct str value, struct arena *arena, struct err *err);
CHECKED bool optionvalue_read_helm_plugin(struct options *options, struct str value, struct arena *arena,
					  struct err *err);
CHECKED bool optionvalue_read_help(struct options *options, struct str value, struct arena *arena, struct err *err);
CHECKED bool optionvalue_read_version(struct options *options, struct str value, struct arena *arena, struct err *err);

/* Of struct option.weakens. */
bool optionvalue_list_grew(const struct option *option, const struct options *before, const struct options *after);
bool optionvalue_volumes_changed(const struct option *option, const struct options *before,
				 const struct options *after);
bool optionvalue_secrets_changed(const struct option *option, const struct options *before,
				 const struct options *after);
bool optionvalue_git_went_off(const struct option *option, const struct options *before, const struct options *after);

/* Seconds with a fraction, to milliseconds: more than 0, at most an hour. Fails with a sentence. */
CHECKED bool optionvalue_read_seconds(const struct option *option, struct str value, unsigned *timeout_ms,
				      struct err *err);

#endif

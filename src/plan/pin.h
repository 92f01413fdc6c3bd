/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: the commits of resolved checkouts into the template, in place of the refs (--git=pin).
 */
#ifndef PLAN_PIN_H
#define PLAN_PIN_H

#include "plan/checkouts.h"

/*
 * Puts the commits into the template to which `path` leads, where that is known to work, and tells of the others why not
 * (struct checkout). `podspec`, which is the input's, then tells what the template has become. Fails, with err->at in the
 * document, where the template can't be edited.
 */
CHECKED bool pin_checkouts(const struct checkouts_input *input, struct checkouts *checkouts, struct shape *shape,
			   const struct podpath *path, struct podspec *podspec, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: the commits of resolved checkouts into the template, in place of the refs (--git=pin).
 */
#ifndef PLAN_PIN_H
#define PLAN_PIN_H

#include "plan/checkouts.h"

/*
 * Puts the commits into the subject's template, where that is known to work, and tells of the others why not (struct
 * checkout). `draft` then tells what the template has become. Fails, with err->at in the document, where the template can't
 * be edited.
 */
CHECKED bool pin_checkouts(struct draft *draft, struct checkouts *checkouts, struct err *err);

#endif

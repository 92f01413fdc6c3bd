/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/draft.h"

bool draft_read(const struct basis *basis, const struct subject *subject, struct draft *draft, struct err *err)
{
	*draft = (struct draft){ .basis = basis, .subject = subject };
	return choice_read(basis, subject, &draft->choice, err) &&
	       podspec_read(subject->pod_template, draft->choice.volumes, subject->budget, basis->tree, &draft->podspec,
			    err);
}

bool draft_add_extras(struct draft *draft, struct err *err)
{
	if (draft->has_extras)
		return true;
	draft->has_extras = true;
	return choice_add_extras(&draft->choice, &draft->podspec, err);
}

bool draft_explain(const struct draft *draft, struct err *err)
{
	return subject_explain(draft->subject, draft->subject->object->span.from, err);
}

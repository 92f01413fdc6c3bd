/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/subject.h"

struct place subject_place(const struct subject *subject, size_t at)
{
	return place_of(subject->stream, subject->document, &subject->identity, at);
}

bool subject_explain(const struct subject *subject, size_t at, struct err *err)
{
	return place_explain(subject_place(subject, at), subject->identity.kind, subject->identity.name, err);
}

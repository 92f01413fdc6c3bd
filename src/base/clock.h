/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: for deadlines.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment; setting the time of day does not change it. */
int64_t clock_ms(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* empty: what every process costs before it does anything. Subtracted from all other measurements. */

int main(void)
{
	return 0;
}

# SPDX-License-Identifier: Apache-2.0
"""What the Python suites share: `tap` runs tests and prints their results, `program` runs rollstamp, `cases` reads the
golden cases and the corpus. Nothing here knows what is right: that is for the suites."""

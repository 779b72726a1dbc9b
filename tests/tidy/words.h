// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/tidy/source_tree.h"

namespace tidy {

// File and folder names that say nothing about what is in them.
Violations check_names(const Files& files);

// Leftover markers, coroutines and threads that nobody owns, sleeps in tests, and comments that ask the reader to do
// what a program should.
Violations check_words(const Files& files);

// The licence line at the top of every source.
Violations check_licence_lines(const Files& files);

// Every class, struct and enum in a header of the product says what it is. Types that follow each other without an
// empty line share the comment above the first.
Violations check_type_comments(const Files& files);

}  // namespace tidy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "schemas/labels.h"

namespace schemas {

// A scope and a match as they stand in a file, to be asked what they leave over. It is found out by examples: where the
// conditions name plain values, whatever they accept is like one of a few examples. Where they name regexes, nothing is
// claimed. Requires: Scope::read and Match::read have no problem with the nodes.
struct Filter {
  const base::yaml::Node* scope = nullptr;  // nullptr: there is none.
  const base::yaml::Node* match = nullptr;
  std::vector<std::string> attributes;  // What may be named besides labels and annotations.
  bool medium_is_named = false;         // As for Scope::read.
  Labels labels;                        // What is already known of the labels.
};

// Whether no event or finding can pass it: its include contradicts itself or its exclude.
bool passes_nothing(const Filter& filter);

// Whether all that `narrow` lets pass would pass `wide` too.
bool covers(const Filter& wide, const Filter& narrow);

}  // namespace schemas

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base::yaml {

// Where something stands in its file; both count from 1, 0 is unknown.
struct Mark {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Mark&, const Mark&) = default;
};

// A parsed YAML document as a tree of values, independent of the library that read it. Anchors, aliases and merge keys
// are already expanded; what came through an alias keeps the mark of its own definition.
struct Node {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  struct Entry;

  Kind kind = Kind::kNull;
  std::string scalar;             // Environment references are already replaced.
  bool quoted = false;            // A quoted scalar is always text: "true" is not a boolean, "5" not a number.
  bool from_environment = false;  // Has the value of a variable in it, which may be secret: error texts don't show it.
  Mark mark;
  std::vector<Node> items;     // Of a sequence.
  std::vector<Entry> entries;  // Of a mapping, in the order of the file; keys are unique.

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  // The value of a key of a mapping, or nullptr.
  const Node* find(std::string_view key) const;
};

struct Node::Entry {
  std::string key;
  Mark key_mark;
  Node value;
};

// Whether two nodes mean the same, wherever they stand and in whatever order their keys are.
bool says_the_same(const Node& a, const Node& b);

}  // namespace base::yaml

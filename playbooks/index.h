// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "playbooks/playbook.h"

namespace playbooks {

// Finds the playbooks that an event may concern by the guards of their triggers, so that the cost of an event depends
// on how many playbooks concern it and not on how many there are. Immutable and thread-safe; keeps no reference to what
// it was built from.
class Index {
 public:
  using Position = std::uint32_t;

  explicit Index(const std::vector<Playbook>& playbooks);

  // Positions of the playbooks worth asking, in order, without repeats.
  std::vector<Position> candidates(const Occasion& occasion) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  struct Entry {
    Position position;
    schemas::SeveritySet severities;
  };
  using Entries = std::vector<Entry>;

  // Of one label.
  struct Lookup {
    ByText<Entries> equals;
    ByText<Entries> prefixes;
    std::vector<std::size_t> lengths;  // Of the prefixes, ascending: a value is cut to each of them.
  };

  void add(Position position, const Guard& guard);
  static void look(const Lookup& lookup, std::string_view value, schemas::Severity severity,
                   std::vector<Position>& found);

  ByText<Lookup> lookups_;                          // By the label's name.
  std::array<std::vector<Position>, 6> unguarded_;  // By severity.
};

}  // namespace playbooks

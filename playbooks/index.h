// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "playbooks/attributes.h"
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
  std::vector<Position> candidates(const schemas::Event& event) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Buckets = std::unordered_map<std::string, std::vector<Position>, Hash, std::equal_to<>>;

  // Of one attribute.
  struct Lookup {
    Buckets equals;
    Buckets prefixes;
    std::vector<std::size_t> lengths;  // Of the prefixes, ascending: a value is cut to each of them.
  };

  void add(Position position, const Guard& guard);

  std::array<Lookup, attributes::kAll.size()> lookups_;
  std::vector<Position> unguarded_;
};

}  // namespace playbooks

// SPDX-License-Identifier: Apache-2.0
#include "playbooks/index.h"

#include <algorithm>

namespace playbooks {

namespace {

void append(std::vector<Index::Position>& all, const std::vector<Index::Position>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Index::Index(const std::vector<Playbook>& playbooks) {
  for (Position position = 0; position < playbooks.size(); ++position) {
    for (const auto& trigger : playbooks[position].triggers) add(position, trigger->guard());
  }
  for (Lookup& lookup : lookups_) {
    for (const auto& [prefix, positions] : lookup.prefixes) lookup.lengths.push_back(prefix.size());
    std::ranges::sort(lookup.lengths);
    auto repeats = std::ranges::unique(lookup.lengths);
    lookup.lengths.erase(repeats.begin(), repeats.end());
  }
}

void Index::add(Position position, const Guard& guard) {
  auto attribute = std::ranges::find(attributes::kAll, guard.name);
  if (guard.kind == Guard::Kind::kNone || attribute == attributes::kAll.end()) {
    unguarded_.push_back(position);
    return;
  }
  Lookup& lookup = lookups_[static_cast<std::size_t>(attribute - attributes::kAll.begin())];
  Buckets& buckets = guard.kind == Guard::Kind::kEquals ? lookup.equals : lookup.prefixes;
  buckets[guard.text].push_back(position);
}

std::vector<Index::Position> Index::candidates(const schemas::Event& event) const {
  std::vector<Position> found = unguarded_;
  for (std::size_t i = 0; i < lookups_.size(); ++i) {
    const Lookup& lookup = lookups_[i];
    if (lookup.equals.empty() && lookup.prefixes.empty()) continue;
    std::string_view value = attributes::of(event, attributes::kAll[i]);
    if (auto it = lookup.equals.find(value); it != lookup.equals.end()) append(found, it->second);
    for (std::size_t length : lookup.lengths) {
      if (length > value.size()) break;
      if (auto it = lookup.prefixes.find(value.substr(0, length)); it != lookup.prefixes.end())
        append(found, it->second);
    }
  }
  std::ranges::sort(found);
  auto repeats = std::ranges::unique(found);
  found.erase(repeats.begin(), repeats.end());
  return found;
}

}  // namespace playbooks

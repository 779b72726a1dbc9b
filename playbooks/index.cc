// SPDX-License-Identifier: Apache-2.0
#include "playbooks/index.h"

#include <algorithm>

namespace playbooks {

namespace {

// As scopes see values.
std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Index::Index(const std::vector<Playbook>& playbooks) {
  for (Position position = 0; position < playbooks.size(); ++position) {
    for (const auto& trigger : playbooks[position].triggers) add(position, trigger->guard());
  }
  for (auto& [label, lookup] : lookups_) {
    for (const auto& [prefix, entries] : lookup.prefixes) lookup.lengths.push_back(prefix.size());
    std::ranges::sort(lookup.lengths);
    auto repeats = std::ranges::unique(lookup.lengths);
    lookup.lengths.erase(repeats.begin(), repeats.end());
  }
}

void Index::add(Position position, const Guard& guard) {
  for (const schemas::LabelClue& clue : guard.any_of) {
    Lookup& lookup = lookups_[clue.label];
    auto& texts = clue.value.is_whole ? lookup.equals : lookup.prefixes;
    texts[clue.value.text].push_back({position, guard.severities});
  }
  if (!guard.any_of.empty()) return;
  for (std::size_t severity = 0; severity < unguarded_.size(); ++severity) {
    if (guard.severities.has(static_cast<schemas::Severity>(severity))) unguarded_[severity].push_back(position);
  }
}

void Index::look(const Lookup& lookup, std::string_view value, schemas::Severity severity,
                 std::vector<Position>& found) {
  auto take = [&](const ByText<Entries>& texts, std::string_view text) {
    auto it = texts.find(text);
    if (it == texts.end()) return;
    for (const Entry& entry : it->second) {
      if (entry.severities.has(severity)) found.push_back(entry.position);
    }
  };
  take(lookup.equals, value);
  for (std::size_t length : lookup.lengths) {
    if (length > value.size()) break;
    take(lookup.prefixes, value.substr(0, length));
  }
}

std::vector<Index::Position> Index::candidates(const Occasion& occasion) const {
  std::vector<Position> found = unguarded_[static_cast<std::size_t>(occasion.severity)];
  if (occasion.event.alert && !lookups_.empty()) {
    for (const auto& [label, value] : occasion.event.alert->labels) {
      auto it = lookups_.find(label);
      if (it == lookups_.end()) continue;
      look(it->second, value, occasion.severity, found);
      std::string_view trimmed = trim(value);
      if (trimmed.size() != value.size()) look(it->second, trimmed, occasion.severity, found);
    }
  }
  std::ranges::sort(found);
  auto repeats = std::ranges::unique(found);
  found.erase(repeats.begin(), repeats.end());
  return found;
}

}  // namespace playbooks

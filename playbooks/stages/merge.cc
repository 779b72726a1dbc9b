// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/merge.h"

#include <algorithm>
#include <utility>

namespace playbooks {

namespace {

template <class Piece>
void add_new(std::vector<Piece>& all, std::vector<Piece> more) {
  for (Piece& piece : more) {
    if (std::ranges::find(all, piece) == all.end()) all.push_back(std::move(piece));
  }
}

}  // namespace

void merge(enrichers::Contribution contribution, const std::string& action, schemas::Finding& finding) {
  for (schemas::Enrichment& enrichment : contribution.enrichments) {
    if (enrichment.action.empty()) enrichment.action = action;
  }
  for (schemas::Missing& missing : contribution.missing) {
    if (missing.action.empty()) missing.action = action;
  }
  add_new(finding.enrichments, std::move(contribution.enrichments));
  add_new(finding.missing, std::move(contribution.missing));
  add_new(finding.links, std::move(contribution.links));
  add_new(finding.mentions, std::move(contribution.mentions));
  for (auto& [name, value] : contribution.labels) finding.subject.labels.insert_or_assign(name, std::move(value));
  if (contribution.title) finding.title = std::move(*contribution.title);
  if (contribution.description) finding.description = std::move(*contribution.description);
  if (contribution.severity) finding.severity = *contribution.severity;
  if (contribution.aggregation_key) finding.aggregation_key = std::move(*contribution.aggregation_key);
}

}  // namespace playbooks

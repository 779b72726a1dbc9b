// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/cuts.h"

#include <algorithm>

#include "sinks/render/shrink.h"

namespace sinks {

using schemas::Transition;

namespace {

template <class Kind, class Visit>
void each_block(Transition& transition, const Visit& visit) {
  for (auto& enrichment : transition.finding.enrichments) {
    for (auto& block : enrichment.blocks) {
      if (auto* found = std::get_if<Kind>(&block)) visit(*found);
    }
  }
}

template <class Kind>
bool drop_blocks(Transition& transition) {
  std::size_t dropped = 0;
  for (auto& enrichment : transition.finding.enrichments) {
    dropped += std::erase_if(enrichment.blocks,
                             [](const schemas::Block& block) { return std::holds_alternative<Kind>(block); });
  }
  return dropped > 0;
}

// Halves what is larger than half of the largest, so that a few large ones give before many small ones do. `sizes` are
// visited twice by `each`: once to find the largest, once to cut. Nothing below `least` is touched.
class Halving {
 public:
  explicit Halving(std::size_t least) : least_(least) {}

  void measure(std::size_t size) { largest_ = std::max(largest_, size); }
  bool can_cut() const { return largest_ > least_; }
  std::size_t keep() const { return std::max(least_, largest_ / 2); }

 private:
  std::size_t least_;
  std::size_t largest_ = 0;
};

bool drop_trace(Transition& transition) {
  if (transition.finding.trace.empty()) return false;
  transition.finding.trace.clear();
  return true;
}

bool is_text(const schemas::FileBlock& file) {
  return file.media_type.empty() || file.media_type.starts_with("text/") || file.media_type.ends_with("json") ||
         file.media_type.ends_with("yaml");
}

// The end of half a gzip file is of no use to anybody.
bool drop_binary_files(Transition& transition) {
  std::size_t dropped = 0;
  for (auto& enrichment : transition.finding.enrichments) {
    dropped += std::erase_if(enrichment.blocks, [](const schemas::Block& block) {
      const auto* file = std::get_if<schemas::FileBlock>(&block);
      return file && !is_text(*file);
    });
  }
  return dropped > 0;
}

bool shorten_files(Transition& transition) {
  Halving halving(512);
  each_block<schemas::FileBlock>(transition, [&](auto& file) { halving.measure(file.contents.size()); });
  if (!halving.can_cut()) return false;
  each_block<schemas::FileBlock>(
      transition, [&](auto& file) { file.contents = cut_front(std::move(file.contents), halving.keep()); });
  return true;
}

bool thin_charts(Transition& transition) {
  Halving halving(16);
  each_block<schemas::ChartBlock>(transition, [&](auto& block) {
    for (auto& series : block.chart.series) halving.measure(series.samples.size());
  });
  if (!halving.can_cut()) return false;
  each_block<schemas::ChartBlock>(transition, [&](auto& block) {
    bool is_thinned = false;
    for (auto& series : block.chart.series) {
      if (series.samples.size() <= halving.keep()) continue;
      std::vector<base::Sample> every_second;
      for (std::size_t i = (series.samples.size() + 1) % 2; i < series.samples.size(); i += 2) {
        every_second.push_back(series.samples[i]);  // The newest is among them.
      }
      series.samples = std::move(every_second);
      is_thinned = true;
    }
    if (is_thinned && block.chart.step < base::Duration::max() / 2)
      block.chart.step *= 2;  // Else every sample would stand before a gap.
  });
  return true;
}

template <class Kind, class Rows>
bool shorten_rows(Transition& transition, Rows Kind::*rows) {
  Halving halving(3);
  each_block<Kind>(transition, [&](auto& block) { halving.measure((block.*rows).size()); });
  if (!halving.can_cut()) return false;
  each_block<Kind>(transition, [&](auto& block) {
    if ((block.*rows).size() > halving.keep()) (block.*rows).resize(halving.keep());
  });
  return true;
}

// Each is tried: a step of one of them is a step of all.
bool shorten_tables(Transition& transition) {
  bool cut = shorten_rows(transition, &schemas::TableBlock::rows);
  cut |= shorten_rows(transition, &schemas::ListBlock::items);
  cut |= shorten_rows(transition, &schemas::KeyValuesBlock::pairs);
  cut |= shorten_rows(transition, &schemas::DiffBlock::changes);
  return cut;
}

bool shorten_texts(Transition& transition) {
  Halving halving(256);
  auto& description = transition.finding.description;
  halving.measure(description.size());
  each_block<schemas::MarkdownBlock>(transition, [&](auto& block) { halving.measure(block.text.size()); });
  if (!halving.can_cut()) return false;
  description = cut_text(std::move(description), halving.keep());
  each_block<schemas::MarkdownBlock>(
      transition, [&](auto& block) { block.text = cut_text(std::move(block.text), halving.keep()); });
  return true;
}

bool drop_last_enrichment(Transition& transition) {
  auto& enrichments = transition.finding.enrichments;
  if (enrichments.empty()) return false;
  // Half at a time: thousands must not take thousands of encodings.
  enrichments.resize(enrichments.size() / 2);
  return true;
}

template <class Container>
bool keep_first(Container& container, std::size_t count) {
  if (container.size() <= count) return false;
  container.erase(std::next(container.begin(), static_cast<std::ptrdiff_t>(count)), container.end());
  return true;
}

bool strip_context(Transition& transition) {
  auto& finding = transition.finding;
  bool cut = keep_first(finding.subject.annotations, 0);
  cut |= keep_first(finding.missing, 3);
  cut |= keep_first(finding.mentions, 3);
  cut |= keep_first(finding.sinks, 0);
  cut |= keep_first(transition.incident.members, 3);
  cut |= keep_first(finding.subject.labels, 5);
  for (auto* unknown : {&finding.unknown, &transition.unknown}) {
    cut |= *unknown != "{}";
    *unknown = "{}";
  }
  return cut;
}

bool drop_last_link(Transition& transition) {
  auto& links = transition.finding.links;
  if (links.empty()) return false;
  links.resize(links.size() / 2);
  return true;
}

void each_text(Transition& transition, const std::function<void(std::string&)>& visit) {
  auto& finding = transition.finding;
  auto& incident = transition.incident;
  for (auto* identity : {&finding.incident, &incident.identity}) {
    for (auto* text : {&identity->key, &identity->cluster, &identity->name_space, &identity->owner_kind,
                       &identity->owner_name, &identity->family}) {
      visit(*text);
    }
  }
  auto& subject = finding.subject;
  for (auto* text :
       {&transition.id, &transition.cause, &incident.id, &incident.title, &finding.id, &finding.event_id,
        &finding.title, &finding.description, &subject.kind, &subject.name, &subject.name_space, &subject.node,
        &subject.container, &finding.aggregation_key, &finding.fingerprint, &finding.member}) {
    visit(*text);
  }
  for (auto& member : incident.members) visit(member);
  for (auto& mention : finding.mentions) visit(mention);
  for (auto& missing : finding.missing) {
    for (auto* text : {&missing.action, &missing.reason, &missing.message}) visit(*text);
  }
}

bool shorten_everything(Transition& transition) {
  bool cut = keep_first(transition.finding.subject.labels, 0);
  Halving halving(32);
  each_text(transition, [&](std::string& text) { halving.measure(text.size()); });
  if (!halving.can_cut()) return cut;
  each_text(transition, [&](std::string& text) { text = cut_text(std::move(text), halving.keep()); });
  return true;
}

}  // namespace

const std::vector<Cut>& cuts() {
  static const std::vector<Cut> all{
      {"trace left out", drop_trace},
      {"binary files left out", drop_binary_files},
      {"files shortened", shorten_files},
      {"pictures left out", drop_blocks<schemas::ImageBlock>},
      {"charts thinned", thin_charts},
      {"tables shortened", shorten_tables},
      {"JSON left out", drop_blocks<schemas::JsonBlock>},
      {"texts shortened", shorten_texts},
      {"evidence left out", drop_last_enrichment},
      {"labels and annotations left out", strip_context},
      {"links left out", drop_last_link},
      {"names shortened", shorten_everything},
  };
  return all;
}

}  // namespace sinks
